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
    rejected_count: int
    budget: pd.DataFrame
    kpis: pd.DataFrame
    history: pd.DataFrame
    limits: pd.DataFrame  # the table constraint_prices
    simulation: SimulationRecord | None = None  # the newest replay of the past up to the plan's day

    @property
    def as_of(self) -> dt.date:
        """Last day that the run knows."""
        return self.run.as_of

    @cached_property
    def figures(self) -> dict[str, tuple[float | None, str | None]]:
        """Value and text of every figure by its name."""
        return {
            str(name): (plain(value), plain(text))
            for name, value, text in zip(self.kpis["name"], self.kpis["value"], self.kpis["text"], strict=True)
        }

    def value(self, name: str) -> float | None:
        """The value of a figure; None when the run has none."""
        return self.figures.get(name, (None, None))[0]

    def text(self, name: str) -> str | None:
        """The text of a figure; None when the run has none."""
        return self.figures.get(name, (None, None))[1]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows that a figure keeps as JSON text; none when the run has none."""
        text = self.text(name)
        return json.loads(text) if text else []

    @property
    def company(self) -> str:
        """Name of the company."""
        return self.text("company") or "Company"

    @cached_property
    def currency(self) -> str:
        """Base currency."""
        found = self.text("base_currency")
        if found:
            return found
        named = self.budget["currency"].dropna()
        return str(named.iloc[0]) if len(named) else ""

    @cached_property
    def tables_read(self) -> set[str]:
        """Input tables of which the run read a part."""
        listed = {str(table) for table in self.data_quality["table"].dropna()}
        return listed | _tables(self.run.manifest)

    def item_history(self, sku: str, location: str) -> "History":
        """Weekly demand of an item; empty when the run kept none."""
        return self._histories.get((sku, location), History([], [], []))

    @cached_property
    def _histories(self) -> dict[tuple[str, str], "History"]:
        columns = (self.history[name] for name in ["sku", "location", "week_starts", "units", "out_of_stock_share"])
        return {
            (str(sku), str(location)): History(_list(starts), _list(units), _list(shares))
            for sku, location, starts, units, shares in zip(*columns, strict=True)
        }

    def distribution(self, keys: pd.DataFrame) -> DemandDistribution | None:
        """Stored demand distribution of the items (sku, location) of `keys` that have one; None when none has."""
        wanted = keys[["sku", "location"]].drop_duplicates()
        found = wanted.merge(self.forecasts, on=["sku", "location"], how="inner")
        if found.empty:
            return None
        for name in found.columns:
            if found[name].map(lambda value: isinstance(value, list | dict)).any():
                found[name] = found[name].map(json.dumps)
        return DemandDistribution.from_frame(found)


def read_run(engine: Engine, run_id: str) -> RunData:
    """All that the reports show of a run.

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
        policies=queries.policies(engine, run_id),
        forecasts=queries.forecasts(engine, run_id),
        scores=queries.forecast_scores(engine, run_id),
        exceptions=queries.exceptions(engine, run_id),
        data_quality=queries.data_quality(engine, run_id),
        rejected_rows=queries.rejected_rows(engine, run_id, limit=REJECTED_AT_MOST),
        rejected_count=queries.counts(engine, run_id)["rejected_rows"],
        budget=queries.budget_forecast(engine, run_id),
        kpis=queries.kpis(engine, run_id),
        history=queries.demand_history(engine, run_id),
        limits=queries.constraint_prices(engine, run_id),
        simulation=newest_simulation(engine, as_of=run.as_of),
    )


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
    """Rows of a frame as dictionaries of plain values; dates as dates, JSON columns as read."""
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            columns[name] = [None if day is pd.NaT else day.date() for day in column]
        else:
            columns[name] = [plain(value) for value in column]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _list(value: Any) -> list[Any]:
    if isinstance(value, str):
        value = json.loads(value)
    return [plain(entry) for entry in value] if value is not None else []


def _tables(manifest: Any) -> set[str]:
    """Every `table` named anywhere in a manifest."""
    if isinstance(manifest, Mapping):
        named = {str(manifest["table"])} if isinstance(manifest.get("table"), str) else set()
        return named.union(*(_tables(value) for value in manifest.values()))
    if isinstance(manifest, list):
        return set().union(*(_tables(value) for value in manifest))
    return set()
