"""Connections to the company's database: SQLite in a file, or PostgreSQL through psycopg 3."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from settings import SettingsError
from settings.secrets import remember_secrets

SQLITE_BUSY_SECONDS = 30
POSTGRES_CONNECT_SECONDS = 10
BEGIN_OPTION = "restock_sqlite_begin"


def connect(url: str, root: Path = Path()) -> Engine:
    """An engine for `url`; nothing is opened before its first use.

    Parameters
    ----------
    url: `sqlite:///FILE` (relative to `root`), `postgresql://USER@HOST/NAME`, or `env:NAME`, which
        reads the URL from that environment variable.
    root: folder of `restock.toml`.

    Raises
    ------
    SettingsError: the URL cannot be read, its variable is not set, or it names another kind of database.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, root)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed)
    raise SettingsError(
        f"setting database.url names a {parsed.get_backend_name()} database; plans are kept in SQLite or PostgreSQL: "
        "use sqlite:///restock.db or postgresql://USER@HOST/NAME"
    )


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: committed at the end, rolled back by an exception.

    On SQLite it takes the write lock at once, so that two writers wait for each other and neither fails half-way.
    """
    with engine.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"}).begin() as connection:
        yield connection


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One unchanging view of the database for all that is read inside."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.begin() as connection:
        yield connection


def _parse(url: str) -> URL:
    where = "setting database.url"
    if url.startswith("env:"):
        name = url.removeprefix("env:").strip()
        where = f"environment variable {name} (named by database.url)"
        url = os.environ.get(name, "")
        if not url:
            raise SettingsError(f"{where} is not set; set it to the database's URL")
    remember_secrets(url)
    try:
        return make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise SettingsError(  # the text may hold a password, so it is not shown
            f"{where} is not a database URL; write it as sqlite:///restock.db or postgresql://USER@HOST/NAME"
        ) from None


def _sqlite(url: URL, root: Path) -> Engine:
    if not url.database or url.database == ":memory:":
        raise SettingsError("setting database.url names no file; write it as sqlite:///restock.db")
    file = (root / url.database).resolve()
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(file), query=url.query),
        connect_args={"timeout": SQLITE_BUSY_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:  # noqa: ARG001
    # The driver would begin transactions by itself, too late for reads and for DDL; `_begin_sqlite` does it.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged decision survives a power cut
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_SECONDS * 1000:d}")
        cursor.execute("PRAGMA cache_size = -65536")
        cursor.execute("PRAGMA temp_store = MEMORY")
    except sqlite3.Error as fault:  # SQLAlchemy wraps what statements raise, not what this listener does
        raise OperationalError("PRAGMA", None, fault) from fault
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(str(connection.get_execution_options().get(BEGIN_OPTION, "BEGIN")))


def _postgresql(url: URL) -> Engine:
    # A database that falls silent is noticed within a minute instead of after two hours.
    arguments: dict[str, Any] = {
        "application_name": "restock",
        "connect_timeout": POSTGRES_CONNECT_SECONDS,
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "options": "-c timezone=UTC",
    }
    for name in list(arguments):
        if name in url.query:
            del arguments[name]
    return create_engine(url.set(drivername="postgresql+psycopg"), connect_args=arguments, pool_pre_ping=True)
