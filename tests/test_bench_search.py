import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent.parent / "bench"


def run(tmp_path, script):
    out = tmp_path / "figures.json"
    command = [sys.executable, BENCH / script, "--quick", "--json", out]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return {figure["name"]: figure for figure in json.loads(out.read_text())["results"]}


@pytest.mark.slow
def test_the_search_bench_prints_every_figure(tmp_path):
    pytest.importorskip("gensim")
    pytest.importorskip("usearch")
    figures = run(tmp_path, "search.py")
    for size in (100, 300):
        for what in ("a single query", "a query of 1,000 at once"):
            assert figures[f"3,000 x {size}, {what}, against gensim"]["value"] > 0
    assert figures["hnsw, 3,000 x 300, recall@10"]["value"] > 0.9
    assert {name.rpartition(", ")[2] for name in figures} >= {"against the exact query", "building", "size"}


def test_the_bench_of_japanese_tokenizers_prints_every_figure(tmp_path):
    pytest.importorskip("fugashi")
    pytest.importorskip("unidic_lite")
    figures = run(tmp_path, "static_japanese.py")
    assert [name for name in figures if name.startswith("words F1, ")][0].endswith("min_count 5")
    assert figures["the same without counts"]["value"] > 50
    assert any(name.startswith("with the best price for each word") for name in figures)
