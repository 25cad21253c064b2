import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_twin import BytesStream, encoded, twin_of, unicode_words, white_space_sentences
from kotovec.corpus import encoded as encoded_module
from kotovec.corpus import encoding, passes
from kotovec.corpus.blocks import BLOCK_SIZE
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.encoded import count_words
from kotovec.corpus.encoding import EncodedCorpus, encode, find_files
from kotovec.corpus.tokenizers import tokenizer
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError, EmptyCorpusError, FormatError, OutputError, VocabularyError
from kotovec.events import CompileStarted, CorpusProgress, CorpusReady, Notice, StopTraining

ALL = CorpusConfig(min_count=1)

# Words of all lengths around the eight bytes that are looked at together, and much that is hard.
pieces = st.sampled_from(
    [
        b" ",
        b"\n",
        b"\r\n",
        b"\t",
        b"\0",
        b"\x01",
        b"\x1f",
        b"a",
        b"ab",
        b"abcdefg",
        b"abcdefgh",
        b"abcdefghi",
        b"a" * 99,
    ]
    + [
        "é".encode(),
        "語".encode(),
        "😀".encode(),
        b"\xff",
        b"\xfe",
        b"\xfd",
        b"\xc3",
        b"\xe8\xaa",
        b"\x80",
        b"\xed\xa0\x80",
    ]
    + [b"!", b"\x7f", b"\xa0", b"!" * 8, b"\v", b"\f", b"\n\n", b" \n "]
)
hard_text = st.lists(pieces | st.binary(max_size=3), max_size=60).map(b"".join)


def zipf_text(n_tokens, seed=0, line=None):
    """Words of many lengths; the n-th most frequent about 1/n as often as the first."""
    draw = random.Random(seed)
    words = [f"w{int(draw.paretovariate(0.4)) % 50000:x}" + "x" * (i % 13) for i, _ in enumerate(range(n_tokens))]
    step = line or len(words)
    return "\n".join(" ".join(words[i : i + step]) for i in range(0, len(words), step)).encode()


@given(hard_text, st.integers(1, 70), st.integers(1, 40), st.integers(1, 3), st.integers(1, 3))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_encoded_as_python_would(text, block_size, at_once, threads, min_count):
    expected = twin_of(white_space_sentences(text), min_count)
    if not expected.words:
        with pytest.raises(EmptyCorpusError):
            encoded(text, CorpusConfig(min_count=min_count), threads, block_size, at_once)
    else:
        assert encoded(text, CorpusConfig(min_count=min_count), threads, block_size, at_once)[0] == expected


@pytest.mark.parametrize("line", [None, 5, 1000], ids=["one line", "5 words", "1000 words"])
@pytest.mark.parametrize(("threads", "block_size"), [(1, 1 << 20), (4, 1 << 12), (3, 999)])
def test_many_words_in_many_blocks_and_threads(line, threads, block_size):
    text = zipf_text(60_000, line=line)
    expected = twin_of(white_space_sentences(text), min_count=3)
    assert len(expected.words) > 1000
    assert encoded(text, CorpusConfig(min_count=3), threads, block_size)[0] == expected


def test_the_table_grows_past_many_thousand_types():
    words = [b"%x" % (i * 2654435761 % 2**48) for i in range(150_000)]
    text = b" ".join(words)
    result, _ = encoded(text, ALL, 2, 1 << 16)
    assert result == twin_of([words])


def test_a_token_longer_than_a_block_is_one_token():
    long = b"x" * 5000
    assert encoded(b"a " + long + b" b\n" + long, ALL, 2, 64)[0] == twin_of([[b"a", long, b"b"], [long]])


def test_words_of_equal_count_are_ordered_by_first_appearance_whatever_the_threads():
    words = [b"%d" % i for i in range(3000)]
    random.Random(3).shuffle(words)
    text = b" ".join(words + words[::-1])
    for threads in (1, 2, 5):
        assert encoded(text, ALL, threads, 256)[0].words == [word.decode() for word in words]


def test_one_and_many_threads_give_the_same_bytes():
    text = zipf_text(30_000, seed=5, line=7) + bytes(range(256)) * 20
    first = encoded(text, CorpusConfig(min_count=2), 1, 1 << 14)[0]
    assert all(encoded(text, CorpusConfig(min_count=2), threads, 2048)[0] == first for threads in (2, 3, 8))


