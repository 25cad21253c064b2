import time
from dataclasses import replace

import numpy as np
import pytest

from kotovec.notes import batch, open_vault
from kotovec.notes.ranking import Ranker
from kotovec.notes.reasons import explain, glimpse
from kotovec.notes.terms import Analyzer, character_pairs
from kotovec.notes.whole_words import runs_of, whole_word, whole_words
from ranking_vault import build, note


def shown(here, there):
    """The words that two texts share, each of whose pairs carries 1, the weightiest first."""
    common = set(character_pairs(here)) & set(character_pairs(there))
    found = whole_words(dict.fromkeys(common, 1.0), runs_of(here), runs_of(there))
    return sorted(found, key=lambda word: (-found[word], word))


@pytest.mark.parametrize(
    ("here", "there", "words"),
    [
        ("機械学習の本を読む。", "機械学習が好きな人の本", ["機械学習", "本"]),
        ("機械学習を学ぶ", "機械翻訳と学習", ["学習", "機械"]),
        ("日本の本日", "本日は日本へ", ["日本", "本日"]),  # and no 日本日
        ("データベースとデータ", "データを集める", ["データ"]),
        ("コースのデータ", "ソースがある", []),  # ース is a piece of both, and no word
        ("パンを焼く", "パンを食べる", ["パン"]),
        ("食べていました", "飲んでいました", []),
        ("机器学习很有用", "我喜欢机器学习", ["机器学习"]),
        ("ข้าวผัดกับไข่", "ไข่เจียวและข้าวผัด", ["ข้าวผัด"]),
        ("機械", "園芸", []),
    ],
)
def test_what_both_texts_have_whole_is_shown_in_place_of_pairs(here, there, words):
    assert shown(here, there) == words
    assert shown(there, here) == words


def test_a_word_carries_what_its_pairs_do_and_each_pair_counts_once():
    carried = {"機械": 1.0, "械学": 2.0, "学習": 4.0, "levain": 0.5}
    found = whole_words(carried, runs_of("機械学習と学習"), runs_of("機械学習。学習"))
    assert found == {"levain": 0.5, "機械学習": 7.0}


def test_other_words_stay_as_they_are():
    assert whole_words({"tide": 0.5, "boat": 1.0}, set(), set()) == {"tide": 0.5, "boat": 1.0}


def test_a_clause_is_cut_short():
    clause = "今天天气很好我们去公园散步然后回家吃饭"
    assert shown(clause, clause) == [clause[:12] + "…"]


@pytest.mark.parametrize("alphabet", [2, 60, 500])
def test_long_texts_without_any_space_take_no_time(alphabet):
    random = np.random.default_rng(1)
    here, there = ("".join(chr(0x4E00 + n) for n in random.integers(0, alphabet, 50_000)) for _ in range(2))
    began = time.process_time()
    words = shown(here, there)
    assert time.process_time() - began < 2
    assert words and all(word.rstrip("…") in here and word.rstrip("…") in there for word in words)


@pytest.mark.parametrize(
    ("term", "word"),
    [("levain", "levain"), ("械学", "機械学習"), ("ータ", "データ"), ("です", None), ("天气", None), ("園芸", None)],
)
def test_a_pair_of_one_text_is_completed_to_its_run(term, word):
    assert whole_word(term, runs_of("機械学習のデータです。今天天气很好我们去")) == word


def test_near_words_are_whole_too_and_those_that_are_none_left_out():
    notes = [note("One.md", "機械学習です tide"), note("Two.md", "人工知能ます sail")]
    arrays = build(notes)
    vectors = np.eye(len(arrays.terms), dtype=np.float16)
    for ours, theirs in (("機械", "人工"), ("械学", "工知"), ("です", "ます"), ("tide", "sail")):
        vectors[arrays.terms.index(ours)] = vectors[arrays.terms.index(theirs)]
    ranker = Ranker(replace(arrays, word_vectors=vectors))
    texts = [glimpse(ranker, Analyzer(), each.title, each.sections) for each in notes]
    near = [(here, there) for here, there, _ in ranker.why(0, 1, (texts[0], texts[1])).near]
    assert sorted(near) == [("tide", "sail"), ("機械学習", "人工知能")]
    assert ("械学", "工知") in {(here, there) for here, there, _ in explain(ranker, 0, 1, n_near=9).near}


def test_the_notes_of_a_vault_share_words_without_a_segmenter(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "japanese_is_installed", lambda: False)
    texts = {
        "索引": "ｲﾝﾃﾞｯｸｽはデータを速く探すためのもの。機械学習でも使う。",
        "設計": "データを正規化し、インデックスを作る。機械学習のため。",
        "散歩": "公園まで歩く。",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    vault = open_vault(tmp_path, index=tmp_path.parent / "index-of-words")
    best = vault.related(vault.find("索引"), 1).items[0]
    assert best.title == "設計"
    assert sorted(term for term, _ in best.why.shared) == ["インデックス", "データ", "機械学習"]
    assert 0.3 < sum(share for _, share in best.why.shared) <= 1
    suggested = vault.suggest(1)[0]
    assert {term for term, _ in suggested.why.shared} == {term for term, _ in best.why.shared}


def test_words_of_a_segmenter_are_left_alone():
    assert Analyzer().in_pairs("機械の本") and Analyzer().in_pairs("机器")
    segmenting = Analyzer(lambda run: [run])
    assert not segmenting.in_pairs("機械の本") and segmenting.in_pairs("机器") and not segmenting.in_pairs("tide")
