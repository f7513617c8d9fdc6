"""Periods: days, weeks and months as arrays of their first days."""

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from data_contracts.as_of import last_complete_day, next_period_start, period_start
from features.arrays import Days

__all__ = [
    "as_day",
    "days_or",
    "next_period_start",
    "period_index",
    "period_lengths_days",
    "period_range",
    "period_start",
    "refit_date",
]


def as_day(date: dt.date | np.datetime64) -> np.datetime64:
    """A date as a numpy day."""
    day: np.datetime64 = np.array([date], dtype="datetime64[D]")[0]
    return day


def days_or(dates: "pd.Series[pd.Timestamp]", missing: np.datetime64) -> Days:
    """A column of dates as numpy days, `missing` in place of NaT."""
    days = pd.to_datetime(dates).to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), missing, days)


def period_range(
    first: dt.date | np.datetime64, last: dt.date | np.datetime64, period: str, week_starts_on: str = "monday"
) -> Days:
    """First days of all periods that begin on or after `first` and on or before `last`, oldest first.

    >>> period_range(dt.date(2024, 1, 15), dt.date(2024, 3, 31), "month").astype(str).tolist()
    ['2024-02-01', '2024-03-01']
    """
    begin, end = np.array([first], dtype="datetime64[D]"), np.array([last], dtype="datetime64[D]")
    starts = period_start(begin, period, week_starts_on)
    if starts[0] < begin[0]:
        starts = next_period_start(starts, period)
    days = np.arange(starts[0].astype("int64"), end[0].astype("int64") + 1, 7 if period == "week" else 1)
    if period == "month":
        return np.unique(days.astype("datetime64[D]").astype("datetime64[M]")).astype("datetime64[D]")
    return days.astype("datetime64[D]")


def period_lengths_days(starts: ArrayLike, period: str) -> NDArray[np.float64]:
    """Days in each period, float64 of the shape of `starts`.

    >>> period_lengths_days(np.array(["2024-02-01", "2025-02-01"], "M8[D]"), "month").tolist()
    [29.0, 28.0]
    """
    days = np.asarray(starts).astype("datetime64[D]")
    lengths: NDArray[np.float64] = (next_period_start(days, period) - days).astype("float64")
    return lengths


def period_index(dates: ArrayLike, starts: Days, period: str, week_starts_on: str = "monday") -> NDArray[np.int64]:
    """Place in `starts` (all successive periods) of the period of each date; -1 before, after and for NaT."""
    own = period_start(dates, period, week_starts_on)
    if period == "month":
        place = own.astype("datetime64[M]").astype("int64") - starts[0].astype("datetime64[M]").astype("int64")
    else:
        place = (own.astype("int64") - starts[0].astype("int64")) // (7 if period == "week" else 1)
    index: NDArray[np.int64] = np.where(np.isnat(own) | (place < 0) | (place >= len(starts)), -1, place)
    return index


def refit_date(as_of: dt.date, period: str, week_starts_on: str = "monday") -> dt.date:
    """Day up to which rows decide parameters, model choices and classes.

    The end of the last complete period on or before the last Sunday on or before `as_of`, so that all runs of a week
    share what was fitted.

    >>> refit_date(dt.date(2026, 6, 30), "day"), refit_date(dt.date(2026, 6, 28), "month")
    (datetime.date(2026, 6, 28), datetime.date(2026, 5, 31))
    """
    sunday = as_of - dt.timedelta(days=(as_of.weekday() + 1) % 7)
    return last_complete_day(sunday, period, week_starts_on)
