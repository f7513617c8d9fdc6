"""Publishing: a run's rows are written unseen by readers, audited, and made visible by one row.

    begin_run -> write_rows ... -> audit_run -> switch          (fail_run on the way; sweep before the next)

Every step may be repeated after a fault without doing it twice.
"""

import datetime as dt
import uuid
from typing import Any

import pandas as pd
import psycopg
from psycopg import sql
from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, insert, literal_column, select, update
from sqlalchemy.exc import DBAPIError

from database.engine import writing
from database.faults import retrying
from database.frames import cells
from database.locks import HeldLock, live_run_id, still_held
from database.tables import RUN_TABLES, CurrentRun, InputPart, Run, RunBatch
from database.tables import RunLock as RunLockRow
from database.tables.base import table_of
from settings import PublishError, RunLocked

BATCH_ROWS = 10_000
EXPIRED = "expired"
"""Status of a run that was published once and whose rows are removed."""
SWEEP_ROWS = 20_000
PART_KEY = ("table", "month", "content_hash")


def begin_run(
    engine: Engine,
    *,
    as_of: dt.date,
    code_version: str,
    settings_hash: str,
    manifest_hash: str,
    manifest: object,
    reconstructed: bool = False,
    is_shadow: bool = False,
    lock: HeldLock | None = None,
) -> str:
    """Open a run that readers do not see yet; returns its id.

    Parameters
    ----------
    engine: the company's database.
    as_of: last day whose data the run uses.
    code_version: hash of the program.
    settings_hash: hash of the settings that results depend on.
    manifest_hash: hash of the contents of the input parts.
    manifest: JSON-able list of the input parts read (table, month, content hash).
    reconstructed: whether what was known then had to be reconstructed.
    is_shadow: whether the plan runs in the shadow of another process.
    lock: the held run lock; the run is written under it and spared by `sweep` while its holder lives.

    Raises
    ------
    PublishError: the database refused it.
    RunLocked: the lock was taken over by another run.
    """
    run_id = f"{as_of:%Y%m%d}-{uuid.uuid4().hex[:12]}"
    row = {
        "run_id": run_id,
        "as_of": as_of,
        "status": "running",
        "started_at": _now(),
        "code_version": code_version,
        "settings_hash": settings_hash,
        "manifest_hash": manifest_hash,
        "manifest": manifest,
        "reconstructed": reconstructed,
        "reproducible": True,
        "is_shadow": is_shadow,
    }

    def work() -> None:
        with writing(engine) as connection:
            _refuse_lost_lock(connection, lock)
            if connection.execute(select(Run.run_id).where(Run.run_id == run_id)).one_or_none() is None:
                connection.execute(insert(Run).values(row))
            if lock is not None:
                connection.execute(update(RunLockRow).where(RunLockRow.token == lock.token).values(run_id=run_id))

    retrying(work, f"beginning the run of {as_of}")
    return run_id


def write_rows(engine: Engine, table: str, frame: pd.DataFrame, run_id: str, *, part: str | None = None) -> int:
    """Write a frame's rows under the run, in transactions of 10,000 rows; returns how many rows there are.

    Parameters
    ----------
    engine: the company's database.
    table: name of a table of runs' rows (`database.tables.RUN_TABLES`).
    frame: that table's columns without `run_id`; NaN, NaT and None become NULL, money is rounded half-even
        to the column's places.
    run_id: the run, which must be open for writing.
    part: name of the frame within the run, such as "bucket 7". A part whose batches are there already is not
        written again, so that a repeated task adds nothing. Without a name every call writes its rows.

    Raises
    ------
    PublishError: a value does not fit its column, the run is not open for writing, or the database refused it.
    """
    target = _run_table(table)
    columns = cells(target, frame, run_id, engine.dialect.name)
    part = part if part is not None else f"call {uuid.uuid4().hex}"
    for number, start in enumerate(range(0, len(frame), BATCH_ROWS)):
        batch = {name: values[start : start + BATCH_ROWS] for name, values in columns.items()}
        retrying(lambda b=batch, n=number: _write_batch(engine, target, b, run_id, part, n), f"writing {table}")  # type: ignore[misc]
    return len(frame)