def test_max_vocab_keeps_the_most_frequent():
    text = b"a a a b b c c d"
    config = CorpusConfig(min_count=1, max_vocab=3)
    assert encoded(text, config)[0] == twin_of(white_space_sentences(text), 1, 3)
    assert encoded(text, config)[0].words == ["a", "b", "c"]


def test_stop_words_are_left_out_and_sentences_of_them_vanish():
    text = b"the cat\nthe the\na cat the dog"
    config = CorpusConfig(min_count=1, stop_words={"the", "a", "absent"})
    result, _ = encoded(text, config)
    assert result == twin_of(white_space_sentences(text), 1, None, {"the", "a"})
    assert result.raw_types == 4


def test_stop_words_are_read_as_the_tokenizer_reads_text():
    config = CorpusConfig("words", {"Don’t", "THE", "two words", "!"}, min_count=1)
    assert encoded(b"The cat, don't! two words", config)[0].words == ["cat", "two", "words"]


def test_invalid_bytes_are_replaced_and_counted_each_time():
    text = b"caf\xe9 caf\xe9 caf\xe8 ok \xe8\xaa caf\xef\xbf\xbd"
    result, _ = encoded(text, ALL)
    assert result.words == ["caf\ufffd", "ok", "\ufffd"]
    assert result.counts == [4, 1, 1]
    assert result.invalid_bytes == 5
    assert result.raw_types == 3


def test_a_word_seen_first_with_invalid_bytes_keeps_its_place():
    assert encoded(b"x\xff b x\xef\xbf\xbd b", ALL)[0].words == ["x\ufffd", "b"]


@given(
    st.lists(st.text(max_size=8) | st.sampled_from(["don’t", " ̈", "ﬁ", "İ", "ﷺ", "é", "\n", "_", "ａ１"]), max_size=20)
)
@settings(max_examples=200, deadline=None)
def test_unicode_words_are_found_as_python_would(parts):
    text = " ".join(parts).encode("utf-8", "surrogatepass")
    expected = twin_of(unicode_words(text))
    if expected.words:
        result, _ = encoded(text, CorpusConfig("words", min_count=1), 2, 40)
        assert result[:5] == expected[:5]
        assert result.invalid_bytes == len(text) - len(text.decode("utf-8", "ignore").encode())


def test_a_given_vocabulary_is_the_filter_and_keeps_its_counts():
    vocabulary = Vocabulary(["b", "absent", "a"], [7, 5, 1])
    result, found = encoded(b"a b c\nc\nb b", CorpusConfig(min_count=99), vocabulary=vocabulary)
    assert found.vocabulary is vocabulary
    assert result.ids == [2, 0, -1, 0, 0, -1]
    assert (result.raw_tokens, result.raw_types) == (6, 3)


def test_a_vocabulary_without_any_word_of_the_text_is_refused():
    with pytest.raises(EmptyCorpusError, match="none of the 2 distinct words"):
        encoded(b"a b", ALL, vocabulary=Vocabulary(["c"]))


def test_a_given_vocabulary_with_a_word_twice_is_refused():
    twice = Vocabulary.from_utf8(np.frombuffer(b"aba", np.uint8), np.array([1, 2, 3]))
    with pytest.raises(VocabularyError, match="'a' occurs twice"):
        encoded(b"a b", ALL, vocabulary=twice)


def test_a_trim_rule_keeps_discards_or_leaves_it_to_min_count():
    asked = []

    def rule(word, count, min_count):
        asked.append((word, count, min_count))
        return {"rare": 2, "often": 1}.get(word, 0)

    result, _ = encoded(b"often often often rare some some other", CorpusConfig(min_count=2), trim_rule=rule)
    assert result.words == ["some", "rare"]
    assert asked == [("often", 3, 2), ("rare", 1, 2), ("some", 2, 2), ("other", 1, 2)]


@pytest.mark.parametrize("text", [b"", b" \n\t \r\n\v\f"], ids=["empty", "white space"])
def test_no_text_is_refused(text):
    with pytest.raises(EmptyCorpusError, match="nothing but white space"):
        encoded(text, ALL)


