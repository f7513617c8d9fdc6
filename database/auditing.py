"""The audit of a run: the database holds what the flow says it wrote, and its tables are consistent."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd
from sqlalchemy import Connection, Engine, and_, func, or_, select, update

from database.columns import ExactDecimal, to_decimal
from database.engine import writing
from database.faults import retrying
from database.publishing import fail_run, refuse_closed
from database.tables import RUN_TABLES, Recommendation, Run
from database.tables import BudgetForecast as Budget
from settings import PublishError

PER_ITEM = ("demand_history", "forecast_scores", "forecasts", "policies")
FLOAT_TOLERANCE = 1e-9
EXAMPLES = 3


def audit_run(
    engine: Engine,
    run_id: str,
    expected: Mapping[str, int],
    *,
    items: pd.DataFrame | None = None,
    totals: Mapping[str, Mapping[str, float | Decimal]] | None = None,
) -> None:
    """Compare the rows of a run with what was to be written; afterwards the run may be published.

    Parameters
    ----------
    engine: the company's database.
    run_id: the run, whose rows are all written.
    expected: rows of each table of the run; a table that is not named must be empty.
    items: columns sku, location: the planned items, each of which needs a recommendation.
    totals: sum of a column, by table and column; money must agree exactly, floats to 1e-9.

    Raises
    ------
    PublishError: something differs; every difference is named, the run is marked failed, the last plan stays visible.
    """

    def work() -> list[str]:
        with writing(engine) as connection:
            refuse_closed(connection, run_id, "running", "audited")
            faults = [
                *_wrong_counts(connection, run_id, expected),
                *_items_without_recommendation(connection, run_id, items),
                *_orphans(connection, run_id),
                *_wrong_totals(connection, run_id, totals or {}),
                *_wrong_recommendations(connection, run_id),
                *_wrong_budget(connection, run_id),
            ]
            if not faults:
                connection.execute(
                    update(Run).where(Run.run_id == run_id).values(status="audited", items=_items(connection, run_id))
                )
            return faults

    faults = retrying(work, f"auditing run {run_id}")
    if faults:
        message = f"run {run_id} did not pass its audit: {'; '.join(faults)}"
        fail_run(engine, run_id, message)
        raise PublishError(f"{message}; nothing was published, the last good plan stays visible; start the run again")


def _wrong_counts(connection: Connection, run_id: str, expected: Mapping[str, int]) -> list[str]:
    unknown = [f"{name} is not a table of run rows" for name in expected if name not in RUN_TABLES]
    found = {
        name: connection.execute(select(func.count()).select_from(table).where(table.c.run_id == run_id)).scalar_one()
        for name, table in RUN_TABLES.items()
    }
    wrong = [
        f"{name} has {rows} rows, {expected.get(name, 0)} were to be written"
        for name, rows in found.items()
        if rows != expected.get(name, 0)
    ]
    return unknown + wrong


def _items(connection: Connection, run_id: str) -> int:
    distinct = select(Recommendation.sku, Recommendation.location).where(Recommendation.run_id == run_id).distinct()
    return connection.execute(select(func.count()).select_from(distinct.subquery())).scalar_one()


def _items_without_recommendation(connection: Connection, run_id: str, items: pd.DataFrame | None) -> list[str]:
    if items is None:
        return []
    rows = connection.execute(
        select(Recommendation.sku, Recommendation.location).where(Recommendation.run_id == run_id).distinct()
    ).all()
    recommended = {(row.sku, row.location) for row in rows}
    planned = set(zip(items["sku"].astype(str), items["location"].astype(str), strict=True))
    faults = []
    for missing, what in ((planned - recommended, "without a recommendation"), (recommended - planned, "not planned")):
        if missing:
            faults.append(f"{len(missing)} items {what}, such as {_named(sorted(missing)[:EXAMPLES])}")
    return faults


def _orphans(connection: Connection, run_id: str) -> list[str]:
    faults = []
    for name in PER_ITEM:
        table = RUN_TABLES[name]
        recommended = select(Recommendation.sku).where(
            Recommendation.run_id == run_id,
            Recommendation.sku == table.c.sku,
            Recommendation.location == table.c.location,
        )
        orphans = select(table.c.sku, table.c.location).where(table.c.run_id == run_id, ~recommended.exists())
        found = connection.execute(orphans.distinct().order_by(table.c.sku, table.c.location).limit(EXAMPLES)).all()
        if found:
            named = _named([(row.sku, row.location) for row in found])
            faults.append(f"{name} has items without a recommendation, such as {named}")
    return faults


def _wrong_totals(
    connection: Connection, run_id: str, totals: Mapping[str, Mapping[str, float | Decimal]]
) -> list[str]:
    faults = []
    for name, columns in sorted(totals.items()):
        table = RUN_TABLES[name]
        for column, wanted in sorted(columns.items()):
            field = table.c[column]
            found = connection.execute(select(func.sum(field)).where(table.c.run_id == run_id)).scalar_one()
            if isinstance(field.type, ExactDecimal):
                exact = to_decimal(found or 0, field.type.places)
                same = exact == to_decimal(wanted, field.type.places)
            else:
                same = abs(float(found or 0) - float(wanted)) <= FLOAT_TOLERANCE * max(1.0, abs(float(wanted)))
            if not same:
                faults.append(f"{name}.{column} sums to {found}, not to {wanted}")
    return faults


def _wrong_recommendations(connection: Connection, run_id: str) -> list[str]:
    row = Recommendation
    rules = {
        "another as_of than the run": row.as_of != select(Run.as_of).where(Run.run_id == run_id).scalar_subquery(),
        "negative units": row.order_units < 0,
        "an order or transfer of no units": and_(
            row.action.in_(("order", "transfer")), or_(row.order_units.is_(None), row.order_units <= 0)
        ),
        "a value without a currency": and_(row.order_value.is_not(None), row.currency.is_(None)),
        "a probability outside 0 to 1": or_(row.stockout_probability < 0, row.stockout_probability > 1),
        "a change of no open order": and_(
            row.action.in_(("expedite", "postpone", "cancel")),
            or_(row.purchase_order_number.is_(None), row.current_expected_on.is_(None)),
        ),
        "an unknown action": row.action.not_in(("order", "expedite", "postpone", "cancel", "transfer", "none")),
    }
    faults = []
    for what, broken in rules.items():
        found = connection.execute(
            select(row.sku, row.location)
            .where(row.run_id == run_id, broken)
            .order_by(row.sku, row.location)
            .limit(EXAMPLES)
        ).all()
        if found:
            faults.append(
                f"recommendations with {what}, such as {_named([(item.sku, item.location) for item in found])}"
            )
    return faults


def _wrong_budget(connection: Connection, run_id: str) -> list[str]:
    """The means of the rows marked * for everything are the sums of the rows marked by no *."""
    means = [column for column in Budget.__table__.c if column.name.endswith("_mean")]
    groups = (Budget.category, Budget.channel, Budget.market)
    sums = [func.sum(column) for column in means]
    by_month = select(Budget.month, func.count(), *sums).where(Budget.run_id == run_id).group_by(Budget.month)
    whole = {row[0]: row for row in connection.execute(by_month.where(*(group == "*" for group in groups)))}
    parts = {row[0]: row for row in connection.execute(by_month.where(*(group != "*" for group in groups)))}
    faults = []
    for month in sorted(set(whole) & set(parts)):
        for column, total, summed in zip(means, whole[month][2:], parts[month][2:], strict=True):
            # Each row was rounded to the column's places by itself.
            step = 10.0**-column.type.places if isinstance(column.type, ExactDecimal) else 0.0
            allowed = step * parts[month][1] + FLOAT_TOLERANCE * max(1.0, abs(float(total or 0)))
            if abs(float(total or 0) - float(summed or 0)) > allowed:
                faults.append(f"budget_forecast.{column.name} of {month:%Y-%m} is {total}, its parts sum to {summed}")
    return faults


def _named(items: Sequence[tuple[str, str]]) -> str:
    return ", ".join(" at ".join(item) for item in items)
