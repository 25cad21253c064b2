import io

import pytest
from rich.console import Console
from rich.progress import Progress

from kotovec.cli import progress
from kotovec.cli.output import clock
from kotovec.cli.progress import Bars, reporter, train_detail
from kotovec.events import CompileStarted, CorpusProgress, CorpusReady, EpochEnd, Notice, TrainProgress

READY = CorpusReady(tokens=90, sentences=9, vocabulary=8, raw_tokens=100, raw_types=12, invalid_bytes=0, cached=False)


def training(words, loss=0.25, eta=61.0):
    return TrainProgress(
        epoch=1, epochs=5, words=words, total_words=1000, words_per_second=2.5e6, alpha=0.0125, loss=loss,
        seconds=1.0, eta_seconds=eta,
    )  # fmt: skip


@pytest.fixture
def drawn(monkeypatch):
    """What a wide terminal shows at the end of these events, line by line."""

    def run(*events):
        terminal = io.StringIO()
        made = progress._bars()
        made.live.console = Console(file=terminal, force_terminal=True, width=120, color_system=None)
        with made as bars:
            draw = Bars(bars)
            for event in events:
                draw(event)
            lines = [" ".join(line.split()) for line in _rendered(bars)]
        return lines, terminal.getvalue()

    return run


def _rendered(bars: Progress) -> list[str]:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    console.print(bars.get_renderable())
    return console.file.getvalue().splitlines()


def test_training_shows_epoch_percent_speed_alpha_loss_and_time_left(drawn):
    lines, terminal = drawn(training(250))
    assert lines[0].startswith("training")
    assert "25%" in lines[0]
    assert lines[0].endswith("epoch 2/5 2.50 M words/s alpha 0.0125 loss 0.2500 1:01 left")
    assert "training" in terminal


def test_a_phase_that_is_over_is_shown_complete(drawn):
    events = (
        CompileStarted(),
        CorpusProgress("count", 50, 100, 60, 1.0),
        CorpusProgress("encode", 30, 90, 30, 1.0),
        READY,
        CompileStarted(),
        training(10),
    )
    lines, _ = drawn(*events)
    assert [line.split()[0] for line in lines] == ["counting", "encoding", "compiling", "training"]
    assert all("100%" in line for line in lines[:3])
    assert lines[1].endswith("90 words, vocabulary 8 of 12")
    assert " 1%" in lines[3]


def test_a_text_of_unknown_length_is_counted_without_a_percentage(drawn):
    lines, _ = drawn(CorpusProgress("count", 50, None, 1500, 0.5))
    assert lines[0].startswith("counting")
    assert "1,500 words" in lines[0]
    assert "100%" not in lines[0]


def test_a_notice_is_printed_above_the_bars(drawn):
    _, terminal = drawn(training(1), Notice("more threads [8] than processors"), EpochEnd(1, 5, 0.2, 1.0, 1e6))
    assert "more threads [8] than processors" in terminal


def test_a_loss_that_is_not_known_yet_is_a_dash():
    assert "loss -  " in train_detail(training(1, loss=float("nan")))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (float("inf"), "-:--"), (-1, "-:--")],
)
def test_time_left(seconds, text):
    assert clock(seconds) == text


def test_without_a_terminal_only_notices_are_printed(capsys):
    with reporter(quiet=False) as report:
        for event in (CorpusProgress("count", 50, 100, 60, 1.0), READY, training(1)):
            report(event)
        report(Notice("more threads than processors"))
    assert capsys.readouterr() == ("", "kotovec: more threads than processors\n")


def test_quiet_prints_nothing(capsys):
    with reporter(quiet=True) as report:
        report(training(1))
        report(Notice("more threads than processors"))
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_bars_are_drawn(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with reporter(quiet=False) as report:
        assert isinstance(report, Bars)
        report(training(250))
    assert capsys.readouterr().out == ""
