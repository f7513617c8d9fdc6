"""The schema's versions: upgrading to this program's, and refusing others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from database.engine import BEGIN_OPTION
from database.faults import opening
from database.locks import refuse_while_running
from database.tables.base import Base
from database.views import create_views, drop_views
from settings import MigrationError
from settings.secrets import safe_text

T = TypeVar("T")

UPGRADE_LOCK_KEY = 0x7265_7374_6F63_6B02  # "restock", 2
LOCK_TIMEOUT_SECONDS = 10
STATEMENT_TIMEOUT_SECONDS = 600


def upgrade(engine: Engine) -> list[str]:
    """Bring the schema to this program's version, all of it or nothing; returns the versions applied.

    The views that people read (`database.views`) are made anew.

    Two upgrades at once wait for each other, and an upgrade is refused while a run is going on.

    Raises
    ------
    MigrationError: the schema is newer than the program, a lock was not had in time, or a step failed.
    RunLocked: a run is going on.
    """
    script = _script()
    applied: list[str] = []

    def steps(revision: Any, context: MigrationContext) -> list[RevisionStep]:  # noqa: ARG001
        plan = script._upgrade_revs("head", revision)  # noqa: SLF001 - as Alembic's own command does
        applied.extend(step.revision.revision for step in plan)
        return list(plan)

    try:
        with engine.execution_options(**{BEGIN_OPTION: "BEGIN EXCLUSIVE"}).begin() as connection:
            _take_locks(connection)
            _refuse_newer(_current(connection), script)
            refuse_while_running(connection)
            drop_views(connection)
            with EnvironmentContext(_config(), script, fn=steps) as environment:
                environment.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
                environment.run_migrations()
            create_views(connection)
    except DBAPIError as fault:
        raise MigrationError(
            f"upgrading the schema of {safe_url(engine)}: {' '.join(str(fault.orig).split())}; "
            "nothing was changed: end other programs that use the database and run `restock db upgrade` again"
        ) from fault
    return applied


def check_schema(engine: Engine) -> None:
    """Pass only when the schema is exactly this program's.

    Raises
    ------
    MigrationError: the schema is missing, older or newer; the message says what to do.
    """
    script = _script()
    current = _opened(engine, _current)
    _refuse_newer(current, script)
    head = script.get_current_head()
    if current is None:
        raise MigrationError(f"the database {safe_url(engine)} has no tables of restock; run `restock db upgrade`")
    if current != head:
        raise MigrationError(
            f"the schema of {safe_url(engine)} is version {current}, older than this program's {head}; "
            "run `restock db upgrade`"
        )


def is_empty(engine: Engine) -> bool:
    """Whether the database has no table at all.

    Raises
    ------
    MigrationError: the database cannot be opened.
    """
    return not _opened(engine, lambda connection: inspect(connection).get_table_names())


def safe_url(engine: Engine) -> str:
    """The engine's URL without passwords."""
    return safe_text(engine.url.render_as_string(hide_password=True))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def _opened(engine: Engine, look: Callable[[Connection], T]) -> T:
    try:
        with engine.connect() as connection:
            return look(connection)
    except DBAPIError as fault:
        cause = " ".join(str(fault.orig).split())
        raise MigrationError(f"the database {safe_url(engine)} cannot be opened: {cause}; {opening(cause)}") from fault


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _refuse_newer(current: str | None, script: ScriptDirectory) -> None:
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise MigrationError(
            f"the database's schema is version {current}, which this program does not know, so it is newer than "
            f"the program's {script.get_current_head()}; update the program"
        )


def _take_locks(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return  # BEGIN EXCLUSIVE keeps every other connection out
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS:d}s'"))
    connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT_SECONDS:d}s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK_KEY})
