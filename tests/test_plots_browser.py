"""What a person sees of a plot, in a real browser."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from browser import chromium
from kotovec.plots import map_words, plot_html, similarity_heatmap, similarity_network, training_curve
from kotovec.plots.palette import DARK, GROUPS_LIGHT, LIGHT
from plots_case import TOPICS, topic_vectors

VECTORS = topic_vectors()
PLOTS = {
    "map": lambda: map_words(VECTORS, clusters=5),
    "solid": lambda: map_words(VECTORS, dimensions=3, clusters=5),
    "network": lambda: similarity_network(VECTORS, threshold=0.5, clusters=5),
    "heatmap": lambda: similarity_heatmap(VECTORS, [*TOPICS["family"], *TOPICS["hostile"]]),
    "curve": lambda: training_curve({"alpha": 0.025, "min_alpha": 0.0001, "loss": [2.5, 2.25, 2.1]}),
}
# the pixels of the canvas, by a copy: reading from the canvas itself would move it off the graphics processor
PIXELS = """() => {
  const canvas = document.getElementById("canvas");
  const pen = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  return pen.getImageData(0, 0, canvas.width, canvas.height).data;
}"""
COUNT = f"""wanted => {{
  const data = ({PIXELS})();
  let n = 0;
  for (let i = 0; i < data.length; i += 4) n += wanted.every((value, j) => Math.abs(data[i + j] - value) <= 3);
  return n;
}}"""
CHANGED = f"""() => {{
  const [before, now] = [window.kept, ({PIXELS})()];
  let n = 0;
  for (let i = 0; i < now.length; i += 4) n += [0, 1, 2].some((j) => Math.abs(now[i + j] - before[i + j]) > 60);
  return n;
}}"""


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("plots")
    for name, make in PLOTS.items():
        (path / f"{name}.html").write_text(plot_html(make(), "<b>topics</b>"), "utf-8")
    return path


@dataclass
class Seen:
    """A page, and what it did besides showing itself."""

    page: object
    said: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def count(self, color):
        """Pixels of the picture that have this colour, give or take a few steps."""
        return self.page.evaluate(COUNT, [int(color[i : i + 2], 16) for i in (1, 3, 5)])

    def keep(self):
        """Remember the picture as it is now."""
        self.page.evaluate(f"() => {{ window.kept = ({PIXELS})(); }}")

    def changed(self):
        """Pixels that are clearly others than in the picture that was kept."""
        self.settle()
        return self.page.evaluate(CHANGED)

    def settle(self):
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def place(self, word):
        """Where a word stands, in pixels of the page."""
        box = self.page.locator("#canvas").bounding_box()
        x, y, _ = self.page.evaluate("word => PLOT.places[DATA.words.indexOf(word)]", word)
        return box["x"] + x, box["y"] + y

    def wait_for_found(self, text):
        """Until the note beside the search box says so; by hand, for the page's policy forbids playwright's waiting."""
        for _ in range(200):
            if self.page.locator("#found").inner_text() == text:
                return
            self.settle()
        raise AssertionError(self.page.locator("#found").inner_text())

    def tip(self):
        return self.page.locator(".tip").inner_text()


@pytest.fixture
def look(browser, folder):
    """Opens a plot; at the end nothing was said, asked for or run that should not have been."""
    opened = []

    def open_page(name, scheme="light", width=1000, height=700, **more):
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": height}, **more)
        seen = Seen(context.new_page())
        opened.append((seen, context, name))
        seen.page.on("console", lambda message: seen.said.append(message.text))
        seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        seen.page.goto((folder / f"{name}.html").as_uri())
        while not seen.page.evaluate("PLOT.surface.width"):
            seen.settle()
        seen.settle()
        return seen

    yield open_page
    for seen, context, name in opened:
        assert seen.said == []
        assert seen.dialogs == []
        assert seen.requests == [(folder / f"{name}.html").as_uri()]
        context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 1000), ("light", 400)])
@pytest.mark.parametrize("kind", PLOTS)
def test_each_plot_is_drawn_light_dark_and_on_a_phone(look, kind, scheme, width):
    seen = look(kind, scheme, width)
    theme = DARK if scheme == "dark" else LIGHT
    assert seen.count(theme.paper) > 10_000
    if kind == "curve":
        assert min(seen.count(theme.point), seen.count(theme.mark)) > 100
    elif kind == "heatmap":
        parts = seen.page.evaluate("PLOT.parts(PLOT.value(0, 1))")
        assert seen.count("#" + "".join(f"{part:02x}" for part in parts)) > 0.5 * seen.page.evaluate("PLOT.side") ** 2
    else:
        assert len(set(seen.page.evaluate("PLOT.places.map(String)"))) == 40
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    assert seen.page.locator("#canvas").bounding_box()["height"] > 300


@pytest.mark.parametrize("kind", ["map", "network"])
def test_the_points_of_each_group_have_its_colour(look, kind):
    seen = look(kind)
    seen.page.evaluate("() => { PLOT.radius = 20; PLOT.surface.draw(); }")
    parts = [[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in GROUPS_LIGHT]
    counts = [seen.count("#" + "".join(f"{round(0.85 * part + 0.15 * 255):02x}" for part in color)) for color in parts]
    assert min(counts[:5]) > 500
    assert max(counts[5:]) < 0.1 * min(counts[:5])


@pytest.mark.parametrize("kind", ["map", "solid"])
def test_the_pointer_over_a_word_shows_its_nearest_words(look, kind):
    seen = look(kind)
    for word in ("red", "東京", "<img src=x onerror=alert(1)>"):
        seen.page.mouse.move(*seen.place(word))
        shown = seen.tip().split("\n")
        assert shown[0] == word
        for neighbor in VECTORS.most_similar(word, topn=8):
            assert neighbor.word.replace("\u2028", "\n").split("\n")[0] in "\n".join(shown)
            assert f"{neighbor.similarity:.3f}".replace("-", "−") in shown
    seen.page.mouse.move(2, 2)
    assert not seen.page.locator(".tip").is_visible()


def test_words_that_look_like_markup_stay_text(look):
    seen = look("map")
    for word in TOPICS["hostile"]:
        x, y = seen.place(word)
        seen.page.mouse.click(x, y)
    assert seen.page.locator("img, b, iframe").count() == 0
    assert seen.page.locator("h1").inner_text() == "<b>topics</b>"


def test_a_click_opens_a_word_beside_the_map_and_its_neighbours_lead_on(look):
    seen = look("map")
    seen.page.mouse.click(*seen.place("two"))
    assert seen.page.locator("#chosen h2").inner_text() == "two"
    assert "Nearest of all 42 words" in seen.page.locator("#chosen").inner_text()
    nearest = VECTORS.most_similar("two", topn=1)[0].word
    seen.page.locator("#chosen button").first.click()
    assert seen.page.locator("#chosen h2").inner_text() == nearest


def test_a_search_marks_what_it_finds_and_enter_goes_there(look):
    seen = look("map")
    seen.keep()
    assert seen.count(LIGHT.mark) == 0
    seen.page.locator("#search").fill("ue")
    seen.wait_for_found("1 found")
    seen.settle()
    assert seen.count(LIGHT.mark) > 30
    assert seen.changed() > 200
    seen.page.keyboard.press("Enter")
    assert seen.page.locator("#chosen h2").inner_text() == "blue"
    assert seen.page.locator("#found").inner_text() == "1 of 1"
    seen.page.locator("#search").fill("yeti")
    seen.wait_for_found("not here")
    seen.page.keyboard.press("Escape")
    assert seen.page.locator("#found").inner_text() == ""


def test_enter_goes_from_match_to_match_those_that_begin_so_first(look):
    seen = look("map")
    seen.page.locator("#search").fill("OR")
    found = []
    for _ in range(3):
        seen.page.keyboard.press("Enter")
        found.append(seen.page.locator("#chosen h2").inner_text())
    assert found == ["orange", TOPICS["hostile"][0], "orange"]


@pytest.mark.parametrize("kind", ["map", "solid"])
@pytest.mark.parametrize("means", ["drag", "key", "wheel", "button"])
def test_a_picture_moves_turns_and_zooms_and_comes_back(look, kind, means):
    seen = look(kind)
    seen.keep()
    mouse = seen.page.mouse
    mouse.move(300, 400)
    if means == "drag":
        mouse.down()
        mouse.move(380, 450, steps=4)
        mouse.up()
    elif means == "wheel":
        mouse.wheel(0, -300)
    elif means == "key":
        seen.page.locator("#canvas").focus()
        seen.page.keyboard.press("ArrowLeft")
    else:
        seen.page.locator("#closer").click()
    assert seen.changed() > 200
    assert seen.page.locator("#chosen h2").count() == 0  # a drag is no click
    zoomed, turned = seen.page.evaluate("[PLOT.view.zoom !== 1, PLOT.view.yaw !== 0.5]")
    assert zoomed == (means in ("wheel", "button"))
    assert turned == (kind == "solid" and means in ("drag", "key"))
    mouse.move(2, 2)
    seen.page.locator("#reset").click()
    assert seen.changed() < 20


def test_the_place_under_the_wheel_stays_where_it_is(look):
    seen = look("map")
    x, y = seen.place("red")
    seen.page.mouse.move(x, y)
    seen.page.mouse.wheel(0, -400)
    seen.settle()
    assert seen.place("red") == pytest.approx((x, y), abs=1)
    assert seen.page.evaluate("PLOT.view.zoom") > 1.5


def test_two_fingers_zoom_and_a_tap_chooses(look):
    seen = look("map", width=400, height=780, has_touch=True, is_mobile=True)
    send = seen.page.context.new_cdp_session(seen.page).send
    box = seen.page.locator("#canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for kind, away in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90), ("touchEnd", None)):
        fingers = [] if away is None else [{"x": x - away, "y": y, "id": 0}, {"x": x + away, "y": y, "id": 1}]
        send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    seen.settle()
    assert seen.page.evaluate("PLOT.view.zoom") == pytest.approx(3, rel=0.05)
    seen.page.locator("#reset").click()  # for the browser, a tap so soon may belong to the pinch
    seen.settle()
    assert seen.page.evaluate("PLOT.view.zoom") == 1
    seen.page.touchscreen.tap(*seen.place("東京"))
    assert seen.page.locator("#chosen h2").inner_text() == "東京"


def test_a_group_stands_out_until_it_is_pressed_again(look):
    seen = look("map")
    seen.keep()
    assert seen.page.locator("#groups button").count() == 5
    seen.page.locator("#groups button").nth(2).click()
    assert seen.changed() > 200
    assert seen.page.locator("#groups button[aria-pressed=true]").count() == 1
    seen.page.locator("#groups button").nth(2).click()
    assert seen.changed() < 20


def test_the_pointer_over_an_edge_shows_its_similarity(look):
    seen = look("network")
    box = seen.page.locator("#canvas").bounding_box()
    first, second, score, x, y = seen.page.evaluate("""() => {
      const middle = ([from, to, score]) => {
        const [a, b] = [PLOT.places[from], PLOT.places[to]];
        return [DATA.words[from], DATA.words[to], score, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      };
      return DATA.edges.map(middle).find(([from, to, , x, y]) => {
        const edge = PLOT.nearestEdge(x, y);
        return PLOT.nearest(x, y) === null && DATA.words[edge[0]] === from && DATA.words[edge[1]] === to;
      });
    }""")
    seen.page.mouse.move(box["x"] + x, box["y"] + y)
    assert seen.tip() == f"{first} – {second}: {score:.3f}"
    assert score == pytest.approx(VECTORS.similarity(first, second), abs=1e-3)


def test_a_cell_of_the_heatmap_shows_its_words_and_value(look):
    seen = look("heatmap")
    box = seen.page.locator("#canvas").bounding_box()
    left, top, side = seen.page.evaluate("[PLOT.left, PLOT.top, PLOT.side]")
    words = seen.page.evaluate("DATA.words")
    row, column = words.index("father"), words.index("aunt")
    seen.page.mouse.move(box["x"] + left + (column + 0.5) * side, box["y"] + top + (row + 0.5) * side)
    assert seen.tip() == f"father – aunt: {VECTORS.similarity('father', 'aunt'):.3f}"
    seen.page.locator("#canvas").focus()
    seen.page.keyboard.press("ArrowRight" if column == 0 else "ArrowLeft")
    other = words[column + (1 if column == 0 else -1)]
    if other != "father":
        assert seen.tip().startswith(f"father – {other}: ")
    seen.page.keyboard.press("Escape")
    assert not seen.page.locator(".tip").is_visible()
    low, high = (float(seen.page.locator(f"#{end}").inner_text().replace("−", "-")) for end in ("low", "high"))
    assert low < VECTORS.similarity("father", "$x^$") < VECTORS.similarity("father", "aunt") <= high + 0.01


def test_an_epoch_of_the_curve_shows_its_loss_and_rate(look):
    seen = look("curve")
    box = seen.page.locator("#canvas").bounding_box()
    seen.page.mouse.move(box["x"] + seen.page.evaluate("PLOT.x(2)"), box["y"] + 200)
    assert seen.tip() == "epoch 2 of 3\nloss 2.2500\nlearning rate at its end 0.0084"
    seen.page.locator("#canvas").focus()
    seen.page.keyboard.press("ArrowRight")
    assert seen.tip().startswith("epoch 3 of 3\nloss 2.1000")


@pytest.mark.parametrize("kind", ["network", "curve"])
def test_the_button_turns_light_into_dark_and_back(look, kind):
    seen = look(kind)
    seen.page.locator("#theme").click()
    seen.settle()
    assert (seen.count(LIGHT.paper), seen.count(DARK.paper) > 10_000) == (0, True)
    assert seen.page.locator("#theme").inner_text() == "Light"
    seen.page.locator("#theme").click()
    seen.settle()
    assert seen.count(LIGHT.paper) > 10_000


def test_the_policy_of_the_page_stops_every_connection(browser, folder):
    page = browser.new_page()
    page.goto((folder / "map.html").as_uri())
    stopped = page.evaluate("""async () => {
      const stopped = [];
      document.addEventListener("securitypolicyviolation", (event) => stopped.push(event.effectiveDirective));
      await fetch("http://127.0.0.1:9/").catch(() => {});
      const image = document.createElement("img");
      image.src = "http://127.0.0.1:9/x.png";
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(image, script);
      await new Promise((done) => setTimeout(done, 100));
      return [stopped.sort(), window.ran === undefined];
    }""")
    page.close()
    assert stopped == [["connect-src", "img-src", "script-src-elem"], True]
