"""What every method sees at an origin, and what came after it.

Histories are in the steps in which a set is ordered: weeks of VN2, MAN and Online Retail, months of car parts, days of
FreshRetailNet, whose 76 days have hardly a week without a stockout. They are `DemandHistory.estimated`: demand of
periods out of stock at its conditional expectation, bulk lines cut. Only windows all of whose periods were fully
observed are scored, of items that have lived 13 steps or more.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy.measures import LEVELS, STEPS, Forecast
from benchmarks.calibration.sets import SETS, CompanyData, sampled
from benchmarks.censored.data import STEP, panel, pooled_profile, tables
from benchmarks.planning import OriginForecast, forecasts_at
from features.arrays import Flags, Floats, Ints
from features.history import DemandHistory
from models.demand.steps import NAIVE_SEASON, STEP_PERIODS, YEAR_STEPS, cut_steps, fully_observed, periods_until

FRESH = "freshretailnet"
FRESH_FACTOR = 3
"""Series of FreshRetailNet for one item asked for: few of their windows are without a stockout."""

LEAST_HISTORY = 13
"""Steps that an item has lived before the origin; younger ones give peers nothing to learn from."""

FREQUENCY = {"day": "7D", "week": "7D", "month": "MS"}

FINE_GRID_DAYS = 130
"""Four months in the company's own periods."""


@dataclass(frozen=True)
class Case:
    """I items of one set at one origin.

    Attributes
    ----------
    name, origin: of the set. season: steps after which demand repeats. frequency: of the steps, as pandas calls it.
    starts: (N,) first days of the past steps. items: (I,) names.
    history: (I, N) units by step; NaN before the item's life. unit_step: (I,).
    actual, known: (I, W) units that came in each window, and whether all of it was observed.
    ours: the forecast of the whole pipeline.
    """

    name: str
    origin: dt.date
    season: int
    frequency: str
    starts: pd.DatetimeIndex
    items: pd.Index
    history: Floats
    unit_step: Floats
    actual: Floats
    known: Flags
    ours: Forecast

    @property
    def mean_per_step(self) -> Floats:
        """(I,) mean demand of a step of the item's life."""
        return np.asarray(np.nanmean(self.history, axis=1))


def company(name: str, data: Path, items: int) -> CompanyData:
    """About `items` of the items of a set that sell at all, chosen by hash."""
    if name == FRESH:
        return fresh_retail(data, FRESH_FACTOR * items)
    whole = SETS[name](data)
    selling = whole.lines.loc[whole.lines["units"] > 0, ["sku", "location"]].drop_duplicates()
    return sampled(whole, items / len(selling))


def fresh_retail(data: Path, series: int) -> CompanyData:
    """FreshRetailNet as a company of days; the share of a day in stock by the profile of the other half's series."""
    shown = panel(data, series, "score")
    profile = pooled_profile(panel(data, series, "tune"))
    made = tables(shown, profile[shown.hours_out], given=True)
    names = shown.names.rename(columns={"product_id": "sku", "store_id": "location"})
    items = names.assign(
        category="fresh",
        market="CN",
        unit_step=STEP,
        launched_on=None,
        discontinued_on=None,
        similar_sku=None,
        successor_sku=None,
        predecessor_sku=None,
        unit_price_base=1.0,
        unit_cost_base=0.5,
    )
    dates = ("launched_on", "discontinued_on")
    last = shown.days[-1].astype(dt.date)
    return CompanyData(
        name=FRESH,
        period="day",
        lines=made["demand_lines"],
        stock=made["stock_levels"],
        items=items.assign(**{name: pd.to_datetime(items[name]).astype("datetime64[ns]") for name in dates}),
        begins=shown.days[0].astype(dt.date),
        ends=last,
        scored=[last - dt.timedelta(days=STEPS * back) for back in range(1, 5)],
        earlier=[],
        windows=(),
    )


def cases(of: CompanyData, origins: int) -> Iterator[Case]:
    """The cases of a set at the newest of its origins, oldest first."""
    dates = sorted(of.scored)[-origins:]
    later = of.history(of.ends, 31)
    for forecast in forecasts_at(of, dates, refit_every=1, fine_grid_days=FINE_GRID_DAYS, with_global=True):
        yield case_at(of, forecast, later)


def case_at(of: CompanyData, forecast: OriginForecast, later: DemandHistory) -> Case:
    """The items with enough history and a window observed in full."""
    width = 1 if of.name == FRESH else STEP_PERIODS[of.period]
    past = forecast.history
    steps = cut_steps(past, np.ones_like(past.estimated), past.estimated.shape[1], width)
    actual, known = outcome(past, later, forecast.as_of, width)
    lived = steps.baseline.shape[1] - steps.first
    rows = np.flatnonzero(
        (lived >= LEAST_HISTORY) & (np.nan_to_num(steps.baseline).sum(axis=1) > 0) & known.any(axis=1)
    )
    unit_step = past.items["unit_step"].to_numpy(np.float64)
    count = steps.baseline.shape[1]
    by_step = past.period_starts[past.estimated.shape[1] - count * width :: width]
    return Case(
        name=of.name,
        origin=forecast.as_of,
        season=NAIVE_SEASON["day"] if of.name == FRESH else YEAR_STEPS[of.period],
        frequency="D" if of.name == FRESH else FREQUENCY[of.period],
        starts=pd.DatetimeIndex(by_step),
        items=pd.Index((past.items["sku"] + "/" + past.items["location"]).to_numpy(object)[rows]),
        history=steps.baseline[rows],
        unit_step=unit_step[rows],
        actual=(np.round(actual / unit_step[:, None]) * unit_step[:, None])[rows],
        known=known[rows],
        ours=our_forecast(forecast, rows, width),
    )


def outcome(past: DemandHistory, later: DemandHistory, origin: dt.date, width: int) -> tuple[Floats, Flags]:
    """(I, W) units of the windows after the origin, and where all their periods were fully observed."""
    key = ["sku", "location"]
    place = pd.MultiIndex.from_frame(later.items[key]).get_indexer(pd.MultiIndex.from_frame(past.items[key]))
    first = periods_until(later, origin)
    span = slice(first, first + STEPS * width)
    shape = (len(past.items), STEPS, width)
    units = later.estimated[place, span].reshape(shape).sum(axis=2)
    known = np.all(fully_observed(later)[place, span].reshape(shape), axis=2)
    return (
        np.concatenate([units, units.sum(axis=1, keepdims=True)], axis=1),
        np.concatenate([known, np.all(known, axis=1, keepdims=True)], axis=1),
    )


def our_forecast(forecast: OriginForecast, rows: Ints, width: int) -> Forecast:
    """Expected units and quantiles of the demand distribution."""
    demand = forecast.distribution
    ends = np.concatenate([[0], np.cumsum(demand.lengths_days)])
    spans = [(k * width, (k + 1) * width) for k in range(STEPS)] + [(0, STEPS * width)]
    totals = [demand.interval(int(ends[start]) + 1, int(ends[stop])).take(rows) for start, stop in spans]
    wanted = np.broadcast_to(LEVELS, (len(rows), len(LEVELS)))
    return Forecast(
        np.stack([total.mean for total in totals], axis=1),
        np.stack([total.quantile(wanted) for total in totals], axis=1),
    )
