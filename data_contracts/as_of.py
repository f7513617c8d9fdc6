"""Which day a plan is made for: the last day of the last complete period of which the stock is known."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from settings import DataRefused, Settings

Period = Literal["day", "week", "month"]
Days = NDArray[np.datetime64]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EPOCH_WEEKDAY = 3  # 1970-01-01 is a Thursday


def period_start(dates: ArrayLike, period: str, week_starts_on: str = "monday") -> Days:
    """First day of the period that each date lies in.

    Parameters
    ----------
    dates: array or series of dates, any shape; NaT stays NaT.
    period: day, week or month.
    week_starts_on: first day of a week, in English and lower case.

    Returns
    -------
    Array of the same shape, datetime64[D].

    Raises
    ------
    ValueError: the period or the weekday is unknown.

    >>> period_start(np.array(["2024-04-14", "2024-04-15"], "M8[D]"), "week").astype(str).tolist()
    ['2024-04-08', '2024-04-15']
    """
    days = np.asarray(dates).astype("datetime64[D]")
    if period == "day":
        return days
    if period == "week":
        into_week = (days.astype("int64") + _EPOCH_WEEKDAY - WEEKDAYS.index(week_starts_on)) % 7
        days_back = np.where(np.isnat(days), 0, into_week)
        week_starts: Days = np.subtract(days, days_back.astype("timedelta64[D]"))  # NaT less anything is NaT
        return week_starts
    if period == "month":
        return days.astype("datetime64[M]").astype("datetime64[D]")
    raise ValueError(f"period is {period!r}; it must be day, week or month")


def next_period_start(starts: ArrayLike, period: str) -> Days:
    """First day of the period after the one that starts on each of `starts` (datetime64[D], same shape)."""
    days = np.asarray(starts).astype("datetime64[D]")
    if period == "month":
        return (days.astype("datetime64[M]") + 1).astype("datetime64[D]")
    following: Days = np.add(days, np.timedelta64(7 if period == "week" else 1, "D"))
    return following


def last_complete_day(day: dt.date, period: str, week_starts_on: str = "monday") -> dt.date:
    """Last day of the newest period that is complete at the end of `day`.

    >>> last_complete_day(dt.date(2024, 4, 14), "week"), last_complete_day(dt.date(2024, 4, 13), "week")
    (datetime.date(2024, 4, 14), datetime.date(2024, 4, 7))
    """
    start_of_next = period_start(np.array([day], dtype="datetime64[D]") + 1, period, week_starts_on)
    return pd.Timestamp(start_of_next[0]).date() - dt.timedelta(days=1)


def company_today(settings: Settings) -> dt.date:
    """The date on the company's clock: `data.today` where set, else now in `company.timezone`."""
    return settings.data.today or dt.datetime.now(ZoneInfo(settings.company.timezone)).date()


def determine_as_of(tables: Mapping[str, pd.DataFrame], settings: Settings, as_of: dt.date | None = None) -> dt.date:
    """Day at whose end the decision is made: the last day of the last complete period.

    Parameters
    ----------
    tables: accepted tables; used are `inventory` (as_of) and `sales` (date).
    settings: the company's period, week start, clock and `max_data_age_days`.
    as_of: a day that was asked for; without it the newest `inventory.as_of`.

    Returns
    -------
    The day itself where a period ends on it, else the end of the period before.

    Raises
    ------
    DataRefused: no inventory; the newest is older than `max_data_age_days` or lies in the future; the day asked
        for lies after the newest inventory or before the first sale.
    """
    company = settings.company
    inventory = tables.get("inventory")
    if inventory is None or inventory["as_of"].notna().sum() == 0:
        raise DataRefused(
            "inventory: no accepted row, so the stock is not known; deliver inventory with its as_of date"
        )
    newest: dt.date = pd.Timestamp(inventory["as_of"].max()).date()
    if as_of is None:
        _refuse_stale(newest, company_today(settings), settings.data.max_data_age_days)
        return last_complete_day(newest, company.period, company.week_starts_on)
    if as_of > newest:
        raise DataRefused(
            f"inventory: a plan as of {as_of} was asked for and the newest inventory is of {newest}; "
            f"deliver inventory of that day, or run as of {newest} at the latest"
        )
    aligned = last_complete_day(as_of, company.period, company.week_starts_on)
    first_sale: Any = tables["sales"]["date"].min() if "sales" in tables else pd.NaT
    if not pd.isna(first_sale) and pd.Timestamp(first_sale).date() > aligned:
        raise DataRefused(
            f"sales: a plan as of {aligned} was asked for and the first sale is of {pd.Timestamp(first_sale).date()}; "
            "run a date after it, or deliver older sales"
        )
    return aligned


def _refuse_stale(newest: dt.date, today: dt.date, max_age_days: int) -> None:
    age = (today - newest).days
    if age > max_age_days:
        raise DataRefused(
            f"inventory: the newest as_of is {newest}, {age} days before {today} on the company's clock, and "
            f"data.max_data_age_days is {max_age_days}; deliver newer inventory, raise the setting, "
            "or set data.today for a demonstration"
        )
    if age < 0:
        raise DataRefused(
            f"inventory: the newest as_of is {newest}, after {today} on the company's clock; "
            "correct the dates, or company.timezone"
        )
