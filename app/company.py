"""A company as every command opens it, and its published plan."""

import datetime as dt
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from database.engine import connect
from database.migrations import check_schema, is_empty, upgrade
from database.queries import RunRecord, current_run
from settings import Settings, UsageError, load_settings


def open_company(settings_file: Path, *, create: bool = False) -> tuple[Settings, Engine]:
    """The company's settings and its database with a schema that fits.

    Parameters
    ----------
    create: make the schema in a database that is still empty; an older schema is never changed unasked.

    Raises
    ------
    SettingsError, MigrationError
    """
    settings = load_settings(settings_file)
    engine = connect(settings.database.url, settings.root)
    if create and is_empty(engine):
        upgrade(engine)
    check_schema(engine)
    return settings, engine


def plan_summary(run: RunRecord) -> dict[str, Any]:
    """A published plan in the figures that `--json` prints."""
    names = ("run_id", "as_of", "finished_at", "items", "reconstructed", "reproducible", "is_shadow")
    return {name: getattr(run, name) for name in names}


def published_run(engine: Engine, as_of: dt.date | None) -> RunRecord:
    """The plan that people see, of a date or the newest.

    Raises
    ------
    UsageError: nothing is published for it.
    """
    run = current_run(engine, as_of)
    if run is None:
        which = f"as of {as_of}" if as_of else "yet"
        raise UsageError(f"no plan is published {which}; make one with `restock run`")
    return run
