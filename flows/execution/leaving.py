"""A process ends in time when it is asked to, and when its work is done, whatever a library still waits for.

What a run has written is whole at every instant, and its Prefect server ends with it. So a process that cannot end
by itself may leave without waiting for work in other threads, or for a server that hangs.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

STOP_SECONDS = 20.0
"""Time for a stop: tasks that are under way are given so long to finish."""


def leave_after(seconds: float, code: int, words: str = "") -> None:
    """End this process with a code after some seconds, unless it has ended by then.

    Parameters
    ----------
    seconds: until then it may end by itself.
    code: exit code.
    words: what is said if it has to leave.
    """
    timer = threading.Timer(seconds, _leave, (code, words))
    timer.daemon = True
    timer.start()


@contextlib.contextmanager
def stop_in_time() -> Iterator[None]:
    """See that SIGTERM and SIGINT end the process in time while the block runs, whoever handles them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number, handler in before.items():
        if callable(handler):
            signal.signal(number, _in_time(handler))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_time(handler: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], Any]:
    def handled(number: int, frame: FrameType | None) -> Any:
        leave_after(STOP_SECONDS, 1)
        return handler(number, frame)

    return handled


def _leave(code: int, words: str) -> NoReturn:
    if words:
        print(words, file=sys.stderr)  # noqa: T201
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
