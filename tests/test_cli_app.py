import errno
import os
import signal
import subprocess
import sys

import pytest

import kotovec.formats
from kotovec import __version__
from kotovec.errors import ConfigError, FormatError


@pytest.fixture
def failing(monkeypatch, run_kotovec):
    """`kotovec similar` with a reader that raises what the test wants."""

    def run(error, *options):
        def load(*_, **__):
            raise error

        monkeypatch.setattr(kotovec.formats, "load", load)
        return run_kotovec("similar", "vectors.bin", "king", *options)

    return run


def test_without_arguments_the_help_is_shown(run_kotovec):
    done = run_kotovec()
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in done.stdout for name in ("train", "similar", "demo"))


def test_the_version_is_one_line(run_kotovec):
    done = run_kotovec("--version")
    assert (done.returncode, done.stdout) == (0, f"kotovec {__version__}\n")


@pytest.mark.parametrize("command", ["train", "similar", "demo"])
def test_each_command_has_help_with_an_example(run_kotovec, command):
    done = run_kotovec(command, "-h")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Examples:\n    kotovec {command}" in done.stdout


def test_the_help_of_train_lists_its_options_by_topic(run_kotovec):
    text = run_kotovec("train", "--help").stdout
    topics = [line for line in text.splitlines() if line.endswith(":") and line[0] != " "]
    assert topics == ["Options:", "Files:", "Words:", "Japanese:", "Model:", "Training:", "Run:"]
    assert text.index("Words:") < text.index("--min-count") < text.index("Model:")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["trian"], "No such command 'trian'. Did you mean 'train'?; try: kotovec --help"),
        (["train", "--sise", "3"], "No such option: --sise"),
        (["train", "--size", "big"], "Invalid value for '--size'"),
        (["train", "--size"], "--size"),
        (["similar", "vectors.bin"], "Missing argument 'WORD...'; try: kotovec similar --help"),
        (["demo", "loud"], "unexpected extra argument"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_code_2(run_kotovec, arguments, text):
    done = run_kotovec(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kotovec: error: ")
    assert text in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "exit_code", "text"),
    [
        (ConfigError("too many"), 2, "kotovec: error: too many\n"),
        (FormatError("no header", path="v.bin"), 1, "kotovec: error: v.bin: no header\n"),
        (FormatError("two\nlines"), 1, "kotovec: error: two lines\n"),
        (OSError(errno.EIO, "Input/output error", "v.bin"), 1, "kotovec: error: v.bin: Input/output error\n"),
        (MemoryError(), 1, "kotovec: error: not enough memory; fewer words or smaller vectors need less\n"),
        (ZeroDivisionError("a\nb"), 1, "kotovec: error: unexpected ZeroDivisionError: a b; please report it"),
        (BrokenPipeError(), 1, ""),
        (KeyboardInterrupt(), 130, "kotovec: interrupted\n"),
    ],
)
def test_each_failure_is_one_line_and_an_exit_code(failing, error, exit_code, text):
    done = failing(error)
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert done.stderr.startswith(text)
    assert done.stderr.count("\n") == min(1, len(text))


@pytest.mark.parametrize("error", [FormatError("no header"), ZeroDivisionError("nothing")])
def test_debug_adds_the_traceback(failing, error):
    done = failing(error, "--debug")
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.splitlines()[-1].startswith("kotovec: error: ")


def test_debug_may_stand_before_the_command(run_kotovec, tmp_path):
    done = run_kotovec("--debug", "similar", tmp_path / "none.bin", "king")
    assert done.stderr.startswith("Traceback")


def test_a_word_that_reads_debug_is_a_word(run_kotovec, tmp_path):
    done = run_kotovec("similar", tmp_path / "none.bin", "--", "--debug")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_to_end_is_reported_with_its_own_exit_code(monkeypatch, name, run_kotovec):
    if not hasattr(signal, name):
        pytest.skip(f"no {name} on this system")
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)
    try:
        monkeypatch.setattr(kotovec.formats, "load", lambda *_, **__: os.kill(os.getpid(), number))
        done = run_kotovec("similar", "vectors.bin", "king")
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert (done.returncode, done.stderr) == (128 + number, f"kotovec: stopped by {name}\n")


def test_a_reader_that_goes_away_is_no_error_message(run_process):
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as closed:
        done = run_process("--help", capture_output=False, stdout=closed, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
def test_a_full_standard_output_is_one_line(run_process):
    with open("/dev/full", "wb") as full:
        done = run_process("--help", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    message = "standard output or a temporary file cannot be written: No space left on device"
    assert done.stderr == f"kotovec: error: {message}\n"


def test_the_module_and_the_script_are_the_same_command(run_process):
    assert run_process("--version").stdout == f"kotovec {__version__}\n"
    code = "import sys; from kotovec.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"kotovec {__version__}\n"


def test_ctrl_c_while_the_command_loads_is_told_as_any_other():
    code = """if True:
        import sys
        from kotovec.cli import main

        class Interrupting:
            def find_spec(self, name, *_):
                if name == "typer":
                    raise KeyboardInterrupt

        sys.meta_path.insert(0, Interrupting())
        sys.exit(main(["--version"]))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "kotovec: interrupted\n")
