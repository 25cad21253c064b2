import threading
import unicodedata

import pytest

from kotovec.corpus.stop_words import LANGUAGES, stop_words
from kotovec.corpus.tokenizers import tokenize, tokenizer
from kotovec.corpus.unicode_words import character_classes
from kotovec.errors import ConfigError
from kotovec.kernels.words import IGNORED, JOINER, LETTER, OTHER


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The cat, the DOG!", "the cat the dog"),
        ("it's rock’n’roll", "it's rock'n'roll"),
        ("'quoted' ’tis dogs' '' a''b", "quoted tis dogs a b"),
        ("snake_case __init__ a__b _", "snake_case init a b"),
        ("e-mail and/or 3.14 a+b", "e mail and or 3 14 a b"),
        ("ＦＵＬＬ ｗｉｄｔｈ ﬁne ²", "full width fine 2"),
        ("Straße ΣΊΣΥΦΟΣ İstanbul", "strasse σίσυφοσ i\u0307stanbul"),
        ("cafe\u0301 café CAFÉ", "café café café"),
        ("हिन्दी में नमस्ते", "हिन्दी में नमस्ते"),
        ("می\u200cخواهم\u200c", "می\u200cخواهم"),
        ("soft\u00adhyphen", "softhyphen"),
        ("日本語のテキスト、です。", "日本語のテキスト です"),
        ("a😀b 👍", "a b"),
        ("42 123 ４５６", "42 123 456"),
        ("tab\tnew\nline\u2028sep\u00a0nbsp", "tab new line sep nbsp"),
        ("... --- !!!", ""),
        ("", ""),
    ],
)
def test_unicode_words(text, words):
    assert tokenize(text, "words") == words.split(" ") * bool(words)


@pytest.mark.parametrize("text", ["Straße ﬁ ΐ ǰ Ǆ", "ſ ẞ ŉ", "a\u0345\u0300", "ﷺ", "Å", "İI", "한국어 가", "ᾳ ᾼ"])
def test_words_of_words_are_themselves(text):
    once = tokenize(text, "words")
    assert tokenize(" ".join(once), "words") == once
    assert all(unicodedata.is_normalized("NFKC", word) for word in once)


def test_white_space_tokens_are_left_as_they_are():
    assert tokenize("The  cat,\tit’s\u00a0x\r\nＡ \x1f\v\f b\0") == ["The", "cat,", "it’s\u00a0x", "Ａ", "\x1f", "b\0"]


def test_an_unknown_tokenizer_is_refused():
    with pytest.raises(ConfigError, match="unknown tokenizer: expected whitespace or words or ja, found 'klingon'"):
        tokenizer("klingon")


def test_letters_marks_and_numbers_are_parts_of_words_in_all_of_unicode():
    classes = character_classes()
    special = {ord(c) for c in "'’_\u200c\u200d\xad"}
    for character in set(range(0, 0x110000, 7)) | set(range(0x3000)) | set(range(0xE0000, 0xE1000)):
        if character not in special:
            expected = LETTER if unicodedata.category(chr(character))[0] in "LMN" else OTHER
            assert classes[character] == expected, hex(character)
    assert {classes[ord(c)] for c in "'’_\u200c\u200d"} == {JOINER}
    assert classes[0xAD] == IGNORED


def test_the_table_of_characters_may_be_wanted_by_many_threads_at_once():
    character_classes.cache_clear()
    found = []
    threads = [threading.Thread(target=lambda: found.append(tokenize("É x", "words"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["é", "x"]] * 4


def test_english_stop_words_are_words_as_the_tokenizer_gives_them():
    words = stop_words("en")
    assert {"the", "and", "of", "it's", "don't"} <= words
    assert not words & {"king", "cat", "time", "good", "computer"}
    assert all(tokenize(word, "words") == [word] for word in words)


def test_stop_words_come_from_a_file(tmp_path):
    (tmp_path / "stop.txt").write_text("\ufeffune des\nles\n\n", encoding="utf-8")
    assert stop_words(tmp_path / "stop.txt") == {"une", "des", "les"}
    assert stop_words(str(tmp_path / "stop.txt")) == {"une", "des", "les"}


@pytest.mark.parametrize("name", ["klingon", "no/such/file.txt", "a\0b"])
def test_unknown_stop_words_are_refused_with_the_languages_there_are(name):
    with pytest.raises(ConfigError, match=r"no stop words .*expected a language \(en\) or a file of words"):
        stop_words(name)


def test_a_file_of_stop_words_that_is_no_utf8_is_refused(tmp_path):
    (tmp_path / "stop.txt").write_bytes(b"caf\xe9")
    with pytest.raises(ConfigError, match="codec can't decode"):
        stop_words(tmp_path / "stop.txt")


def test_a_folder_of_stop_words_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no stop words"):
        stop_words(tmp_path)


def test_every_language_has_words():
    assert all(words.split() for words in LANGUAGES.values())
