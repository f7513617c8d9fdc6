"""One run at a time: a lock that a dead holder loses; a holder wrongly taken for dead can no longer publish.

The row in `run_locks` says who holds the lock and gives its token. On PostgreSQL a session's advisory lock stands
behind it, which the server frees when the holder's connection ends; on SQLite a holder is dead when its process is
gone, or when it is on another machine and has given no sign of life for a while. Publishing checks the token.
"""

import contextlib
import datetime as dt
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from database.engine import writing
from database.tables import RunLock as RunLockRow
from settings import RunLocked

RUN_LOCK_KEY = 0x7265_7374_6F63_6B01  # "restock", 1
LOCK_NAME = "nightly run"
HEARTBEAT_SECONDS = 20.0
SILENT_SECONDS = 300.0
UPGRADE_ENDS_SECONDS = 0.5


@dataclass(frozen=True)
class HeldLock:
    """A lock that this process took; `token` is checked before anything is made visible."""

    token: str
    host: str
    pid: int


@contextlib.contextmanager
def run_lock(engine: Engine) -> Iterator[HeldLock]:
    """Hold the company's run lock for the time of the block.

    Raises
    ------
    RunLocked: another run is going on; the message says since when and where.
    """
    held = HeldLock(uuid.uuid4().hex, socket.gethostname(), os.getpid())
    with contextlib.ExitStack() as stack:
        server_lock = stack.enter_context(engine.connect()) if engine.dialect.name == "postgresql" else None
        if server_lock is not None:
            _take_advisory_lock(server_lock, engine)
        _take_row(engine, held, dead_for_certain=server_lock is not None)
        stop = threading.Event()
        beat = threading.Thread(target=_beat, args=(engine, held, stop, server_lock), daemon=True, name="run lock")
        beat.start()
        try:
            yield held
        finally:
            stop.set()
            beat.join()
            _release(engine, held)
            if server_lock is not None:
                with contextlib.suppress(DBAPIError):
                    server_lock.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": RUN_LOCK_KEY})
                    server_lock.commit()


def refuse_while_running(connection: Connection) -> None:
    """Pass only when no run is going on; on PostgreSQL none can begin before the transaction ends.

    Raises
    ------
    RunLocked: a run is going on.
    """
    if connection.dialect.name == "postgresql":
        if not _free_within(connection, UPGRADE_ENDS_SECONDS):
            raise RunLocked("a run is going on in this database; wait for its end, then try again")
        return
    if inspect(connection).has_table(RunLockRow.__tablename__):
        holder = _holder(connection)
        if holder is not None and _is_alive(holder):
            raise RunLocked(_who(holder))


def _free_within(connection: Connection, seconds: float) -> bool:
    """Take the run's lock for the transaction, tried for some time.

    An upgrade that has just committed gives back its locks one after the other: who waited for the first of them may
    still meet this one.
    """
    until = time.monotonic() + seconds
    while True:
        free = connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": RUN_LOCK_KEY}).scalar()
        if free or time.monotonic() > until:
            return bool(free)
        time.sleep(0.02)


def still_held(connection: Connection, held: HeldLock) -> bool:
    """Whether nobody took the lock from `held` meanwhile."""
    holder = _holder(connection)
    return holder is not None and holder.token == held.token


def live_run_id(connection: Connection) -> str | None:
    """The run that is being written by a live holder of the lock, if there is one."""
    holder = _holder(connection)
    return holder.run_id if holder is not None and _is_alive(holder) else None


def _take_advisory_lock(connection: Connection, engine: Engine) -> None:
    free = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": RUN_LOCK_KEY}).scalar()
    connection.commit()  # the lock is the session's; no transaction stays open beside the run
    if free:
        return
    with engine.connect() as reader:
        holder = _holder(reader)
    raise RunLocked(_who(holder) if holder else "the database is being upgraded or a run is starting; try again")


def _take_row(engine: Engine, held: HeldLock, *, dead_for_certain: bool) -> None:
    now = dt.datetime.now(dt.UTC)
    try:
        with writing(engine) as connection:
            holder = _holder(connection)
            if holder is not None and not dead_for_certain and _is_alive(holder):
                raise RunLocked(_who(holder))
            connection.execute(delete(RunLockRow).where(RunLockRow.name == LOCK_NAME))
            connection.execute(
                insert(RunLockRow).values(
                    name=LOCK_NAME,
                    token=held.token,
                    host=held.host,
                    pid=held.pid,
                    process_started=_process_start(held.pid),
                    acquired_at=now,
                    heartbeat_at=now,
                )
            )
    except OperationalError as fault:
        if "locked" not in str(fault.orig):
            raise
        raise RunLocked(
            "the database is being written or upgraded by another program; wait for its end, then try again"
        ) from fault


def _beat(engine: Engine, held: HeldLock, stop: threading.Event, server_lock: Connection | None) -> None:
    while not stop.wait(HEARTBEAT_SECONDS):
        with contextlib.suppress(DBAPIError):  # a missed sign of life is not a fault of the run
            with writing(engine) as connection:
                connection.execute(
                    update(RunLockRow)
                    .where(RunLockRow.name == LOCK_NAME, RunLockRow.token == held.token)
                    .values(heartbeat_at=dt.datetime.now(dt.UTC))
                )
            if server_lock is not None:
                server_lock.execute(text("SELECT 1"))  # firewalls drop connections that are silent
                server_lock.commit()


def _release(engine: Engine, held: HeldLock) -> None:
    with contextlib.suppress(DBAPIError), writing(engine) as connection:
        connection.execute(delete(RunLockRow).where(RunLockRow.name == LOCK_NAME, RunLockRow.token == held.token))


@dataclass(frozen=True)
class _Holder:
    token: str
    run_id: str | None
    host: str
    pid: int
    process_started: str
    acquired_at: dt.datetime
    heartbeat_at: dt.datetime


def _holder(connection: Connection) -> _Holder | None:
    columns = [getattr(RunLockRow, name) for name in _Holder.__dataclass_fields__]
    row = connection.execute(select(*columns).where(RunLockRow.name == LOCK_NAME)).one_or_none()
    return None if row is None else _Holder(*row)


def _is_alive(holder: _Holder) -> bool:
    if holder.host == socket.gethostname():
        return _process_start(holder.pid) == holder.process_started != ""
    return (dt.datetime.now(dt.UTC) - holder.heartbeat_at).total_seconds() < SILENT_SECONDS


def _process_start(pid: int) -> str:
    """When the process began, in the kernel's ticks; empty when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "unknown"


def _who(holder: _Holder) -> str:
    return (
        f"another run is going on: process {holder.pid} on {holder.host}, since "
        f"{holder.acquired_at:%Y-%m-%d %H:%M} UTC, last sign of life {holder.heartbeat_at:%H:%M:%S} UTC; "
        "wait for its end, or end that process"
    )
