"""Queries of readers: frames of a published run, sorted by key.

Money is float64 in these frames, and Decimal where `exact=True` is asked for. Dates are datetime64[ns], instants
datetime64[ns, UTC], JSON is lists and dicts. A run's rows never change, so several questions about one run agree.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from sqlalchemy import ColumnElement, Engine, Select, Table, case, func, or_, select

from database.columns import LargestFirst
from database.engine import reading
from database.faults import tried_again
from database.frames import read_frame, unpacked
from database.tables import RUN_TABLES, TABLES, CurrentRun, Recommendation, Run

ORDER: dict[str, tuple[str, ...]] = {
    "data_quality": ("table", "part", "rule"),
    "rejected_rows": ("table", "source", "line", "rule", "id"),
    "exceptions": ("kind", "sku", "location", "id"),
}
"""Order of tables whose key is a number without meaning; the others are sorted by their key."""

QUALITY_DAYS = 60
"""Dates of plans whose data quality is shown."""


@dataclass(frozen=True)
class RunRecord:
    """A run as it stands in the database."""

    run_id: str
    as_of: dt.date
    status: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    code_version: str
    settings_hash: str
    manifest_hash: str
    manifest: Any
    reconstructed: bool
    reproducible: bool
    is_shadow: bool
    items: int | None
    figures: Any
    message: str | None


@dataclass(frozen=True)
class ItemDetails:
    """A run's rows about one SKU, and what people decided about it; one frame per table.

    `bundle_components` has the rows of the bundle that the SKU is, and of those that it is part of, at all locations.
    """

    recommendations: pd.DataFrame
    policies: pd.DataFrame
    forecasts: pd.DataFrame
    forecast_scores: pd.DataFrame
    demand_history: pd.DataFrame
    exceptions: pd.DataFrame
    planned_order_lines: pd.DataFrame
    decisions: pd.DataFrame
    bundle_components: pd.DataFrame


@tried_again("finding the published plan")
def current_run(engine: Engine, as_of: dt.date | None = None) -> RunRecord | None:
    """The run that readers see: of that date, or of the greatest date that has one; None when there is none."""
    chosen = select(*_run_columns()).join(CurrentRun, CurrentRun.run_id == Run.run_id)
    if as_of is not None:
        chosen = chosen.where(CurrentRun.as_of == as_of)
    with engine.connect() as connection:
        row = connection.execute(chosen.order_by(CurrentRun.as_of.desc()).limit(1)).one_or_none()
    return None if row is None else RunRecord(*row)


def published_since(engine: Engine, since: dt.datetime) -> RunRecord | None:
    """The newest run published since an instant; asked once, since somebody waits for why a run failed."""
    chosen = select(*_run_columns()).where(Run.status == "published", Run.finished_at >= since)
    with engine.connect() as connection:
        row = connection.execute(chosen.order_by(Run.finished_at.desc()).limit(1)).one_or_none()
    return None if row is None else RunRecord(*row)


@tried_again("reading a run")
def run_record(engine: Engine, run_id: str) -> RunRecord | None:
    """The run with that id, whatever its status."""
    with engine.connect() as connection:
        row = connection.execute(select(*_run_columns()).where(Run.run_id == run_id)).one_or_none()
    return None if row is None else RunRecord(*row)


@tried_again("reading the last runs")
def runs(engine: Engine, *, limit: int = 50) -> pd.DataFrame:
    """The newest runs first: columns of `runs` without the manifest, and is_current (bool)."""
    columns = [column for column in TABLES["runs"].c if column.name != "manifest"]
    is_current = select(CurrentRun.run_id).where(CurrentRun.run_id == Run.run_id).exists().label("is_current")
    with engine.connect() as connection:
        statement = select(*columns, is_current).order_by(Run.started_at.desc(), Run.run_id).limit(limit)
        return read_frame(connection, statement).astype({"is_current": bool})


@tried_again("finding what a run had read")
def published_manifest(engine: Engine, as_of: dt.date) -> Any:
    """Manifest of the last published run of a date: the input parts that were known then; None when there is none."""
    with engine.connect() as connection:
        return connection.execute(
            select(Run.manifest)
            .where(Run.as_of == as_of, Run.status == "published")
            .order_by(Run.finished_at.desc(), Run.run_id)
            .limit(1)
        ).scalar_one_or_none()


@tried_again("reading a plan")
def run_rows(engine: Engine, table: str, run_id: str, *, limit: int | None = None) -> pd.DataFrame:
    """Rows that a run wrote to one table, without `run_id` and row numbers, sorted by key.

    Parameters
    ----------
    table: a name of `database.tables.RUN_TABLES`.
    limit: so many rows at most.
    """
    source = RUN_TABLES[table]
    with engine.connect() as connection:
        frame = read_frame(connection, _rows(source, run_id).limit(limit))
    return unpacked(source, frame) if source.info.get("pack_rest_into") else frame


@tried_again("reading recommendations")
def recommendations(
    engine: Engine,
    run_id: str,
    *,
    action: str | None = None,
    order: Literal["key", "money_at_stake"] = "key",
    limit: int | None = None,
    exact: bool = False,
) -> pd.DataFrame:
    """Recommendations of a run.

    Parameters
    ----------
    engine: the company's database.
    run_id: the run.
    action: only those with that action.
    order: by key, or by money at stake, the largest first and unknown ones last, then by key.
    limit: so many rows at most.
    exact: money as Decimal.
    """
    row = Recommendation
    statement = select(*_columns(TABLES["recommendations"])).where(row.run_id == run_id)
    if action is not None:
        statement = statement.where(row.action == action)
    key = (row.sku, row.location, row.line_number)
    if order == "money_at_stake":
        statement = statement.order_by(LargestFirst(TABLES["recommendations"].c.money_at_stake), *key)
    else:
        statement = statement.order_by(*key)
    with engine.connect() as connection:
        return read_frame(connection, statement.limit(limit), exact=exact)


@tried_again("reading shadow plans")
def shadow_suggestions(engine: Engine, *, since: dt.date, before: dt.date) -> pd.DataFrame:
    """Order lines of the shadow plans that readers see of the days from `since` to the one before `before`.

    Columns as_of, sku, location, order_units, order_value_base, money_at_stake; sorted by day and item.
    """
    row = Recommendation
    shown = (row.as_of, row.sku, row.location, row.order_units, row.order_value_base, row.money_at_stake)
    statement = (
        select(*shown)
        .join(CurrentRun, CurrentRun.run_id == row.run_id)
        .join(Run, Run.run_id == row.run_id)
        .where(Run.is_shadow.is_(True), CurrentRun.as_of >= since, CurrentRun.as_of < before, row.action == "order")
        .order_by(row.as_of, row.sku, row.location, row.line_number)
    )
    with engine.connect() as connection:
        return read_frame(connection, statement)


@tried_again("reading an item")
def item_details(engine: Engine, run_id: str, sku: str, location: str | None = None) -> ItemDetails:
    """Everything about one SKU in a run, at all locations or one; frames without rows when it is not planned."""
    frames: dict[str, pd.DataFrame] = {}
    with reading(engine) as connection:
        for name in ItemDetails.__dataclass_fields__:
            table = TABLES[name]
            statement = _rows(table, run_id) if name in RUN_TABLES else select(table).order_by(*table.primary_key)
            named = table.c.sku == sku
            statement = statement.where(
                or_(named, table.c.component_sku == sku) if "component_sku" in table.c else named
            )
            if location is not None and name != "bundle_components":
                statement = statement.where(table.c.location == location)
            frame = read_frame(connection, statement)
            frames[name] = unpacked(table, frame) if table.info.get("pack_rest_into") else frame
    return ItemDetails(**frames)


@tried_again("counting rejected rows")
def rejected_by_table(engine: Engine, run_id: str) -> dict[str, int]:
    """Rows that a run rejected, by input table; each row of a file once."""
    row = RUN_TABLES["rejected_rows"].c
    unplaced = case((row.line.is_(None), row.id))  # rows without a line are told apart by their own number
    places = select(row.table, row.source, row.line, unplaced).where(row.run_id == run_id).distinct().subquery()
    statement = select(places.c.table, func.count()).group_by(places.c.table).order_by(places.c.table)
    with engine.connect() as connection:
        return {str(table): int(rows) for table, rows in connection.execute(statement)}


@tried_again("reading the quality of data")
def quality_history(engine: Engine, *, days: int = QUALITY_DAYS) -> pd.DataFrame:
    """Rows read and rejected by table, of the plan of each date.

    Parameters
    ----------
    days: so many dates, the newest.

    Returns
    -------
    One row per date and table, dates rising: as_of, table, rows_checked, rows_rejected.
    """
    quality, rejected = RUN_TABLES["data_quality"].c, RUN_TABLES["rejected_rows"].c
    chosen = select(CurrentRun.run_id, CurrentRun.as_of).order_by(CurrentRun.as_of.desc()).limit(days)
    by_part = (
        select(quality.run_id, quality.table, quality.part, func.max(quality.rows_checked).label("rows_checked"))
        .where(quality.part != "*")
        .group_by(quality.run_id, quality.table, quality.part)
    )
    by_table = select(rejected.run_id, rejected.table, func.count().label("rows_rejected"))
    with engine.connect() as connection:
        plans = read_frame(connection, chosen)
        ids = plans["run_id"].tolist()
        parts = read_frame(connection, by_part.where(quality.run_id.in_(ids)))
        refused = read_frame(
            connection, by_table.where(rejected.run_id.in_(ids)).group_by(rejected.run_id, rejected.table)
        )
    tables = parts.groupby(["run_id", "table"], as_index=False)["rows_checked"].sum()
    rows = tables.merge(refused, how="left", on=["run_id", "table"]).merge(plans, on="run_id")
    rows["rows_rejected"] = rows["rows_rejected"].fillna(0).astype("int64")
    names = ["as_of", "table", "rows_checked", "rows_rejected"]
    found: pd.DataFrame = rows[names]
    return found.sort_values(["as_of", "table"], ignore_index=True)


def _run_columns() -> list[Any]:
    return [getattr(Run, name) for name in RunRecord.__dataclass_fields__]


def _columns(table: Table) -> list[ColumnElement[Any]]:
    return [column for column in table.c if column.name not in {"run_id", "id"}]


def _rows(table: Table, run_id: str) -> Select[Any]:
    order = ORDER.get(table.name, tuple(column.name for column in table.primary_key if column.name != "run_id"))
    return select(*_columns(table)).where(table.c.run_id == run_id).order_by(*_by(table, order))


def _by(table: Table, order: tuple[str, ...]) -> list[ColumnElement[Any]]:
    """The columns in rising order; nulls first, on both databases."""
    terms: list[ColumnElement[Any]] = []
    for name in order:
        column = table.c[name]
        terms.append(column.asc().nulls_first() if column.nullable else column.asc())
    return terms
