import pytest

from kotovec.notes.terms import Analyzer, character_pairs, has_kana, japanese_segmenter, singular

PAIRS = Analyzer()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The garden's Tomatoes, don't they grow?", ["garden", "tomatoe", "grow"]),
        ("BrowserWindow HTTPServer iPhone", "browserwindow browser window httpserver http server iphone phone".split()),
        ("PRs and URLs of the OS", ["pr", "url", "os"]),
        ("word2vec 2024 x snake_case", ["word2vec", "2024", "snake", "case"]),
        ("Cafe\u0301 ＡＢＣ ﬁre STRASSE straße", ["café", "abc", "fire", "strasse", "strasse"]),
        ("it\u2019s Anna\u2019s boat", ["anna", "boat"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("Привет, мир", ["привет", "мир"]),
        ("", []),
        ("--- *** ...", []),
    ],
)
def test_words_become_terms(text, terms):
    assert PAIRS.terms(text) == terms


def test_a_word_gives_the_same_terms_the_second_time():
    assert PAIRS.terms("BrowserWindow") == PAIRS.terms("BrowserWindow")


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("boats", "boat"), ("queries", "query"), ("ties", "tie"), ("classes", "class"), ("boxes", "box"),
        ("branches", "branch"), ("notes", "note"), ("status", "status"), ("glass", "glass"), ("analysis", "analysis"),
        ("gas", "gas"), ("series", "sery"),
    ],
)  # fmt: skip
def test_easy_plurals_become_singular(word, stem):
    assert singular(word) == stem


def test_scripts_without_spaces_give_pairs_within_one_script():
    assert character_pairs("機械学習の本") == ["機械", "械学", "学習", "の", "本"]
    assert character_pairs("データ") == ["デー", "ータ", "データ"]
    assert PAIRS.terms("ภาษา and 猫") == ["ภา", "าษ", "ษา", "猫"]


def test_latin_and_japanese_in_one_run_come_apart():
    assert PAIRS.terms("GPUで学習") == ["gpu", "で", "学習"]


def test_kana_tell_japanese_from_chinese():
    assert has_kana("機械学習とは")
    assert not has_kana("机器学习")
    assert not has_kana("plain")


def test_the_ja_extra_cuts_japanese_into_words_and_leaves_chinese_in_pairs():
    pytest.importorskip("fugashi")
    pytest.importorskip("unidic_lite")
    words = Analyzer(japanese_segmenter())
    assert {"走る", "犬"} <= set(words.terms("犬が走った"))
    assert words.terms("学习机器") == ["学习", "习机", "机器"]
    assert "機械" in words.terms("機械", japanese=True)


def test_runs_of_katakana_stay_whole_and_names_in_han_are_terms_too():
    pytest.importorskip("fugashi")
    pytest.importorskip("unidic_lite")
    terms = Analyzer(japanese_segmenter()).terms("トレイトと所有権を学ぶ")
    assert "トレイト" in terms
    assert "所有権" in terms


def test_the_name_of_an_analyzer_says_how_it_treats_japanese():
    assert PAIRS.name != Analyzer(lambda run: [run]).name


def test_a_word_without_end_is_cut():
    assert PAIRS.terms("a" * 1000) == ["a" * 40]
