"""First pass over a bucket: small additive tables from which the company's effects are pooled.

Each observation of demand seen in full is compared with what the item sells around it, so that level and trend
drop out; sums of both are kept by cell. Observations are weighted by one over the square root of the item's mean,
which gives each the same (Poisson) noise, so that one big seller does not speak for its category.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.arrays import Days, Flags, Floats, Ints
from models.demand import steps

if TYPE_CHECKING:
    from features.history import DemandHistory


HALF_WINDOW = {"day": 17, "week": 4, "month": 2}
"""Periods on each side whose normal days give the local level; whole weeks, so weekdays cancel."""

LAUNCH_STEPS = 26
"""Steps after launch for which a launch curve is kept."""

SHORT_RUN_KEYS = ["category", "market", "weekday", "discount", "holiday", "price"]
YEARLY_KEYS = ["category", "market", "year", "bin", "discount", "holiday"]
SUMS = ["count", "seen", "expected"]


@dataclass(frozen=True)
class EffectsSummary:
    """One bucket's contribution to the company's effects.

    Attributes
    ----------
    period: day, week or month.
    short_run: one row per cell (category, market, weekday 0 = Monday, discount in twentieths, holiday in sevenths,
        log price in tenths); count of observations, weighted sums of observed units and of the local level.
    yearly: one row per cell (category, market, years back, season bin, discount, holiday); the same sums
        against the item's level of that year.
    launches: one row per step since launch; the same sums against the level reached later.
    levels: one row per item: sku, location, category, unit_price_base, units_per_day, sold_share
        (of periods), days, units.
    """

    period: str
    short_run: pd.DataFrame
    yearly: pd.DataFrame
    launches: pd.DataFrame
    levels: pd.DataFrame


def season_bins(starts: Days, period: str) -> Ints:
    """Season bin of each period: 0..51 by week of the year of its middle, 0..11 by month for monthly companies."""
    days = starts.astype("datetime64[D]")
    if period == "month":
        return np.asarray(days.astype("datetime64[M]").astype(np.int64) % 12)
    middle = days + np.timedelta64(3 if period == "week" else 0, "D")
    day_of_year = (middle - middle.astype("datetime64[Y]")).astype(np.int64)
    return np.asarray(np.minimum(day_of_year // 7, 51), dtype=np.int64)


def weekdays(starts: Days) -> Ints:
    """0 for Monday to 6 for Sunday."""
    return np.asarray((starts.astype("datetime64[D]").astype(np.int64) + 3) % 7)


def discount_bin(discount: Floats) -> Ints:
    """Discount fraction in twentieths, 1..19; 0 for none."""
    return np.asarray(np.where(discount > 0, np.clip(np.round(discount * 20), 1, 19), 0), dtype=np.int64)


def summarise(history: "DemandHistory", refit_on: dt.date) -> EffectsSummary:
    """Tables of one bucket, from periods that end on or before `refit_on`.

    Parameters
    ----------
    history: the bucket's demand.
    refit_on: last day whose demand may be used.
    """
    period = history.period
    periods = steps.periods_until(history, refit_on)
    known = steps.fully_observed(history)[:, :periods]
    seen = np.where(known, history.estimated[:, :periods], 0.0)
    observed = known.sum(axis=1)
    mean = seen.sum(axis=1) / np.maximum(observed, 1)
    weight = np.where(mean > 0, 1 / np.sqrt(np.maximum(mean, 1e-9)), 0.0)
    return EffectsSummary(
        period=period,
        short_run=_short_run(history, period, periods, known, seen, weight),
        yearly=_yearly(history, period, periods, known, seen, weight),
        launches=_launches(history, period, periods),
        levels=_levels(history, period, periods, known, seen),
    )


def _short_run(
    history: "DemandHistory", period: str, periods: int, known: Flags, seen: Floats, weight: Floats
) -> pd.DataFrame:
    discount = history.discount[:, :periods]
    holiday = history.holiday[:, :periods]
    price = steps.usable_prices(history)[:, :periods]
    normal = known & (discount <= 0) & (holiday <= 0) & (np.abs(price) < 0.05)
    half = HALF_WINDOW[period]
    count = steps.window_sums(normal.astype(np.float64), half)
    level = steps.window_sums(np.where(normal, seen, 0.0), half) / np.maximum(count, 1)
    usable = known & (count >= 0.4 * (2 * half + 1)) & (level > 1e-9) & (weight[:, None] > 0)
    row, column = np.nonzero(usable)
    day = weekdays(history.period_starts[:periods]) if period == "day" else np.zeros(periods, dtype=np.int64)
    plain = discount[row, column] <= 0
    cells = {
        "category": _codes(history, "category")[row],
        "market": _codes(history, "market")[row],
        "weekday": day[column],
        "discount": discount_bin(discount[row, column]),
        "holiday": np.round(holiday[row, column] * 7).astype(np.int64),
        "price": np.where(plain, np.clip(np.round(price[row, column] * 10), -5, 5), 0).astype(np.int64),
    }
    table = _sums(cells, weight[row] * seen[row, column], weight[row] * level[row, column])
    return _labelled(table, history)


def _yearly(
    history: "DemandHistory", period: str, periods: int, known: Flags, seen: Floats, weight: Floats
) -> pd.DataFrame:
    """Cells against the level of whole years counted back, with the item's (shrunken) trend inside them."""
    length = steps.YEAR_PERIODS[period]
    years = periods // length
    if years == 0:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in YEARLY_KEYS + SUMS})
    blocks = [slice(periods - (y + 1) * length, periods - y * length) for y in range(years)]
    whole = np.stack([history.alive[:, b].all(axis=1) & (known[:, b].mean(axis=1) >= 0.5) for b in blocks], axis=1)
    units = np.stack([history.estimated[:, b].sum(axis=1) for b in blocks], axis=1)
    usable = whole & (units > 0)
    growth = np.zeros((len(units), years))
    pairs = np.zeros((len(units), years))
    for y in range(years - 1):
        both = usable[:, y] & usable[:, y + 1]
        safe = np.where(both[:, None], units[:, y : y + 2], 1.0)
        # Shrunk by its evidence: the noise of a log ratio of overdispersed counts against a spread of 0.3.
        noise = 3.0 / safe[:, 0] + 3.0 / safe[:, 1]
        rate = np.where(both, np.log(safe[:, 0] / safe[:, 1]) * 0.09 / (0.09 + noise), 0.0)
        for side in (y, y + 1):
            growth[:, side] += rate
            pairs[:, side] += both
    growth = np.clip(growth / np.maximum(pairs, 1), -1.5, 1.5)
    position = (np.arange(length) + 0.5) / length - 0.5
    tables = []
    bins = season_bins(history.period_starts[:periods], period)
    category, market = _codes(history, "category"), _codes(history, "market")
    for y, block in enumerate(blocks):
        shape = np.exp(growth[:, y, None] * position)
        level = units[:, y, None] * shape / shape.sum(axis=1, keepdims=True)
        row, column = np.nonzero(known[:, block] & usable[:, y, None] & (weight[:, None] > 0))
        at = column + block.start
        cells = {
            "category": category[row],
            "market": market[row],
            "year": np.full(len(row), y),
            "bin": bins[at],
            "discount": discount_bin(history.discount[row, at]),
            "holiday": np.round(history.holiday[row, at] * 7).astype(np.int64),
        }
        tables.append(_sums(cells, weight[row] * seen[row, at], weight[row] * level[row, column]))
    return _labelled(pd.concat(tables, ignore_index=True), history)


