import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import EvaluationError
from kotovec.evaluation.segmentation import UnigramSegmenter, compare, measure, sentences
from kotovec.formats.static_tokenizer import tokenizer_json

WORDS = {"東京": 9, "東": 2, "京都": 5, "都": 3, "に": 9, "行く": 4, "京": 1, "々": 0}


def vocabulary() -> Vocabulary:
    return Vocabulary(list(WORDS), list(WORDS.values()))


def test_the_likeliest_words_are_found():
    text = "東京都に行く"
    found = [text[start:end] for start, end in UnigramSegmenter(vocabulary()).spans(text)]
    assert found == ["東京", "都", "に", "行く"]


@settings(deadline=None, max_examples=100)
@given(text=st.text("東京都に行く々xy", max_size=12))
def test_the_library_tokenizers_finds_the_same(text):
    tokenizers = pytest.importorskip("tokenizers")
    theirs = tokenizers.Tokenizer.from_str("".join(tokenizer_json(vocabulary(), "unigram")))
    assert UnigramSegmenter(vocabulary()).spans(text) == theirs.encode(text, add_special_tokens=False).offsets


def test_agreement_counts_words_and_the_boundaries_inside_of_sentences():
    #         ours: 東京|都|に|行く and xx
    result = compare(vocabulary(), [["東京", "都", "に", "行", "く"], ["x", "x"]])
    assert (result.n_sentences, result.n_words) == (2, 7)
    assert result.unknown == pytest.approx(4 / 7)
    assert (result.precision, result.recall, result.f1) == pytest.approx((3 / 5, 3 / 7, 6 / 12))
    assert (result.boundary_precision, result.boundary_recall) == pytest.approx((3 / 3, 3 / 5))
    assert result.boundary_f1 == pytest.approx(6 / 8)
    assert json.loads(json.dumps(result.as_dict()))["n_words"] == 7


def test_sentences_may_be_cut_anywhere_into_pieces():
    text = "東京 に\n行く\nx y".encode()
    whole = [["東京", "に"], ["行く"], ["x", "y"]]
    for cut in range(len(text) + 1):
        assert list(sentences([text[:cut], text[cut:]])) == whole


def test_the_more_frequent_of_two_readings_wins_and_without_counts_the_earlier():
    def cut(words, counts):
        spans = UnigramSegmenter(Vocabulary(words, counts)).spans("abc")
        return [end for _, end in spans]

    assert cut(["ab", "c", "a", "bc"], [10, 10, 1, 1]) == [2, 3]
    assert cut(["ab", "c", "a", "bc"], [1, 1, 10, 10]) == [1, 3]
    assert cut(["a", "bc", "ab", "c"], None) == [1, 3]


def test_text_without_words_is_refused(tmp_path):
    pytest.importorskip("fugashi")
    pytest.importorskip("unidic_lite")
    (tmp_path / "empty.txt").write_text("\n \n")
    with pytest.raises(EvaluationError, match=r"empty\.txt: no words in the text"):
        measure(vocabulary(), tmp_path / "empty.txt")


def test_mecab_is_the_reference(tmp_path):
    pytest.importorskip("fugashi")
    pytest.importorskip("unidic_lite")
    (tmp_path / "text.txt").write_text("東京に行く\n東京に行く", encoding="utf-8")
    result = measure(vocabulary(), tmp_path / "text.txt")
    assert (result.n_sentences, result.n_words, result.f1, result.boundary_f1) == (2, 6, 1, 1)
    assert np.isclose(result.unknown, 0)
