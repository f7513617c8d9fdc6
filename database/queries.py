"""What readers ask: frames of a published run, sorted by key.

Money is float64 in these frames, and Decimal where `exact=True` is asked for. Dates are datetime64[ns], instants
datetime64[ns, UTC], JSON is lists and dicts. A run's rows never change, so several questions about one run agree.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from sqlalchemy import ColumnElement, Engine, Select, Table, and_, func, or_, select

from database.columns import LargestFirst
from database.engine import reading
from database.frames import read_frame, unpacked
from database.tables import RUN_TABLES, TABLES, CurrentRun, Recommendation, Run

ORDER: dict[str, tuple[str, ...]] = {
    "data_quality": ("table", "part", "rule"),
    "rejected_rows": ("table", "source", "line", "rule", "id"),
    "exceptions": ("kind", "sku", "location", "id"),
}
"""Order of tables whose key is a number without meaning; the others are sorted by their key."""


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
    """Everything that a run knows about one SKU, and what people decided about it; one frame per table."""

    recommendations: pd.DataFrame
    policies: pd.DataFrame
    forecasts: pd.DataFrame
    forecast_scores: pd.DataFrame
    demand_history: pd.DataFrame
    exceptions: pd.DataFrame
    planned_order_lines: pd.DataFrame
    decisions: pd.DataFrame


def current_run(engine: Engine, as_of: dt.date | None = None) -> RunRecord | None:
    """The run that readers see: of that date, or of the greatest date that has one; None when there is none."""
    chosen = select(*_run_columns()).join(CurrentRun, CurrentRun.run_id == Run.run_id)
    if as_of is not None:
        chosen = chosen.where(CurrentRun.as_of == as_of)
    with engine.connect() as connection:
        row = connection.execute(chosen.order_by(CurrentRun.as_of.desc()).limit(1)).one_or_none()
    return None if row is None else RunRecord(*row)


def run_record(engine: Engine, run_id: str) -> RunRecord | None:
    """The run with that id, whatever its status."""
    with engine.connect() as connection:
        row = connection.execute(select(*_run_columns()).where(Run.run_id == run_id)).one_or_none()
    return None if row is None else RunRecord(*row)


def runs(engine: Engine, *, limit: int = 50) -> pd.DataFrame:
    """The newest runs first: columns of `runs` without the manifest, and is_current (bool)."""
    columns = [column for column in TABLES["runs"].c if column.name != "manifest"]
    is_current = select(CurrentRun.run_id).where(CurrentRun.run_id == Run.run_id).exists().label("is_current")
    with engine.connect() as connection:
        statement = select(*columns, is_current).order_by(Run.started_at.desc(), Run.run_id).limit(limit)
        return read_frame(connection, statement).astype({"is_current": bool})


def published_manifest(engine: Engine, as_of: dt.date) -> Any:
    """Manifest of the last published run of a date: the input parts that were known then; None when there is none."""
    with engine.connect() as connection:
        return connection.execute(
            select(Run.manifest)
            .where(Run.as_of == as_of, Run.status == "published")
            .order_by(Run.finished_at.desc(), Run.run_id)
            .limit(1)
        ).scalar_one_or_none()


def run_rows(
    engine: Engine,
    table: str,
    run_id: str,
    *,
    sku: str | None = None,
    location: str | None = None,
    limit: int | None = None,
    exact: bool = False,
) -> pd.DataFrame:
    """Rows that a run wrote to one table, without `run_id` and row numbers, sorted by key.

    Parameters
    ----------
    table: a name of `database.tables.RUN_TABLES`.
    sku, location: only rows of that item; for tables that have these columns.
    limit: so many rows at most.
    exact: money as Decimal.
    """
    source = RUN_TABLES[table]
    statement = _rows(source, run_id)
    if sku is not None:
        statement = statement.where(source.c.sku == sku)
    if location is not None:
        statement = statement.where(source.c.location == location)
    with engine.connect() as connection:
        frame = read_frame(connection, statement.limit(limit), exact=exact)
    return unpacked(source, frame) if source.info.get("pack_rest_into") else frame


def recommendations(
    engine: Engine,
    run_id: str,
    *,
    action: str | None = None,
    supplier: str | None = None,
    location: str | None = None,
    order: Literal["key", "money_at_stake"] = "key",
    after: tuple[float | None, str, str, int] | None = None,
    limit: int | None = None,
    exact: bool = False,
) -> pd.DataFrame:
    """Recommendations of a run, a page at a time where `limit` says so.

    Parameters
    ----------
    action, supplier, location: only those.
    order: by key, or by money at stake, the largest first and unknown ones last, then by key.
    after: money_at_stake, sku, location, line_number of the last row of the page before.
    limit: rows of a page.
    exact: money as Decimal.
    """
    row = Recommendation
    statement = select(*_columns(TABLES["recommendations"])).where(row.run_id == run_id)
    for column, wanted in ((row.action, action), (row.supplier, supplier), (row.location, location)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    key = (row.sku, row.location, row.line_number)
    if order == "money_at_stake":
        statement = statement.order_by(LargestFirst(TABLES["recommendations"].c.money_at_stake), *key)
    else:
        statement = statement.order_by(*key)
    if after is not None:
        statement = statement.where(_comes_after(after, order))
    with engine.connect() as connection:
        return read_frame(connection, statement.limit(limit), exact=exact)


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


def item_details(engine: Engine, run_id: str, sku: str, location: str | None = None) -> ItemDetails:
    """Everything about one SKU in a run, at all locations or one; frames without rows when it is not planned."""
    frames: dict[str, pd.DataFrame] = {}
    with reading(engine) as connection:
        for name in ItemDetails.__dataclass_fields__:
            table = TABLES[name]
            statement = _rows(table, run_id) if name in RUN_TABLES else select(table).order_by(*table.primary_key)
            statement = statement.where(table.c.sku == sku)
            if location is not None:
                statement = statement.where(table.c.location == location)
            frame = read_frame(connection, statement)
            frames[name] = unpacked(table, frame) if table.info.get("pack_rest_into") else frame
    return ItemDetails(**frames)


def policies(engine: Engine, run_id: str, *, exact: bool = False) -> pd.DataFrame:
    """Policies of a run, by item."""
    return run_rows(engine, "policies", run_id, exact=exact)


def forecasts(engine: Engine, run_id: str, *, sku: str | None = None, location: str | None = None) -> pd.DataFrame:
    """Stored demand distributions of a run with the columns that were written, by item."""
    return run_rows(engine, "forecasts", run_id, sku=sku, location=location)


def forecast_scores(engine: Engine, run_id: str) -> pd.DataFrame:
    """Backtest scores of a run, by item and candidate."""
    return run_rows(engine, "forecast_scores", run_id)


def demand_history(engine: Engine, run_id: str, *, sku: str | None = None, location: str | None = None) -> pd.DataFrame:
    """Weekly demand of a run's items in arrays, by item."""
    return run_rows(engine, "demand_history", run_id, sku=sku, location=location)