def test_nothing_left_after_min_count_says_how_many_there_were():
    with pytest.raises(EmptyCorpusError, match=r"2 distinct ones.* 3 times.*min_count is 5"):
        encoded(b"a a a b", CorpusConfig(min_count=5))


def test_nothing_left_after_stop_words_does_not_blame_min_count():
    with pytest.raises(EmptyCorpusError, match="stop words"):
        encoded(b"a a a", CorpusConfig(min_count=1, stop_words={"a"}))


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"tokenizer": "letters"}, "unknown tokenizer: expected whitespace or words or ja, found 'letters'"),
        ({"min_count": -1}, "min_count is out of range"),
        ({"min_count": 2.5}, "min_count is out of range"),
        ({"max_vocab": 0}, "max_vocab is out of range"),
        ({"stop_words": "en"}, "stop_words are a set of str"),
        ({"stop_words": [1]}, "stop_words are a set of str"),
    ],
)
def test_a_setting_out_of_range_is_refused(settings, match):
    with pytest.raises(ConfigError, match=match):
        CorpusConfig(**settings)


@pytest.mark.parametrize("threads", [0, -1, 1.5, True])
def test_threads_out_of_range_are_refused(threads):
    with pytest.raises(ConfigError, match="threads is out of range"):
        encode([["a"]], ALL, threads=threads)


def test_a_file_becomes_a_corpus(tmp_path):
    (tmp_path / "text.txt").write_text("b a\na\n\na b c", encoding="utf-8")
    with encode(tmp_path / "text.txt", ALL) as corpus:
        assert corpus.vocabulary.words == ["a", "b", "c"]
        assert corpus.vocabulary.counts.tolist() == [3, 2, 1]
        assert corpus.ids.tolist() == [1, 0, -1, 0, -1, 0, 1, 2, -1]
        assert corpus.ids.dtype == np.int32
        assert not corpus.ids.flags.writeable
        assert (corpus.n_tokens, corpus.n_sentences, corpus.raw_tokens, corpus.raw_types) == (6, 3, 6, 3)
        assert not corpus.cached
        assert corpus.seconds.keys() == {"compile", "count", "encode"}
        assert all(seconds >= 0 for seconds in corpus.seconds.values())


def test_events_tell_of_progress_and_of_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(passes, "_TELL_EVERY", 0)
    (tmp_path / "text.txt").write_text("b a\na\n\na b c\xe9", encoding="latin-1")
    events = []
    encode(tmp_path / "text.txt", ALL, callback=events.append)
    events = [event for event in events if not isinstance(event, CompileStarted)]
    assert [(event.phase, event.done, event.total, event.tokens) for event in events[:-1]] == [
        ("count", 13, 13, 6),
        ("encode", 6, 6, 6),
    ]
    assert all(isinstance(event, CorpusProgress) and event.seconds >= 0 for event in events[:-1])
    assert events[-1] == CorpusReady(6, 3, 3, 6, 3, 1, False)


def test_progress_of_encoding_ends_at_all_tokens_even_where_some_are_left_out(monkeypatch):
    monkeypatch.setattr(passes, "_TELL_EVERY", 0)
    events = []
    encode([["a", "a", "b"], ["b", "c"]], CorpusConfig(min_count=2), callback=events.append)
    last = [event for event in events if isinstance(event, CorpusProgress)][-1]
    assert (last.phase, last.done, last.total, last.tokens) == ("encode", 5, 5, 4)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("吾輩は猫である。名前はまだ無い。\n" * 3, True),
        ("吾輩 は 猫 で ある 。 名前 は まだ 無い 。\n" * 3, False),
        ("это обыкновенный текст с пробелами, неправдоподобнейший\n" * 3, False),
        ("https://example.org/a/very/long/address?with=parameters\n" * 3, False),
    ],
)
def test_text_that_looks_untokenised_is_noticed(tmp_path, text, told):
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    events = []
    encode(tmp_path / "text.txt", ALL, callback=events.append)
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert ["must be tokenised" in notice for notice in notices] == [True] * told


def test_what_a_callback_raises_ends_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(passes, "_TELL_EVERY", 0)

    def stop(event):
        if isinstance(event, CorpusProgress):
            raise StopTraining

    (tmp_path / "text.txt").write_text("a b", encoding="utf-8")
    with pytest.raises(StopTraining):
        encode(tmp_path / "text.txt", ALL, callback=stop)


