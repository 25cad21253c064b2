import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import kotovec
from japanese_text import write_text
from mecab_dump import write_dump

pytest.importorskip("fugashi")
pytest.importorskip("unidic_lite")
ipadic = pytest.importorskip("ipadic")

PAGE = (Path(__file__).parent.parent / "docs" / "japanese.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(sh|py)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
OTHERS = ("pip install", "kizame ")  # what they make is there

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the guide is for a Unix shell")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where all blocks of the guide have run, one after the other, and what each printed."""
    path = tmp_path_factory.mktemp("guide")
    write_text(path / "text.txt", 1200)
    write_dump(Path(ipadic.DICDIR), path / "ipadic_vocab.txt")
    (path / "bin").mkdir()
    (path / "bin" / "kotovec").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kotovec "$@"\n')
    (path / "bin" / "kotovec").chmod(0o755)
    environment = os.environ | {"PATH": f"{path / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONWARNINGS": "error"}
    printed = {}
    for language, block in BLOCKS:
        if not block.startswith(OTHERS):
            program = ["sh", "-eu", "-c"] if language == "sh" else [sys.executable, "-c"]
            done = subprocess.run([*program, block], cwd=path, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, f"{block}\n{done.stderr}"
            printed[block] = done.stdout + done.stderr
    return path, printed


def output_of(folder, part):
    return next(text for block, text in folder[1].items() if part in block)


def test_every_command_and_program_of_the_guide_runs_and_says_something(folder):
    assert len(folder[1]) == len(BLOCKS) - 2 >= 10
    assert all(folder[1].values())


def test_near_words_are_words_of_the_text(folder):
    assert "大阪" in output_of(folder, "similar vectors.bin 東京")
    assert "大阪" in output_of(folder, "similar vectors.mcv1 東京")
    assert "大阪" in output_of(folder, "similar ipadic.bin 東京")


def test_info_tells_the_rows_of_the_file(folder):
    n_words = len((folder[0] / "vocab.tsv").read_text("utf-8").splitlines()) - 1
    shown = output_of(folder, "kotovec info")
    assert re.search(rf"words +{n_words}\b", shown)
    assert "mcv1" in shown


def test_a_second_text_adds_no_words_that_are_known(folder):
    assert "0 of them new" in output_of(folder, "more-ids.txt")
    ids = (folder[0] / "ids.txt").read_text().splitlines()
    assert (folder[0] / "more-ids.txt").read_text().splitlines() == ids[:100]


def test_vectors_survive_the_way_to_text_and_back(folder):
    path = folder[0]
    first = kotovec.load(path / "vectors.mcv1", vocab=path / "vocab.tsv")
    again = kotovec.load(path / "again.mcv1", vocab=path / "vocab.tsv")
    assert again.index_to_key == first.index_to_key
    np.testing.assert_allclose(again.vectors, first.vectors, atol=1e-6)


def test_surface_and_word_id_are_the_same_row(folder):
    lines = output_of(folder, "kotovec.load").splitlines()
    assert lines[0] == lines[1] != lines[2]


@pytest.mark.parametrize("dtype", ["f16", "i8"])
def test_small_types_are_float32_when_they_are_read(folder, dtype, run_kotovec):
    path = folder[0]
    done = run_kotovec("convert", path / "vectors.mcv1", path / f"{dtype}.mcv1", "--dtype", dtype)
    assert done.returncode == 0, done.stderr
    vocab = path / "vocab.tsv"
    whole, small = kotovec.load(path / "vectors.mcv1", vocab=vocab), kotovec.load(path / f"{dtype}.mcv1", vocab=vocab)
    assert small["東京"].dtype == np.float32
    assert small.similarity("東京", "大阪") == pytest.approx(whole.similarity("東京", "大阪"), abs=0.02)


def test_mcv1_is_memory_mapped(folder):
    vectors = kotovec.load(folder[0] / "vectors.mcv1", vocab=folder[0] / "vocab.tsv").vectors
    owner = vectors
    while isinstance(owner, np.ndarray) and owner.base is not None:
        owner = owner.base
    assert isinstance(owner, np.memmap) or type(owner).__name__ in ("mmap", "memmap", "memoryview")