def make_current(
    engine: Engine,
    run_id: str,
    *,
    lock: HeldLock | None = None,
    figures: object = None,
    reproducible: bool = True,
) -> None:
    """Make an audited run the one that readers see for its date: one row, in one transaction.

    May be repeated: when the connection was cut while the answer to COMMIT was on its way, the next try finds out
    whether the switch was made.

    Parameters
    ----------
    engine: the company's database.
    run_id: the audited run.
    lock: the held run lock, which must not have been taken over.
    figures: JSON-able figures that are kept with the run.
    reproducible: whether a rerun gives the same plan.

    Raises
    ------
    PublishError: the run did not pass its audit, or the database refused it; the last plan stays visible.
    RunLocked: the lock was taken over by another run.
    """

    def work() -> None:
        with writing(engine) as connection:
            run = connection.execute(
                select(Run.as_of, Run.status).where(Run.run_id == run_id).with_for_update()
            ).one_or_none()
            if run is not None and run.status == "published":
                return
            if run is None or run.status != "audited":
                state = "is not in the database" if run is None else f"is {run.status}"
                raise PublishError(
                    f"run {run_id} {state}; only an audited run may be published; the last good plan stays visible"
                )
            _refuse_lost_lock(connection, lock)
            now = _now()
            seen = {"run_id": run_id, "switched_at": now}
            replaced = connection.execute(update(CurrentRun).where(CurrentRun.as_of == run.as_of).values(seen))
            if replaced.rowcount == 0:
                connection.execute(insert(CurrentRun).values(as_of=run.as_of, **seen))
            done = {"status": "published", "finished_at": now, "figures": figures, "reproducible": reproducible}
            connection.execute(update(Run).where(Run.run_id == run_id).values(done))

    retrying(work, f"publishing run {run_id}")


def fail_run(engine: Engine, run_id: str, message: str) -> None:
    """Mark a run as failed, with the reason; a published run stays published."""

    def work() -> None:
        with writing(engine) as connection:
            _mark_failed(connection, run_id, message)

    retrying(work, f"marking run {run_id} as failed")


def record_refused_run(
    engine: Engine, *, as_of: dt.date, started_at: dt.datetime, code_version: str, settings_hash: str, message: str
) -> None:
    """Keep a run that was refused or failed before it wrote anything; nothing where it has a row already.

    Parameters
    ----------
    engine: the company's database.
    as_of: day that was to be planned, or the day of the run where none was found.
    started_at: when the run began; a run that began to publish since then has its row.
    code_version, settings_hash: as of `begin_run`.
    message: why, in words.
    """
    row = {
        "run_id": f"{as_of:%Y%m%d}-{uuid.uuid4().hex[:12]}",
        "as_of": as_of,
        "status": "failed",
        "started_at": started_at,
        "finished_at": _now(),
        "code_version": code_version,
        "settings_hash": settings_hash,
        "manifest_hash": "",
        "manifest": [],
        "reconstructed": False,
        "reproducible": True,
        "is_shadow": False,
        "swept_at": _now(),
        "message": message,
    }

    def work() -> None:
        with writing(engine) as connection:
            if connection.execute(select(Run.run_id).where(Run.started_at >= started_at)).first() is None:
                connection.execute(insert(Run).values(row))

    retrying(work, "noting the refused run")


def sweep(engine: Engine) -> list[str]:
    """Remove the rows of runs that failed or were abandoned, in batches; returns their ids.

    The run of the live holder of the run lock is spared.
    """

    def find() -> list[str]:
        with writing(engine) as connection:
            alive = live_run_id(connection)
            unfinished = connection.execute(
                select(Run.run_id, Run.status)
                .where(Run.status.not_in(("published", EXPIRED)), Run.swept_at.is_(None))
                .order_by(Run.started_at, Run.run_id)
                .with_for_update()
            ).all()
            dead = [run for run in unfinished if run.run_id != alive]
            for run in dead:
                if run.status != "failed":
                    _mark_failed(connection, run.run_id, "ended without finishing: killed, or its machine went away")
            return [run.run_id for run in dead]

    swept = retrying(find, "looking for unfinished runs")
    for run_id in swept:
        remove_run_rows(engine, run_id)
    return swept


def remove_run_rows(engine: Engine, run_id: str) -> None:
    """Remove what a run wrote, in batches, then note that it is done; may be repeated."""
    for table in (*RUN_TABLES.values(), table_of(RunBatch)):
        while retrying(lambda t=table: _delete_batch(engine, t, run_id), f"sweeping run {run_id}"):  # type: ignore[misc]
            pass
    retrying(lambda: _mark_swept(engine, run_id), f"sweeping run {run_id}")


