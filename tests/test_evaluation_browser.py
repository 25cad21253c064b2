"""The report of an evaluation in a real browser."""

import numpy as np
import pytest

from browser import chromium
from kotovec.corpus.vocabulary import Vocabulary
from kotovec.evaluation import evaluate_analogies, evaluate_word_pairs
from kotovec.evaluation.report import report_html
from kotovec.vectors import KeyedVectors

RANDOM = np.random.default_rng(2)
WORDS = [f"word{i}" for i in range(40)]


@pytest.fixture
def report(tmp_path):
    vectors = KeyedVectors(Vocabulary(WORDS), RANDOM.normal(size=(40, 8)).astype(np.float32))
    lines = [f"{a}\t{b}\t{RANDOM.random():.2f}" for a, b in RANDOM.choice(WORDS, (60, 2))]
    (tmp_path / "pairs.tsv").write_text("\n".join(lines))
    (tmp_path / "questions.txt").write_text(": gram1-adjective-to-adverb\nword1 word2 word3 word4\n")
    pairs = evaluate_word_pairs(vectors, tmp_path / "pairs.tsv")
    page = report_html("vectors.bin", [pairs], [evaluate_analogies(vectors, tmp_path / "questions.txt")])
    (tmp_path / "report.html").write_text(page, "utf-8")
    return (tmp_path / "report.html").as_uri()


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 24, 31)")])
def test_the_report_fits_a_phone_in_light_and_dark_and_says_nothing(report, scheme, paper):
    with chromium() as browser:
        page = browser.new_page(color_scheme=scheme, viewport={"width": 400, "height": 800})
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(report)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
        assert page.evaluate("document.documentElement.scrollWidth") == 400
        wide = "[...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth).length"
        assert page.evaluate(wide) == 0
        assert said == []
        page.close()
