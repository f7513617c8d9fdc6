"""How the command ends when it is asked to: at SIGTERM as at Ctrl-C, within seconds, whatever hangs.

What a run has written is whole at every instant, and its Prefect server ends with it; so where work in other threads
does not come to its end in time, the process leaves without waiting for it.
"""

import os
import signal
import sys
import threading
from types import FrameType
from typing import NoReturn

STOP_SECONDS = 20.0
"""Time for a stop: tasks that are under way are given so long to finish."""

EXIT_SECONDS = 10.0
"""Time for what Prefect still wants to send when all work is done."""


class Stopped(KeyboardInterrupt):
    """SIGTERM, which is handled as an interrupt from the keyboard is."""


def stop_on_signals() -> None:
    """End in order at SIGTERM and SIGINT, and in time."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)


def stopped(stop: KeyboardInterrupt) -> str:
    """A stop in words."""
    by = "SIGTERM" if isinstance(stop, Stopped) else "the keyboard"
    return f"Stopped by {by}; a plan is published whole or not at all. The same command goes on where it stopped."


def leave_in_time(code: int) -> None:
    """End the process with this code soon, even where a library still waits for a server that hangs."""
    _leave_after(EXIT_SECONDS, code, "")


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    stop = Stopped() if number == signal.SIGTERM else KeyboardInterrupt()
    _leave_after(STOP_SECONDS, 1, stopped(stop))
    raise stop


def _leave_after(seconds: float, code: int, words: str) -> None:
    timer = threading.Timer(seconds, _leave, (code, words))
    timer.daemon = True
    timer.start()


def _leave(code: int, words: str) -> NoReturn:
    if words:
        print(words, file=sys.stderr)  # noqa: T201
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
