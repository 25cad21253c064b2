import os
import signal
import threading
import time

import pytest

from kotovec.cli.interrupts import Interrupts, Stopped


@pytest.mark.parametrize(("name", "text"), [("SIGINT", "interrupted"), ("SIGTERM", "stopped by SIGTERM")])
def test_a_signal_raises_and_its_handler_is_put_back(name, text):
    number = getattr(signal, name)
    before = signal.getsignal(number)
    with pytest.raises(Stopped, match=text) as raised, Interrupts() as interrupts:
        signal.raise_signal(number)
    assert raised.value.exit_code == 128 + number
    assert interrupts.latest is raised.value
    assert signal.getsignal(number) == before


def test_an_interrupt_that_python_drops_is_raised_again(capsys):
    class Dropping:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Stopped), Interrupts() as interrupts:
        Dropping()
        assert interrupts.latest is not None
        time.sleep(10)
    assert capsys.readouterr().err == ""


def test_other_dropped_exceptions_are_told_as_before(monkeypatch):
    seen = []
    monkeypatch.setattr("sys.unraisablehook", lambda unraisable: seen.append(unraisable.exc_type))

    class Dropping:
        def __del__(self):
            raise ZeroDivisionError

    with Interrupts():
        Dropping()
    assert seen == [ZeroDivisionError]


def test_an_interrupt_between_taking_a_lock_and_its_block_leaves_no_lock_taken():
    class Lock:
        def __init__(self):
            self.taken = False

        def __enter__(self):
            self.taken = True
            signal.raise_signal(signal.SIGINT)

        def __exit__(self, *_):
            self.taken = False

    lock = Lock()
    with pytest.raises(Stopped), Interrupts(), lock:
        time.sleep(10)
    assert not lock.taken


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="reads cannot be ended on this system")
def test_an_interrupt_that_was_put_off_ends_a_read():
    read_end, write_end = os.pipe()
    with pytest.raises(Stopped), Interrupts() as interrupts:
        interrupts._put_off(signal.SIGINT)
        os.read(read_end, 1)
    os.close(read_end)
    os.close(write_end)


def test_a_handler_of_somebody_else_is_left_alone():
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with Interrupts():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_in_another_thread_nothing_is_changed():
    seen = []

    def work():
        with Interrupts():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGINT)]
