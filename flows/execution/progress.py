"""How a flow reports its progress: stage, items done, items in all."""

import contextlib
import contextvars
import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator
from typing import Protocol

SECONDS_BETWEEN_LINES = 10.0


class ProgressReporter(Protocol):
    """A receiver of progress: a bar on a terminal, lines in a log, Prefect artifacts."""

    def stage(self, name: str, total: int) -> None:
        """A stage of `total` units of work begins; the one before it has ended."""

    def advance(self, done: int) -> None:
        """`done` more units of the stage are finished."""


class _Nobody:
    def stage(self, name: str, total: int) -> None:
        """Nobody watches."""

    def advance(self, done: int) -> None:
        """Nobody watches."""


def log_line(text: str) -> None:
    """Print a line for a log: the instant in UTC, then the text. Nobody who reads it is no fault of what goes on."""
    with contextlib.suppress(OSError):
        print(f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} {text}", file=sys.stderr, flush=True)  # noqa: T201


class LineProgress:
    """Progress as plain lines for a log: one a stage, and while a stage takes long its share and the time left.

    Parameters
    ----------
    write: prints a line.
    clock: seconds of a clock that never goes back.
    """

    def __init__(self, write: Callable[[str], None] = log_line, clock: Callable[[], float] = time.monotonic) -> None:
        self._write, self._clock = write, clock
        self._name, self._total, self._done = "", 0, 0
        self._began = self._told = clock()

    def stage(self, name: str, total: int) -> None:
        """Begin a stage."""
        self._name, self._total, self._done = name, total, 0
        self._began = self._told = self._clock()
        self._write(f"{name} ({total:,})")

    def advance(self, done: int) -> None:
        """Tell the share and the time left, but not every few seconds, nor at the end of a stage."""
        self._done += done
        now = self._clock()
        if not 0 < self._done < self._total or now - self._told < SECONDS_BETWEEN_LINES:
            return
        self._told = now
        left = (now - self._began) / self._done * (self._total - self._done)
        share = self._done / self._total
        self._write(f"{self._name}: {share:.0%}, {self._done:,} of {self._total:,}, {duration(left)} left")


def duration(seconds: float) -> str:
    """A time in the unit that says enough.

    >>> duration(42.3), duration(200), duration(8000)
    ('42 s', '3 min', '2 h 13 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


_reporter: contextvars.ContextVar[ProgressReporter] = contextvars.ContextVar("reporter", default=_Nobody())  # noqa: B039 - stateless


@contextlib.contextmanager
def report_progress_to(reporter: ProgressReporter) -> Iterator[None]:
    """Report all progress made inside the block to `reporter`."""
    token = _reporter.set(reporter)
    try:
        yield
    finally:
        _reporter.reset(token)


def reporter() -> ProgressReporter:
    """The present receiver of progress."""
    return _reporter.get()


def stage(name: str, total: int) -> None:
    """A stage begins."""
    _reporter.get().stage(name, total)


def advance(done: int = 1) -> None:
    """Units of work of the present stage are finished."""
    _reporter.get().advance(done)
