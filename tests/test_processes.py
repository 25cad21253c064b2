import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict

import pytest

from corpus_twin import BytesStream
from japanese_text import sentences, write_text
from kotovec import errors
from kotovec.corpus import processes
from kotovec.corpus.config import CorpusConfig
from kotovec.corpus.dictionaries import FILES
from kotovec.corpus.encoding import encode
from kotovec.corpus.frames import CONFIG, ERROR, TEXT, read_frame, write_frame
from kotovec.corpus.japanese import Analyser
from kotovec.corpus.japanese_config import JapaneseConfig
from kotovec.corpus.japanese_worker import serve
from kotovec.corpus.processes import TokenisedStream
from kotovec.errors import ConfigError, EmptyCorpusError, KotovecError, MissingExtraError, SourceError
from kotovec.events import CorpusProgress

pytest.importorskip("fugashi")
pytest.importorskip("unidic_lite")

SURFACES = JapaneseConfig()


def run(text, config=SURFACES, workers=1):
    stream = TokenisedStream(BytesStream(text), config, workers)
    try:
        return b"".join(stream).decode()
    finally:
        stream.close()


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_blocks_come_back_in_the_order_of_the_text(monkeypatch, workers):
    monkeypatch.setattr(processes, "_BLOCK_SIZE", 1000)
    text = "\n".join(f"{i}番目の文です。" for i in range(900)).encode()
    assert run(text, workers=workers) == Analyser(SURFACES).tokenize(text).data.decode() + "\n"


def test_a_line_longer_than_a_block_stays_one_line(monkeypatch):
    monkeypatch.setattr(processes, "_BLOCK_SIZE", 100)
    monkeypatch.setattr(processes, "_LONGEST_LINE", 300)
    line = "".join(sentences(60))
    found = run(f"{line}\n{line}".encode())
    assert [part.replace(" ", "") for part in found.splitlines()] == [line, line]


def test_a_long_line_without_any_mark_is_cut_between_characters(monkeypatch):
    monkeypatch.setattr(processes, "_BLOCK_SIZE", 100)
    monkeypatch.setattr(processes, "_LONGEST_LINE", 300)
    assert run(("𠮷あ" * 500).encode()).replace(" ", "") == "𠮷あ" * 500 + "\n"


def test_no_text_gives_no_tokens_and_starts_no_process(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    text = BytesStream(b"")
    text.readinto(memoryview(bytearray(1)))
    assert list(TokenisedStream(text, SURFACES, 2)) == []


def test_what_a_process_cannot_do_is_raised_here(tmp_path):
    with pytest.raises(ConfigError, match=f"{tmp_path}: the folder holds no compiled MeCab dictionary: expected sys"):
        run(b"a\n", JapaneseConfig(dictionary=str(tmp_path)))


def test_without_fugashi_nothing_is_started_and_the_pip_command_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "fugashi", None)
    monkeypatch.setattr(subprocess, "Popen", None)
    with pytest.raises(MissingExtraError, match=r'needs the package fugashi; try: pip install "kotovec\[ja\]"'):
        run(b"a\n")


def test_a_dictionary_that_mecab_cannot_open_is_one_error_from_the_process(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ConfigError, match=f"{tmp_path}: MeCab cannot open the dictionary"):
        run(b"a\n", JapaneseConfig(dictionary=str(tmp_path)))


def test_parts_of_speech_that_no_token_has_are_refused_with_those_that_are_there():
    with pytest.raises(EmptyCorpusError, match="none of 4 tokens is of the parts of speech 名刺: found .*名詞"):
        run("先生は行った\n".encode(), JapaneseConfig(pos=("名刺",)))


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_the_death_of_a_process_is_one_error_and_no_wait(monkeypatch):
    monkeypatch.setattr(processes, "_BLOCK_SIZE", 1000)
    stream = TokenisedStream(BytesStream("東京へ行く。\n".encode() * 2000), SURFACES, 2)
    stream.readinto(memoryview(bytearray(10)))
    os.kill(stream._crew._all[0]._process.pid, signal.SIGKILL)
    with pytest.raises(SourceError, match="a process that tokenises was killed by SIGKILL; .*fewer --threads"):
        b"".join(stream)
    stream.close()


