"""Ctrl-C, and signals that ask the process to end, as exceptions that do not get lost and leave no lock behind.

What could go wrong: a signal handler raises wherever the main thread happens to be.
- In a callback from C code (LLVM tells Numba of each compiled function in that way) Python prints the exception and
  drops it, and the work goes on, or ends with another error. So a dropped one is sent again, and the latest one is
  kept for who sees the other error.
- In the `__enter__` of a lock that is written in Python (threading.Condition), behind its acquisition, the exception
  leaves the lock taken for ever, and the threads that wait for it hang. So there the signal is put off.
"""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType, TracebackType

_SIGNALS = {"SIGINT": signal.default_int_handler, "SIGTERM": signal.SIG_DFL, "SIGHUP": signal.SIG_DFL}
_SOON = 0.02  # seconds


class Stopped(KeyboardInterrupt):
    """A signal asked the process to end; `exit_code` is what shells expect then: 128 + its number."""

    def __init__(self, number: int) -> None:
        super().__init__("interrupted" if number == signal.SIGINT else f"stopped by {signal.Signals(number).name}")
        self.number = number
        self.exit_code = 128 + number


class Interrupts:
    """While this context lasts, SIGINT, SIGTERM and SIGHUP raise `Stopped` in the main thread.

    A signal that is ignored, or has a handler of somebody else's, is left alone.
    """

    def __init__(self) -> None:
        self.latest: Stopped | None = None
        self._replaced: dict[int, object] = {}
        self._timer: threading.Timer | None = None
        self._unraisable = sys.unraisablehook

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            for name, default in _SIGNALS.items():
                number = getattr(signal, name, None)  # Windows has no SIGHUP
                if number is not None and signal.getsignal(number) == default:
                    self._replaced[number] = signal.signal(number, self._raise)
            self._unraisable, sys.unraisablehook = sys.unraisablehook, self._unraisable_hook
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()
        for number, handler in self._replaced.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        if sys.unraisablehook == self._unraisable_hook:
            sys.unraisablehook = self._unraisable

    def _raise(self, number: int, frame: FrameType | None) -> None:
        if frame is not None and frame.f_code.co_name == "__enter__":
            self._put_off(number)
            return
        self.latest = Stopped(number)
        raise self.latest

    def _unraisable_hook(self, unraisable: sys.UnraisableHookArgs, /) -> None:
        if isinstance(unraisable.exc_value, Stopped):
            self._put_off(unraisable.exc_value.number)
        else:
            self._unraisable(unraisable)

    def _put_off(self, number: int) -> None:
        self._timer = threading.Timer(_SOON, _send, (number,))
        self._timer.daemon = True
        self._timer.start()


def _send(number: int) -> None:
    """Signal the main thread itself, so that a read that it waits for ends."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        signal.raise_signal(number)
