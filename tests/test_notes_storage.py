import errno
import json
import os
import subprocess
import sys
import zlib
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest

from kotovec.atomic import atomic_write
from kotovec.errors import ConfigError, FormatError, OutputError, SourceError
from kotovec.notes import storage
from kotovec.notes.locking import write_lock
from kotovec.notes.places import index_folder, vault_folder
from kotovec.notes.ragged import Ragged, concatenate, pack_words, unpack_words
from kotovec.notes.storage import MANIFEST, check_folder, read_folder, write_folder

VERSION = {"layout": 1, "ja": None}
ARRAYS = {
    "ids": np.arange(7, dtype=np.int32),
    "table": np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3),
    "none": np.empty((0, 4), np.uint8),
}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "deep" / "index"
    write_folder(path, VERSION, {"name": "añb\udcff"}, {"notes": ARRAYS, "words": {"w": np.ones(3)}})
    return path


def edit(folder, change):
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_what_was_written_is_read(folder):
    stored = read_folder(folder, VERSION)
    assert stored.meta == {"name": "añb\udcff"}
    assert list(stored.parts) == ["notes", "words"]
    for name, array in ARRAYS.items():
        read = stored.parts["notes"][name]
        assert (read.dtype, read.shape) == (array.dtype, array.shape)
        assert np.array_equal(read, array)
    assert stored.n_bytes == sum(file.stat().st_size for file in folder.iterdir())


def test_changing_what_was_read_changes_no_file(folder):
    read_folder(folder, VERSION).parts["notes"]["ids"][:] = 9
    assert list(read_folder(folder, VERSION).parts["notes"]["ids"]) == list(range(7))


def test_where_nothing_is_nothing_is_read(tmp_path):
    assert read_folder(tmp_path / "none", VERSION) is None
    assert read_folder(tmp_path, VERSION) is None


def test_kept_parts_keep_their_file_and_replaced_ones_are_deleted(folder):
    before = {file.name for file in folder.glob("*.bin")}
    write_folder(folder, VERSION, {}, {"words": {"w": np.zeros(3)}}, kept=["notes"])
    after = {file.name for file in folder.glob("*.bin")}
    assert before & after == {"notes-1.bin"}
    assert after - before == {"words-2.bin"}
    parts = read_folder(folder, VERSION).parts
    assert list(parts["words"]["w"]) == [0, 0, 0]
    assert list(parts["notes"]["ids"]) == list(range(7))


def test_a_failure_while_writing_leaves_the_old_index(folder, monkeypatch):
    def fail(*_, **__):
        raise KeyboardInterrupt

    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    monkeypatch.setattr(json, "dumps", fail)
    with pytest.raises(KeyboardInterrupt):
        write_folder(folder, VERSION, {}, {"notes": {"ids": np.zeros(1)}})
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def full_disk(room):
    """An `atomic_write` for which the disk has so much room, in all."""
    left = [room]

    def write(data):
        left[0] -= len(data)
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")

    @contextmanager
    def open_for_writing(path):
        with atomic_write(path) as file:
            yield SimpleNamespace(write=lambda data: (write(data), file.write(data)))

    return open_for_writing


@pytest.mark.parametrize("manifest", [None, "garbage", "sound"])
@pytest.mark.parametrize("room", [10, 700, 1000])
def test_a_full_disk_is_not_filled_with_what_was_begun(tmp_path, monkeypatch, manifest, room):
    if manifest:
        write_folder(tmp_path, VERSION, {}, {"words": {"w": np.ones(3)}})
    if manifest == "garbage":
        (tmp_path / MANIFEST).write_text("garbage")
    (tmp_path / "dump-7.bin").write_text("not ours")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    monkeypatch.setattr(storage, "atomic_write", full_disk(room))
    with pytest.raises(OutputError, match="No space left"):
        write_folder(tmp_path, VERSION, {}, {"words": {"w": np.ones(3)}, "notes": {"ids": np.ones((80, 2))}})
    after = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    if manifest == "garbage":
        del before["words-1.bin"]  # which nothing names
    assert after == before


def test_files_of_others_are_not_swept_away(folder):
    (folder / "dump-1.bin").write_text("not ours")
    write_folder(folder, VERSION, {}, {"notes": ARRAYS})
    assert {file.name for file in folder.glob("*.bin")} == {"notes-2.bin", "dump-1.bin"}


