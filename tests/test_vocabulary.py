import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kotovec.corpus import vocabulary_file
from kotovec.corpus.vocabulary import WHITE_SPACE, Vocabulary
from kotovec.errors import OutputError, VocabularyError

words_of_files = st.text(st.characters(codec="utf-8", exclude_characters=WHITE_SPACE.decode()), min_size=1, max_size=12)


@pytest.fixture(params=["python", "machine code"])
def reader(request, monkeypatch):
    """Reads a vocabulary file in both of the ways that there are."""
    if request.param == "machine code":
        monkeypatch.setattr(vocabulary_file, "_LARGE_FILE", 0)
    return Vocabulary.read


def test_a_vocabulary_knows_words_ids_and_counts():
    vocabulary = Vocabulary(["the", "naïve", "日本"], [5, 3, 3])
    assert len(vocabulary) == 3
    assert vocabulary.words == list(vocabulary) == ["the", "naïve", "日本"]
    assert vocabulary.word_ids == {"the": 0, "naïve": 1, "日本": 2}
    assert vocabulary.counts.tolist() == [5, 3, 3]
    assert vocabulary.counts.dtype == np.int64
    assert vocabulary.total_count == 11
    assert vocabulary.word_bytes(2) == "日本".encode()
    assert "naïve" in vocabulary
    assert "naive" not in vocabulary
    assert repr(vocabulary) == "<Vocabulary of 3 words>"


def test_counts_that_are_not_known_are_zero():
    assert Vocabulary(["a", "b"]).counts.tolist() == [0, 0]


def test_a_vocabulary_may_be_empty():
    empty = Vocabulary([])
    assert (len(empty), empty.words, empty.word_ids, empty.total_count) == (0, [], {}, 0)
    assert empty == Vocabulary.from_utf8(*empty.utf8)


def test_vocabularies_are_equal_by_words_and_counts():
    one = Vocabulary(["a", "b"], [2, 1])
    assert one == Vocabulary(["a", "b"], np.array([2, 1], np.uint8))
    assert one != Vocabulary(["a", "b"], [2, 2])
    assert one != Vocabulary(["ab"], [2])
    assert one != ["a", "b"]


@pytest.mark.parametrize("array", [0, 1, 2])
def test_nothing_of_a_vocabulary_can_be_changed(array):
    vocabulary = Vocabulary(["a"], [1])
    with pytest.raises(ValueError, match="read-only"):
        (*vocabulary.utf8, vocabulary.counts)[array][0] = 9


@given(st.lists(st.text(max_size=9).filter(lambda word: word.isprintable()), unique=True, max_size=40))
def test_words_survive_their_utf8_form(words):
    vocabulary = Vocabulary(words, range(len(words)))
    again = Vocabulary.from_utf8(*vocabulary.utf8, vocabulary.counts)
    assert again == vocabulary
    assert again.words == words
    assert [again.word_bytes(i).decode() for i in range(len(words))] == words


@pytest.mark.parametrize(
    ("words", "counts", "match"),
    [
        (["a", "b", "a"], None, "'a' occurs twice, as word 0 and word 2"),
        (["a", 5], None, "a word is a str: found 5"),
        (["a", b"b"], None, "a word is a str"),
        (["\ud800"], None, "no UTF-8 form"),
        (["a"], [1, 2], "a count for every word: expected 1 counts"),
        (["a"], [[1]], "a count for every word"),
        (["a"], [1.5], "counts are whole numbers"),
        (["a"], [-1], "a count is negative: expected 0 or more, found -1"),
    ],
)
def test_what_is_no_vocabulary_is_refused(words, counts, match):
    with pytest.raises(VocabularyError, match=match):
        Vocabulary(words, counts)


@pytest.mark.parametrize(
    ("blob", "ends", "match"),
    [
        (b"abc", [1, 2], "do not fit their bytes: expected 3, found 2"),
        (b"abc", [2, 1, 3], "do not fit"),
        (b"abc", [-1, 3], "do not fit"),
        (b"abc", [], "do not fit"),
        (b"", [1], "do not fit"),
        (b"a\xff", [1, 2], "a word is no UTF-8"),
        ("é".encode(), [1, 2], "a word is no UTF-8"),
        ("aé".encode()[:2], [1, 2], "no UTF-8"),
    ],
)
def test_bytes_that_are_no_words_are_refused(blob, ends, match):
    with pytest.raises(VocabularyError, match=match):
        Vocabulary.from_utf8(np.frombuffer(blob, np.uint8), np.array(ends, np.int64))


