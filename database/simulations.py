"""Replays of the past in the database: written whole, read by reports and by the nightly run."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Engine, Select, insert, select

from database.engine import reading, writing
from database.faults import retrying, tried_again
from database.frames import cells, read_frame
from database.tables import TABLES, Simulation

_PARTS = {"results": "simulation_results", "tuning": "tunings"}


@dataclass(frozen=True)
class SimulationRecord:
    """A replay as it stands in the database.

    `results` and `tuning` are the rows of `simulation_results` and `tunings` without the id, sorted by key.
    """

    simulation_id: str
    made_at: dt.datetime
    as_of: dt.date
    first_day: dt.date
    weeks: int
    items: int
    items_left_out: int
    currency: str
    sentence: str
    notes: list[str]
    results: pd.DataFrame
    tuning: pd.DataFrame


def record_simulation(
    engine: Engine,
    header: Mapping[str, Any],
    results: pd.DataFrame,
    tuning: pd.DataFrame,
    *,
    at: dt.datetime | None = None,
) -> str:
    """Write a replay in one transaction; returns its id.

    One that was recorded last already, with the same key, is not written again.

    Parameters
    ----------
    engine: the company's database.
    header: columns of `simulations` but simulation_id and made_at.
    results, tuning: columns of `simulation_results` and `tunings` but simulation_id.
    at: when; now where not given.

    Raises
    ------
    PublishError: a value does not fit its column, or the database refused it.
    """
    made_at = at or dt.datetime.now(dt.UTC)
    simulation_id = f"{header['as_of']:%Y%m%d}-{uuid.uuid4().hex[:12]}"
    rows = {
        table: _rows(table, frame.assign(simulation_id=simulation_id), engine.dialect.name)
        for table, frame in ((_PARTS["results"], results), (_PARTS["tuning"], tuning))
    }

    def work() -> str:
        with writing(engine) as connection:
            last = connection.execute(
                _newest(None, None).with_only_columns(Simulation.simulation_id, Simulation.key)
            ).first()
            if last is not None and last.key == header["key"]:
                return str(last.simulation_id)
            known = connection.execute(select(Simulation.key).where(Simulation.simulation_id == simulation_id)).first()
            if known is None:
                connection.execute(insert(Simulation).values(simulation_id=simulation_id, made_at=made_at, **header))
                for table, values in rows.items():
                    if values:
                        connection.execute(insert(TABLES[table]), values)
        return simulation_id

    return retrying(work, f"recording the replay up to {header['as_of']}")


@tried_again("reading the newest replay")
def newest_simulation(
    engine: Engine, *, until: dt.datetime | None = None, as_of: dt.date | None = None
) -> SimulationRecord | None:
    """The replay that was recorded last; None when there is none.

    Parameters
    ----------
    until: of those recorded by that instant.
    as_of: of those that end on that day at the latest.
    """
    names = [name for name in SimulationRecord.__dataclass_fields__ if name not in _PARTS]
    with reading(engine) as connection:
        found = connection.execute(
            _newest(until, as_of).with_only_columns(*(getattr(Simulation, name) for name in names))
        ).one_or_none()
        if found is None:
            return None
        values: dict[str, Any] = dict(zip(names, found, strict=True))
        for part, name in _PARTS.items():
            table = TABLES[name]
            columns = [column for column in table.c if column.name != "simulation_id"]
            keys = [column for column in table.primary_key if column.name != "simulation_id"]
            statement = select(*columns).where(table.c.simulation_id == found.simulation_id).order_by(*keys)
            values[part] = read_frame(connection, statement)
    return SimulationRecord(**values)


def accepted_tuning(engine: Engine, *, until: dt.datetime | None = None) -> pd.DataFrame:
    """What the newest replay tuned with a significant gain: columns abc, quantile_shift; no row where it tuned nothing.

    Parameters
    ----------
    until: as it stood at that instant.
    """
    newest = newest_simulation(engine, until=until)
    if newest is None:
        return pd.DataFrame({"abc": pd.Series(dtype=object), "quantile_shift": pd.Series(dtype=float)})
    chosen = newest.tuning[newest.tuning["accepted"] & (newest.tuning["parameter"] == "quantile_shift")]
    return chosen[["abc", "tuned"]].rename(columns={"tuned": "quantile_shift"}).reset_index(drop=True)


def _newest(until: dt.datetime | None, as_of: dt.date | None) -> Select[Any]:
    statement = select(Simulation).order_by(Simulation.made_at.desc(), Simulation.simulation_id).limit(1)
    if as_of is not None:
        statement = statement.where(Simulation.as_of <= as_of)
    return statement if until is None else statement.where(Simulation.made_at <= until)


def _rows(table: str, frame: pd.DataFrame, dialect: str) -> list[dict[str, Any]]:
    columns = cells(TABLES[table], frame[[column.name for column in TABLES[table].c]], "", dialect)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