def test_after_close_no_process_is_left(monkeypatch):
    monkeypatch.setattr(processes, "_BLOCK_SIZE", 1000)
    stream = TokenisedStream(BytesStream("東京へ行く。\n".encode() * 2000), SURFACES, 3)
    stream.readinto(memoryview(bytearray(10)))
    children = [process._process for process in stream._crew._all]
    stream.close()
    stream.close()
    assert children
    assert all(child.poll() is not None for child in children)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("kotovec-corpus")]


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_an_interrupt_ends_all_processes_within_a_second(tmp_path, number, exit_code):
    text = write_text(tmp_path / "text.txt", 400_000)
    command = [sys.executable, "-m", "kotovec", "train", str(text), "-o", str(tmp_path / "v.bin"), "--tokenizer", "ja"]
    process = subprocess.Popen([*command, "--threads", "2"], stderr=subprocess.PIPE, text=True)
    children, until = [], time.monotonic() + 30
    while len(children) < 2 and time.monotonic() < until:
        time.sleep(0.05)
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    assert len(children) == 2
    time.sleep(0.2)
    process.send_signal(number)
    _, err = process.communicate(timeout=5)
    assert process.returncode == exit_code
    assert "Traceback" not in err
    until = time.monotonic() + 3
    while any(os.path.exists(f"/proc/{child}/exe") for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(os.path.exists(f"/proc/{child}/exe") for child in children)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["text.txt"]


def test_progress_tells_the_bytes_of_the_text_itself(tmp_path, monkeypatch):
    monkeypatch.setattr("kotovec.corpus.passes._TELL_EVERY", 0)
    text = write_text(tmp_path / "text.txt")
    events = []
    encode(text, CorpusConfig(tokenizer="ja"), callback=events.append)
    counted = [event for event in events if isinstance(event, CorpusProgress) and event.phase == "count"]
    assert counted[-1].done == counted[-1].total == text.stat().st_size


def test_invalid_bytes_are_counted_through_the_processes():
    corpus = encode(["東京へ\udc80"], CorpusConfig(tokenizer="ja", min_count=1))
    assert corpus.invalid_bytes > 0


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ZeroDivisionError("by nothing"), KotovecError("tokenising failed: ZeroDivisionError: by nothing")),
        (MemoryError(), KotovecError("tokenising failed: MemoryError")),
        (MissingExtraError("fugashi", "ja", "this"), MissingExtraError("fugashi", "ja", "this")),
        (ConfigError("wrong", path="p", found=3, hint="try"), ConfigError("wrong", path="p", found=3, hint="try")),
    ],
    ids=["bug", "memory", "extra", "config"],
)
def test_whatever_fails_in_a_process_is_an_error_that_the_parent_can_make_again(monkeypatch, error, expected):
    def fail(*_):
        raise error

    monkeypatch.setattr(Analyser, "tokenize", fail)
    asked, answered = io.BytesIO(), io.BytesIO()
    write_frame(asked, CONFIG, json.dumps(asdict(SURFACES)).encode())
    write_frame(asked, TEXT, b"a")
    asked.seek(0)
    serve(asked, answered)
    answered.seek(0)
    assert read_frame(answered) == (CONFIG, b"")
    kind, data = read_frame(answered)
    parts = json.loads(data)
    again = errors.remade(getattr(errors, parts.pop("class")), parts)
    assert kind == ERROR
    assert (type(again), str(again)) == (type(expected), str(expected))


def test_a_frame_that_is_cut_off_is_the_end():
    pipe = io.BytesIO()
    write_frame(pipe, TEXT, b"abc")
    whole = pipe.getvalue()
    assert read_frame(io.BytesIO(whole)) == (TEXT, b"abc")
    assert read_frame(io.BytesIO(whole[:-1])) is read_frame(io.BytesIO(whole[:5])) is None
