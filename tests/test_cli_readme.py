import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kotovec.notes.demo import copy_vault
from own_home import own_home

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
USES = re.compile(r"(?:similar|analogy|odd-one-out|info|convert|evaluate|query|compare|plot) (\S+)")
TEXT = "the king and the queen rule the castle , a man and a woman live in town\n"


def commands() -> list[str]:
    """Every line of a block without a language that runs kotovec, each once."""
    blocks = [body for page in PAGES for language, body in BLOCK.findall(page.read_text("utf-8")) if not language]
    return list(dict.fromkeys(line for body in blocks for line in body.splitlines() if "kotovec " in line))


def programs() -> list[str]:
    return [body for page in PAGES for language, body in BLOCK.findall(page.read_text("utf-8")) if language == "python"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Make vectors of a name in a folder, as an earlier example has; each name is trained once."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "corpus.txt").write_text(TEXT * 40)

    def bring(name, target):
        if not (folder / name).exists():
            run(folder, f"kotovec train corpus.txt -o {name} -q", shell=True)
        copy = shutil.copytree if (folder / name).is_dir() else shutil.copy
        copy(folder / name, target / name)

    return bring


@pytest.fixture
def folder(tmp_path):
    """A folder as the examples have it, with the command on the path."""
    (tmp_path / "corpus.txt").write_text(TEXT * 40)
    (tmp_path / "corpus_word_ids.txt").write_text("42 123 456 123\n" * 40)
    (tmp_path / "wordsim353.tsv").write_text("king\tqueen\t9\nman\twoman\t8\nking\ttown\t2\nking\tyeti\t1\n")
    (tmp_path / "questions.txt").write_text(": family\nman woman king queen\n")
    copy_vault(tmp_path / "notes")
    (tmp_path / "more").mkdir()
    (tmp_path / "notes" / "monday.md").write_text(TEXT * 40)
    (tmp_path / "more" / "old.txt.gz").write_bytes(gzip.compress(TEXT.encode() * 40))
    return tmp_path


def run(folder, words, **more):
    done = subprocess.run(words, cwd=folder, env=own_home(folder), capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.skipif(os.name == "nt", reason="the examples are for a Unix shell")
@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_documentation_runs(folder, trained, line):
    for vectors in {*USES.findall(line), *re.findall(r"compare \S+ (\S+)", line)}:  # which an earlier example has made
        trained(vectors, folder)
    done = run(folder, line, shell=True)
    assert done.stdout or done.stderr


def test_the_documentation_has_commands_and_programs():
    assert len(commands()) >= 8
    assert len(programs()) >= 1


@pytest.mark.parametrize("program", programs())
def test_every_program_of_the_documentation_runs(folder, program):
    done = run(folder, [sys.executable, "-W", "error", "-c", program])
    assert done.stdout
