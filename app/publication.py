"""What a command that ended in an error has published all the same, as its database says."""

import datetime as dt
from pathlib import Path

from settings import RestockError, load_settings

UNKNOWN = "Whether a plan was published is not known, since the database cannot be asked; `restock status` says it"


def publication(company: Path, since: dt.datetime, *, unforeseen: bool) -> str | None:
    """What was published by a run that failed, in a sentence; None where its error says enough.

    Parameters
    ----------
    company: the company's folder or settings file.
    since: when the run began.
    unforeseen: whether the error says nothing of it by itself, so that nothing published is said too.
    """
    # Imported only after a fault, so that `--help` stays quick.
    from sqlalchemy.exc import SQLAlchemyError

    from database.engine import connect
    from database.migrations import is_empty
    from database.queries import published_since

    try:
        settings = load_settings(company)
        engine = connect(settings.database.url, settings.root)
        run = None if is_empty(engine) else published_since(engine, since)
    except (RestockError, OSError, SQLAlchemyError):
        return UNKNOWN if unforeseen else None
    if run is not None:
        return f"The plan as of {run.as_of} is published, whole, as run {run.run_id}; what follows it is not done"
    return "No part of a plan was published" if unforeseen else None