def _launches(history: "DemandHistory", period: str, periods: int) -> pd.DataFrame:
    """Demand by step since launch against the mean of steps 26 to 51, of items whose launch was seen."""
    width = steps.STEP_PERIODS[period]
    first = steps.first_alive(history.alive[:, :periods])
    seen = np.zeros(LAUNCH_STEPS)
    expected = np.zeros(LAUNCH_STEPS)
    count = np.zeros(LAUNCH_STEPS)
    needed = 2 * LAUNCH_STEPS * width
    for i in np.flatnonzero((first >= 4 * width) & (first + needed <= periods)):
        life = history.estimated[i, first[i] : first[i] + needed].reshape(-1, width).sum(axis=1)
        later = life[LAUNCH_STEPS:].mean()
        if later > 0:
            seen += life[:LAUNCH_STEPS] / np.sqrt(later)
            expected += later / np.sqrt(later)
            count += 1
    return pd.DataFrame({"step": np.arange(LAUNCH_STEPS), "count": count, "seen": seen, "expected": expected})


def _levels(history: "DemandHistory", period: str, periods: int, known: Flags, seen: Floats) -> pd.DataFrame:
    """Recent units per day of each item, and how often it sold: the last half year of known demand."""
    starts = np.concatenate([history.period_starts, history.future_starts[:1]]).astype("datetime64[D]")
    days = np.diff(starts).astype(np.int64)[:periods]
    recent = slice(max(0, periods - max(1, steps.YEAR_PERIODS[period] // 2)), periods)
    lived = (known[:, recent] * days[recent]).sum(axis=1)
    units = seen[:, recent].sum(axis=1)
    sold = (seen[:, recent] > 0).sum(axis=1)
    items = history.items
    return pd.DataFrame(
        {
            "sku": items["sku"].to_numpy(object),
            "location": items["location"].to_numpy(object),
            "category": items["category"].to_numpy(object),
            "unit_price_base": items["unit_price_base"].to_numpy(np.float64),
            "units_per_day": units / np.maximum(lived, 1),
            "sold_share": sold / np.maximum(known[:, recent].sum(axis=1), 1),
            "days": lived.astype(np.float64),
            "units": units,
        }
    )


def _sums(cells: dict[str, Ints], seen: Floats, expected: Floats) -> pd.DataFrame:
    """One row per distinct cell with count and sums, sorted by the cell."""
    names = list(cells)
    if not len(seen):
        return pd.DataFrame({name: pd.Series(dtype=np.float64) for name in names + SUMS})
    low = {name: int(cells[name].min()) for name in names}
    size = {name: int(cells[name].max()) - low[name] + 1 for name in names}
    key = np.zeros(len(seen), dtype=np.int64)
    for name in names:
        key = key * size[name] + (cells[name] - low[name])
    distinct, inverse = np.unique(key, return_inverse=True)
    table: dict[str, npt.NDArray[np.generic]] = {}
    rest = distinct
    for name in reversed(names):
        table[name] = rest % size[name] + low[name]
        rest = rest // size[name]
    frame = pd.DataFrame({name: table[name] for name in names})
    frame["count"] = np.bincount(inverse, minlength=len(distinct)).astype(np.float64)
    frame["seen"] = np.bincount(inverse, seen, len(distinct))
    frame["expected"] = np.bincount(inverse, expected, len(distinct))
    return frame


def _codes(history: "DemandHistory", column: str) -> Ints:
    return pd.Categorical(_labels(history, column)).codes.astype(np.int64)


def _labels(history: "DemandHistory", column: str) -> pd.Series:
    return history.items[column].fillna("").astype(str)


def _labelled(table: pd.DataFrame, history: "DemandHistory") -> pd.DataFrame:
    for column in ("category", "market"):
        names = pd.Categorical(_labels(history, column)).categories.to_numpy(object)
        table[column] = names[table[column].to_numpy(np.int64)] if len(table) else pd.Series(dtype=object)
    return table
