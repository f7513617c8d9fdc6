"""Connections that read other people's databases and never write to them."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from settings import DataRefused, SettingsError
from settings.secrets import remember_secrets, safe_text

DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
"""Drivers of URLs that name none."""

CONNECT_SECONDS = 10
SQLITE_BUSY_SECONDS = 30

_CONNECTING: dict[str, dict[str, Any]] = {
    # A server that falls silent is noticed within a minute instead of after two hours.
    "postgresql+psycopg": {
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    },
    "mysql+pymysql": {"connect_timeout": CONNECT_SECONDS},
    "mariadb+pymysql": {"connect_timeout": CONNECT_SECONDS},
    "sqlite": {"timeout": SQLITE_BUSY_SECONDS},
}
_OF_THE_SESSION = {
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION time_zone = '+00:00'"),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION time_zone = '+00:00'"),
}
# Not of the session: behind a pooler the next client of another program would find it.
_OF_THE_TRANSACTION = {"postgresql": ("SET TRANSACTION READ ONLY", "SET LOCAL TIME ZONE 'UTC'")}


@dataclass(frozen=True)
class Database:
    """A database that a table is read from.

    Attributes
    ----------
    url: with its driver; may hold a password.
    table: contract's table that it feeds, for messages.
    """

    url: URL
    table: str

    @property
    def safe_url(self) -> str:
        """The URL as people may see it: without password and options."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    @property
    def identity(self) -> str:
        """What distinguishes this database from others; a new password changes nothing."""
        return safe_text(self.url.set(password=None).render_as_string())

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in a transaction that only reads, streams its answers, and is rolled back at the end."""
        engine = create_engine(_read_only_file(self.url), poolclass=NullPool, connect_args=self._connecting())
        try:
            with engine.connect() as connection:
                for statement in _OF_THE_SESSION.get(engine.dialect.name, ()):
                    connection.exec_driver_sql(statement)
                connection.rollback()
                for statement in _OF_THE_TRANSACTION.get(engine.dialect.name, ()):
                    connection.exec_driver_sql(statement)
                yield connection
        finally:
            engine.dispose()

    def _connecting(self) -> dict[str, Any]:
        arguments = _CONNECTING.get(self.url.drivername, {})
        return {name: value for name, value in arguments.items() if name not in self.url.query}


def find_database(table: str, written: str, root: Path, said: str | None = None) -> Database:
    """The database that a URL names.

    Parameters
    ----------
    table: contract's table that it feeds.
    written: SQLAlchemy URL, or `env:NAME` of a variable that holds one; paths of SQLite are relative to `root`.
    root: folder of `restock.toml`.
    said: what messages call the URL; `sources.TABLE.url` where not given.

    Raises
    ------
    SettingsError: the URL cannot be read, or the environment lacks it.
    DataRefused: it names an SQLite file that is not there.
    """
    said = said or f"sources.{table}.url"
    if written.startswith("env:"):
        variable = written.removeprefix("env:").strip()
        if not os.environ.get(variable):
            raise SettingsError(f"{said} names the environment variable {variable}, which is not set; set it")
        written = os.environ[variable]
    remember_secrets(written)
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):  # the text may hold a password, so it is not shown
        raise SettingsError(
            f"{said} is no SQLAlchemy URL such as postgresql://USER@HOST/DATABASE or sqlite:///shop.db"
        ) from None
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if url.get_backend_name() == "sqlite":
        url = url.set(drivername="sqlite", database=str(_sqlite_file(table, url, root, said)))
    return Database(url, table)


def _sqlite_file(table: str, url: URL, root: Path, said: str) -> Path:
    if not url.database or url.database == ":memory:":
        raise SettingsError(f"{said} names no file; write it as sqlite:///shop.db")
    file = (root / url.database).resolve()
    if not file.is_file():
        raise DataRefused(f"{table}: there is no database {file}; deliver it or correct {said}")
    return file


def _read_only_file(url: URL) -> URL:
    """SQLite's own read-only mode, beside which the file cannot even be made; other databases as they are."""
    if url.get_backend_name() != "sqlite":
        return url
    return url.set(database=f"file:{quote(url.database or '')}").update_query_dict({"mode": "ro", "uri": "true"})