def test_an_error_in_a_worker_reaches_the_caller_as_it_is(monkeypatch):
    def fail(*_):
        raise MemoryError("no room")

    monkeypatch.setattr(passes.Workers, "count", fail)
    with pytest.raises(MemoryError, match="no room"):
        encoded(b"a b c " * 100, ALL, 2, 16)


def test_an_interrupt_ends_the_workers(monkeypatch):
    class Interrupted(BytesStream):
        def readinto(self, buffer):
            if self.done > 1000:
                raise KeyboardInterrupt
            return super().readinto(buffer)

    monkeypatch.setattr("corpus_twin.BytesStream", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        encoded(b"a b c " * 1000, ALL, 2, 64, 64)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kotovec-")]


def run_on(spool, text=b"a b a", threads=1):
    return passes.run_passes(BytesStream(text), spool, passes.Passes(ALL, tokenizer("whitespace"), threads))


def test_a_full_disk_is_an_output_error_and_ends_the_workers():
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="cannot be written: No space left on device; .*TMPDIR"):
        run_on(Full(), b"a b " * 100)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kotovec-")]


def test_a_spool_that_another_program_cuts_short_is_an_error_and_no_endless_loop(monkeypatch):
    import io

    class Cut(io.BytesIO):
        def readinto(self, buffer):
            return 0

    with pytest.raises(OutputError, match="cut short"):
        run_on(Cut())


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_an_interrupt_from_the_keyboard_ends_a_process_within_a_second(tmp_path):
    program = (
        "from kotovec.corpus.encoding import *; import itertools\n"
        "print('ready', flush=True)\n"
        "encode((['a', 'b'] * 500 for _ in itertools.count()), CorpusConfig(), threads=2,"
        " callback=lambda event: print(type(event).__name__, flush=True))"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    while "CorpusProgress" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - began < 1
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("threads", [1, 2])
def test_memory_stays_below_100_bytes_per_distinct_token(tmp_path, threads):
    text = b" ".join(b"w%x" % (i * 2654435761 % 2**32) for i in range(300_000))
    with open(tmp_path / "spool", "x+b", buffering=0) as spool:
        tracemalloc.start()
        try:
            run_on(spool, text, threads)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    blocks = (threads + 2) * 5 * BLOCK_SIZE
    assert peak < len(text) + blocks + 100 * 300_000


def test_a_write_that_takes_only_a_part_is_continued():
    class Slow(io.BytesIO):
        def write(self, data):
            return super().write(data[:3])

    spool = Slow()
    run_on(spool)
    assert np.frombuffer(spool.getvalue(), np.int32).tolist() == [0, 1, 0, -1]


def test_no_temporary_folder_is_an_output_error(tmp_path, monkeypatch):
    def refuse(**_):
        raise FileNotFoundError(2, "No usable temporary directory")

    monkeypatch.setattr(encoding.tempfile, "TemporaryFile", refuse)
    with pytest.raises(OutputError, match="No usable temporary directory.*TMPDIR"):
        encode([["a"]], ALL)


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(encoding.tempfile, "tempdir", str(tmp_path))
    corpus = encode([["a", "b"]], ALL)
    corpus.close()
    with pytest.raises(EmptyCorpusError):
        encode([["a", "b"]], CorpusConfig(min_count=2))
    assert list(tmp_path.iterdir()) == []
    assert len(corpus.ids) == 0


def test_many_small_files_are_sentences_of_their_own(tmp_path):
    for i in range(30):
        (tmp_path / f"{i:02}.txt").write_text(f"a w{i}", encoding="utf-8")
    corpus = encode(tmp_path, ALL, threads=2)
    assert corpus.n_sentences == 30
    assert corpus.vocabulary.words == ["a", *(f"w{i}" for i in range(30))]


def test_several_files_are_given_as_found_or_as_paths(tmp_path):
    for name in "ab":
        (tmp_path / name).write_text(name, encoding="utf-8")
    paths = [tmp_path / "b", tmp_path / "a"]
    for sources in (paths, tuple(paths), find_files(*paths)):
        assert encode(sources, ALL).vocabulary.words == ["b", "a"]


def test_a_list_of_file_names_is_not_taken_for_sentences(tmp_path):
    (tmp_path / "text.txt").write_text("a", encoding="utf-8")
    with pytest.raises(ConfigError, match="first is the name of a file.*find_files"):
        encode([str(tmp_path / "text.txt")], ALL)


def test_ids_that_are_there_already_become_a_corpus():
    vocabulary = Vocabulary(["a", "b"], [2, 1])
    corpus = EncodedCorpus.from_ids(np.array([0, 1, -1, 0]), vocabulary)
    assert corpus.ids.tolist() == [0, 1, -1, 0, -1]
    assert (corpus.n_tokens, corpus.n_sentences) == (3, 2)


@pytest.mark.parametrize(
    ("ids", "match"),
    [
        ([0, 2], "out of range: expected -1 to 1, found 0 to 2"),
        ([-2], "out of range"),
        ([2**32], "out of range"),
        ([-1, 0], "without words"),
        ([0, -1, -1, 0], "without words"),
        ([0.5], "not word ids"),
        ([[0]], "not word ids"),
    ],
)
def test_ids_that_are_no_corpus_are_refused(ids, match):
    with pytest.raises(FormatError, match=match):
        EncodedCorpus.from_ids(np.array(ids), Vocabulary(["a", "b"]))


@pytest.mark.parametrize("at_once", [1, 2, 99])
@pytest.mark.parametrize(
    ("ids", "found"),
    [
        ([], 0),
        ([0, -1], 1),
        ([0, 1, -1, 1, -1], 3),
        ([2, -1], -1),
        ([-2, -1], -1),
        ([-1], -1),
        ([-1, 0, -1], -1),
        ([0, -1, -1], -1),
        ([0], -1),
        ([2**31 - 1, -1], -1),
        ([-(2**31), -1], -1),
    ],
)
def test_ids_are_checked_against_the_vocabulary(ids, found, at_once, monkeypatch):
    monkeypatch.setattr(encoded_module, "_IDS_AT_ONCE", at_once)
    assert count_words(np.array(ids, np.int32), 2) == found


def test_a_second_run_takes_the_corpus_from_the_cache(tmp_path):
    text, cache = tmp_path / "text.txt", tmp_path / "cache"
    text.write_text("b a\na b a\n" * 50, encoding="utf-8")
    events = []
    first = encode(text, ALL, cache_dir=cache)
    second = encode(text, ALL, cache_dir=cache, callback=events.append)
    assert (first.cached, second.cached) == (False, True)
    assert second.ids.tolist() == first.ids.tolist()
    assert second.vocabulary == first.vocabulary
    assert (second.raw_tokens, second.raw_types, second.n_sentences) == (250, 2, 100)
    assert [type(event) for event in events] == [CorpusReady]
    assert events[0].cached


@pytest.mark.parametrize(
    "change",
    [
        {"config": CorpusConfig(min_count=2)},
        {"config": CorpusConfig("words", min_count=1)},
        {"config": CorpusConfig(min_count=1, max_vocab=1)},
        {"config": CorpusConfig(min_count=1, stop_words={"b"})},
        {"vocabulary": Vocabulary(["a"], [1])},
    ],
)
def test_other_settings_are_another_entry_of_the_cache(tmp_path, change):
    (tmp_path / "text.txt").write_text("b a\na b a\n", encoding="utf-8")
    more = {"config": ALL, "cache_dir": tmp_path / "cache"}
    encode(tmp_path / "text.txt", **more)
    assert not encode(tmp_path / "text.txt", **(more | change)).cached
    assert encode(tmp_path / "text.txt", **(more | change)).cached
    assert encode(tmp_path / "text.txt", **more).cached


def test_a_source_that_changed_is_encoded_again_and_takes_the_place_of_the_old(tmp_path):
    text, cache = tmp_path / "text.txt", tmp_path / "cache"
    text.write_text("a a b", encoding="utf-8")
    encode(text, ALL, cache_dir=cache)
    text.write_text("a b b", encoding="utf-8")
    os.utime(text, ns=(1, 1))
    changed = encode(text, ALL, cache_dir=cache)
    assert not changed.cached
    assert changed.vocabulary.words == ["b", "a"]
    assert encode(text, ALL, cache_dir=cache).cached
    assert len(list(cache.iterdir())) == 1


def damage_ids(value):
    def damage(entry):
        ids = np.fromfile(entry / "ids.i32", np.int32)
        ids[1] = value
        ids.tofile(entry / "ids.i32")

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        damage_ids(99),
        damage_ids(-2),
        damage_ids(-1),
        lambda entry: (entry / "ids.i32").write_bytes(b"\0" * 7),
        lambda entry: (entry / "ids.i32").unlink(),
        lambda entry: (entry / "ids.i32").write_bytes(b""),
        lambda entry: (entry / "words.utf8").write_bytes(b"\xff\xff"),
        lambda entry: (entry / "words.utf8").write_bytes(b"abc"),
        lambda entry: (entry / "ends.i64").write_bytes(b"\xff" * 16),
        lambda entry: (entry / "counts.i64").write_bytes(b""),
        lambda entry: (entry / "corpus.json").write_text("{"),
        lambda entry: (entry / "corpus.json").write_text("[]"),
        lambda entry: (entry / "corpus.json").write_text(
            (entry / "corpus.json").read_text().replace('"n_items": 4', '"n_items": -4')
        ),
        lambda entry: (entry / "corpus.json").write_text(
            (entry / "corpus.json").read_text().replace('"raw_types"', '"raw_tips"')
        ),
    ],
)
def test_an_unsound_entry_of_the_cache_is_made_anew(tmp_path, damage):
    text, cache = tmp_path / "text.txt", tmp_path / "cache"
    text.write_text("a a b", encoding="utf-8")
    encode(text, ALL, cache_dir=cache)
    damage(next(cache.iterdir()))
    again = encode(text, ALL, cache_dir=cache)
    assert not again.cached
    assert again.ids.tolist() == [0, 0, 1, -1]
    assert encode(text, ALL, cache_dir=cache).cached