@pytest.mark.parametrize("name", [MANIFEST, "notes-1.bin", "words-1.bin"])
@pytest.mark.parametrize("keep", [0, 1, 0.5, -1])
def test_a_file_cut_short_is_noticed(folder, name, keep):
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: int(keep * len(data)) if isinstance(keep, float) else keep])
    with pytest.raises(FormatError, match=name):
        read_folder(folder, VERSION)


@pytest.mark.parametrize("name", ["notes-1.bin", "words-1.bin"])
def test_a_single_wrong_bit_is_noticed(folder, name):
    data = bytearray((folder / name).read_bytes())
    data[5] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(FormatError, match="damaged"):
        read_folder(folder, VERSION)


@pytest.mark.parametrize("text", ["[]", "{}", "null", "[" * 100_000, '{"format": "another"}', "\x00", "\xff"])
def test_a_manifest_that_is_none_is_noticed(folder, text):
    (folder / MANIFEST).write_text(text, encoding="latin-1")
    with pytest.raises(FormatError, match="manifest|JSON"):
        read_folder(folder, VERSION)


@pytest.mark.parametrize(
    "entry",
    [
        ["|O", [1], 0],
        ["<i4", [1 << 40, 1 << 40], 0],
        ["<i4", [-1], 0],
        ["<i4", [8], 1 << 40],
        ["<i4", [1], 4],
        ["<i4", [True], 0],
        ["<i4", "7", 0],
        ["<i4", [1, 1, 1, 1], 0],
        ["<i4"],
        None,
    ],
)
def test_an_array_that_its_file_cannot_hold_is_refused(folder, entry):
    edit(folder, lambda manifest: manifest["parts"]["notes"]["arrays"].update(ids=["plain", entry]))
    with pytest.raises(FormatError, match="describes the part 'notes' wrongly"):
        read_folder(folder, VERSION)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(0, 9000, 3),
        np.array([5, 5, 1 << 40]),
        np.array([3, 2, 1]),
        np.array([-1, 4]),
        np.where(np.arange(1001) % 7, 1, 200).astype(np.uint8),
        np.frombuffer(b"the same words again and again " * 50, np.uint8),
        np.random.default_rng(1).integers(0, 255, 999).astype(np.uint8),
        np.ones(65, np.uint8),
        np.sort(np.random.default_rng(1).integers(0, 1 << 16, (9, 500)), axis=1).ravel().astype(np.uint16),
        np.full(99, (1 << 16) - 1, np.uint16),
        np.zeros(0, np.int64),
    ],
)
def test_arrays_come_back_from_every_coding(tmp_path, array):
    write_folder(tmp_path, VERSION, {}, {"notes": {"a": array}})
    read = read_folder(tmp_path, VERSION).parts["notes"]["a"]
    assert read.dtype == array.dtype
    assert np.array_equal(read, array)


def test_what_repeats_takes_less_room(tmp_path):
    ones = np.where(np.arange(80_000) % 7, 1, 200).astype(np.uint8)
    text = np.frombuffer(b"the same words again and again " * 3000, np.uint8)
    size, _ = write_folder(tmp_path, VERSION, {}, {"notes": {"s": np.arange(50_000), "o": ones, "t": text}})
    assert size < 0.25 * (8 * 50_000 + len(ones) + len(text))


@pytest.mark.parametrize("size", [0, 1 << 40])
@pytest.mark.parametrize(
    "array",
    [np.ones(100, np.uint8), np.frombuffer(b"word " * 90, np.uint8), np.arange(99), np.arange(99, dtype=np.uint16)],
)
def test_a_coded_array_of_another_length_is_refused(tmp_path, array, size):
    write_folder(tmp_path, VERSION, {}, {"notes": {"a": array, "size": np.array([size])}})

    def lie(manifest):
        arrays = manifest["parts"]["notes"]["arrays"]
        arrays["a"][-1] = arrays["size"][1]

    edit(tmp_path, lie)
    with pytest.raises(FormatError, match="wrongly"):
        read_folder(tmp_path, VERSION)


@pytest.mark.parametrize("file", ["../../secret-1.bin", "/etc/passwd", "lock", 3, None])
def test_a_part_outside_the_folder_is_refused(folder, file):
    edit(folder, lambda manifest: manifest["parts"]["notes"].update(file=file))
    with pytest.raises(FormatError, match="wrongly"):
        read_folder(folder, VERSION)


@pytest.mark.parametrize("parts", [None, [], {"notes": None}, {"notes": {}}, {"notes": {"file": "notes-1.bin"}}])
def test_parts_that_are_none_are_refused(folder, parts):
    edit(folder, lambda manifest: manifest.update(parts=parts))
    with pytest.raises(FormatError, match="parts|wrongly"):
        read_folder(folder, VERSION)


