"""The page in a real browser. Every test ends with a look at what the browser complained about: nothing."""

import re
import time
from pathlib import Path

import pytest

from browser import chromium
from fake_vault import FakeVault
from web_page import served

HOSTILE = "<img src=x onerror=\"document.title='broken'\"> 'q' \"Q\" \u202eRTL\u202c אב & <b> "
LONG = "long " * 60

NOTES = {
    "Raven.md": "# Raven\n\nClever black birds cache food: [[Crow]], [[Nowhere]], [the oak](trees/Oak.md#Acorns).\n",
    "Crow.md": "# Crow\n\nClever black birds of the town, that cache food.\n",
    "Jay.md": "# Jay\n\nColourful birds that cache acorns as food.\n",
    "trees/Oak.md": "# Oak\n\nTrees.\n" + "\nTall old wood.\n" * 80 + "\n## Acorns\n\nFood for birds.\n" + "\nx\n" * 80,
    "odd.md": f"# {HOSTILE}\n\nHostile birds, <script>document.title='broken'</script> ![x](http://192.0.2.1/x.png)\n",
    "long.md": f"# {LONG}\n\nbirds\n",
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def vault(tmp_path):
    root = tmp_path / "aviary"
    for path, text in NOTES.items():
        (root / path).parent.mkdir(exist_ok=True, parents=True)
        (root / path).write_text(text, encoding="utf-8")
    return FakeVault(root)


@pytest.fixture
def address(vault):
    with served(vault) as address:
        yield address


@pytest.fixture
def open_page(browser, address):
    """Open the page at a hash; when the test is over, nothing may have been complained about or asked elsewhere."""
    complaints, contexts = [], []

    def open_at(hash="#/", **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: request.url.startswith(address) or complaints.append(request.url))
        page.goto(address + hash)
        page.wait_for_selector("main h1")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert [text for text in complaints if "404 (Not Found)" not in text] == []


@pytest.fixture
def key(vault):
    return {Path(entry.path).stem: entry.key for entry in vault.entries}


def heading(page):
    return page.locator("main h1").text_content()


def related(page):
    return page.locator(".side .rows .name").all_text_contents()


def wait_for_heading(page, text):
    page.wait_for_function("text => document.querySelector('main h1')?.textContent === text", arg=text)


def test_search_finds_while_one_types_and_the_keyboard_is_enough(open_page, key):
    page = open_page()
    page.keyboard.press("/")
    page.keyboard.type("clever black")
    page.wait_for_selector("#found li")
    assert page.locator("#found .name").all_text_contents() == ["Crow", "Raven"]
    assert page.locator("#found mark").first.text_content() == "Clever"
    page.keyboard.press("ArrowDown")
    assert page.locator("#found [aria-selected=true] .name").text_content() == "Raven"
    assert page.get_attribute("#search", "aria-activedescendant") == "found-1"
    page.keyboard.press("Enter")
    wait_for_heading(page, "Raven")
    assert page.url.endswith(f"#/note/{key['Raven']}")
    assert page.locator("#popup").is_hidden()


def test_enter_before_the_answer_opens_the_best_of_what_was_typed_last(open_page):
    page = open_page()
    page.fill("#search", "acorns")
    page.fill("#search", "colourful")
    page.keyboard.press("Enter")
    wait_for_heading(page, "Jay")


def test_escape_clears_the_search_and_nothing_found_is_said(open_page):
    page = open_page()
    page.fill("#search", "zzz")
    page.wait_for_selector("#found-none:text('No note has anything to do with “zzz”.')")
    page.keyboard.press("Escape")
    assert page.input_value("#search") == ""
    assert page.locator("#popup").is_hidden()


def test_a_note_shows_its_text_and_what_is_related_with_reasons(open_page, key):
    page = open_page(f"#/note/{key['Raven']}")
    assert heading(page) == "Raven"
    assert page.title().startswith("Raven · ")
    assert "Clever black birds" in page.locator(".prose").text_content()
    assert page.locator(".prose .unresolved").text_content() == "Nowhere"
    assert page.locator(".side .rows > li").first.locator("dt").all_text_contents() == ["shared", "near", "sections"]
    assert page.locator(".side .bar span").first.evaluate("bar => bar.offsetWidth") > 0
    page.click(".prose a:text('Crow')")
    wait_for_heading(page, "Crow")


def test_a_link_to_a_heading_goes_there_and_back_goes_back_to_the_place(open_page, key):
    page = open_page(f"#/note/{key['Raven']}")
    page.click("text=the oak")
    wait_for_heading(page, "Oak")
    page.wait_for_function("() => scrollY > 500")
    assert page.locator(".prose h3:text('Acorns')").evaluate("h => h.getBoundingClientRect().top") < 200
    scrolled = page.evaluate("scrollY")
    page.go_back()
    wait_for_heading(page, "Raven")
    page.go_forward()
    wait_for_heading(page, "Oak")
    page.wait_for_function("scrolled => Math.abs(scrollY - scrolled) < 2", arg=scrolled)


def test_the_filter_shows_linked_notes_and_says_how_many_it_hides(open_page, key):
    page = open_page(f"#/note/{key['Raven']}")
    assert "Crow" not in related(page)
    assert page.locator(".hidden-count").text_content() == "1 linked note hidden"
    page.click("input[value=linked]")
    page.wait_for_function("() => document.querySelectorAll('.side .rows .name').length === 1")
    assert related(page) == ["Crow"]
    assert page.locator(".badge").text_content() == "linked"
    assert page.locator(".hidden-count").text_content() == "4 unlinked notes hidden"
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelectorAll('.side .rows .name').length === 5")
    assert page.locator(".hidden-count").text_content() == ""


def test_ticked_rows_are_copied_as_wikilinks_and_it_is_said(open_page, key):
    page = open_page(f"#/note/{key['Raven']}", permissions=["clipboard-read", "clipboard-write"])
    assert page.locator(".copy").is_disabled()
    page.check("[aria-label='Tick Jay']")
    page.check("[aria-label='Tick Oak']")
    page.click("text=Copy 2 links")
    page.wait_for_selector("#toast.shown")
    assert page.locator("#toast").text_content() == "Copied [[Jay]], [[Oak]]"
    assert page.evaluate("navigator.clipboard.readText()") == "[[Jay]]\n[[Oak]]"


@pytest.mark.parametrize("works", [True, False])
def test_without_a_clipboard_the_old_way_copies_and_without_any_the_links_are_shown(open_page, key, works):
    page = open_page(f"#/note/{key['Raven']}")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    command = "works => { document.execCommand = () => { window.copied = document.activeElement.value; return works } }"
    page.evaluate(command, works)
    page.click("text=Copy link")
    if works:
        page.wait_for_selector("#toast.shown")
        assert page.evaluate("copied") == "[[Raven]]"
    else:
        assert page.input_value("dialog textarea") == "[[Raven]]"
        page.click("dialog button")
    page.wait_for_function("() => !document.querySelector('textarea')")


def test_a_click_on_the_map_opens_the_note_and_the_map_marks_it(open_page, key):
    page = open_page("#/map")
    box = page.locator("canvas").bounding_box()
    page.wait_for_timeout(50)
    # the first note of the ring stands at its right end, in the middle
    spot = (box["x"] + box["width"] - 36, box["y"] + box["height"] / 2)
    page.mouse.move(*spot)
    page.wait_for_selector(".tip:visible")
    assert page.locator(".tip").text_content() == "Crow"
    page.mouse.click(*spot)
    wait_for_heading(page, "Crow")
    page.click("text=On the map")
    page.wait_for_selector("canvas")
    assert page.evaluate("import('/static/map.js').then(map => map.opened.key)") == key["Crow"]


def test_the_map_zooms_and_moves_and_has_lists_for_the_keyboard(open_page):
    page = open_page("#/map")
    picture = "document.querySelector('canvas').toDataURL()"
    page.focus("canvas")
    seen = [page.evaluate(picture)]
    for press in ("+", "ArrowLeft", "-", "0"):
        page.keyboard.press(press)
        page.wait_for_timeout(60)
        seen.append(page.evaluate(picture))
    assert len(set(seen[:3])) == 3
    assert seen[3] == seen[4] == seen[0]
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(60)
    zoomed = page.evaluate(picture)
    assert zoomed != seen[0]
    page.mouse.down()
    page.mouse.move(box["x"] + 350, box["y"] + 260, steps=3)
    page.mouse.up()
    page.wait_for_timeout(60)
    assert page.evaluate(picture) != zoomed
    assert page.url.endswith("#/map")
    page.click("summary:has-text('trees')")
    page.click(".map-lists a:text('Jay')")
    wait_for_heading(page, "Jay")


def test_on_a_touch_screen_two_fingers_zoom_the_map_one_moves_it_and_neither_opens_a_note(open_page):
    page = open_page("#/map", viewport={"width": 400, "height": 800}, has_touch=True)
    fingers = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    pictures = [page.evaluate("document.querySelector('canvas').toDataURL()")]
    for gesture in (lambda step: [(150 - step, 300), (250 + step, 300)], lambda step: [(200 + step, 300)]):
        touch("touchStart", *gesture(0))
        for step in range(10, 60, 10):
            touch("touchMove", *gesture(step))
        touch("touchEnd")
        page.wait_for_timeout(60)
        pictures.append(page.evaluate("document.querySelector('canvas').toDataURL()"))
    assert len(set(pictures)) == 3
    assert page.url.endswith("#/map")


def test_suggestions_and_the_status_are_shown_with_reasons(open_page):
    page = open_page("#/suggestions")
    assert page.locator(".pairs > li").count() > 3
    page.click("text=Tick all")
    assert page.locator(".copy").text_content() == f"Copy {page.locator('.pairs > li').count()} links"
    page.click("nav >> text=Status")
    wait_for_heading(page, "Status")
    assert page.locator(".files li").first.text_content() == "huge.mdlarger than 50 MB"


def test_a_note_that_is_edited_while_it_is_open_is_shown_anew_in_the_same_place(open_page, vault, key):
    page = open_page(f"#/note/{key['Oak']}")
    page.check("[aria-label='Tick Jay']")
    page.evaluate("scrollTo(0, 900)")
    oak = vault.root / "trees/Oak.md"
    oak.write_text(oak.read_text() + "\nA new last line.\n")
    page.wait_for_selector(".prose p:text('A new last line.')", state="attached")
    assert page.evaluate("scrollY") == 900
    assert page.is_checked("[aria-label='Tick Jay']")


def test_a_note_that_is_deleted_while_it_is_open_says_so_and_may_come_back(open_page, vault, key):
    page = open_page(f"#/note/{key['Jay']}")
    (vault.root / "Jay.md").unlink()
    wait_for_heading(page, "This note is not in the vault")
    (vault.root / "Jay.md").write_text("# Jay\n\nback\n")
    wait_for_heading(page, "Jay")
    (vault.root / "Jay.md").unlink()
    wait_for_heading(page, "This note is not in the vault")
    page.click("main >> text=All notes")
    wait_for_heading(page, "5 notes")


def test_a_new_note_appears_and_an_empty_vault_is_said_in_words(open_page, vault):
    page = open_page()
    (vault.root / "Wren.md").write_text("# Wren\n")
    wait_for_heading(page, "7 notes")
    for path in vault.root.rglob("*.md"):
        path.unlink()
    wait_for_heading(page, "0 notes")
    assert "There is no note in this vault yet" in page.locator("main").text_content()


def views(page, note):
    """Show one view after the other."""
    for hash in ("#/", "#/map", "#/suggestions", "#/status", f"#/note/{note}"):
        page.evaluate("hash => { document.querySelector('main h1').remove(); location.hash = hash + '/' }", hash)
        page.wait_for_selector("main h1", state="attached")
        yield hash


def test_hostile_titles_and_texts_are_only_shown(open_page, key):
    page = open_page("#/suggestions")
    page.fill("#search", "hostile img")
    page.wait_for_selector("#found li")
    for hash in views(page, key["odd"]):
        for summary in page.locator("main summary").all():
            summary.click()
        assert page.locator("main img, main script, main b, .popup img, .popup b").count() == 0
        assert hash == "#/status" or HOSTILE.strip() in page.locator("main").text_content()
        assert page.title() != "broken"


def test_nothing_is_wider_than_a_screen_of_400_pixels(open_page, key):
    page = open_page("#/suggestions", viewport={"width": 400, "height": 800})
    for _ in views(page, key["long"]):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click(".narrow-tabs >> text=Related")
    assert page.locator(".prose").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_colours_follow_the_system_until_one_chooses_and_the_choice_stays(open_page):
    page = open_page(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.click("#theme")
    light = page.evaluate(ground)
    assert light != dark
    page.reload()
    page.wait_for_selector("main h1")
    assert page.evaluate(ground) == light
    page.click("#theme")
    assert page.evaluate(ground) == dark


def test_what_takes_long_says_so(open_page, vault, monkeypatch):
    page, draw = open_page(), vault.map
    monkeypatch.setattr(vault, "map", lambda: time.sleep(2) or draw())
    page.click("nav >> text=Map")
    page.wait_for_selector("main[aria-busy=true]")
    page.wait_for_selector("#toast:text('Working it out')")
    page.wait_for_selector("canvas")
    assert page.get_attribute("main", "aria-busy") is None


def test_an_address_of_the_page_that_is_none_is_said(open_page):
    page = open_page("#/elsewhere")
    assert heading(page) == "This did not work"
    page = open_page("#/note/%E0%A4%A")
    assert heading(page) == "This note is not in the vault"


def test_a_server_that_has_gone_is_said_and_what_was_shown_stays(browser, vault):
    page = browser.new_page()
    with served(vault) as address:
        page.goto(address)
        page.wait_for_selector("main li")
    page.wait_for_selector("#trouble:text('Not connected')")
    assert heading(page) == "6 notes"
    page.close()


def test_the_address_with_the_token_opens_the_page_and_the_token_leaves_the_address(browser, vault):
    with served(vault, token="a-long-random-word") as address:
        context = browser.new_context()
        page = context.new_page()
        page.goto(address.partition("?")[0])
        assert "needs its token" in page.content()
        page.goto(address)
        page.wait_for_selector("main li")
        assert "token" not in page.url
        page.reload()
        wait_for_heading(page, "6 notes")
        (vault.root / "Wren.md").write_text("# Wren\n")
        wait_for_heading(page, "7 notes")
        context.close()


def test_all_that_can_be_used_has_a_name(open_page, key):
    page = open_page(f"#/note/{key['Raven']}")
    nameless = """[...document.querySelectorAll('button, a, input')].filter(each =>
        each.offsetParent && !(each.textContent.trim() || each.ariaLabel || each.labels?.length))"""
    assert page.evaluate(f"{nameless}.map(each => each.outerHTML)") == []
    assert re.fullmatch("Colours: .*; press to change", page.get_attribute("#theme", "aria-label"))
