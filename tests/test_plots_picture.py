import re
import sys
import warnings
import xml.etree.ElementTree as ElementTree
from io import BytesIO

import numpy as np
import pytest

from kotovec.errors import ConfigError, MissingExtraError
from kotovec.plots import map_words, plot_picture, similarity_heatmap, similarity_network, training_curve
from kotovec.plots.labels import place_labels
from kotovec.plots.text import short_text
from plots_case import TOPICS, WORDS, topic_vectors

CURVE = training_curve({"alpha": 0.05, "min_alpha": 0.001, "loss": [3.0, 2.5, None, 2.25]})
LATIN = [word for name in ("colours", "numbers", "family") for word in TOPICS[name]]
VECTORS = topic_vectors()
PLOTS = {
    "map": map_words(VECTORS, LATIN),
    "solid": map_words(VECTORS, LATIN, dimensions=3),
    "network": similarity_network(VECTORS, LATIN, threshold=0.5),
    "heatmap": similarity_heatmap(VECTORS, LATIN),
    "curve": CURVE,
}


@pytest.fixture(autouse=True)
def matplotlib():
    return pytest.importorskip("matplotlib")


def pixels(content):
    from matplotlib.image import imread

    return (imread(BytesIO(content), format="png")[:, :, :3] * 255).round().astype(int)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", PLOTS)
def test_a_picture_has_the_size_the_ground_and_more_than_a_few_coloured_points(kind, dark):
    found = pixels(plot_picture(PLOTS[kind], "title", size=(640, 480), dark=dark))
    assert found.shape == (480, 640, 3)
    assert tuple(found[2, 2]) == ((20, 24, 31) if dark else (255, 255, 255))
    coloured = (found.max(axis=2) - found.min(axis=2)) > 60
    assert coloured.sum() > 200


def test_the_same_plot_gives_the_same_bytes_whatever_the_users_settings(matplotlib):
    first = [plot_picture(PLOTS["map"], "t", format=form, size=(400, 300)) for form in ("png", "svg")]
    with matplotlib.rc_context({"figure.dpi": 50, "savefig.bbox": "tight", "font.size": 30}):
        again = [plot_picture(PLOTS["map"], "t", format=form, size=(400, 300)) for form in ("png", "svg")]
    assert first == again


def test_an_svg_is_xml_without_an_address_to_load_from():
    text = plot_picture(PLOTS["network"], "t", format="svg").decode()
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert not re.findall(r'(?:href|src)="(?!#)', text)


def test_hostile_words_are_letters_in_a_picture():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="no installed font")  # here it is the words that count
        for plot in (map_words(VECTORS), similarity_network(VECTORS), similarity_heatmap(VECTORS, WORDS)):
            ElementTree.fromstring(plot_picture(plot, "$x^$ <b>", format="svg"))


def test_a_letter_that_no_font_has_is_a_warning_that_names_the_word(monkeypatch):
    monkeypatch.setattr("kotovec.plots.fonts._letters_of", lambda name: set(map(chr, range(32, 127))))
    plot = map_words(VECTORS, ["red", "東京", "京都"])
    with pytest.warns(UserWarning, match="no installed font has all letters of 東京, 京都; install one"):
        plot_picture(plot, "cities", size=(400, 300))


def test_japanese_words_get_a_font_that_has_them():
    from kotovec.plots.fonts import fonts_for

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        names = fonts_for(["red", "東京"])
    if said:
        pytest.skip("no font with Japanese letters is installed")
    assert names[0] == "DejaVu Sans"
    assert len(names) == 2


def test_labels_cover_neither_each_other_nor_points_nor_the_edge():
    random = np.random.default_rng(0)
    points, sizes = random.uniform(0, 400, (300, 2)), random.uniform((20, 8), (60, 14), (300, 2))
    corners = place_labels(points, sizes, 400, 400, gap=3)
    shown = ~np.isnan(corners[:, 0])
    assert 20 < shown.sum() < 300
    assert shown[0]
    low, high = corners[shown], (corners + sizes)[shown]
    assert (low >= 0).all()
    assert (high <= 400).all()
    for i in range(len(low)):
        assert not ((points > low[i]) & (points < high[i])).all(axis=1).any()
        across = ((low < high[i]) & (high > low[i])).all(axis=1)
        assert across.sum() == 1  # itself


def test_a_label_without_room_is_left_out_and_takes_none():
    points = np.array([[50.0, 50], [50, 50.5], [90, 90]])
    sizes = np.array([[500.0, 10], [20, 10], [20, 10]])
    corners = place_labels(points, sizes, 100, 100, gap=3)
    assert np.isnan(corners[0]).all()
    assert corners[1].tolist() == [53, 45.5]
    assert corners[2].tolist() == [67, 85]  # at the left, for want of room at the right


@pytest.mark.parametrize(
    ("word", "columns", "shown"),
    [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcdef…"), ("東京都庁", 6, "東京都…"), ("a\nb\u2028c", 9, "a b c")],
)
def test_a_long_word_is_cut_by_the_columns_it_takes(word, columns, shown):
    assert short_text(word, columns) == shown


@pytest.mark.parametrize("size", [(299, 500), (500, 10_001)])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(ConfigError, match="expected 300 to 10000 pixels"):
        plot_picture(CURVE, "t", size=size)


def test_without_matplotlib_a_picture_names_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r'a .png picture needs .* pip install "kotovec\[plot\]"'):
        plot_picture(CURVE, "t")
