"""How a flow reports its progress: stage, items done, items in all."""

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Protocol


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