def test_what_comes_from_no_file_is_not_cached_and_that_is_said(tmp_path):
    events = []
    corpus = encode([["a"]], ALL, cache_dir=tmp_path / "cache", callback=events.append)
    assert not corpus.cached
    assert [event.text for event in events if isinstance(event, Notice)] == [
        "what comes from no file is not kept in the corpus cache"
    ]
    assert not (tmp_path / "cache").exists()


def test_a_trim_rule_is_not_cached_and_that_is_said(tmp_path):
    (tmp_path / "text.txt").write_text("a a b", encoding="utf-8")
    events = []
    more = {"cache_dir": tmp_path / "cache", "trim_rule": lambda *_: 0, "callback": events.append}
    encode(tmp_path / "text.txt", ALL, **more)
    assert any(isinstance(event, Notice) and "trim rule" in event.text for event in events)


def test_a_failed_run_leaves_nothing_in_the_cache(tmp_path):
    (tmp_path / "text.txt").write_text("a a b", encoding="utf-8")
    with pytest.raises(EmptyCorpusError):
        encode(tmp_path / "text.txt", CorpusConfig(min_count=9), cache_dir=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_that_cannot_be_made_is_an_output_error(tmp_path):
    (tmp_path / "text.txt").write_text("a a b", encoding="utf-8")
    with pytest.raises(OutputError, match=r"text\.txt"):
        encode(tmp_path / "text.txt", ALL, cache_dir=tmp_path / "text.txt" / "cache")


def test_two_processes_that_make_the_same_entry_do_no_harm(tmp_path, monkeypatch):
    from kotovec.corpus import cache as cache_module

    text, cache = tmp_path / "text.txt", tmp_path / "cache"
    text.write_text("a a b", encoding="utf-8")
    write = cache_module.CorpusCache._write

    def write_late(self, folder, found):
        monkeypatch.setattr(cache_module.CorpusCache, "_write", write)
        other = encode(text, ALL, cache_dir=cache)
        assert other.ids.tolist() == [0, 0, 1, -1]
        write(self, folder, found)

    monkeypatch.setattr(cache_module.CorpusCache, "_write", write_late)
    assert encode(text, ALL, cache_dir=cache).ids.tolist() == [0, 0, 1, -1]
    assert len(list(cache.iterdir())) == 1
    assert encode(text, ALL, cache_dir=cache).cached
