"""Our orders: each round is planned by the same functions, on the same defaults, that the nightly run calls."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.nightly import accepted_tables, forecast_company
from benchmarks.vn2.contest import Decide, Game
from benchmarks.vn2.files import KEY, Record
from examples.vn2.prepare import company_tables, inventory_rows, open_order_rows, settings_text
from features.arrays import Floats
from features.channel_mix import channel_mix, pooled_mix
from features.history import DemandHistory
from flows.deciding import decision_rules
from identity.resolve import resolve_identity
from intake.point_in_time import as_known_on
from models.demand import (
    DemandDistribution,
)
from models.inventory.decide import decide
from models.inventory.lead_times.fit import LeadTimes
from settings import Settings, load_settings


@dataclass(frozen=True)
class Company:
    """The contest as a company: its settings and its validated tables, of which each round sees what was known."""

    settings_file: Path
    accepted: Mapping[str, pd.DataFrame]
    record: Record

    @property
    def settings(self) -> Settings:
        """The company's settings; read again, since they do not travel to other processes."""
        return load_settings(self.settings_file)


@dataclass(frozen=True)
class Round:
    """What a round knows before it looks at the stock."""

    as_of: dt.date
    tables: Mapping[str, pd.DataFrame]
    history: DemandHistory
    distribution: DemandDistribution
    lead_times: LeadTimes
    segments: pd.DataFrame
    channel_mix: pd.DataFrame


def open_company(record: Record, folder: Path) -> Company:
    """Write the company's files to `folder`, and read and validate them as the nightly run does."""
    tables = company_tables(record.contest)
    folder.mkdir(parents=True, exist_ok=True)
    for table, frame in tables.items():
        frame.to_csv(folder / f"{table}.csv", index=False, lineterminator="\n")
    text = settings_text(record.contest.as_of, list(tables))
    (folder / "restock.toml").write_text(text, encoding="utf-8", newline="\n")
    return Company(folder / "restock.toml", accepted_tables(folder), record)


def plan_round(company: Company, as_of: dt.date) -> Round:
    """History, models and the demand distribution, from what was known at the end of `as_of`."""
    settings = company.settings
    known = as_known_on(company.accepted, as_of, settings.company.period, settings.company.week_starts_on)
    stated = company.accepted["inventory"].assign(as_of=pd.Timestamp(as_of))
    tables = resolve_identity({**known.tables, "inventory": stated}, settings, as_of).tables
    forecast = forecast_company(tables, settings, as_of)
    lines = tables["demand_lines"]
    return Round(
        as_of=as_of,
        tables=tables,
        history=forecast.history,
        distribution=forecast.prediction.distribution,
        lead_times=forecast.lead_times,
        segments=forecast.segments,
        channel_mix=channel_mix(lines, forecast.history.items, as_of, pooled_mix(lines, as_of)),
    )


def next_weeks(planned: Round) -> Floats:
    """(I, 3) mean demand of the next three weeks."""
    return planned.distribution.mean[:, :3]


def order(company: Company, planned: Round, stock: Floats, next_week: Floats, week_after: Floats) -> Floats:
    """(I,) units that the nightly run orders with this stock and these orders under way."""
    state = company.record.contest.state[KEY].assign(
        **{"End Inventory": stock, "In Transit W+1": next_week, "In Transit W+2": week_after}
    )
    as_of = pd.Timestamp(planned.as_of)
    dated = {"inventory": ["as_of"], "purchase_orders": ["ordered_on", "expected_on"]}
    tables = dict(planned.tables)
    for table, rows in (
        ("inventory", inventory_rows(state, as_of)),
        ("purchase_orders", open_order_rows(state, as_of)),
    ):
        tables[table] = rows.assign(**{name: pd.to_datetime(rows[name]) for name in dated[table]})
    decisions = decide(
        planned.history.items,
        planned.distribution,
        planned.lead_times,
        tables,
        segments=planned.segments,
        channel_mix=planned.channel_mix,
        planned_order_lines=_NO_LINES,
        rules=decision_rules(company.settings),
        as_of=planned.as_of,
    )
    rows = decisions.recommendations
    ordered = rows[rows["action"] == "order"].set_index(["sku", "location"])["order_units"]
    return ordered.reindex(pd.MultiIndex.from_frame(planned.history.items[["sku", "location"]])).fillna(0.0).to_numpy()


def our_rule(company: Company, rounds: Mapping[dt.date, Round], game: Game) -> Decide:
    """Our orders in a game."""

    def rule(round_number: int, stock: Floats, next_week: Floats, week_after: Floats) -> Floats:
        planned = rounds[company.record.day_before(game.first_week + round_number - 1)]
        return order(company, planned, stock, next_week, week_after)

    return rule


_NO_LINES = pd.DataFrame(
    {
        "line_id": pd.Series(dtype=object),
        "sku": pd.Series(dtype=object),
        "location": pd.Series(dtype=object),
        "supplier": pd.Series(dtype=object),
        "units": pd.Series(dtype="float64"),
        "due_on": pd.Series(dtype="datetime64[ns]"),
        "state": pd.Series(dtype=object),
        "exported_at": pd.Series(dtype="datetime64[ns]"),
        "placed_on": pd.Series(dtype="datetime64[ns]"),
    }
)
