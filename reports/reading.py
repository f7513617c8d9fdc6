"""What a report reads of a published run, as frames with plain floats."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Engine

from database import queries
from database.queries import RunRecord
from database.simulations import SimulationRecord, newest_simulation
from models.demand import DemandDistribution

REJECTED_AT_MOST = 2_000

Group = tuple[str, str, str]
"""Category, channel and market; * for all of them."""


@dataclass(frozen=True)
class RunData:
    """A run's rows. Frames as the tables of `database`, without run_id; money as float."""

    run: RunRecord
    recommendations: pd.DataFrame
    policies: pd.DataFrame
    forecasts: pd.DataFrame
    scores: pd.DataFrame
    exceptions: pd.DataFrame
    data_quality: pd.DataFrame
    rejected_rows: pd.DataFrame  # the first `REJECTED_AT_MOST`
    rejected_by_table: Mapping[str, int]
    budget: pd.DataFrame
    kpis: pd.DataFrame
    history: pd.DataFrame
    limits: pd.DataFrame  # the table constraint_prices
    simulation: SimulationRecord | None = None  # the newest replay of the past up to the plan's day
    today: dt.date | None = None  # the company's date, before which orders are overdue; None: none is

    @property
    def as_of(self) -> dt.date:
        """Last day that the run knows."""
        return self.run.as_of

    @cached_property
    def figures(self) -> "RunFigures":
        """What the table `kpis` says of the run as a whole."""
        return _figures(self.kpis)

    @property
    def rejected_count(self) -> int:
        """Rejected rows of all tables."""
        return sum(self.rejected_by_table.values())

    @property
    def company(self) -> str:
        """Name of the company."""
        return self.figures.company

    @property
    def currency(self) -> str:
        """Base currency."""
        return self.figures.base_currency

    @property
    def tables_read(self) -> set[str]:
        """Input tables that the run read."""
        return set(self.run.manifest)

    @property
    def labels(self) -> list["Label"]:
        """What sets the plan apart from an ordinary one."""
        return labels_of(self.run)

    def item_history(self, sku: str, location: str) -> "History":
        """Weekly demand of an item; empty when the run kept none."""
        return self._histories.get((sku, location), History([], [], []))

    @cached_property
    def _histories(self) -> dict[tuple[str, str], "History"]:
        columns = (self.history[name] for name in ["sku", "location", "week_starts", "units", "out_of_stock_share"])
        return {
            (sku, location): History(starts, units, shares or [])
            for sku, location, starts, units, shares in zip(*columns, strict=True)
        }

    def distribution(self, keys: pd.DataFrame) -> DemandDistribution | None:
        """Stored demand distribution of the items (sku, location) of `keys` that have one; None when none has."""
        wanted = keys[["sku", "location"]].drop_duplicates()
        found = wanted.merge(self.forecasts, on=["sku", "location"], how="inner")
        if found.empty:
            return None
        return DemandDistribution.from_frame(found)


def read_run(engine: Engine, run_id: str, *, today: dt.date | None = None) -> RunData:
    """All that the reports show of a run, on a day of the company.

    Raises
    ------
    ValueError: the run is not in the database, or has no recommendations because it failed or was swept.
    """
    run = queries.run_record(engine, run_id)
    if run is None:
        raise ValueError(f"run {run_id} is not in the database; `restock status` lists the runs that are")
    if run.status in {"failed", "swept"}:
        raise ValueError(f"run {run_id} is {run.status} and has no plan to report; choose a published run")
    return RunData(
        run=run,
        recommendations=queries.recommendations(engine, run_id),
        policies=queries.run_rows(engine, "policies", run_id),
        forecasts=queries.run_rows(engine, "forecasts", run_id),
        scores=queries.run_rows(engine, "forecast_scores", run_id),
        exceptions=queries.run_rows(engine, "exceptions", run_id),
        data_quality=queries.run_rows(engine, "data_quality", run_id),
        rejected_rows=queries.run_rows(engine, "rejected_rows", run_id, limit=REJECTED_AT_MOST),
        rejected_by_table=queries.rejected_by_table(engine, run_id),
        budget=queries.run_rows(engine, "budget_forecast", run_id),
        kpis=queries.run_rows(engine, "kpis", run_id),
        history=queries.run_rows(engine, "demand_history", run_id),
        limits=queries.run_rows(engine, "constraint_prices", run_id),
        simulation=newest_simulation(engine, as_of=run.as_of),
        today=today,
    )


