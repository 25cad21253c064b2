from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, EvaluationError, KotovecError, SourceError
from kotovec.evaluation.bootstrap import intervals, row_correlations
from kotovec.evaluation.pair_files import WordPair, read_word_pairs
from kotovec.evaluation.word_pairs import evaluate_word_pairs
from kotovec.vectors import KeyedVectors

RNG = np.random.default_rng(4)
WORDS = [f"w{i}" for i in range(50)] + ["Paris", "paris", "東京", "京都"]
VECTORS = RNG.normal(size=(len(WORDS), 10)).astype(np.float32)
PAIRS = [WordPair("tiger", "cat", 7.35), WordPair("new york", "city", 8.0), WordPair("東京", "京都", 6.5)]


@pytest.fixture
def vectors() -> KeyedVectors:
    return KeyedVectors(Vocabulary(WORDS), VECTORS)


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    lines = [f"{a}\t{b}\t{s:.1f}" for (a, b), s in zip(RNG.choice(WORDS, (60, 2)), RNG.random(60) * 10, strict=True)]
    (tmp_path / "pairs.tsv").write_text("\n".join(lines), "utf-8")
    return tmp_path / "pairs.tsv"


# as each set writes its lines: other words and scores, the same columns
FORMS = {
    "WordSim-353, combined.csv": "Word 1,Word 2,Human (mean)\ntiger,cat,7.35\nnew york,city,8.00\n東京,京都,6.50\n",
    "WordSim-353, set1.csv": (
        "Word 1,Word 2,Human (mean),1,2\r\ntiger,cat,7.35,9,6\r\nnew york,city,8,8,8\r\n東京,京都,6.5,6,7\r\n"
    ),
    "WordSim-353, gold standard": "tiger\tcat\t7.35\nnew york\tcity\t8.00\n東京\t京都\t6.50\n",
    "a header in a comment": "# word1\tword2\tscore\ntiger\tcat\t7.35\nnew york\tcity\t8\n東京\t京都\t6.5\n",
    "SimLex-999": (
        "word1\tword2\tPOS\tSimLex999\tconc(w1)\tSD(SimLex)\n"
        "tiger\tcat\tN\t7.35\t4.9\t0.41\nnew york\tcity\tN\t8\t1\t2\n東京\t京都\tN\t6.5\t1\t2\n"
    ),
    "RW": "tiger\tcat\t7.35\t7\t8\t0\nnew york\tcity\t8.0\t8\t8\t8\n東京\t京都\t6.5\t6\t7\t6\n",
    "Sakaizawa and Komachi": (
        "word1,  word2, mean, ano1\ntiger, cat, 7.35, 6\nnew york, city, 8, 8\n東京, 京都, 6.5, 6\n"
    ),
    "JWSAN": (
        "pairID,PoS,word1,word2,similarity,association\n"
        "1,n,tiger,cat,7.35,1\n2,n,new york,city,8,2\n3,n,東京,京都,6.5,3\n"
    ),
    "quoted": '"tiger","cat","7.35"\n"new york","city","8"\n"東京","京都","6.5"\n',
    "semicolons and decimal commas": "tiger;cat;7,35\nnew york;city;8,0\n東京;京都;6,5\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_same_pairs(form: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs"
    path.write_bytes(FORMS[form].encode())
    file = read_word_pairs(path)
    assert file.pairs == PAIRS
    assert file.skipped == []
    assert (file.header is None) == FORMS[form].startswith(("tiger", "#", '"tiger'))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_word(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text("東京,京都,6.5\n", encoding)
    assert read_word_pairs(tmp_path / "pairs").pairs == PAIRS[2:]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sun sunlight 50.0\nred  blue 31\n", ["sun", "sunlight", "red", "blue"]),
        ("sun-n bright-j 50.0\nrun-v blue-j 31\n", ["sun", "bright", "run", "blue"]),
        ("x-n bright-j 50.0\nrun-v plan-b 31\n", ["x-n", "bright-j", "run-v", "plan-b"]),
    ],
)
def test_men_is_read_in_its_natural_and_its_lemma_form(text: str, words: list[str], tmp_path: Path) -> None:
    (tmp_path / "men").write_text(text)
    pairs = read_word_pairs(tmp_path / "men").pairs
    assert [word for pair in pairs for word in (pair.first, pair.second)] == words
    assert [pair.score for pair in pairs] == [50, 31]