def test_words_that_are_given_twice_as_bytes_are_found_when_asked_for():
    vocabulary = Vocabulary.from_utf8(np.frombuffer(b"aba", np.uint8), np.array([1, 2, 3]))
    with pytest.raises(VocabularyError, match="'a' occurs twice, as word 0 and word 2"):
        _ = vocabulary.word_ids


@pytest.mark.parametrize("word_id", [-1, 2])
def test_a_word_id_out_of_range_is_an_index_error(word_id):
    with pytest.raises(IndexError, match=f"word id {word_id} is out of range: the vocabulary has 2 words"):
        Vocabulary(["a", "b"]).word_bytes(word_id)


def test_a_file_has_a_line_per_word(tmp_path):
    Vocabulary(["the", "日本", "</s>"], [50, 4, 0]).write(tmp_path / "vocab.txt")
    assert (tmp_path / "vocab.txt").read_bytes() == "the 50\n日本 4\n</s> 0\n".encode()


@given(st.dictionaries(words_of_files, st.integers(0, 10**18 - 1), min_size=1, max_size=30))
@settings(deadline=None)
@pytest.mark.parametrize("large", [0, 1 << 40])
def test_files_survive_a_round_trip(tmp_path_factory, large, counts):
    path = tmp_path_factory.mktemp("vocabulary") / "vocab.txt"
    vocabulary = Vocabulary(counts, list(counts.values()))
    vocabulary.write(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary_file, "_LARGE_FILE", large)
        assert Vocabulary.read(path) == vocabulary


def test_many_words_are_written_in_blocks(tmp_path):
    words = [f"w{i}" for i in range(40_000)]
    Vocabulary(words, range(40_000)).write(tmp_path / "vocab.txt")
    lines = (tmp_path / "vocab.txt").read_text(encoding="utf-8").split("\n")
    assert lines == [f"w{i} {i}" for i in range(40_000)] + [""]


def test_white_space_around_words_and_counts_does_not_matter(reader, tmp_path):
    (tmp_path / "vocab.txt").write_bytes(b"\xef\xbb\xbf  the\t\t007 \r\n\n \t\r\nof 3")
    assert reader(tmp_path / "vocab.txt") == Vocabulary(["the", "of"], [7, 3])


@pytest.mark.parametrize(
    "line",
    [
        b"word",
        b"word -1",
        b"word 1.5",
        b"two words 3",
        b"3",
        b"word 1 2",
        b"caf\xe9 3",
        b"word x3",
        b"word 3x",
        b"w 9999999999999999999",
    ],
)
def test_a_bad_line_is_refused_by_file_and_line(reader, tmp_path, line):
    (tmp_path / "vocab.txt").write_bytes(b"the 5\n\n" + line + b"\nof 1\n")
    with pytest.raises(VocabularyError, match=r"vocab\.txt, line 3: .*expected word and count, found"):
        reader(tmp_path / "vocab.txt")


def test_a_word_that_occurs_twice_is_refused_by_line(reader, tmp_path):
    (tmp_path / "vocab.txt").write_bytes(b"the 5\nof 2\n\nthe 1\n")
    with pytest.raises(VocabularyError, match=r"vocab\.txt, line 4: the word 'the' occurs twice"):
        reader(tmp_path / "vocab.txt")


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file_is_refused(reader, tmp_path, content):
    (tmp_path / "vocab.txt").write_bytes(content)
    with pytest.raises(VocabularyError, match=r"vocab\.txt: the vocabulary is empty"):
        reader(tmp_path / "vocab.txt")


@pytest.mark.parametrize("name", ["none.txt", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name):
    with pytest.raises(VocabularyError, match="the vocabulary cannot be read"):
        Vocabulary.read(tmp_path / name)


@pytest.mark.parametrize("word", ["", "New York", "a\nb", "a\tb", "\r", "a\v", "\f"])
def test_a_word_that_no_line_can_hold_is_refused_and_nothing_is_written(tmp_path, word):
    with pytest.raises(VocabularyError, match="cannot stand in a vocabulary file: expected words without white space"):
        Vocabulary(["first", word, "last"]).write(tmp_path / "vocab.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        Vocabulary(["a"]).write(tmp_path / "none" / "vocab.txt")
