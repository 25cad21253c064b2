import os
import shlex
import subprocess
import sys
import unicodedata

import pytest

from japanese_text import sentences, write_text
from kotovec.corpus import dictionaries, japanese
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.dictionaries import FILES, find_dictionary
from kotovec.corpus.encoding import encode
from kotovec.corpus.japanese import Analyser, normalise, pieces
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.errors import ConfigError, MissingExtraError

fugashi = pytest.importorskip("fugashi")
unidic_lite = pytest.importorskip("unidic_lite")

DICTIONARIES = ["unidic-lite", "ipadic"]


def analyser(**settings):
    return Analyser(JapaneseConfig(**settings))


def tokens(text, **settings):
    return analyser(**settings).tokenize(text.encode()).data.decode()


def bare_tagger(folder):
    return fugashi.GenericTagger(f"-Owakati -r {os.devnull} -d {shlex.quote(str(folder))}")


@pytest.fixture(params=DICTIONARIES)
def dictionary(request):
    if request.param == "ipadic":
        pytest.importorskip("ipadic")
    return request.param


def test_surfaces_are_those_of_mecab(dictionary):
    tagger = bare_tagger(find_dictionary(dictionary))
    text = "\n".join([*sentences(60), "", "ＡＢＣと foo bar、2024年！", "私は　空白　です"])
    expected = "\n".join(" ".join(str(word) for word in tagger(line) if str(word).strip()) for line in text.split("\n"))
    assert tokens(text, dictionary=dictionary) == expected


def test_base_forms_and_parts_of_speech_come_with_the_words(dictionary):
    assert tokens("子供が走った。", dictionary=dictionary, unit="base") == "子供 が 走る た 。"
    assert tokens("子供が走った。", dictionary=dictionary, unit="base+pos").split()[:3] == [
        "子供/名詞",
        "が/助詞",
        "走る/動詞",
    ]


def test_a_word_that_the_dictionary_does_not_know_is_its_own_base_form(dictionary):
    assert tokens("コトヴェックヌ", dictionary=dictionary, unit="base") == "コトヴェックヌ"


def test_only_the_parts_of_speech_asked_for_are_kept(dictionary):
    kept = tokens("先生は東京で寿司を食べた。", dictionary=dictionary, pos=("名詞", "動詞"))
    assert kept == "先生 東京 寿司 食べ"
    assert tokens("先生は東京で寿司を食べた。", dictionary=dictionary, pos=("名詞-固有名詞",)) == "東京"


def test_half_width_and_decomposed_kana_become_composed_ones_of_full_width():
    assert tokens("ﾊﾟﾝを食べた") == tokens("パンを食べた") == "パン を 食べ た"
    assert tokens(unicodedata.normalize("NFD", "ガラスが割れた")) == tokens("ガラスが割れた")


def test_other_differences_of_nfkc_stay_unless_it_is_asked_for():
    assert normalise("ＡＢ①！", nfkc=False) == "ＡＢ①！"
    assert normalise("ＡＢ①！", nfkc=True) == "AB1!"


def test_control_characters_end_words_and_nothing_behind_them_is_lost():
    assert tokens("東京\0大阪\x1f京都\x1e\x7f札幌\tです\r\n") == "東京 大阪 京都 札幌 です\n"


def test_white_space_of_no_kind_is_a_token():
    text = "東京\u3000\u3000大阪\u00a0京都\u2003\u2028札幌\u0085です\u3000"
    assert tokens(text) == "東京 大阪 京都 札幌 です"
    assert tokens(text, unit="base") == "東京 大阪 京都 札幌 です"


def test_bytes_that_are_no_utf8_are_counted():
    result = analyser().tokenize("東京".encode() + b"\xff\xfe" + "大阪".encode())
    assert result.invalid_bytes == 2
    assert "大阪" in result.data.decode()


def test_a_line_of_a_megabyte_stays_one_line_and_keeps_all_its_characters():
    line = "".join(sentences(30_000))
    assert len(line.encode()) > 1 << 20
    found = tokens(line)
    assert "\n" not in found
    assert found.replace(" ", "") == line


def test_pieces_end_behind_sentences_or_else_spaces_or_else_anywhere():
    line = "あ" * 5000 + "。" + "い" * 5000 + "、" + "う" * 10_000
    assert [len(piece) for piece in pieces(line)] == [5001, 5001, 8192, 1808]
    assert "".join(pieces(line)) == line
    assert list(pieces("")) == [""]


def test_more_words_than_are_remembered_come_out_the_same(monkeypatch):
    text = "\n".join(sentences(30))
    expected = tokens(text, unit="base")
    monkeypatch.setattr(japanese, "_MOST_UNITS", 3)
    assert tokens(text, unit="base") == expected