def record_parts(engine: Engine, parts: pd.DataFrame, ingested_at: dt.datetime) -> int:
    """Note the parts that were never read before; returns how many those are.

    Parameters
    ----------
    parts: one row per part; columns table, month, content_hash, rows_read, rows_accepted, rows_rejected, path.
    ingested_at: when they were read; a part that was noted before keeps its first instant.
    """
    key = [getattr(InputPart, name) for name in PART_KEY]
    columns = [*PART_KEY, "rows_read", "rows_accepted", "rows_rejected", "path"]
    rows = {(row["table"], row["month"], row["content_hash"]): row for row in parts[columns].to_dict("records")}

    def work() -> int:
        with writing(engine) as connection:
            tables = sorted({table for table, _, _ in rows})
            noted = {tuple(row) for row in connection.execute(select(*key).where(InputPart.table.in_(tables)))}
            new = [{**rows[part], "ingested_at": ingested_at} for part in sorted(rows) if part not in noted]
            if new:
                connection.execute(insert(InputPart).values(new))
            return len(new)

    return retrying(work, "noting the input parts")


def _write_batch(
    engine: Engine, table: Table, batch: dict[str, list[Any]], run_id: str, part: str, number: int
) -> None:
    rows = len(batch["run_id"])
    key = {"run_id": run_id, "table": table.name, "part": part, "batch": number}
    with writing(engine) as connection:
        refuse_closed(connection, run_id, "running")
        there = connection.execute(
            select(RunBatch.rows).where(*(getattr(RunBatch, name) == value for name, value in key.items()))
        ).scalar_one_or_none()
        if there == rows:
            return
        if there is not None:
            raise PublishError(
                f"table {table.name}, part {part!r}: {there} rows were written before and {rows} are given now; "
                "give each frame of a run its own part name"
            )
        connection.execute(insert(RunBatch).values(rows=rows, **key))
        if engine.dialect.name == "postgresql":
            _copy(connection, table, batch)
        else:
            names = ", ".join(f'"{name}"' for name in batch)
            marks = ", ".join("?" * len(batch))
            connection.exec_driver_sql(
                f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})',  # noqa: S608 - names of our own tables
                list(zip(*batch.values(), strict=True)),
            )


def _copy(connection: Connection, table: Table, batch: dict[str, list[Any]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, batch))
    )
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in zip(*batch.values(), strict=True):
                copy.write_row(row)
    except psycopg.Error as fault:
        lost = connection.dialect.is_disconnect(fault, None, None)  # type: ignore[arg-type]
        if lost:
            connection.invalidate(fault)
        raise DBAPIError.instance(
            f"COPY {table.name}", None, fault, psycopg.Error, connection_invalidated=lost, dialect=connection.dialect
        ) from fault


def refuse_closed(connection: Connection, run_id: str, *states: str) -> None:
    """Pass only when the run is in one of the states, which nobody changes before the transaction ends."""
    status = connection.execute(
        select(Run.status).where(Run.run_id == run_id).with_for_update(read=True)
    ).scalar_one_or_none()
    if status not in states:
        raise PublishError(
            f"run {run_id} is {status or 'not in the database'}, not {' or '.join(states)}; begin a new run"
        )


def _delete_batch(engine: Engine, table: Table, run_id: str) -> int:
    place: ColumnElement[Any] = literal_column("rowid" if engine.dialect.name == "sqlite" else "ctid")
    some = select(place).select_from(table).where(table.c.run_id == run_id).limit(SWEEP_ROWS)
    with writing(engine) as connection:
        return connection.execute(delete(table).where(place.in_(some))).rowcount


def _mark_failed(connection: Connection, run_id: str, message: str) -> None:
    connection.execute(
        update(Run)
        .where(Run.run_id == run_id, Run.status.not_in(("published", EXPIRED)))
        .values(status="failed", finished_at=func.coalesce(Run.finished_at, _now()), message=message)
    )


def _mark_swept(engine: Engine, run_id: str) -> None:
    with writing(engine) as connection:
        connection.execute(update(Run).where(Run.run_id == run_id).values(swept_at=_now()))


def _refuse_lost_lock(connection: Connection, lock: HeldLock | None) -> None:
    if lock is not None and not still_held(connection, lock):
        raise RunLocked(
            "another run took the lock, because this one gave no sign of life for too long; "
            "nothing was published by this run: wait for the other's end"
        )


def _run_table(name: str) -> Table:
    if name not in RUN_TABLES:
        raise PublishError(f"{name} is not a table of run rows; those are {', '.join(RUN_TABLES)}")
    return RUN_TABLES[name]


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
