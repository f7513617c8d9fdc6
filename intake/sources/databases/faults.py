"""What went wrong with a database, in plain sentences."""

import re
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from intake.sources.databases.engines import Database
from settings import DataRefused, closest
from settings.secrets import safe_text

LONGEST_REASON = 300

PACKAGES = {
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "MySQLdb": "mysqlclient",
    "mysql": "mysql-connector-python",
}
"""Packages of drivers that are called otherwise."""

_KNOWN = (
    (
        r'password authentication failed|access denied for user|login failed|no pg_hba|no password|role ".*" does not',
        "the server does not let this user in",
        "check user and password",
    ),
    (r'database ".*" does not exist|unknown database', "the server has no such database", "check its name"),
    (
        r"connection refused|can't connect|translate host|service not known|timed out|timeout expired|no route to",
        "the server cannot be reached",
        "check that it runs, and its host and port",
    ),
    (r"unable to open database file", "the file cannot be opened", "check its rights"),
    (r"file is not a database|malformed", "the file is not a complete SQLite database", "deliver it again"),
    (r"database is locked", "another program is writing to it", "run again when it has finished"),
)
_WRITES = re.compile(r"read.?only transaction|attempt to write|readonly database", re.IGNORECASE)
_NO_TABLE = re.compile(
    r"""relation "(?P<pg>[^"]+)" does not exist|table '(?P<my>[^']+)' doesn't exist|no such table: (?P<lite>\S+)""",
    re.IGNORECASE,
)


def is_connection_lost(fault: BaseException) -> bool:
    """Whether a connection that had worked broke, so that trying again may help."""
    return isinstance(fault, DBAPIError) and fault.connection_invalidated


def refusal(fault: Exception, database: Database, what: str) -> DataRefused:
    """The error to show for what SQLAlchemy or a driver raised; the password is taken out.

    Parameters
    ----------
    fault: as raised.
    database: that was read.
    what: was read, such as `sales query`.
    """
    setting = f"sources.{database.table}"
    explained = explain(fault, database, url=f"{setting}.url", query=f"{setting}.query")
    return DataRefused(f"{what} on {database.safe_url}: {explained}")


def explain(fault: Exception, database: Database, *, url: str, query: str) -> str:
    """What SQLAlchemy or a driver raised, and what to do; the password is taken out.

    Parameters
    ----------
    fault: as raised.
    database: that was read.
    url, query: what the message calls them.
    """
    return _missing_package(fault, database, url) or _explained(fault, safe_text(_reason(fault)), database, url, query)


def _missing_package(fault: Exception, database: Database, url: str) -> str | None:
    if isinstance(fault, ModuleNotFoundError):
        package = PACKAGES.get(str(fault.name).split(".")[0], fault.name)
        return (
            f"the driver {fault.name} is not installed; install the package {package}, or name another driver in {url}"
        )
    if isinstance(fault, NoSuchModuleError):
        return (
            f"SQLAlchemy knows no kind of database {database.url.drivername!r}; install the package of its dialect, "
            f"or correct {url}"
        )
    return None


def _explained(fault: Exception, reason: str, database: Database, url: str, query: str) -> str:
    if _WRITES.search(reason):
        return f"it would write ({reason}), and sources are only read; correct {query} to one SELECT"
    if is_connection_lost(fault):
        return (
            f"the connection was lost in the middle, again and again ({reason}); run again when the database is steady "
            "or read less at once with a watermark"
        )
    missing = _NO_TABLE.search(reason)
    if missing:
        name = next(group for group in missing.groups() if group)
        return f"{reason}{_closest_table(database, name)}; correct {query}"
    for pattern, meaning, fix in _KNOWN:
        if re.search(pattern, reason, re.IGNORECASE):
            return f"{meaning} ({reason}); {fix} in {url}"
    return f"{reason}; check the database, and {query}, which must be one SELECT"


def _closest_table(database: Database, name: str) -> str:
    """`; the closest is 'orders'`, where the database has tables at all."""
    try:
        with database.reading() as connection:
            found = inspect(connection)
            names = [*found.get_table_names(), *found.get_view_names()]
    except SQLAlchemyError:
        names = []
    near = closest(name.rpartition(".")[2], names)
    return f"; the closest is {near!r}" if near else ""


def _reason(fault: Exception) -> str:
    original: Any = getattr(fault, "orig", None) or fault
    arguments: tuple[object, ...] = original.args
    if len(arguments) > 1 and isinstance(arguments[0], int):  # MySQL's drivers: number and text
        original = arguments[1]
    return " ".join(str(original).split())[:LONGEST_REASON] or type(original).__name__
