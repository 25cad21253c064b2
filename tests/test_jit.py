"""The one kernel decorator: options, signatures, and where compiled code is kept."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from kotovec.kernels import folders, jit

USE = "from kotovec.kernels.tables import noise_table; import numpy; print(len(noise_table(numpy.ones(3, int), 1.0)))"


@pytest.fixture
def fresh_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KOTOVEC_CACHE_DIR", raising=False)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    folders.cache_folder.cache_clear()
    yield
    folders.cache_folder.cache_clear()


@jit.inline
def twice(x):
    return 2 * x


def double_all(xs):
    for i in range(len(xs)):
        xs[i] = twice(xs[i])


def is_not_a_number(xs, out):
    out[0] = xs[0] != xs[0]


@pytest.fixture(scope="module")
def double_kernel():
    return jit.kernel("void(float32[::1])")(double_all)


def run_python(code: str, **environment: str) -> str:
    settings = {k: v for k, v in os.environ.items() if k not in ("KOTOVEC_CACHE_DIR", "NUMBA_CACHE_DIR")}
    settings |= {"PYTHONWARNINGS": "error"} | environment
    return subprocess.run(
        [sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_full_disk_costs_the_cache_and_not_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core.caching import IndexDataCacheFile

    failed = []

    def full(*_: object) -> None:
        failed.append(1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    monkeypatch.setattr(IndexDataCacheFile, "load", lambda *_: None)
    xs = np.ones(1, np.float32)
    jit.kernel("void(float32[::1])")(double_all)(xs)
    assert failed and list(xs) == [2]


def test_a_kernel_runs_with_pieces_compiled_into_it(double_kernel) -> None:
    xs = np.arange(3, dtype=np.float32)
    double_kernel(xs)
    assert list(xs) == [0, 2, 4]


def test_a_kernel_is_compiled_for_its_signature_alone(double_kernel) -> None:
    with pytest.raises(TypeError, match="No matching definition"):
        double_kernel(np.arange(3, dtype=np.float64))
    assert len(double_kernel.signatures) == 1


def test_fast_math_does_not_assume_that_all_is_finite() -> None:
    assert not jit.FAST_MATH & {"nnan", "ninf", "fast"}
    found = np.zeros(1)
    jit.kernel("void(float64[::1], float64[::1])")(is_not_a_number)(np.array([np.nan]), found)
    assert found[0] == 1


def test_a_kernel_lets_other_threads_run(double_kernel) -> None:
    assert double_kernel.targetoptions["nogil"]
    threads = [threading.Thread(target=double_kernel, args=(np.zeros(1000, np.float32),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("name", ["KOTOVEC_CACHE_DIR", "NUMBA_CACHE_DIR"])
def test_the_cache_is_where_the_environment_says(fresh_cache, name, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(name, str(tmp_path))
    assert Path(folders.cache_folder() or "").parent == tmp_path


def test_our_own_variable_goes_first(fresh_cache, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    monkeypatch.setenv("KOTOVEC_CACHE_DIR", str(tmp_path / "ours"))
    assert Path(folders.cache_folder() or "").parent == tmp_path / "ours"


def test_else_the_cache_is_in_the_users_cache_folder(fresh_cache, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Path(folders.cache_folder() or "").parent == tmp_path / "kotovec"


def test_where_no_folder_can_be_written_nothing_is_cached(fresh_cache, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KOTOVEC_CACHE_DIR", str(tmp_path / "file"))
    assert folders.cache_folder() is None
    run = jit.kernel("void(float32[::1])")(double_all)
    xs = np.ones(2, np.float32)
    run(xs)
    assert list(xs) == [2, 2]


def test_the_folder_changes_with_the_source_of_any_kernel(fresh_cache, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("KOTOVEC_CACHE_DIR", str(tmp_path / "cache"))
    before = folders.cache_folder()
    sources = tmp_path / "kernels"
    sources.mkdir()
    for file in Path(folders.__file__).parent.glob("*.py"):
        (sources / file.name).write_bytes(file.read_bytes() + (b"#" if file.name == "sigmoid.py" else b""))
    monkeypatch.setattr(folders, "__file__", str(sources / "folders.py"))
    folders.cache_folder.cache_clear()
    assert folders.cache_folder() != before


def test_a_second_process_takes_the_compiled_code_of_the_first(tmp_path) -> None:
    assert run_python(USE, KOTOVEC_CACHE_DIR=str(tmp_path)) == "3"
    files = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.nb*")}
    assert files
    assert run_python(USE, KOTOVEC_CACHE_DIR=str(tmp_path)) == "3"
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.nb*")} == files


def test_numbas_own_setting_is_left_as_it_was(tmp_path) -> None:
    code = f"import numba; {USE}; print(numba.config.CACHE_DIR)"
    assert run_python(code, KOTOVEC_CACHE_DIR=str(tmp_path)).split() == ["3"]
