"""What past runs leave behind is bounded: plans in the database, folders, input parts, and kept results."""

import datetime as dt
import json
import logging
import re
import shutil
from pathlib import Path

from sqlalchemy import Engine

from data_contracts.acceptance.parts import PartStore
from database.retention import expire_plans, forget_parts, kept_manifests
from flows.execution.run import run_folder
from settings import RestockError, Settings

log = logging.getLogger(__name__)

KEPT_SMALL_FILES = 100
"""Files of errors, and snapshots of settings, that stay."""
_PART_FILE = re.compile(r'[^"\\]+\.parquet')


def tidy_after_run(settings: Settings, engine: Engine, now: dt.datetime) -> None:
    """Remove what `[retention]` does not keep. A fault here costs no plan: it is logged, and the next run tries again.

    Parameters
    ----------
    settings: of the company.
    engine: its database.
    now: an instant in UTC.
    """
    folder = run_folder(settings)
    try:
        keep_newest(folder / "runs", settings.run.keep_runs)
        keep_newest(folder / "settings", KEPT_SMALL_FILES)
        keep_newest(folder / "errors", KEPT_SMALL_FILES)
        _remove_older_files(folder / "prefect" / "storage", _oldest(folder / "runs", settings.run.keep_runs))
        expire_plans(engine, settings.retention, now)
        _remove_unused_parts(folder / "parts", settings, engine, now)
    except (RestockError, OSError) as fault:
        log.warning("old plans and files are not removed yet: %s", fault)


def keep_newest(folder: Path, count: int) -> None:
    """Remove all but the newest entries of a folder: what runs published is in the database."""
    places = [place for place in folder.iterdir() if not place.name.startswith(".")] if folder.is_dir() else []
    for old in sorted(places, key=_modified)[:-count]:
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)


def _oldest(folder: Path, count: int) -> float:
    """When the oldest kept entry changed last; before all times where there are fewer than are kept."""
    times = [_modified(place) for place in folder.iterdir()] if folder.is_dir() else []
    return min(times) if len(times) >= count else 0.0


def _remove_older_files(folder: Path, instant: float) -> None:
    for file in folder.glob("*.json"):
        if _modified(file) < instant:
            file.unlink(missing_ok=True)


def _remove_unused_parts(folder: Path, settings: Settings, engine: Engine, now: dt.datetime) -> None:
    used = {path for manifest in kept_manifests(engine) for path in _PART_FILE.findall(json.dumps(manifest))}
    before = now - dt.timedelta(days=settings.retention.unused_part_days)
    removed = PartStore(folder).remove_unused(used, before.timestamp())
    if removed:
        forget_parts(engine, removed)


def _modified(place: Path) -> float:
    try:
        return place.stat().st_mtime
    except OSError:  # another program removed it meanwhile
        return 0.0
