"""Times in which a company or a location sold nothing at all, as when an export is missing.

Such a time counts as days without demand, which neither a closed shop nor a missing file means. A gap is judged by the
rate of periods with sales before and after it.
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln

from data_contracts.acceptance.outcomes import RESULT_COLUMNS
from data_contracts.declarations import EVERYTHING, LATEST
from features.arrays import Floats
from features.calendar import next_period_start, period_index, period_range

RULE = "sales.gap"
EVERYWHERE = "all locations"
COLUMNS = ("location", "starts_on", "ends_on", "periods", "units")

LEAST_PERIODS = {"day": 14, "week": 3, "month": 2}
"""Shorter times are holidays as likely as not."""

IMPROBABLE = 0.01
"""Chance below which a gap is not put down to luck."""

WINDOW_PERIODS = {"day": 56, "week": 12, "month": 12}
"""Periods on each side whose sales say how probable a gap is, at least."""


def sales_gaps(
    lines: pd.DataFrame, stockouts: pd.DataFrame, as_of: dt.date, *, period: str, week_starts_on: str
) -> pd.DataFrame:
    """Times without any sale that the sales around them do not explain.

    Parameters
    ----------
    lines: demand lines (date, location, units, order_type); used are those that sold something, retail, up to `as_of`.
    stockouts: reported times in which nothing could be bought (sku `*`, location, starts_on, ends_on).
    as_of: day of the decision; a time that lasts until then counts too.
    period, week_starts_on: the company's period.

    Returns
    -------
    One row per gap: `COLUMNS`, those of the whole company first; a location's own only where they go beyond these.
    starts_on, ends_on: first and last day; units: what would have been sold at the rate around the gap.
    """
    kept = (lines["order_type"] == "retail") & (lines["units"] > 0) & (lines["date"] <= pd.Timestamp(as_of))
    sold = lines.loc[kept.to_numpy("bool"), ["date", "location", "units"]]
    if sold.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    first: pd.Timestamp = sold["date"].min()
    starts = period_range(first.date() - dt.timedelta(days=31), as_of, period, week_starts_on)
    place = period_index(sold["date"].to_numpy(), starts, period, week_starts_on)
    whole = [(EVERYWHERE, *gap) for gap in _gaps(place, sold["units"].to_numpy("float64"), len(starts), period)]
    own = []
    if len(sold["location"].unique()) > 1:
        for location, rows in sold.assign(place=place).groupby("location", sort=True):
            own += [
                (str(location), *gap)
                for gap in _gaps(rows["place"].to_numpy(), rows["units"].to_numpy("float64"), len(starts), period)
                if not any(begin - 1 <= gap[0] and gap[1] <= end + 1 for _, begin, end, _ in whole)
            ]
    last_days = next_period_start(starts, period) - np.timedelta64(1, "D")
    found = [
        (location, pd.Timestamp(starts[begin]), pd.Timestamp(last_days[end]), end - begin + 1, units)
        for location, begin, end, units in [*whole, *own]
    ]
    return pd.DataFrame([gap for gap in found if not _is_reported(gap, stockouts)], columns=list(COLUMNS))


def gap_results(gaps: pd.DataFrame, period: str) -> pd.DataFrame:
    """What `sales_gaps` found, as results of a rule: one row per gap, in `RESULT_COLUMNS`, the most units first."""
    worst_first = gaps.sort_values("units", ascending=False, kind="stable").to_dict("records")
    rows = [("sales", gap["location"], RULE, "warn", 1, 1, _sentence(gap, period)) for gap in worst_first]
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS))


def units_missing(sentence: str) -> float:
    """Units that a sentence of `gap_results` gives; zero where it gives none.

    >>> units_missing("no sale at all from ...: at the rate around it, about 1,200 units are missing; deliver")
    1200.0
    """
    found = re.search(r"about ([\d,]+) units are missing", sentence)
    return float(found[1].replace(",", "")) if found else 0.0


def _is_reported(gap: tuple[str, pd.Timestamp, pd.Timestamp, int, float], stockouts: pd.DataFrame) -> bool:
    location, begins, ends, *_ = gap
    place = stockouts["location"].fillna(EVERYTHING)
    reported = (
        (stockouts["sku"] == EVERYTHING)
        & place.isin([EVERYTHING, location])
        & (stockouts["starts_on"] <= begins)
        & (stockouts["ends_on"].fillna(pd.Timestamp(LATEST)) >= ends)
    )
    return bool(reported.any())


def _sentence(gap: Mapping[Any, Any], period: str) -> str:
    begins, ends, units = gap["starts_on"], gap["ends_on"], float(f"{gap['units']:.2g}")
    where = "no sale at all" if gap["location"] == EVERYWHERE else f"{gap['location']}: no sale"
    return (
        f"{where} from {begins:%Y-%m-%d} to {ends:%Y-%m-%d} ({gap['periods']:,} {period}s), which counts as no demand: "
        f"at the rate around it, about {units:,.0f} units are missing; deliver these rows, or say in "
        "stockouts that nothing could be bought"
    )


def _gaps(
    place: NDArray[np.int64], units: NDArray[np.float64], periods: int, period: str
) -> list[tuple[int, int, float]]:
    """First and last period of each gap, and the units of the rate around it."""
    per_period = np.bincount(place[place >= 0], weights=units[place >= 0], minlength=periods)
    with_sales = np.flatnonzero(per_period > 0)
    before, after = with_sales, np.append(with_sales[1:], periods)
    found = []
    for left, right in zip(before, after, strict=True):
        length = int(right - left - 1)
        if length < LEAST_PERIODS[period]:
            continue
        window = max(2 * length, WINDOW_PERIODS[period])
        earlier = per_period[max(left - window + 1, with_sales[0]) : left + 1]
        later = per_period[right : right + window]
        chances = [chance_of_gap(length, len(side), (side > 0).sum()) for side in (earlier, later) if len(side)]
        if max(chances) < IMPROBABLE:
            around = np.concatenate([earlier, later])
            found.append((int(left) + 1, int(right) - 1, float(around.mean()) * length))
    return found


def chance_of_gap(length: ArrayLike, periods: ArrayLike, with_sales: ArrayLike) -> Floats:
    """Chance of `length` periods without a sale in a row, after `with_sales` of `periods` had one (uniform prior).

    Source: beta-binomial predictive distribution (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.3).
    """
    sold = np.asarray(with_sales)
    without = np.asarray(periods) - sold + 1.0
    return np.asarray(np.exp(betaln(without + length, sold + 1.0) - betaln(without, sold + 1.0)))
