import contextlib
import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from kotovec.cli import main
from kotovec.cli.notes import app
from kotovec.notes.weights import DEFAULT
from own_home import own_home

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "notes.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(sh|py)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SERVE = "kotovec notes serve "
# their own help is enough
PLAIN = {
    "--debug",
    "--help",
    "--count",
    "--port",
    "--host",
    "--rebuild",
    "--seed",
    "--processes",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the guide is followed: a home of its own."""
    return tmp_path_factory.mktemp("guide")


@pytest.fixture(scope="module")
def printed(folder):
    """What each command and program of the guide printed, where all have run one after the other.

    Installing is left out, and the page, which does not end by itself: see below.
    """
    printed = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in own_home(folder).items():
            patch.setenv(name, value)
        patch.delenv("KOTOVEC_CACHE_DIR", raising=False)
        for language, block in BLOCKS:
            steps = [block] if language == "py" else block.splitlines()
            for step in steps:
                if "vectors.bin" in step:
                    run("kotovec train vault -o vectors.bin --tokenizer words")
                if not step.startswith(("pip install", SERVE)):
                    printed[step] = run_program(step) if language == "py" else run(step)
    return printed


def run(line):
    """One line of a shell that is a command of kotovec, in this process; `> FILE` is followed."""
    words, _, target = line.partition(" > ")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        exit_code = main(shlex.split(words)[1:])
    assert exit_code == 0, f"{line}\n{err.getvalue()}"
    if target:
        Path(target).write_text(out.getvalue(), "utf-8")
    return out.getvalue() + err.getvalue()


def run_program(program):
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_command_and_program_of_the_guide_runs_and_says_something(printed):
    assert len(printed) >= 25
    assert [step for step, text in printed.items() if not text] == []
    lines = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
    assert [line for line in lines if not line.startswith(("kotovec ", "pip install "))] == []


def test_the_guide_has_every_command_of_notes():
    commands = get_command(app).list_commands(None)
    assert len(commands) >= 11
    assert [name for name in commands if f"kotovec notes {name}" not in PAGE] == []


def test_the_guide_has_every_option_of_notes():
    group = get_command(app)
    options = {
        (name, option)
        for name in group.list_commands(None)
        for parameter in group.get_command(None, name).params
        for option in getattr(parameter, "opts", ())
        if option.startswith("--")
    }
    assert len(options) > 30
    assert sorted((name, option) for name, option in options if option not in PLAIN and option not in PAGE) == []


def test_the_page_on_ranking_names_every_weight_with_its_value():
    page = (DOCS / "notes-ranking.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", page, re.MULTILINE))
    assert {name: float(value) for name, value in rows.items()} == DEFAULT.as_dict()


def test_related_notes_of_the_whole_vault_are_lines_of_json(printed, folder):
    lines = [json.loads(line) for line in (folder / "related.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) >= 45
    assert all(line["related"] and set(line) == {"note", "related"} for line in lines)
    assert set(lines[0]["related"][0]) >= {"note", "score", "why"}


def test_the_index_lies_in_the_cache_folder_and_never_in_the_vault(printed, folder):
    kept = [path.parent for path in folder.rglob("kotovec-notes.json")]
    assert len(kept) == 2 and folder / "vault-index" in kept
    assert [path for path in (folder / "vault").rglob("*") if path.is_file() and path.suffix != ".md"] == []


def test_the_page_of_the_guide_is_served(printed, folder):
    pytest.importorskip("uvicorn")
    pytest.importorskip("starlette")
    (block,) = [block for _, block in BLOCKS if block.startswith(SERVE)]
    words = [sys.executable, "-m", *shlex.split(block.replace(" --open", " --port 0"))]
    process = subprocess.Popen(words, cwd=folder, env=own_home(folder), stdout=subprocess.PIPE, text=True)
    try:
        assert re.match(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=30)
