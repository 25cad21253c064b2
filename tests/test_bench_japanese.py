import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("fugashi")
pytest.importorskip("unidic_lite")

BENCH = Path(__file__).parent.parent / "bench"


def test_the_japanese_bench_prints_every_figure(tmp_path):
    pytest.importorskip("gensim")
    rows = "word1,word2,mean,a\n先生,母,3.5,1\n東京,大阪,8,1\n寿司,蕎麦,7,1\n先生,校長,5,1\n"
    (tmp_path / "similarity_noun.csv").write_text(rows, encoding="utf-8")
    out = tmp_path / "figures.json"
    command = [sys.executable, BENCH / "japanese.py", "--quick", "--seeds", "2", "--json", out, "--eval", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    figures = json.loads(out.read_text())["results"]
    starts = ["tokenising, 2", "1 process against", "1 process against", "peak memory", "training, 1", "noun: Spearman"]
    assert [figure["name"].startswith(start) for figure, start in zip(figures, starts, strict=True)] == [True] * 6
    assert "3 of 4 pairs; means of 2 seeds" in figures[-1]["detail"]


def test_spearman_is_of_column_3_over_the_pairs_that_are_known(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(BENCH))
    from japanese import spearman

    path = tmp_path / "pairs.csv"
    path.write_text("word1,word2,mean,x\na,b,9,0\na,c,5,9\na,d,1,4\na,e,0,0\n")
    vectors = np.array([[1, 0], [1, 0.1], [1, 1], [-1, 0]], np.float32)
    assert spearman(path, ["a", "b", "c", "d"], vectors) == (pytest.approx(100), "3 of 4 pairs")
