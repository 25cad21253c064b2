import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from kotovec.errors import ConfigError, OutputError
from kotovec.page import html_page, safe_json
from kotovec.plots import (
    map_words,
    plot_html,
    similarity_heatmap,
    similarity_network,
    training_curve,
    write_plot,
)
from kotovec.plots.html import SCRIPTS, asset
from plots_case import TOPICS, WORDS, topic_vectors

CONFIG = {
    "architecture": "skipgram",
    "vector_size": 100,
    "alpha": 0.025,
    "min_alpha": 0.0001,
    "loss": [2.5, 2.25, None],
}
HOSTILE_TITLE = "<script>alert(3)</script> & \u2028 \udcff.bin"


class Page(HTMLParser):
    """Tags with their attributes, and the text of each script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] == "script" and data.strip():
            self.scripts.append((self.tags[-1][1], data))


def plots():
    vectors = topic_vectors()
    return {
        "map": map_words(vectors),
        "solid": map_words(vectors, dimensions=3),
        "network": similarity_network(vectors, threshold=0.5),
        "heatmap": similarity_heatmap(vectors, WORDS),
        "curve": training_curve(CONFIG),
    }


PAGES = {name: plot_html(plot, HOSTILE_TITLE) for name, plot in plots().items()}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_names_no_address_and_loads_nothing(kind):
    page = PAGES[kind]
    assert not re.search(r"[a-z]+://", page)
    assert not re.search(r"url\(|@import|\bfetch\(|XMLHttpRequest|WebSocket|import\(|\beval\(|innerHTML", page)
    attributes = {name for _, found in Page(page).tags for name in found}
    assert not attributes & {"src", "href", "srcset", "action", "style"}
    assert not [name for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("kind", PAGES)
def test_the_policy_of_a_page_allows_its_own_script_by_its_hash_and_no_connection(kind):
    parsed = Page(PAGES[kind])
    policy = next(
        found["content"] for tag, found in parsed.tags if found.get("http-equiv") == "Content-Security-Policy"
    )
    (script,) = (text for found, text in parsed.scripts if "type" not in found)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        f"script-src 'sha256-{digest}'",
    ]


@pytest.mark.parametrize("kind", PAGES)
def test_words_and_titles_of_a_stranger_are_text_and_the_data_survive(kind):
    parsed = Page(PAGES[kind])
    assert not {"img", "b", "iframe"} & {tag for tag, _ in parsed.tags}
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    (data,) = (json.loads(text) for found, text in parsed.scripts if found.get("type") == "application/json")
    if kind != "curve":
        assert set(TOPICS["hostile"]) <= set(data["words"])
    assert "&lt;script&gt;alert(3)" in PAGES[kind]


@pytest.mark.parametrize("kind", PAGES)
def test_what_a_page_says_of_itself_is_at_its_top(kind):
    texts = {
        "map": "40 words by PCA in 2 dimensions, which show",
        "solid": "40 words by PCA in 3 dimensions, which show",
        "network": "words of a similarity of 0.5 or more.",
        "heatmap": "Cosine similarity of every two of 40 words.",
        "curve": "3 epochs of training: skipgram, size 100.",
    }
    assert texts[kind] in PAGES[kind]


def test_no_character_of_the_data_ends_its_element_or_a_line():
    data = {"a": "</script><!--\u2028\u2029&\ud800é東"}
    text = safe_json(data)
    assert json.loads(text) == data
    assert not set("<>&\u2028\u2029\ud800") & set(text)
    assert "é東" in text


def test_a_page_can_be_written_whatever_its_title():
    assert "?.bin" in html_page("\udcff.bin", style="", body="").encode().decode()


def test_every_script_is_used_and_begins_with_what_it_is_for():
    from importlib.resources import files

    names = {
        path.name.removesuffix(".js") for path in (files("kotovec.plots") / "assets").iterdir() if ".js" in path.name
    }
    assert names == {name for used in SCRIPTS.values() for name in used}
    assert all(asset(f"{name}.js").startswith("// ") for name in names)


def test_the_same_plot_gives_the_same_page():
    again = plots()
    assert all(plot_html(again[name], HOSTILE_TITLE) == page for name, page in PAGES.items())


def test_a_curve_keeps_gaps_and_says_what_shaped_it():
    curve = training_curve(CONFIG | {"loss": [2.5, float("nan"), 2]})
    assert curve.loss == [2.5, None, 2.0]
    assert (curve.alpha, curve.min_alpha, curve.about) == (0.025, 0.0001, "skipgram, size 100")


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (None, "model: there is no loss in it; a native folder keeps it"),
        ({}, "there is no loss"),
        ({"loss": []}, "there is no loss"),
        ({"loss": "2.5"}, "damaged loss or learning rate: expected numbers, found '2.5'"),
        ({"loss": [2, "x"]}, "damaged loss"),
        ({"loss": [2], "alpha": "fast"}, "damaged loss or learning rate"),
        ({"loss": [None, float("inf")]}, "no loss in it is a finite number"),
    ],
)
def test_a_model_without_a_loss_is_a_clear_error(config, text):
    with pytest.raises(ConfigError, match=text):
        training_curve(config, path="model")


def test_a_suffix_that_names_no_form_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"expected .html, .png or .svg, found .pdf"):
        write_plot(training_curve(CONFIG), tmp_path / "curve.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_page_takes_the_name_of_its_file_for_a_title_and_a_folder_stays(tmp_path):
    write_plot(training_curve(CONFIG), tmp_path / "my curve.HTML")
    assert "<title>my curve</title>" in (tmp_path / "my curve.HTML").read_text("utf-8")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        write_plot(training_curve(CONFIG), tmp_path / "folder.html")