def test_a_folder_of_a_dictionary_is_named_with_its_white_space(tmp_path):
    folder = tmp_path / "a dictionary"
    folder.symlink_to(unidic_lite.DICDIR, target_is_directory=True)
    assert tokens("東京へ行く", dictionary=str(folder)) == "東京 へ 行く"


def test_dictionaries_are_found_in_packages_and_in_the_folders_of_the_system(tmp_path, monkeypatch):
    for name in FILES:
        (tmp_path / name).write_bytes(b"")
    monkeypatch.setattr(dictionaries, "_PACKAGES", {"unidic-lite": "no_such_package", "ipadic": "nor_this"})
    monkeypatch.setattr(dictionaries, "_IPADIC_FOLDERS", ("/no/such/folder", str(tmp_path)))
    assert find_dictionary(None) == find_dictionary("ipadic") == tmp_path


def test_without_any_dictionary_the_pip_command_is_named(monkeypatch):
    monkeypatch.setattr(dictionaries, "_PACKAGES", {"unidic-lite": "no_such_package", "ipadic": "nor_this"})
    monkeypatch.setattr(dictionaries, "_IPADIC_FOLDERS", ())
    with pytest.raises(MissingExtraError, match=r'try: pip install "kotovec\[ja\]"'):
        find_dictionary(None)
    with pytest.raises(ConfigError, match="dictionary ipadic is not installed; try: pip install ipadic"):
        find_dictionary("ipadic")


def test_without_fugashi_the_pip_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "fugashi", None)
    with pytest.raises(MissingExtraError, match=r'needs the package fugashi; try: pip install "kotovec\[ja\]"'):
        analyser()


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ([], "no compiled MeCab dictionary: expected sys.dic, .*, found an empty folder"),
        (["sys.dic", "dicrc"], "no compiled MeCab dictionary: .*found no unk.dic, char.bin, matrix.bin"),
        (FILES, "MeCab cannot open the dictionary: found no such file or directory: "),
    ],
)
def test_a_folder_that_is_no_dictionary_is_refused_in_one_line(tmp_path, made, message):
    for name in made:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ConfigError, match=message) as caught:
        analyser(dictionary=str(tmp_path))
    assert str(tmp_path) in str(caught.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no such dictionary: expected the folder of a MeCab dictionary, or unidic-"):
        find_dictionary(str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"unit": "lemma"}, "expected surface or base or base.pos, found 'lemma'"),
        ({"pos": "名詞"}, "parts of speech"),
        ({"pos": ("名詞", " ")}, "parts of speech"),
        ({"unit": "base+pos", "id_map": "x"}, "an id map knows surfaces and base forms"),
    ],
)
def test_settings_that_have_no_meaning_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        JapaneseConfig(**settings)


def test_settings_of_japanese_need_its_tokenizer():
    with pytest.raises(ConfigError, match="expected the tokenizer 'ja', found 'words'"):
        CorpusConfig(tokenizer="words", japanese=JapaneseConfig(unit="base"))


def test_text_is_encoded_as_its_tokens_would_be(tmp_path):
    text = write_text(tmp_path / "text.txt")
    tagger = bare_tagger(unidic_lite.DICDIR)
    expected = encode([[str(word) for word in tagger(line)] for line in sentences()], CorpusConfig(min_count=2))
    settings = JapaneseConfig(dictionary="unidic-lite")
    for threads in (1, 3):
        corpus = encode(text, CorpusConfig(tokenizer="ja", min_count=2, japanese=settings), threads=threads)
        assert corpus.vocabulary == expected.vocabulary
        assert corpus.ids.tolist() == expected.ids.tolist()


def test_strings_from_python_are_tokenised_and_lists_are_not():
    config = CorpusConfig(tokenizer="ja", min_count=1)
    assert encode(iter(["東京へ行く", "大阪へ"]), config).vocabulary.words == ["へ", "東京", "行く", "大阪"]
    assert encode([["東京へ行く"]], config).vocabulary.words == ["東京へ行く"]


def test_stop_words_are_taken_as_they_are():
    config = CorpusConfig(tokenizer="ja", min_count=1, stop_words={"へ", "東京へ"})
    assert encode(["東京へ行く"], config).vocabulary.words == ["東京", "行く"]


def test_a_corpus_cache_knows_the_settings_of_japanese(tmp_path):
    text = write_text(tmp_path / "text.txt", 60)

    def run(**settings):
        config = CorpusConfig(tokenizer="ja", min_count=1, japanese=JapaneseConfig(**settings))
        return encode(text, config, cache_dir=tmp_path / "cache").cached

    assert [run(), run(), run(unit="base"), run(pos=("名詞",)), run(unit="base"), run()] == [
        False, True, False, False, True, True
    ]  # fmt: skip


def test_the_process_that_tokenises_imports_neither_numpy_nor_numba():
    code = "import sys, kotovec.corpus.japanese_worker; sys.exit(bool({'numpy', 'numba'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
