import os
import select
import subprocess
import sys
import time

import numpy as np
import pytest

from kotovec.cli.completion import Completer
from kotovec.cli.query import split_line
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.errors import ConfigError
from kotovec.formats import load, save

WORDS = ["king", "queen", "kingdom", "man", "woman", "new york", "o'clock"]
VECTORS = np.random.default_rng(5).normal(size=(len(WORDS), 10)).astype(np.float32)


@pytest.fixture
def vectors(tmp_path):
    save(tmp_path / "model", Vocabulary(WORDS, range(len(WORDS), 0, -1)), VECTORS)
    return tmp_path / "model"


@pytest.fixture
def ask(run_process, vectors):
    """Pipe lines into the command."""

    def run(*lines, options=()):
        return run_process("query", vectors, *options, input="".join(line + "\n" for line in lines))

    return run


def test_a_pipe_of_questions_is_answered_line_by_line(ask, vectors):
    done = ask("similarity king queen", "", "similar king - man + woman", 'similarity "new york" o\'clock')
    assert (done.returncode, done.stderr) == (0, "")
    lines, model = done.stdout.splitlines(), load(vectors)
    assert float(lines[0]) == pytest.approx(float(model.similarity("king", "queen")), abs=1e-4)
    expected = model.most_similar(["king", "woman"], ["man"])
    assert [line.split(maxsplit=1)[1] for line in lines[1:-1]] == [word for word, _ in expected]
    assert float(lines[-1]) == pytest.approx(float(model.similarity("new york", "o'clock")), abs=1e-4)


def test_a_bare_word_asks_for_similar_words(ask):
    assert ask("king").stdout == ask("similar king").stdout != ""
    assert len(ask("king", options=["-n", 2]).stdout.splitlines()) == 2


def test_an_analogy_a_vector_and_the_vocabulary(ask, vectors):
    done = ask("analogy man king woman", "vector king", "vocab", "vocab king", options=["-n", 1])
    lines = done.stdout.splitlines()
    assert lines[0].split()[1] == load(vectors).most_similar(["king", "woman"], ["man"], topn=1)[0][0]
    np.testing.assert_allclose(np.array(" ".join(lines[1:3]).split(), float), VECTORS[0], atol=1e-5)
    assert lines[3:] == ["7 words", "2 words begin with king", "king"]


def test_quit_ends_and_help_shows_every_command(ask):
    done = ask("help", "quit", "similar nonsense")
    assert (done.returncode, done.stderr) == (0, "")
    assert {line.split()[0] for line in done.stdout.splitlines()} >= {
        "similar", "similarity", "analogy", "vector", "vocab", "help", "quit",
    }  # fmt: skip


def test_a_question_without_an_answer_is_one_line_and_the_next_is_answered(ask):
    done = ask(
        "similar yeti king bigfoot", "similarity king", "similar", 'vector "king', "king -", "similarity king man"
    )
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    errors = done.stderr.splitlines()
    assert "not in the vocabulary: 'yeti', 'bigfoot'" in errors[0]
    assert errors[1] == "kotovec: error: not so many words: expected similarity A B, found king"
    assert errors[2] == "kotovec: error: similar to what?: expected similar WORD..."
    assert "a quote that does not end" in errors[3]
    assert "a sign without a word behind it" in errors[4]
    assert errors[5] == "kotovec: error: 5 of the questions have no answer, the first is 'similar yeti king bigfoot'"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("similar king", ["similar", "king"]),
        ('"new york"  - man', ["new york", "-", "man"]),
        ("o'clock #1 a\\b", ["o'clock", "#1", "a\\b"]),
    ],
)
def test_quotes_keep_words_together_and_other_signs_are_letters(line, words):
    assert split_line(line) == words


def test_a_quote_that_does_not_end_is_an_error():
    with pytest.raises(ConfigError, match="a quote that does not end"):
        split_line('"king')


def test_completion_offers_commands_then_the_most_frequent_words():
    completer = Completer(["similar", "similarity", "vector"], ["sit", "king", "simple", "sim"])
    assert completer.candidates("sim") == ["similar", "similarity", "simple", "sim"]
    assert completer.candidates("") == ["similar", "similarity", "vector"]
    assert completer.candidates("zebra") == []
    assert [completer.complete("ki", state) for state in (0, 1)] == ["king ", None]


def test_completion_of_a_large_vocabulary_is_not_endless():
    completer = Completer([], (f"w{i}" for i in range(10_000)))
    offered = completer.candidates("w")
    assert len(offered) == 200
    assert offered[0] == "w0"


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_the_prompt_has_completion_history_and_survives_ctrl_c(vectors, tmp_path):
    import pty

    leader, follower = pty.openpty()
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state"), "TERM": "dumb", "PYTHONWARNINGS": "error"}
    process = subprocess.Popen(
        [sys.executable, "-m", "kotovec", "query", str(vectors)],
        stdin=follower, stdout=follower, stderr=follower, env=environment, start_new_session=True,
        preexec_fn=lambda: take_terminal(follower),
    )  # fmt: skip
    os.close(follower)
    try:
        assert "7 words, vector size 10" in read_until(leader, "kotovec> ")
        os.write(leader, b"vocab kingd\t\n")
        assert "1 words begin with kingdom" in read_until(leader, "kotovec> ")
        os.write(leader, b"unfinished")
        interrupt(leader)
        read_until(leader, "kotovec> ")
        os.write(leader, b"yeti\n")
        assert "'yeti' is not in the vocabulary" in read_until(leader, "kotovec> ")
        os.write(leader, b"\x04")
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(leader)
    history = (tmp_path / "state" / "kotovec" / "query_history").read_text()
    assert history.splitlines()[-2:] == ["vocab kingdom ", "yeti"]


def take_terminal(terminal):
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


def interrupt(terminal):
    """Press Ctrl-C until there is an answer: Python's readline misses a signal that comes just before it waits."""
    read_until(terminal, "unfinished")
    for _ in range(20):
        os.write(terminal, b"\x03")
        if select.select([terminal], [], [], 1.0)[0]:
            return


def read_until(terminal, text):
    """What the terminal shows, up to this text; fails after 20 seconds, and never waits for longer."""
    seen, deadline = "", time.monotonic() + 20
    while text not in seen:
        ready, _, _ = select.select([terminal], [], [], max(deadline - time.monotonic(), 0))
        assert ready, seen
        seen += os.read(terminal, 4096).decode()
    return seen


def test_the_help_has_an_example(run_kotovec):
    assert "Examples:\n    kotovec query" in run_kotovec("query", "--help").stdout
