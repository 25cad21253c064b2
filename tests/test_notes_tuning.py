import numpy as np
import pytest

import kotovec.notes.tuning
from kotovec.errors import EvaluationError
from kotovec.notes.evaluation import per_note
from kotovec.notes.held_out import hold_out
from kotovec.notes.ranking import Ranker
from kotovec.notes.terms import Analyzer
from kotovec.notes.tuning import _Features, tune
from kotovec.notes.weights import DEFAULT
from ranking_vault import TOPICS, note, targets_of


def folders(n=14, seed=0):
    """Notes whose links stay within their folder, and whose words say nothing."""
    random = np.random.default_rng(seed)
    words = " ".join(TOPICS.values()).split()
    notes = []
    for folder in range(6):
        for at in range(n):
            others = random.choice(n, 3, replace=False)
            links = " ".join(f"[[n{folder}x{other}]]" for other in others if other != at)
            notes.append(note(f"f{folder}/n{folder}x{at}.md", " ".join(random.choice(words, 12)) + f" {links}"))
    return notes


NOTES = folders()
TARGETS = targets_of(NOTES)


def test_weights_go_to_what_finds_links_and_help_with_others():
    tuned = tune(NOTES, TARGETS, Analyzer(), seed=2)
    assert tuned.changed
    assert tuned.after >= tuned.before + 0.01
    ratio = tuned.weights.folder / tuned.weights.cosine if tuned.weights.cosine else np.inf
    assert ratio > DEFAULT.folder / DEFAULT.cosine


def test_the_same_seed_gives_the_same_weights():
    assert tune(NOTES, TARGETS, Analyzer(), seed=3) == tune(NOTES, TARGETS, Analyzer(), seed=3)


def test_weights_that_do_not_help_with_other_links_are_not_taken(monkeypatch):
    monkeypatch.setattr(kotovec.notes.tuning, "_LEAST_GAIN", 1.0)
    tuned = tune(NOTES, TARGETS, Analyzer(), seed=2)
    assert tuned.weights == DEFAULT
    assert not tuned.changed


def test_other_links_are_those_that_had_no_part_in_the_choice():
    first, second = (hold_out(NOTES, TARGETS, Analyzer(), seed=5, part=part).hidden for part in (0, 1))
    chosen = {frozenset((note, other)) for note, others in first.items() for other in others}
    checked = {frozenset((note, other)) for note, others in second.items() for other in others}
    assert len(chosen) == len(checked)
    assert not chosen & checked


def test_the_measure_of_the_choice_is_that_of_evaluation():
    held = hold_out(NOTES, TARGETS, Analyzer(), seed=5)
    features = _Features.of(held, 0)
    ranker = Ranker(held.arrays)
    rows = [ranker.scores(note) for note in sorted(held.hidden)]
    assert features.ndcg(np.array(rows)) == pytest.approx(per_note(held, ranker.scores)[:, 2].mean())


def test_progress_is_told():
    told = []
    tune(NOTES, TARGETS, Analyzer(), report=lambda done, of: told.append((done, of)))
    assert told == [(done, told[0][1]) for done in range(told[0][1])]


def test_too_few_links_are_refused():
    few = [note(f"{at}.md", f"[[{at + 1}]]") for at in range(10)]
    with pytest.raises(EvaluationError, match="too few links.*20 notes"):
        tune(few, targets_of(few), Analyzer())
