"""Waiting for files that are late or still being written."""

import time
from collections.abc import Callable
from pathlib import Path

from intake.sources.files import list_files
from settings import DataRefused, TableSource

PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0

State = dict[str, tuple[int, int]]


def wait_for_files(
    table: str,
    source: TableSource,
    root: Path,
    seconds: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Wait until the files of a table are there and nobody is writing to them, at most so many seconds.

    Files that are not there by then are refused by whoever reads them, who says what is wrong. Without a time to wait
    nothing is looked at.

    Parameters
    ----------
    table, source, root: as for `read_files`.
    seconds: time to wait.
    sleep, clock: of the machine.
    """
    if not seconds or source.path is None:
        return
    deadline, pause = clock() + seconds, PAUSE_SECONDS
    before = _state(table, source, root)
    while clock() < deadline:
        sleep(min(pause, max(deadline - clock(), 0.0)))
        now = _state(table, source, root)
        if now is not None and now == before:
            return
        pause = PAUSE_SECONDS if now is not None else min(2 * pause, LONGEST_PAUSE_SECONDS)
        before = now


def _state(table: str, source: TableSource, root: Path) -> State | None:
    """Size and time of the last change of every file; None where one is missing, empty or unfinished by its name."""
    try:
        found = {file.as_posix(): file.stat() for file in list_files(table, source, root)}
    except (DataRefused, FileNotFoundError):
        return None
    if not found or any(stat.st_size == 0 for stat in found.values()):
        return None
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in found.items()}
