"""One tree of exceptions, one line of text each."""

from __future__ import annotations

import copy
import inspect
import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from kotovec import errors
from kotovec.errors import ConfigError, KotovecError, MissingExtraError, MissingWordError, UnsupportedError

TREE = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]


def test_everything_raised_on_purpose_is_one_kind() -> None:
    assert len(TREE) > 10
    assert all(issubclass(kind, KotovecError) for kind in TREE)


def test_the_text_says_where_what_was_expected_what_came_and_what_to_try() -> None:
    error = KotovecError(
        "bad number", path="a.txt", place="line 3", expected="an id", found="'x'", hint="try another file"
    )
    assert str(error) == "a.txt, line 3: bad number: expected an id, found 'x'; try another file"


@pytest.mark.parametrize(
    "parts, text",
    [
        ({}, "bad"),
        ({"path": "a"}, "a: bad"),
        ({"place": "byte 0"}, "byte 0: bad"),
        ({"found": 0}, "bad: found 0"),
        ({"expected": 1}, "bad: expected 1"),
        ({"hint": "go"}, "bad; go"),
    ],
)
def test_what_is_not_known_is_left_out(parts: dict[str, object], text: str) -> None:
    assert str(KotovecError("bad", **parts)) == text


def test_the_text_is_one_line_whatever_was_found() -> None:
    assert str(KotovecError("bad", found="a\nb\r\nc\x0bd")) == "bad: found a b c d"


@pytest.mark.parametrize(
    "kind, python_kind",
    [
        (errors.ConfigError, ValueError),
        (errors.UnsupportedError, NotImplementedError),
        (errors.SourceError, OSError),
        (errors.EmptyCorpusError, ValueError),
        (errors.VocabularyError, ValueError),
        (errors.FormatError, ValueError),
        (errors.OutputError, OSError),
        (errors.TrainingError, RuntimeError),
        (errors.DivergenceError, errors.TrainingError),
        (errors.MissingExtraError, ImportError),
        (errors.MissingWordError, KeyError),
    ],
)
def test_pythons_own_kinds_catch_them_too(kind: type[Exception], python_kind: type[Exception]) -> None:
    assert issubclass(kind, python_kind)


def test_usage_errors_end_the_command_with_2_and_others_with_1() -> None:
    assert {kind.__name__ for kind in TREE if kind.exit_code == 2} == {"ConfigError", "UnsupportedError"}
    assert {kind.exit_code for kind in TREE} == {1, 2}
    assert issubclass(UnsupportedError, ConfigError)


def test_a_missing_extra_names_the_command_that_installs_it() -> None:
    error = MissingExtraError("zstandard", "zst", "reading .zst files")
    assert str(error) == 'reading .zst files needs the package zstandard; try: pip install "kotovec[zst]"'


def test_a_missing_word_comes_with_near_spellings() -> None:
    assert str(MissingWordError(["kign"], ["king", "kin"])) == (
        "'kign' is not in the vocabulary; near spellings: king, kin"
    )
    assert str(MissingWordError(["a", "b"])) == "not in the vocabulary: 'a', 'b'"


def test_near_spellings_are_looked_for_only_when_asked_for_and_once() -> None:
    calls = []

    def near() -> list[str]:
        calls.append(1)
        return ["king"]

    error = MissingWordError(["kign"], near)
    assert not calls
    assert error.near == ["king"]
    assert "king" in str(error)
    assert len(calls) == 1


def test_a_missing_word_prints_without_the_quotes_of_a_key_error() -> None:
    assert not str(MissingWordError(["x"])).startswith('"')


def one_of(kind: type[KotovecError]) -> KotovecError:
    if kind is MissingExtraError:
        return MissingExtraError("zstandard", "zst", "reading .zst files")
    if kind is MissingWordError:
        return MissingWordError(["kign", "x"], lambda: ["king"])
    return kind("bad", path="a", place="line 3", expected=2, found=3, hint="try another")


@pytest.mark.parametrize("kind", TREE)
@pytest.mark.parametrize("sent", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_every_error_arrives_whole_in_another_process(kind: type[KotovecError], sent: Any) -> None:
    error = one_of(kind)
    text = str(error)
    arrived = sent(one_of(kind))
    assert type(arrived) is kind
    assert str(arrived) == text
    assert arrived.args == error.args
    assert (arrived.problem, arrived.path, arrived.hint) == (error.problem, error.path, error.hint)
    if isinstance(error, MissingWordError):
        assert (arrived.words, arrived.near) == (["kign", "x"], ["king"])


def test_a_pool_of_processes_hands_on_an_error_that_is_made_from_other_parts() -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        future = pool.submit(_without_extra)
        with pytest.raises(MissingExtraError, match=r'pip install "kotovec\[zst\]"'):
            future.result()


def _without_extra() -> None:
    raise MissingExtraError("zstandard", "zst", "reading .zst files")
