import json
import subprocess
import sys
from pathlib import Path

import pytest

from notes_vault import write_vault

BENCH = Path(__file__).parent.parent / "bench"


def figures(tmp_path, *words):
    out = tmp_path / "figures.json"
    command = [sys.executable, BENCH / "notes.py", "--json", out, *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text())["results"]


@pytest.mark.slow
def test_the_bench_of_notes_prints_every_figure(tmp_path):
    found = figures(tmp_path, "--quick")
    starts = [
        "first index",
        "peak memory",
        "index, of",
        "update after",
        "the same",
        "the same",
        "related",
        "related",
        "search",
    ]
    names = [figure["name"].removeprefix("60 notes: ") for figure in found]
    assert all(name.startswith(start) for name, start in zip(names, starts, strict=True))
    assert all(figure["value"] > 0 for figure in found)


def test_the_quality_of_given_vaults_is_told_beside_tf_idf(tmp_path):
    found = figures(tmp_path, "--quality", write_vault(tmp_path / "vault"))
    assert [figure["name"] for figure in found] == [
        "vault, links hidden: all: nDCG@10",
        "vault, links hidden: fifth: nDCG@10",
    ]
    assert all("TF-IDF" in figure["detail"] and 0 <= figure["value"] <= 1 for figure in found)


def test_the_words_of_made_notes_are_all_different(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    from vaults import N_TYPES, language

    assert len(set(language())) == N_TYPES