def test_lines_without_a_pair_are_counted_not_dropped_silently(tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text(
        "a\tb\t1\nc\td\tnan\n\ne\tf\ng\th\t2\ni\tj\t3\nk\tl\t4\nm\tn\t5\no\tp\t6\nq\tr\t7\n"
    )
    file = read_word_pairs(tmp_path / "pairs")
    assert len(file.pairs) == 7
    assert file.skipped == [2, 4]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "an empty file: expected lines of word, word, score"),
        (b"# only a comment\n", "an empty file"),
        (b"a b c d\n", "line 1: no word pairs: expected lines of word, word, score, found 'a b c d'"),
        (b": family\nman woman king queen\n", "found ': family'; these look like analogies"),
        (b"1 2 3\n", "no word pairs"),
        (b"word\n", "no word pairs"),
        (b"\xff\x00a", "byte 0: is no UTF-8 text"),
    ],
)
def test_a_file_without_pairs_is_named_by_what_it_looks_like(content: bytes, text: str, tmp_path: Path) -> None:
    (tmp_path / "pairs").write_bytes(content)
    with pytest.raises(EvaluationError) as caught:
        read_word_pairs(tmp_path / "pairs")
    assert text in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "pairs"))


def test_a_file_that_is_not_there_or_a_folder_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_word_pairs(tmp_path / "nothing")
    with pytest.raises(SourceError, match="cannot be read"):
        read_word_pairs(tmp_path)


def test_every_damage_of_a_file_gives_pairs_or_our_own_error(tmp_path: Path) -> None:
    good = (FORMS["SimLex-999"] + FORMS["quoted"]).encode()
    for place in range(0, len(good), 3):
        for bad in (good[:place], good[:place] + b"\xf0" + good[place + 1 :], good[:place] + b"\0\n" + good[place:]):
            (tmp_path / "pairs").write_bytes(bad)
            try:
                read_word_pairs(tmp_path / "pairs")
            except KotovecError as error:
                assert str(error)


def test_a_line_that_csv_cannot_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text(FORMS["quoted"] + '"' + "x" * 200_000 + '",b,3\n' + FORMS["quoted"], "utf-8")
    file = read_word_pairs(tmp_path / "pairs")
    assert file.pairs == [*PAIRS, *PAIRS]
    assert file.skipped == [4]


def test_the_result_is_that_of_gensims_method(vectors: KeyedVectors, scored: Path) -> None:
    theirs = vectors.evaluate_word_pairs(scored)
    result = evaluate_word_pairs(vectors, scored)
    assert (result.pearson.value, result.pearson.p_value) == pytest.approx(theirs[0])
    assert (result.spearman.value, result.spearman.p_value) == pytest.approx(theirs[1])
    assert (result.n_pairs, len(result.pairs), result.n_unknown, result.name) == (60, 60, 0, "pairs.tsv")


