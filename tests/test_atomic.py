from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from kotovec.atomic import atomic_folder, atomic_write, check_writable
from kotovec.errors import OutputError, SourceError

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file system")


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_a_file_appears_when_the_block_ends_and_not_before(tmp_path: Path) -> None:
    target = tmp_path / "vectors.bin"
    with atomic_write(target) as file:
        file.write(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["vectors.bin"]


@pytest.mark.parametrize("failure", [ValueError("x"), KeyboardInterrupt(), SourceError("gone")])
def test_after_an_exception_the_old_file_stands_and_no_temporary_file_is_left(
    tmp_path: Path, failure: BaseException
) -> None:
    target = tmp_path / "vectors.bin"
    target.write_bytes(b"old")
    with pytest.raises(type(failure)), atomic_write(target) as file:
        file.write(b"half")
        raise failure
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["vectors.bin"]


def test_a_full_disk_is_an_output_error_with_the_name(tmp_path: Path) -> None:
    target = tmp_path / "vectors.bin"
    with pytest.raises(OutputError, match="vectors.bin.*No space left"), atomic_write(target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert names(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_device_that_is_full_is_an_output_error() -> None:
    with pytest.raises(OutputError, match="/dev/full.*No space left"), atomic_write("/dev/full") as file:
        file.write(b"x" * 100_000)


def test_a_missing_folder_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="nowhere does not exist"), atomic_write(tmp_path / "nowhere" / "a.bin"):
        pytest.fail("the block must not run")


def test_a_file_in_place_of_the_parent_folder_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="is a file, not a folder"), atomic_write(tmp_path / "file" / "a.bin"):
        pytest.fail("the block must not run")


def test_a_folder_where_a_file_should_be_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"), atomic_write(tmp_path):
        pytest.fail("the block must not run")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_write_protected_folder_or_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")
    (tmp_path / "a.bin").chmod(0o444)
    with pytest.raises(OutputError, match="write-protected"):
        check_writable(tmp_path / "a.bin")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="Permission denied"):
            check_writable(tmp_path / "b.bin")
    finally:
        tmp_path.chmod(0o755)


def test_check_writable_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "a.bin")
    check_writable(tmp_path / "folder", folder=True)
    assert names(tmp_path) == []


def test_a_name_that_is_too_long_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="too long"), atomic_write(tmp_path / ("x" * 300)):
        pytest.fail("the block must not run")
    assert names(tmp_path) == []


@POSIX
def test_the_mode_of_the_old_file_is_kept_and_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"")
    old.chmod(0o640)
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    for name in ("old", "new"):
        with atomic_write(tmp_path / name):
            pass
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode


@POSIX
def test_a_link_stays_a_link_and_the_file_behind_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    with atomic_write(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@POSIX
def test_a_fifo_is_written_directly(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(fifo.read_bytes()))
    reader.start()
    with atomic_write(fifo) as file:
        file.write(b"through")
    reader.join(10)
    assert received == [b"through"]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def fill(path: Path, text: str) -> None:
    with atomic_folder(path, ("vectors", "config")) as folder:
        (folder / "vectors").write_text(text)
        (folder / "config").write_text(text)


def test_a_folder_appears_whole_and_replaces_its_own_kind(tmp_path: Path) -> None:
    fill(tmp_path / "model", "old")
    fill(tmp_path / "model", "new")
    assert (tmp_path / "model" / "vectors").read_text() == "new"
    assert names(tmp_path) == ["model"]


def test_a_folder_replaces_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    fill(tmp_path / "model", "new")
    assert names(tmp_path / "model") == ["config", "vectors"]


def test_after_an_exception_the_old_folder_stands(tmp_path: Path) -> None:
    fill(tmp_path / "model", "old")
    with pytest.raises(KeyboardInterrupt), atomic_folder(tmp_path / "model", ("vectors", "config")) as folder:
        (folder / "vectors").write_text("half")
        raise KeyboardInterrupt
    assert (tmp_path / "model" / "vectors").read_text() == "old"
    assert names(tmp_path) == ["model"]


@pytest.mark.parametrize(("entries", "message"), [(["vectors", "diary"], "found diary"), (["config"], "did not write")])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, entries: list[str], message: str) -> None:
    (tmp_path / "model").mkdir()
    for entry in entries:
        (tmp_path / "model" / entry).write_text("theirs")
    with pytest.raises(OutputError, match=message):
        fill(tmp_path / "model", "new")
    assert names(tmp_path / "model") == sorted(entries)


def test_an_empty_file_that_reserves_a_name_gives_way_to_a_folder(tmp_path: Path) -> None:
    (tmp_path / "model").touch()
    fill(tmp_path / "model", "new")
    assert names(tmp_path) == ["model"]
    assert names(tmp_path / "model") == ["config", "vectors"]


def test_a_file_where_a_folder_should_be_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("file")
    with pytest.raises(OutputError, match="is a file"):
        fill(tmp_path / "model", "new")