def budget_forecast(engine: Engine, run_id: str, *, exact: bool = False) -> pd.DataFrame:
    """Budget forecast of a run, by month and group; * marks a total."""
    return run_rows(engine, "budget_forecast", run_id, exact=exact)


def kpis(engine: Engine, run_id: str) -> pd.DataFrame:
    """Figures of a run, by name."""
    return run_rows(engine, "kpis", run_id)


def constraint_prices(engine: Engine, run_id: str) -> pd.DataFrame:
    """Limits that orders of several items shared in a run, by kind, scope and month."""
    return run_rows(engine, "constraint_prices", run_id)


def exceptions(engine: Engine, run_id: str, *, kind: str | None = None, limit: int | None = None) -> pd.DataFrame:
    """What a person should look at, by kind and item."""
    table = RUN_TABLES["exceptions"]
    statement = _rows(table, run_id).limit(limit)
    if kind is not None:
        statement = statement.where(table.c.kind == kind)
    with engine.connect() as connection:
        return read_frame(connection, statement)


def data_quality(engine: Engine, run_id: str) -> pd.DataFrame:
    """Outcome of every rule on every part, by table, part and rule."""
    return run_rows(engine, "data_quality", run_id)


def rejected_rows(engine: Engine, run_id: str, *, table: str | None = None, limit: int | None = 1000) -> pd.DataFrame:
    """Rows in quarantine, by table, file and line."""
    source = RUN_TABLES["rejected_rows"]
    statement = _rows(source, run_id).limit(limit)
    if table is not None:
        statement = statement.where(source.c["table"] == table)
    with engine.connect() as connection:
        return read_frame(connection, statement)


def row_count(engine: Engine, table: str, run_id: str) -> int:
    """Rows of a run in one table."""
    source = RUN_TABLES[table]
    with engine.connect() as connection:
        statement = select(func.count()).select_from(source).where(source.c.run_id == run_id)
        return connection.execute(statement).scalar_one()


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


def _comes_after(after: tuple[float | None, str, str, int], order: str) -> ColumnElement[bool]:
    row = Recommendation
    money, sku, location, line = after
    key = or_(
        row.sku > sku,
        and_(row.sku == sku, row.location > location),
        and_(row.sku == sku, row.location == location, row.line_number > line),
    )
    if order == "key":
        return key
    if money is None or money != money:  # noqa: PLR0124 - NaN alone differs from itself
        return and_(row.money_at_stake.is_(None), key)
    return or_(row.money_at_stake < money, row.money_at_stake.is_(None), and_(row.money_at_stake == money, key))
