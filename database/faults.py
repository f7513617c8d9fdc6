"""Transient faults of the database, and retries after them."""

import functools
import logging
import sqlite3
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from settings import PublishError

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 7
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0

# https://www.postgresql.org/docs/current/errcodes-appendix.html
TRANSIENT_STATES = frozenset(
    {
        "40001",  # serialization failure
        "40P01",  # deadlock
        "55P03",  # lock not available
        "57P01",  # shut down by an administrator
        "57P02",  # crash of another session
        "57P03",  # starting up
        "53300",  # too many connections
    }
)
LASTING_TEXTS = (
    "readonly",
    "read-only",
    "disk is full",
    "disk i/o",
    "malformed",
    "no such",
    "not a database",
    "syntax",
)


def is_transient(fault: BaseException) -> bool:  # noqa: PLR0911 - one line per kind of fault
    """Whether the same statement may succeed when tried again: a lock, a deadlock, a lost connection."""
    if isinstance(fault, PoolTimeout):
        return True
    if not isinstance(fault, DBAPIError):
        return False
    if fault.connection_invalidated:
        return True
    state = getattr(fault.orig, "sqlstate", None)
    if state is not None:
        return state in TRANSIENT_STATES or state.startswith("08")
    if not isinstance(fault, (OperationalError, InterfaceError)):
        return False
    text = str(fault.orig).lower()
    if any(lasting in text for lasting in LASTING_TEXTS):
        return False
    if isinstance(fault.orig, sqlite3.Error):
        return "locked" in text or "busy" in text
    return True  # psycopg gives no state where the server could not be reached or went away


def retrying(
    work: Callable[[], T],
    what: str,
    *,
    attempts: int = ATTEMPTS,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """The result of `work`, tried again after transient faults with doubling waits (0.1 s to 5 s).

    Parameters
    ----------
    work: does one whole transaction, and finds out by itself whether an earlier try was committed.
    what: the work in words, for the message, such as "writing recommendations".
    attempts: tries in all.
    sleep: waits so many seconds.

    Raises
    ------
    PublishError: a fault that lasts, or one that did not pass within the attempts.
    """
    wait = FIRST_WAIT_SECONDS
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except (DBAPIError, PoolTimeout) as fault:
            cause = _words(fault)
            if not is_transient(fault):
                raise PublishError(f"{what}: the database refused it: {cause}; {_remedy(cause)}") from fault
            if attempt == attempts:
                raise PublishError(
                    f"{what}: the database did not answer in {attempts} tries: {cause}; "
                    "the last good plan stays visible; start the run again when the database is back"
                ) from fault
            log.warning("%s: %s; trying again in %.1f s (%d of %d)", what, cause, wait, attempt, attempts)
            sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)
    raise AssertionError("unreachable: the last attempt returns or raises")


def tried_again(what: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A decorator of functions that only read: `retrying` for each call."""

    def decorate(read: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(read)
        def reading(*args: P.args, **named: P.kwargs) -> T:
            return retrying(lambda: read(*args, **named), what)

        return reading

    return decorate


def in_words(fault: BaseException) -> str:
    """What a driver said, in one line, and what to do about it."""
    cause = _words(fault)
    return f"the database did not do it: {cause}; {_remedy(cause)}"


def _words(fault: BaseException) -> str:
    return " ".join(str(getattr(fault, "orig", None) or fault).split())


def _remedy(cause: str) -> str:
    lowered = cause.lower()
    if "full" in lowered or "no space" in lowered:
        return "free some space on the database's disk and start the run again; the last good plan stays visible"
    if "readonly" in lowered or "read-only" in lowered or "permission" in lowered:
        return "give this user the right to write and start the run again; the last good plan stays visible"
    if "no such table" in lowered or "does not exist" in lowered:
        return "run `restock db upgrade` and start the run again"
    return "the last good plan stays visible"


def opening(cause: str) -> str:
    """What to do about a database that cannot be opened, from its driver's words."""
    lowered = cause.lower()
    if "not a database" in lowered or "malformed" in lowered:
        return "the file is damaged or no SQLite database: put back the newest backup, or name another in database.url"
    if "unable to open" in lowered or "permission" in lowered:
        return "check that database.url names a file, not a folder, and that this user may write it and its folder"
    if "locked" in lowered:
        return "another program keeps it locked: end that program, then try again"
    if "password" in lowered or "role" in lowered or "no pg_hba" in lowered:
        return "check the user and the password in database.url"
    if "does not exist" in lowered:
        return "create that database, or correct its name in database.url"
    return "check database.url and that the server is running"
