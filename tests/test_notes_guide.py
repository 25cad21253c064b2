import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from own_home import own_home

PAGE = (Path(__file__).parent.parent / "docs" / "notes.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(sh|py)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SERVE = "kotovec notes serve "

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the guide is for a Unix shell")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the guide is followed: a home of its own."""
    return tmp_path_factory.mktemp("guide")


@pytest.fixture(scope="module")
def environment(folder):
    return own_home(folder) | {"PYTHONWARNINGS": "error"}


@pytest.fixture(scope="module")
def printed(folder, environment):
    """What each block of the guide printed, where all have run one after the other; the page is seen below."""
    printed = {}
    for language, block in BLOCKS:
        if block.startswith(("pip install", SERVE)):
            continue
        if "vectors.bin" in block:
            run("sh", "kotovec train vault -o vectors.bin -q --tokenizer words", folder, environment)
        done = run(language, block, folder, environment)
        assert done.returncode == 0, f"{block}\n{done.stderr}"
        printed[block] = done.stdout + done.stderr
    return printed


def run(language, block, folder, environment):
    program = ["sh", "-eu", "-c"] if language == "sh" else [sys.executable, "-c"]
    return subprocess.run([*program, block], cwd=folder, env=environment, capture_output=True, text=True)


def output_of(printed, part):
    return next(text for block, text in printed.items() if part in block)


def test_every_command_and_program_of_the_guide_runs_and_says_something(printed):
    assert len(printed) >= 12
    assert [block for block, text in printed.items() if not text and ">" not in block] == []


def test_the_guide_has_every_command_of_notes():
    from typer.main import get_command

    from kotovec.cli.notes import app

    commands = get_command(app).list_commands(None)
    assert len(commands) >= 9
    assert [name for name in commands if f"kotovec notes {name}" not in PAGE] == []


def test_the_guide_has_every_option_of_notes():
    from typer.main import get_command

    from kotovec.cli.notes import app

    group = get_command(app)
    options = {
        (name, option)
        for name in group.list_commands(None)
        for parameter in group.get_command(None, name).params
        for option in getattr(parameter, "opts", ())
        if option.startswith("--")
    }
    known = {"--debug", "--help", "--count", "--port", "--host", "--rebuild", "--seed", "--quiet", "--processes"}
    assert sorted((name, option) for name, option in options if option not in known and option not in PAGE) == []


def test_the_guide_names_every_weight_with_its_value():
    from kotovec.notes.weights import DEFAULT

    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", PAGE, re.MULTILINE))
    assert {name: float(value) for name, value in rows.items()} == DEFAULT.as_dict()


def test_related_notes_of_the_whole_vault_are_lines_of_json(printed, folder):
    lines = [json.loads(line) for line in (folder / "related.jsonl").read_text("utf-8").splitlines()]
    assert len(lines) >= 45
    assert all(line["related"] and set(line) == {"note", "related"} for line in lines)
    assert set(lines[0]["related"][0]) >= {"note", "score", "why"}


def test_the_index_lies_in_the_cache_folder_and_never_in_the_vault(printed, folder):
    assert list((folder / ".cache").rglob("kotovec-notes.json")) or sys.platform == "darwin"
    assert [path for path in (folder / "vault").rglob("*") if path.is_file() and path.suffix != ".md"] == []


def test_the_page_of_the_guide_is_served(printed, folder, environment):
    pytest.importorskip("uvicorn")
    pytest.importorskip("starlette")
    (block,) = [block for _, block in BLOCKS if block.startswith(SERVE)]
    words = block.replace(" --open", " --port 0").split()
    process = subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert re.match(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=30)
