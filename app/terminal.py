"""What a person at a terminal sees: a progress bar, plain lines where no terminal is, errors in a sentence."""

import contextlib
import datetime as dt
import json
import shlex
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from app.faults import in_words
from app.publication import publication
from app.stopping import stopped
from flows.execution.progress import LineProgress
from settings import SETTINGS_NAME, RestockError
from settings.secrets import safe_text, safe_values

HEADINGS = {1: "Failed", 2: "Wrong use", 3: "Refused"}

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def echo(text: str) -> None:
    """Print plain text; lines are cut for a terminal and left whole in a file."""
    out.print(safe_text(text), markup=False, soft_wrap=not out.is_terminal)


def echo_json(answer: Any) -> None:
    """Print an answer for a program: days as 2026-03-31, instants as 2026-03-31T04:05:06Z, paths as text."""
    out.print_json(json.dumps(safe_values(answer), default=_json_text))


def _json_text(value: object) -> object:
    """A value that JSON has no form for."""
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise TypeError(f"the instant {value.isoformat()} has no time zone; print it in UTC, or as a date")
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dt.date):
        return value.isoformat()
    number = getattr(value, "item", None)  # of numpy, which is not imported for a command line that only asks for help
    return number() if callable(number) else str(value)


def settings_option(settings_file: Path) -> str:
    """What a command needs after its name to be of the same company; empty where it is the one in this folder.

    >>> settings_option(Path("my shop/restock.toml"))
    " --settings 'my shop/restock.toml'"
    """
    return "" if settings_file == Path(SETTINGS_NAME) else f" --settings {shlex.quote(str(settings_file))}"


class TerminalProgress:
    """One bar, with the stage's name, units done, time spent and time left."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task: TaskID | None = None

    def stage(self, name: str, total: int) -> None:
        """Begin a stage; the finished one stays on the screen."""
        self.finish()
        self._task = self._bar.add_task(name, total=max(total, 1))

    def advance(self, done: int) -> None:
        """Move the bar."""
        if self._task is not None:
            self._bar.advance(self._task, done)

    def finish(self) -> None:
        """Fill the present stage's bar."""
        if self._task is not None:
            self._bar.update(self._task, completed=self._bar.tasks[self._task].total)
            self._bar.stop_task(self._task)


@contextlib.contextmanager
def progress_reporter(*, quiet: bool = False) -> Iterator[TerminalProgress | LineProgress]:
    """Whoever fits: a bar on a terminal, lines elsewhere."""
    if quiet or not err.is_terminal:
        yield LineProgress()
        return
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(bar_width=22),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as bar:
        reporter = TerminalProgress(bar)
        yield reporter
        reporter.finish()


@contextlib.contextmanager
def errors_as_messages(company: Path, *, publishes: bool = False) -> Iterator[None]:
    """Turn an error into its message and exit code; an unforeseen one is kept in a file, never shown as a traceback.

    Parameters
    ----------
    company: the company's folder or settings file; details of unforeseen errors are kept in its `.restock/errors`.
    publishes: whether the command publishes plans, so that after an error it is said whether it did.
    """
    began = dt.datetime.now(dt.UTC)
    try:
        yield
    except typer.Exit:
        raise
    except typer.Abort:
        err.print("Stopped at the question; nothing was written.")
        raise typer.Exit(1) from None
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last line of defence before a person's eyes
        code, unforeseen = _tell(error, company)
        told = publication(company, began, unforeseen=unforeseen) if publishes else None
        if told is not None:
            err.print(safe_text(f"{told}."), markup=False)
        raise typer.Exit(code) from None


def _tell(error: BaseException, company: Path) -> tuple[int, bool]:
    """Print an error; returns the exit code, and whether it was not raised with words of its own."""
    if isinstance(error, RestockError):
        err.print(f"[bold red]{error.heading or HEADINGS.get(error.exit_code, 'Failed')}:[/]", end=" ")
        err.print(str(error), markup=False)
        return error.exit_code, False
    if isinstance(error, KeyboardInterrupt):
        err.print(stopped(error), markup=False)
        return 1, False
    words = in_words(error)
    if words is not None:
        err.print("[bold red]Failed:[/]", end=" ")
        err.print(safe_text(words), markup=False)
        return 1, True
    file = _keep_traceback(error, company)
    err.print(safe_text(f"Unexpected {type(error).__name__}: {error}"), markup=False)
    err.print(f"Details: {file}", markup=False)
    return 1, True


def _keep_traceback(error: BaseException, company: Path) -> Path:
    folder = (company if company.is_dir() else company.parent) / ".restock" / "errors"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir())
    file = folder / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.txt"
    file.write_text(safe_text("".join(traceback.format_exception(error))), "utf-8")
    return file