def test_another_version_is_noticed(folder):
    with pytest.raises(FormatError, match="another version"):
        read_folder(folder, {"layout": 2, "ja": None})


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.doc").write_text("dear")
    for check in (lambda: check_folder(tmp_path), lambda: write_folder(tmp_path, VERSION, {}, {"notes": ARRAYS})):
        with pytest.raises(OutputError, match="left alone.*found thesis.doc"):
            check()
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_folder_of_ours_stays_ours_with_litter_of_the_system_or_without_a_sound_manifest(folder):
    (folder / "Icon").write_text("")
    check_folder(folder)
    (folder / "Icon").unlink()
    (folder / MANIFEST).write_text("garbage")
    check_folder(folder)


def test_a_file_is_no_folder_for_an_index(text_file):
    with pytest.raises(OutputError, match="is a file"):
        check_folder(text_file)


def test_two_writers_wait_for_each_other_and_the_second_says_who_holds_the_lock(tmp_path):
    with write_lock(tmp_path):
        with pytest.raises(OutputError, match=f"being written by process {os.getpid()}.*try again"):
            with write_lock(tmp_path, wait=0.1):
                raise AssertionError
    with write_lock(tmp_path, wait=0.1):
        pass


def test_the_lock_of_a_process_that_died_is_taken_over(tmp_path):
    code = (
        "import os, sys, pathlib; from kotovec.notes.locking import write_lock\n"
        "with write_lock(pathlib.Path(sys.argv[1])): os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, tmp_path]).returncode == 9
    assert (tmp_path / "lock").read_text().isdigit()
    with write_lock(tmp_path, wait=0.1):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_the_index_lives_in_the_cache_folder_under_the_name_of_the_vault(tmp_path, monkeypatch):
    monkeypatch.setenv("KOTOVEC_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "My notes").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "My notes")
    folder = index_folder(vault_folder(tmp_path / "My notes"), None)
    assert folder.parent == tmp_path / "cache" / "notes"
    assert folder.name.startswith("My_notes-")
    assert index_folder(vault_folder(tmp_path / "link"), None) == folder
    assert index_folder(vault_folder(tmp_path), None) != folder


def test_the_index_cannot_be_the_vault(tmp_path):
    with pytest.raises(ConfigError, match="cannot be the vault"):
        index_folder(vault_folder(tmp_path), tmp_path)


def test_a_vault_that_is_no_folder_is_said(tmp_path, text_file):
    with pytest.raises(SourceError, match="no such folder"):
        vault_folder(tmp_path / "none")
    with pytest.raises(SourceError, match="is a file.*name the folder"):
        vault_folder(text_file)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(SourceError, match="cannot be listed"):
        vault_folder(tmp_path / "loop")


def test_ragged_rows_are_taken_and_joined():
    rows = Ragged.of([[1, 2], [], [3], [4, 5, 6]], np.int32)
    assert rows.values.dtype == np.int32
    assert [list(rows[i]) for i in range(len(rows))] == [[1, 2], [], [3], [4, 5, 6]]
    for wanted in ([3, 0, 1], [1, 2, 3], [2], [], [0, 0]):
        taken = rows.take(np.array(wanted, np.int64))
        assert [list(row) for row in taken] == [list(rows[i]) for i in wanted]
        assert taken.is_sound(len(wanted))
    joined = concatenate([rows, rows.take(np.array([2, 1]))])
    assert [list(row) for row in joined] == [[1, 2], [], [3], [4, 5, 6], [3], []]


def test_rows_that_do_not_fill_their_values_are_not_sound():
    values = np.arange(3)
    assert Ragged(np.array([0, 1, 3]), values).is_sound(2)
    for starts in ([0, 1, 2], [1, 1, 3], [0, 4, 3], [0, 3], [0, -1, 3]):
        assert not Ragged(np.array(starts), values).is_sound(2)


def test_words_come_back_from_their_blob():
    for words in ([], [""], ["a", "", "語", "\udcff"]):
        assert unpack_words(pack_words(words), len(words)) == words
    with pytest.raises(ValueError, match="expected 2 words, found 1"):
        unpack_words(pack_words(["a"]), 2)


def test_the_checksum_is_that_of_the_file(folder):
    entry = json.loads((folder / MANIFEST).read_text())["parts"]["notes"]
    assert entry["crc32"] == zlib.crc32((folder / entry["file"]).read_bytes())
