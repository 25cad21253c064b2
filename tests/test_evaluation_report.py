from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import numpy as np
import pytest

from kotovec.corpus.vocabulary import Vocabulary
from kotovec.evaluation import evaluate_analogies, evaluate_word_pairs
from kotovec.evaluation.report import report_html
from kotovec.evaluation.scatter import Axis, Point, axis_for, scatter_svg
from kotovec.vectors import KeyedVectors

RNG = np.random.default_rng(2)
WORDS = [*(f"w{i}" for i in range(40)), "<b>", "a&b", "東京"]


class Page(HTMLParser):
    """Tags, attributes and text of a page; fails where tags are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    vectors = KeyedVectors(Vocabulary(WORDS), RNG.normal(size=(len(WORDS), 8)).astype(np.float32))
    lines = [f"{a}\t{b}\t{s:.1f}" for (a, b), s in zip(RNG.choice(WORDS, (50, 2)), RNG.random(50) * 10, strict=True)]
    (folder / "pairs & more.tsv").write_text("\n".join([*lines, "<b>\ta&b\t3", "w1\t<yeti>\t2"]), "utf-8")
    (folder / "questions.txt").write_text(": gram1\nw1 w2 w3 w4\n: none\nyeti w1 w2 w3\n")
    pairs = evaluate_word_pairs(vectors, folder / "pairs & more.tsv")
    return report_html("vectors <x>", [pairs], [evaluate_analogies(vectors, folder / "questions.txt")])


def test_the_page_is_well_formed_and_every_word_is_text_not_markup(page: str) -> None:
    parsed = Page(page)
    assert not {"b", "yeti", "x", "script"} & {tag for tag, _ in parsed.tags}
    text = " ".join(parsed.text)
    for shown in ("vectors <x>", "pairs & more.tsv", "<yeti>", "東京", "Spearman", "gram1", "51 of 52 pairs used"):
        assert shown in text


def test_the_page_loads_nothing(page: str) -> None:
    assert not {"src", "href", "xlink:href"} & {name for _, attributes in Page(page).tags for name in attributes}
    assert "url(" not in page
    assert "@import" not in page
    assert "://" not in page
    assert "default-src 'none'" in page


def test_each_pair_is_a_point_on_both_plots_and_says_its_words(page: str) -> None:
    assert sum(tag == "circle" for tag, _ in Page(page).tags) == 2 * 51
    assert page.count("&lt;b&gt; – a&amp;b: people 3, vectors") >= 2


def test_the_best_and_the_worst_pairs_are_listed_in_order(page: str) -> None:
    parsed = Page(page)
    worst = parsed.text[parsed.text.index("Worst pairs") : parsed.text.index("Best pairs")]
    residuals = [abs(float(text)) for text in worst if re.fullmatch(r"[+-]\d\.\d\d", text)]
    assert len(residuals) == 15
    assert residuals == sorted(residuals, reverse=True)


def test_a_plot_is_xml_and_its_points_lie_where_their_numbers_say() -> None:
    points = [Point(0, 0, "low"), Point(10, 1, "high", marked=True), Point(5, 0.5, "middle")]
    x, y = Axis("x", 0, 10), Axis("y & z", 0, 1)
    root = ElementTree.fromstring(scatter_svg(points, x, y, "three <points>"))
    circles = {
        circle[0].text: (float(circle.get("cx", "")), float(circle.get("cy", ""))) for circle in root.iter("circle")
    }
    assert circles["low"] == (52, 296)
    assert circles["high"] == (468, 12)
    assert circles["middle"] == (260, 154)
    assert [circle[0].text for circle in root.iter("circle")][-1] == "high"


@pytest.mark.parametrize(
    ("axis", "ticks"),
    [
        (Axis("", 0, 10), [0, 2, 4, 6, 8, 10]),
        (Axis("", -1.05, 1.05), [-1, -0.5, 0, 0.5, 1]),
        (Axis("", 0.11, 0.19), [0.12, 0.14, 0.16, 0.18]),
        (Axis("", 31, 5020), [1000, 2000, 3000, 4000, 5000]),
    ],
)
def test_ticks_are_round_numbers_within_the_axis(axis: Axis, ticks: list[float]) -> None:
    assert axis.ticks() == pytest.approx(ticks)


def test_an_axis_of_one_value_still_has_a_length() -> None:
    axis = axis_for("one", [3.0, 3.0])
    assert axis.low < 3 < axis.high
    assert axis.ticks()
