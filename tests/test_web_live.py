import asyncio
import json
import time

import pytest

from fake_vault import FakeVault
from kotovec.errors import SourceError
from kotovec.web.answers import Answers
from kotovec.web.desk import Desk
from kotovec.web.live import MOST_STREAMS, Live


@pytest.fixture
def vault(tmp_path):
    (tmp_path / "Raven.md").write_text("# Raven\n")
    return FakeVault(tmp_path)


def read(event):
    name, data = event.removeprefix("retry: 2000\n").strip().split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def run(vault, body, pause=0.01):
    """`body(live, events)` with a page that listens, while the vault is watched."""

    async def watch():
        desk = Desk(Answers(vault))
        live = Live(desk, pause)
        watching = asyncio.create_task(live.run())
        events = live.events()
        try:
            await asyncio.wait_for(body(live, events), 10)
        finally:
            live.stop()
            watching.cancel()
            await events.aclose()
            desk.close()

    asyncio.run(watch())


def test_a_page_hears_the_revision_and_then_each_change(vault):
    async def body(live, events):
        name, first = read(await anext(events))
        assert (name, first) == ("hello", {"revision": live.revision})
        (vault.root / "Crow.md").write_text("# Crow\n")
        name, second = read(await anext(events))
        assert (name, second["added"], second["changed"], second["removed"]) == ("change", 1, 0, 0)
        (vault.root / "Raven.md").unlink()
        (vault.root / "Crow.md").write_text("# Crow again\n")
        name, third = read(await anext(events))
        assert (name, third["added"], third["changed"], third["removed"]) == ("change", 0, 1, 1)
        assert len({first["revision"], second["revision"], third["revision"]}) == 3

    run(vault, body)


def test_a_vault_that_cannot_be_read_is_said_once_and_so_is_its_return(vault):
    async def body(live, events):
        await anext(events)
        vault.trouble = SourceError("the folder is gone", path="notes")
        assert read(await anext(events)) == ("trouble", {"problem": "notes: the folder is gone"})
        late = live.events()
        assert [read(await anext(late))[0] for _ in range(2)] == ["hello", "trouble"]
        await late.aclose()
        await asyncio.sleep(0.1)
        vault.trouble = None
        assert read(await anext(events))[0] == "change"

    run(vault, body)


def test_nobody_looks_for_changes_while_no_page_listens(vault, monkeypatch):
    looks = []
    monkeypatch.setattr(vault, "update", lambda update=vault.update: looks.append(1) or update())

    async def body(live, events):
        await asyncio.sleep(0.1)
        assert not looks
        await anext(events)
        await asyncio.sleep(0.1)
        assert looks
        await events.aclose()
        await asyncio.sleep(0.05)
        seen = len(looks)
        await asyncio.sleep(0.1)
        assert len(looks) == seen

    run(vault, body)


def test_a_look_that_takes_long_is_taken_more_rarely_and_never_twice_at_once(vault, monkeypatch):
    at, update = [], vault.update

    def slow():
        at.append(time.monotonic())
        time.sleep(0.02)
        at.append(time.monotonic())
        return update()

    monkeypatch.setattr(vault, "update", slow)

    async def body(live, events):
        await anext(events)
        await asyncio.sleep(1)

    run(vault, body)
    assert len(at) // 2 <= 3  # 20 ms of work in 400
    assert at == sorted(at)


def test_stop_ends_the_streams_that_are_open_and_those_to_come(vault):
    async def body(live, events):
        await anext(events)
        live.stop()
        assert [event async for event in events] == []
        assert len([event async for event in live.events()]) == 1

    run(vault, body)


def test_pages_beyond_the_limit_are_not_let_in(vault):
    async def body(live, events):
        streams = [live.events() for _ in range(MOST_STREAMS)]
        for stream in streams:
            assert not live.full
            await anext(stream)
        assert live.full
        await streams.pop().aclose()
        assert not live.full
        for stream in streams:
            await stream.aclose()

    run(vault, body)


def test_the_desk_answers_one_question_after_the_other_and_passes_errors_on():
    async def body():
        desk, log = Desk([]), []

        def question(seen):
            log.append("in")
            time.sleep(0.01)
            log.append("out")
            return len(seen)

        assert await asyncio.gather(*(desk.ask(question) for _ in range(5))) == [0] * 5
        assert log == ["in", "out"] * 5
        with pytest.raises(ZeroDivisionError):
            await desk.ask(lambda seen: 1 / len(seen))
        assert await desk.ask(len) == 0
        desk.close()

    asyncio.run(body())
