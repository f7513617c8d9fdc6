"""How the command ends when it is asked to: at SIGTERM as at Ctrl-C, in order and in time."""

import signal
from types import FrameType
from typing import NoReturn

from flows.execution.leaving import STOP_SECONDS, leave_after

EXIT_SECONDS = 10.0
"""Time for what Prefect still wants to send when all work is done."""


class Stopped(KeyboardInterrupt):
    """SIGTERM, which is handled as an interrupt from the keyboard is."""


def stop_on_signals(within_seconds: float = STOP_SECONDS) -> None:
    """End in order at SIGTERM and SIGINT, and within so many seconds."""

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        by = Stopped() if number == signal.SIGTERM else KeyboardInterrupt()
        leave_after(within_seconds, 1, stopped(by))
        raise by

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def stopped(stop: KeyboardInterrupt) -> str:
    """A stop in words."""
    by = "SIGTERM" if isinstance(stop, Stopped) else "the keyboard"
    return f"Stopped by {by}; a plan is published whole or not at all. The same command goes on where it stopped."


def leave_in_time(code: int) -> None:
    """End the process with this code soon, even where a library still waits for a server that hangs."""
    leave_after(EXIT_SECONDS, code)
