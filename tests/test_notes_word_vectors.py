import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.notes.fields import analyze
from kotovec.notes.terms import Analyzer
from kotovec.notes.topics import Topics, unit
from kotovec.notes.word_vectors import SIZE, compiled_ahead, join, quantise, train_on, vectors_of, with_vectors
from kotovec.training import compiled, trainer
from kotovec.vectors import KeyedVectors
from ranking_vault import TOPICS, analyzed, build, note, topical

NOTES = topical(10, length=60)
ARRAYS = build(NOTES)


@pytest.fixture(scope="module")
def trained():
    return train_on(analyzed(NOTES), ARRAYS)


def test_words_of_a_topic_are_near_each_other(trained):
    rows = {term: row for row, term in enumerate(ARRAYS.terms[: len(trained)])}
    vectors = unit(trained)
    groups = [[rows[word] for word in words.split() if word in rows] for words in TOPICS.values()]
    within = np.mean([vectors[group] @ vectors[group].T for group in groups])
    across = np.mean(vectors[groups[0]] @ vectors[groups[2]].T)
    assert within > across + 0.3


def test_the_same_seed_gives_the_same_vectors(trained):
    assert np.array_equal(train_on(analyzed(NOTES), ARRAYS), trained)
    assert not np.array_equal(train_on(analyzed(NOTES), ARRAYS, seed=2), trained)


def test_what_is_compiled_ahead_is_what_training_loads(monkeypatch):
    names, load = [], trainer.load_kernel

    def loaded(config):
        names.append((config.architecture, config.negative))
        return load(config)

    monkeypatch.setattr(compiled, "compiled_ahead", lambda config: names.append((config.architecture, config.negative)))
    compiled_ahead()
    monkeypatch.setattr(trainer, "load_kernel", loaded)
    train_on(analyzed(NOTES), ARRAYS)
    assert len(names) == 2
    assert names[0] == names[1]


def test_only_terms_of_two_notes_and_more_have_vectors(trained):
    assert len(trained) == (ARRAYS.text.sizes() > 1).sum()


@pytest.mark.parametrize("notes", [[], [note("a.md")], [note("a.md", "tide"), note("b.md", "soil")]])
def test_without_shared_words_there_are_no_vectors(notes):
    vectors = train_on(analyzed(notes), build(notes))
    assert vectors.shape == (0, SIZE)
    assert Topics(with_vectors(build(notes), vectors)).notes.shape == (len(notes), SIZE)


def test_the_vector_of_a_note_is_the_weighted_sum_of_its_words(trained):
    arrays = with_vectors(ARRAYS, trained)
    words = unit(arrays.word_vectors.astype(np.float32))
    n = ARRAYS.n_notes
    for number in (0, 17):
        terms, counts = ARRAYS.text.row(number)
        total = np.zeros(SIZE)
        for term, count in zip(terms, counts, strict=True):
            if term < len(words):
                df = ARRAYS.text.sizes()[term]
                total += (1 + np.log(count)) * (np.log((1 + n) / (1 + df)) + 1) * words[term]
        assert (
            np.abs(quantise(total[np.newaxis].astype(np.float32))[0].astype(int) - arrays.note_vectors[number]).max()
            <= 1
        )
        assert np.abs(vectors_of([(terms, counts)], arrays)[0].astype(int) - arrays.note_vectors[number]).max() <= 1


def test_quantised_vectors_keep_their_direction():
    vectors = np.random.default_rng(0).normal(size=(50, 64)).astype(np.float32)
    vectors[3] = 0
    kept = unit(quantise(vectors).astype(np.float32))
    cosines = (kept * unit(vectors)).sum(axis=1)
    assert (np.delete(cosines, 3) > 0.999).all()
    assert not kept[3].any()


def keyed(words, vectors):
    return KeyedVectors(Vocabulary(words), np.asarray(vectors, np.float32))


def test_joined_vectors_have_the_similarities_of_both():
    terms = ["tide", "boat", "soil"]
    own = np.eye(3, 4, dtype=np.float32)
    other = keyed(["boat", "tide", "moon", "soil"], [[1, 0, 0.1], [1, 0, 0], [0, 1, 0], [-1, 0.2, 0]])
    joined = join(own, other, terms, share=0.5)
    assert joined.shape[0] == 3
    assert joined[0] @ joined[1] > 0.3 > joined[0] @ joined[2]


def test_words_that_the_other_vectors_lack_keep_their_own_part():
    own = np.eye(2, 4, dtype=np.float32)
    joined = join(own, keyed(["moon"], [[1.0, 0]]), ["tide", "boat"])
    assert joined[0] @ joined[0] == pytest.approx(0.5)
    assert joined[0] @ joined[1] == pytest.approx(0)


def test_changed_notes_get_vectors_without_numba():
    code = (
        "import sys; sys.path.insert(0, 'tests'); import numpy as np; from ranking_vault import *;"
        "from kotovec.notes.word_vectors import with_vectors; from kotovec.notes.ranking import Ranker;"
        "a = with_vectors(build(topical(3)), np.ones((5, 4), np.float32));"
        "b = a.updated([*range(11), -1], {11: analyzed([note('a.md', 'tide')])[0]}, []);"
        "Ranker(b).related(11); Ranker(b).search(Analyzer(), 'tide'); print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"


def test_a_changed_note_has_the_vector_of_its_new_text(trained):
    arrays = with_vectors(ARRAYS, trained)
    places = np.arange(ARRAYS.n_notes)
    places[0] = -1
    renamed = replace(NOTES[-1], path=NOTES[0].path)
    updated = arrays.updated(places, {0: analyze(renamed, Analyzer())}, [])
    vectors = Topics(updated).notes
    assert vectors[0] @ vectors[-1] > 0.95 > vectors[0] @ vectors[1]