def test_unknown_words_are_named_and_their_pairs_left_out(vectors: KeyedVectors, tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text("w1\tw2\t3\nw1\tyeti\t2\nbigfoot\tyeti\t9\nW3\tw4\t1\n")
    result = evaluate_word_pairs(vectors, tmp_path / "pairs")
    assert result.unknown_words == ["yeti", "bigfoot"]
    assert (result.n_unknown, result.unknown_share) == (2, 0.5)
    assert [(pair.first, pair.second) for pair in result.pairs] == [("w1", "w2"), ("W3", "w4")]


def test_case_matters_if_asked_for(vectors: KeyedVectors, tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text("PARIS\tw1\t3\nw1\tw2\t2\n")
    pairs = evaluate_word_pairs(vectors, tmp_path / "pairs").pairs
    assert pairs[0].model == pytest.approx(float(vectors.similarity("Paris", "w1")), abs=1e-6)
    strict = evaluate_word_pairs(vectors, tmp_path / "pairs", case_insensitive=False)
    assert strict.unknown_words == ["PARIS"]


def test_the_vocabulary_can_be_restricted(vectors: KeyedVectors, scored: Path) -> None:
    result = evaluate_word_pairs(vectors, scored, restrict_vocab=30)
    allowed = set(WORDS[:30])
    assert 0 < len(result.pairs) < 60
    assert all({pair.first, pair.second} <= allowed for pair in result.pairs)


def test_residuals_are_differences_of_rank_shares(vectors: KeyedVectors, scored: Path) -> None:
    pairs = evaluate_word_pairs(vectors, scored).pairs
    assert sum(pair.residual for pair in pairs) == pytest.approx(0)
    highest = max(pairs, key=lambda pair: pair.model)
    below = sum(pair.human < highest.human for pair in pairs)
    equal = sum(pair.human == highest.human for pair in pairs)
    assert highest.residual == pytest.approx((59 - below - (equal - 1) / 2) / 59)


def test_no_usable_pair_is_an_error_that_names_words(vectors: KeyedVectors, tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text("yeti\tbigfoot\t3\n")
    with pytest.raises(EvaluationError, match="1 pairs with unknown words such as 'yeti', 'bigfoot'"):
        evaluate_word_pairs(vectors, tmp_path / "pairs")


def test_a_single_pair_has_no_correlation_and_says_so(vectors: KeyedVectors, tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text("w1\tw2\t3\n")
    result = evaluate_word_pairs(vectors, tmp_path / "pairs")
    assert all(math.isnan(value) for value in dataclasses.astuple(result.spearman))


@pytest.mark.parametrize("options", [{"restrict_vocab": 0}, {"resamples": -1}])
def test_numbers_out_of_range_are_refused(options: dict[str, int], vectors: KeyedVectors, scored: Path) -> None:
    with pytest.raises(ConfigError, match="out of range"):
        evaluate_word_pairs(vectors, scored, **options)


def test_the_dict_is_json(vectors: KeyedVectors, scored: Path) -> None:
    result = evaluate_word_pairs(vectors, scored)
    again = json.loads(json.dumps(result.as_dict(pairs=True)))
    assert again["spearman"]["value"] == result.spearman.value
    assert len(again["scored"]) == again["pairs_used"] == 60
    assert "scored" not in result.as_dict()


def test_the_seed_decides_the_interval(vectors: KeyedVectors, scored: Path) -> None:
    first, again, other = (evaluate_word_pairs(vectors, scored, seed=seed).spearman for seed in (3, 3, 4))
    assert first == again
    assert first.low != other.low
    assert first.low < first.value < first.high


def test_the_interval_is_that_of_resampling_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    xs = np.round(RNG.normal(size=40), 1)
    ys = np.round(xs + RNG.normal(size=40), 1)
    of_pearson, of_spearman = intervals(xs, ys, resamples=300, seed=8)
    draws = np.random.default_rng(8).integers(0, 40, (300, 40))
    for correlation, found in ((stats.pearsonr, of_pearson), (stats.spearmanr, of_spearman)):
        values = [correlation(xs[drawn], ys[drawn])[0] for drawn in draws]
        np.testing.assert_allclose(found, np.quantile(values, [0.025, 0.975]), rtol=1e-9)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    truth, held = 6 / math.pi * math.asin(0.6 / 2), 0  # Spearman's coefficient of a normal pair with Pearson's 0.6
    for seed in range(200):
        xs, ys = np.random.default_rng(seed).multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 150).T
        low, high = intervals(xs, ys, resamples=200, seed=1)[1]
        held += low <= truth <= high
    assert 175 <= held <= 200


def test_correlations_of_rows_are_those_of_each_row() -> None:
    xs, ys = RNG.normal(size=(2, 3, 9))
    ys[1] = 5
    found = row_correlations(xs, ys)
    assert found[0] == pytest.approx(np.corrcoef(xs[0], ys[0])[0, 1])
    assert math.isnan(found[1])


def test_without_samples_there_is_no_interval() -> None:
    low, high = intervals(np.arange(5.0), np.arange(5.0), resamples=0, seed=1)[1]
    assert math.isnan(low)
    assert math.isnan(high)
