"""When each item can be ordered and when that arrives: the replenishment calendar and the protection interval."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from features.arrays import Days, Flags, Floats, Ints
from features.calendar import as_day
from models.inventory.calendar.day_distribution import DayDistribution
from models.inventory.calendar.ordering_days import REVIEW_EPOCH, first_ordering_day, weekday_mask
from models.inventory.calendar.working_days import WorkingDays

_DAY = np.timedelta64(1, "D")
_ROUNDING = 1e-6


@dataclass(frozen=True)
class ReplenishmentCalendar:
    """The next two chances to order each item, and what they cover. Arrays over items.

    Attributes
    ----------
    as_of: last day of the last complete period; decisions are made at its end.
    placed_on: the supplier's first open ordering day on or after `as_of` and the decision lag.
    expected_on: arrival of an order placed then, at the mean lead time; sellable from the next day.
    next_placed_on: the ordering day after it that the next decision can reach.
    next_expected_on: arrival of an order placed then: last day of the protection interval, which begins on
        the day after `as_of`.
    protection_days: days of the protection interval at the mean lead time, rounded up.
    window_days: days that the order placed now decides: after `expected_on` to `next_expected_on`.
    orderable: False where no open ordering day is known, because the supplier's closures have no end in sight.
    arrival: distribution of the arrival of an order placed on `placed_on`.
    protection_end: distribution of the last day of the protection interval.
    """

    as_of: dt.date
    placed_on: Days
    expected_on: Days
    next_placed_on: Days
    next_expected_on: Days
    protection_days: Ints
    window_days: Ints
    orderable: Flags
    arrival: DayDistribution
    protection_end: DayDistribution

    def to_frame(self) -> pd.DataFrame:
        """One row per item: the dates, `protection_days`, `window_days` and `orderable`."""
        dates = ("placed_on", "expected_on", "next_placed_on", "next_expected_on")
        columns: dict[str, object] = {name: getattr(self, name).astype("datetime64[ns]") for name in dates}
        columns |= {name: getattr(self, name) for name in ("protection_days", "window_days", "orderable")}
        return pd.DataFrame(columns)


def whole_days(days: ArrayLike) -> Ints:
    """Days rounded up, sparing rounding errors.

    >>> whole_days([13.4, 14.0000000001, 0.0]).tolist()
    [14, 14, 0]
    """
    return np.asarray(np.ceil(np.maximum(np.asarray(days, dtype=np.float64) - _ROUNDING, 0.0)), dtype=np.int64)


def arrival_days(
    suppliers: WorkingDays,
    supplier_rows: Ints,
    locations: WorkingDays,
    location_rows: Ints,
    placed: Days,
    lead: ArrayLike,
) -> Days:
    """The day on which an order arrives: `lead` open days of the supplier later, on an open day of the location.

    Parameters
    ----------
    suppliers, locations: clocks.
    supplier_rows, location_rows: row of each order's supplier and location; see `WorkingDays.rows`.
    placed: day on which the order is placed.
    lead: open days of the supplier, whole and >= 0. All arrays broadcast.

    Source: docs/method.md, Time.
    """
    return locations.next_open(location_rows, suppliers.advance(supplier_rows, placed, lead))


def next_as_of(as_of: dt.date, period: str) -> dt.date:
    """Last day of the period ("day", "week" or "month") that follows the one ending on `as_of`.

    >>> next_as_of(dt.date(2024, 1, 31), "month")
    datetime.date(2024, 2, 29)
    """
    if period == "month":
        after = as_of + dt.timedelta(days=1)
        following = dt.date(after.year + after.month // 12, after.month % 12 + 1, 1)
        return following - dt.timedelta(days=1)
    return as_of + dt.timedelta(days=7 if period == "week" else 1)


def replenishment_calendar(
    items: pd.DataFrame,
    *,
    as_of: dt.date,
    decision_lag_days: int,
    lead_time_pmf: Floats,
    lead_time_mean_days: Floats,
    suppliers: WorkingDays,
    locations: WorkingDays,
    default_review_days: int = 1,
    next_as_of: dt.date | None = None,
    decided_on: dt.date | None = None,
) -> ReplenishmentCalendar:
    """Ordering days, arrivals and the protection interval of each item.

    Parameters
    ----------
    items: one row per item; columns supplier, location; optional order_weekdays (text, see `parse_weekdays`) and
        review_days (days between two chances to order; order_weekdays wins where both are given).
    as_of: last day of the last complete period.
    decision_lag_days: days that people take to approve.
    lead_time_pmf: (items, days), probability of each whole number of days on the supplier's clock.
    lead_time_mean_days: (items,), days on the supplier's clock.
    suppliers, locations: clocks, see `supplier_clock` and `location_clock`.
    default_review_days: used where an item has neither weekdays nor review days.
    next_as_of: last day of the next period, at whose end the next decision is made; the day after `as_of` where not
        given. A review period is never shorter. With whole weeks between the two, reviews keep to the weekday of the
        decision, so that weekly companies with reviews every 14 days order on the day on which they decide.
    decided_on: day at whose end the decision is made, where that is after `as_of`: the lag counts from it.

    Returns
    -------
    ReplenishmentCalendar with arrays in the order of `items`.

    Raises
    ------
    ValueError: `next_as_of` is not after `as_of`, or an item's order_weekdays name no weekday.

    Source: docs/method.md, Time.
    """
    decided = as_day(as_of)
    next_decided = decided + _DAY if next_as_of is None else as_day(next_as_of)
    if next_decided <= decided:
        raise ValueError(f"next_as_of {next_as_of} is not after as_of {as_of}")
    lag = np.timedelta64(decision_lag_days, "D")
    period_days = int((next_decided - decided).astype(int))
    epoch = as_day(REVIEW_EPOCH)
    if period_days % 7 == 0:
        epoch = epoch + (decided + lag - epoch) % np.timedelta64(7, "D")

    supplier_rows = suppliers.rows(items["supplier"])
    location_rows = locations.rows(items["location"])
    mask, named = weekday_mask(_column(items, "order_weekdays"))
    review_days = _review_days(items, default_review_days, period_days)

    def ordering_day(earliest: Days) -> Days:
        return first_ordering_day(suppliers, supplier_rows, earliest, mask, named, review_days, epoch)

    placed = ordering_day(np.full(len(items), max(decided, as_day(decided_on or as_of)) + lag))
    next_placed = ordering_day(np.maximum(placed + _DAY, next_decided + lag))

    def arrives(when: Days, lead: ArrayLike) -> Days:
        return arrival_days(suppliers, supplier_rows, locations, location_rows, when, lead)

    mean = whole_days(lead_time_mean_days)
    expected, next_expected = arrives(placed, mean), arrives(next_placed, mean)
    lead = np.arange(lead_time_pmf.shape[1])[:, None]
    return ReplenishmentCalendar(
        as_of=as_of,
        placed_on=placed,
        expected_on=expected,
        next_placed_on=next_placed,
        next_expected_on=next_expected,
        protection_days=(next_expected - decided).astype(np.int64),
        window_days=(next_expected - expected).astype(np.int64),
        orderable=placed <= suppliers.last_day,
        arrival=DayDistribution.from_days(arrives(placed, lead).T, lead_time_pmf),
        protection_end=DayDistribution.from_days(arrives(next_placed, lead).T, lead_time_pmf),
    )


def _column(items: pd.DataFrame, name: str) -> pd.Series:
    return items[name] if name in items.columns else pd.Series(None, index=items.index, dtype=object)


def _review_days(items: pd.DataFrame, default_review_days: int, period_days: int) -> Ints:
    """Days between two reviews; 1 where every decision is one."""
    given = pd.to_numeric(_column(items, "review_days"), errors="coerce").to_numpy(dtype=np.float64)
    days = whole_days(np.where(np.isfinite(given) & (given > 0), given, default_review_days))
    return np.asarray(np.where(days <= period_days, 1, days), dtype=np.int64)