@dataclass(frozen=True)
class RunFigures:
    """Figures of a run, of the table `kpis`.

    Attributes
    ----------
    company, base_currency: name and currency.
    overstock_days, dead_stock_days: thresholds of the lists of that name.
    supplier_minimums: minimum order by supplier, base currency.
    shadow_comparison: how a shadow plan compares with the company's own orders, in a sentence.
    year: of the twelve months of the budget: columns of `budget_forecast` but month and currency, by group.
    last_year: net revenue and units of each month of last year that is known, by month and group.
    plan: net revenue, margin and units of the company's own budget, by month.
    probability_of_plan: chance that the company's own budget is reached.
    items_without_price, items_without_cost: items whose price or cost is assumed.
    promotions: which promotions the budget forecast holds, as the setting `budget.promotions` names them.
    announced_until: last day of an announced promotion, in ISO form.
    last_year_promoted: share of last year's revenue that was sold on promotion.
    """

    company: str
    base_currency: str
    overstock_days: float
    dead_stock_days: float
    supplier_minimums: dict[str, float]
    shadow_comparison: str | None
    year: dict[Group, dict[str, float]]
    last_year: dict[tuple[str, Group], dict[str, float]]
    plan: dict[str, dict[str, float | None]]
    probability_of_plan: float | None
    items_without_price: float
    items_without_cost: float
    promotions: str | None
    announced_until: str | None
    last_year_promoted: float | None


def _figures(kpis: pd.DataFrame) -> RunFigures:
    values = dict(zip(kpis["name"], (plain(value) for value in kpis["value"]), strict=True))
    texts = dict(zip(kpis["name"], (plain(text) for text in kpis["text"]), strict=True))

    def rows(name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(texts.get(name) or "[]")
        return found

    return RunFigures(
        company=texts["company"],
        base_currency=texts["base_currency"],
        overstock_days=values["overstock_days"],
        dead_stock_days=values["dead_stock_days"],
        supplier_minimums={row["supplier"]: row["minimum_order_value_base"] for row in rows("supplier_minimums")},
        shadow_comparison=texts.get("shadow_comparison"),
        year={_group(row): row for row in rows("budget_year")},
        last_year={(row["month"][:7], _group(row)): row for row in rows("budget_last_year")},
        plan={row["month"][:7]: row for row in rows("budget_plan")},
        probability_of_plan=values.get("budget_probability_of_plan"),
        items_without_price=values.get("budget_items_without_price") or 0.0,
        items_without_cost=values.get("budget_items_without_cost") or 0.0,
        promotions=texts.get("budget_promotions"),
        announced_until=texts.get("budget_promotions_announced_until"),
        last_year_promoted=values.get("budget_last_year_promoted"),
    )


def _group(row: Mapping[str, Any]) -> Group:
    return (row["category"], row["channel"], row["market"])


@dataclass(frozen=True)
class Label:
    """What sets a plan apart from an ordinary one: in a word, and what it means."""

    name: str
    meaning: str


SHADOW = Label("shadow, nothing is ordered", "this plan runs beside another process and is not to be ordered")
RECONSTRUCTED = Label(
    "reconstructed",
    "what was known on this date was worked out from today's data; figures that were corrected since may differ",
)
NOT_REPRODUCIBLE = Label("not reproducible", "a model of single items failed, so a rerun may forecast otherwise")


def run_labels(*, is_shadow: bool, reconstructed: bool, reproducible: bool) -> list[Label]:
    """Labels of a plan, the weightiest first.

    >>> [label.name for label in run_labels(is_shadow=True, reconstructed=False, reproducible=False)]
    ['shadow, nothing is ordered', 'not reproducible']
    """
    holds = ((SHADOW, is_shadow), (RECONSTRUCTED, reconstructed), (NOT_REPRODUCIBLE, not reproducible))
    return [label for label, shown in holds if shown]


def labels_of(run: RunRecord) -> list[Label]:
    """Labels of a run."""
    return run_labels(is_shadow=run.is_shadow, reconstructed=run.reconstructed, reproducible=run.reproducible)


@dataclass(frozen=True)
class History:
    """Weeks of one item, oldest first; units None where unknown."""

    starts: list[str]
    units: list[float | None]
    out_of_stock_share: list[float | None]


def plain(value: Any) -> Any:
    """A cell as Python's own value; None for every kind of missing."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, np.generic):
        return value.item()
    return value


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as dictionaries of plain values; days as dates, instants in UTC, JSON columns as read."""
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            columns[name] = [None if instant is pd.NaT else instant.to_pydatetime() for instant in column]
        elif pd.api.types.is_datetime64_any_dtype(column):
            columns[name] = [None if day is pd.NaT else day.date() for day in column]
        else:
            columns[name] = [plain(value) for value in column]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
