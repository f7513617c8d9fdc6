"""One made-up company at one date: its forecast by item and month, beside the truth and what was sold before."""

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.nightly import accepted_tables, forecast_company
from demo import write_company
from demo.outlook import expected_outlook
from features.arrays import Floats
from identity.resolve import resolve_identity
from intake.point_in_time import as_known_on
from models.demand import DemandDistribution
from settings import load_settings

MONTHS = 12
YEAR = 364
"""Days back to the same weekday a year ago."""


@dataclass(frozen=True)
class World:
    """A company at a date.

    Attributes
    ----------
    seed: of the company. as_of: last known day.
    months: one row per item and month ahead: sku, location, category, ahead (1 is the first whole month after the
        date), truth, ours and the rivals (units), days_sold (days with a sale in the year before).
    """

    seed: int
    as_of: dt.date
    months: pd.DataFrame


def make_world(seed: int, as_of: dt.date, skus: int) -> World:
    """Make the company, forecast it as the nightly run does, and lay the truth beside it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_company(folder, seed=seed, skus=skus, last_day=as_of)
        settings = load_settings(folder)
        company = settings.company
        at_date = as_known_on(accepted_tables(folder), as_of, company.period, company.week_starts_on)
        tables = resolve_identity(at_date.tables, settings, as_of).tables
        found = forecast_company(tables, settings, as_of)
    starts = month_starts(as_of)
    items = found.history.items
    ours = by_month(found.prediction.distribution, starts)
    sold = daily_units(tables["demand_lines"], items, as_of)
    outlook = expected_outlook(seed, skus, last_day=as_of, ahead_days=days_until(starts[-1], as_of))
    outlook["ahead"] = np.searchsorted(starts, outlook["date"].to_numpy("datetime64[D]"), side="right")
    outlook = outlook[outlook["ahead"] > 0]
    keys = ["sku", "location", "category", "ahead"]
    truth = outlook.groupby(keys)["units"].sum().rename("truth").reset_index()
    known = pd.DataFrame(
        {
            "sku": np.repeat(items["sku"].to_numpy(object), MONTHS),
            "location": np.repeat(items["location"].to_numpy(object), MONTHS),
            "ahead": np.tile(np.arange(1, MONTHS + 1), len(items)),
            "ours": ours.ravel(),
            "days_sold": np.repeat((sold[:, -365:] > 0).sum(axis=1), MONTHS),
            **{name: values.ravel() for name, values in rivals(sold, as_of, starts).items()},
        }
    )
    months = truth.merge(known, on=["sku", "location", "ahead"], how="left")
    return World(seed, as_of, months.fillna(dict.fromkeys(known.columns[3:], 0.0)))


def month_starts(as_of: dt.date) -> np.ndarray:
    """(13,) first days of the twelve whole months after a date, and of the one after them."""
    first = np.datetime64(as_of, "M") + 1
    return (first + np.arange(MONTHS + 1)).astype("datetime64[D]")


def days_until(day: np.datetime64, as_of: dt.date) -> int:
    """Days after a date and before a later one."""
    return int((day - np.datetime64(as_of, "D")).astype(np.int64)) - 1


def by_month(distribution: DemandDistribution, starts: np.ndarray) -> Floats:
    """(I, 12) mean units by month; a period that lies in two months is shared by days."""
    begins = distribution.starts.astype("datetime64[D]")
    ends = begins + distribution.lengths_days
    overlap = np.minimum(ends[:, None], starts[None, 1:]) - np.maximum(begins[:, None], starts[None, :-1])
    share = np.clip(overlap.astype(np.int64), 0, None) / distribution.lengths_days[:, None]
    return np.asarray(distribution.mean @ share)


def daily_units(lines: pd.DataFrame, items: pd.DataFrame, as_of: dt.date) -> Floats:
    """(I, 728) retail units sold on each day of the two years of 364 days up to a date."""
    keys = pd.MultiIndex.from_frame(items[["sku", "location"]])
    retail = lines[lines["order_type"] == "retail"]
    row = keys.get_indexer(pd.MultiIndex.from_frame(retail[["sku", "location"]]))
    back = (np.datetime64(as_of, "D") - retail["date"].to_numpy("datetime64[D]")).astype(np.int64)
    inside = (row >= 0) & (back >= 0) & (back < 2 * YEAR)
    sold = np.zeros((len(items), 2 * YEAR))
    np.add.at(sold, (row[inside], 2 * YEAR - 1 - back[inside]), retail["units"].to_numpy(np.float64)[inside])
    return sold


def rivals(sold: Floats, as_of: dt.date, starts: np.ndarray) -> dict[str, Floats]:
    """(I, 12) units by month of two rules that a person can follow.

    `last_year`: the year that ends at the date, repeated 364 days later. `last_year_grown`: the same times the last
    thirteen weeks of all items over the same weeks of the year before.
    """
    day = np.datetime64(as_of, "D") + 1 + np.arange(days_until(starts[-1], as_of))
    month = np.searchsorted(starts, day, side="right")
    year = sold[:, YEAR:][:, np.arange(len(day)) % YEAR]
    last_year = np.stack([year[:, month == ahead].sum(axis=1) for ahead in range(1, MONTHS + 1)], axis=1)
    growth = sold[:, -91:].sum() / sold[:, YEAR - 91 : YEAR].sum()
    return {"last_year": last_year, "last_year_grown": last_year * growth}
