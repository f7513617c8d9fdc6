"""The clocks of suppliers and locations: which days are open, and counting only those.

A clock is a row of open and closed days. Lead times run on the supplier's clock, which stands still while the
supplier is closed; an arrival waits for the location's next open day.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import holidays as public_holidays
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from features.arrays import Days, Flags, Ints
from features.calendar import as_day

SATURDAY = 5
KNOWN_DAYS = 800
"""So far before and after a decision closed days are looked up; beyond, every day counts as open."""

_MONDAY = 4  # 1970-01-05, in days since 1970-01-01


def weekday(days: Days) -> Ints:
    """Weekday of each day, 0 for Monday to 6 for Sunday.

    >>> weekday(np.array(["2024-04-15", "2024-04-21"], dtype="datetime64[D]")).tolist()
    [0, 6]
    """
    return np.asarray((days.astype("datetime64[D]").astype(np.int64) - _MONDAY) % 7, dtype=np.int64)


@dataclass(frozen=True)
class WorkingDays:
    """Open days of several named clocks, all between the same two days.

    Row 0 is a clock that is always open: it serves every name that is not among `names`. Outside the known days
    every clock is open.

    Attributes
    ----------
    names: sorted names of the clocks; name `i` is row `i + 1`.
    first_day: the day of column 0.
    open: shape (1 + names, days), whether the day is open.
    opened: same shape, open days in the columns up to and including this one.
    open_columns: same shape, column of the k-th open day; unused places hold the number of columns and more.
    """

    names: tuple[str, ...]
    first_day: np.datetime64
    open: Flags
    opened: Ints
    open_columns: Ints

    @classmethod
    def from_closed(
        cls, closed: Mapping[str, Iterable[tuple[dt.date, dt.date]]], first_day: dt.date, last_day: dt.date
    ) -> "WorkingDays":
        """Clocks from spans of closed days, both ends included.

        >>> clock = WorkingDays.from_closed({"acme": [(dt.date(2024, 2, 10), dt.date(2024, 2, 17))]},
        ...                                 dt.date(2024, 1, 1), dt.date(2024, 12, 31))
        >>> str(clock.advance(clock.rows(["acme"]), np.array(["2024-02-09"], dtype="datetime64[D]"), 1)[0])
        '2024-02-18'
        """
        names = tuple(sorted(closed))
        start = as_day(first_day)
        width = int((as_day(last_day) - start).astype(int)) + 1
        is_open = np.ones((len(names) + 1, width), dtype=bool)
        for row, name in enumerate(names, start=1):
            for starts_on, ends_on in closed[name]:
                begin = max(int((as_day(starts_on) - start).astype(int)), 0)
                end = min(int((as_day(ends_on) - start).astype(int)) + 1, width)
                if begin < end:
                    is_open[row, begin:end] = False
        return cls.from_open(names, start, is_open)

    @classmethod
    def from_open(cls, names: tuple[str, ...], start: np.datetime64, is_open: Flags) -> "WorkingDays":
        """Clocks from sorted names and flags of shape (1 + names, days); row 0 is all open."""
        opened = np.cumsum(is_open, axis=1, dtype=np.int64)
        width = is_open.shape[1]
        columns = np.empty_like(opened)
        for row, flags in enumerate(is_open):
            days = np.flatnonzero(flags)
            columns[row, : len(days)] = days
            columns[row, len(days) :] = width + np.arange(width - len(days))
        return cls(names, start, is_open, opened, columns)

    @property
    def last_day(self) -> np.datetime64:
        """The last day known to be open or closed."""
        return self.first_day + np.timedelta64(self.open.shape[1] - 1, "D")

    def rows(self, names: Sequence[object] | pd.Series) -> Ints:
        """Row of each name; 0, always open, for names without a clock and for missing ones."""
        codes = pd.Index(self.names, dtype=object).get_indexer(pd.Index(pd.Series(names, dtype=object)))
        return np.asarray(codes + 1, dtype=np.int64)

    def is_open(self, rows: Ints, days: Days) -> Flags:
        """Whether each day is open on its clock. Shapes of `rows` and `days` broadcast."""
        columns = self._columns(days)
        width = self.open.shape[1]
        known = (columns >= 0) & (columns < width)
        return np.asarray(~known | self.open[rows, np.clip(columns, 0, width - 1)])

    def count(self, rows: Ints, after: Days, until: Days) -> Ints:
        """Open days after `after` up to and including `until`; negative where `until` is earlier."""
        return self._opened(rows, self._columns(until)) - self._opened(rows, self._columns(after))

    def advance(self, rows: Ints, start: Days, days: ArrayLike) -> Days:
        """The day on which `days` open days have passed after `start`; `start` itself for 0 days.

        Parameters
        ----------
        rows, start, days: broadcast against each other; `days` is whole and >= 0.
        """
        steps = np.asarray(days, dtype=np.int64)
        columns = self._columns(start)
        reached = self._open_column(rows, self._opened(rows, columns) + steps - 1)
        return self._days(np.where(steps == 0, columns, reached))

    def next_open(self, rows: Ints, days: Days) -> Days:
        """The first open day on or after each day."""
        return self._days(self._open_column(rows, self._opened(rows, self._columns(days) - 1)))

    def _columns(self, days: Days) -> Ints:
        return np.asarray((np.asarray(days, dtype="datetime64[D]") - self.first_day).astype(np.int64))

    def _days(self, columns: Ints) -> Days:
        return np.asarray(self.first_day + columns.astype("timedelta64[D]"))

    def _opened(self, rows: Ints, columns: Ints) -> Ints:
        width = self.open.shape[1]
        known = self.opened[rows, np.clip(columns, 0, width - 1)]
        after = self.opened[rows, width - 1] + columns - (width - 1)
        return np.asarray(np.where(columns < 0, columns + 1, np.where(columns < width, known, after)))

    def _open_column(self, rows: Ints, order: Ints) -> Ints:
        width = self.open.shape[1]
        known = self.open_columns[rows, np.clip(order, 0, width - 1)]
        after = width + order - self.opened[rows, width - 1]
        inside = (order >= 0) & (order < width)
        return np.asarray(np.where(inside, known, np.where(order < 0, order, after)))


@lru_cache(maxsize=512)
def _country_holidays(country: str, first_year: int, last_year: int) -> tuple[dt.date, ...]:
    if country not in public_holidays.list_supported_countries():
        return ()
    return tuple(sorted(public_holidays.country_holidays(country, years=range(first_year, last_year + 1))))


def _spans(closures: pd.DataFrame, column: str) -> dict[str, list[tuple[dt.date, dt.date]]]:
    """Closed spans by name; a row without an end is one day."""
    spans: dict[str, list[tuple[dt.date, dt.date]]] = {}
    if column not in closures.columns:
        return spans
    named = closures[closures[column].notna() & closures["starts_on"].notna()]
    ends = named["ends_on"].fillna(named["starts_on"])
    for name, starts_on, ends_on in zip(named[column], named["starts_on"], ends, strict=True):
        spans.setdefault(str(name), []).append((starts_on.date(), ends_on.date()))
    return spans


def supplier_clock(
    suppliers: pd.DataFrame,
    closures: pd.DataFrame,
    *,
    first_day: dt.date,
    last_day: dt.date,
    weekends_are_closed: bool = False,
    holidays_are_closed: bool = False,
) -> WorkingDays:
    """Clocks of the suppliers: closed in their closures, and on weekends and public holidays where set.

    Parameters
    ----------
    suppliers: one row per supplier; columns supplier, country (ISO 3166 alpha-2; missing or unknown: no holidays).
    closures: one row per closure; columns supplier, starts_on, ends_on (both included).
    first_day, last_day: days that are known; outside them every day is open.
    weekends_are_closed, holidays_are_closed: whether these days stop the clock of every supplier in `suppliers`.

    Returns
    -------
    WorkingDays: one clock per supplier with a closed day.

    Source: docs/method.md, Time.
    """
    closed = _spans(closures, "supplier")
    countries = dict(zip(suppliers["supplier"], suppliers["country"], strict=True))
    names = tuple(sorted(set(closed) | (set(countries) if weekends_are_closed or holidays_are_closed else set())))
    clocks = WorkingDays.from_closed({name: closed.get(name, []) for name in names}, first_day, last_day)
    is_open = clocks.open.copy()
    if weekends_are_closed:
        dates = np.asarray(clocks.first_day + np.arange(is_open.shape[1]).astype("timedelta64[D]"))
        is_open[1:, weekday(dates) >= SATURDAY] = False
    if holidays_are_closed:
        for row, name in enumerate(names, start=1):
            country = countries.get(name)
            if not isinstance(country, str):
                continue
            holidays = np.array(_country_holidays(country, first_day.year, last_day.year), dtype="datetime64[D]")
            columns = (holidays - clocks.first_day).astype(np.int64)
            is_open[row, columns[(columns >= 0) & (columns < is_open.shape[1])]] = False
    return WorkingDays.from_open(names, clocks.first_day, is_open)


def location_clock(closures: pd.DataFrame, *, first_day: dt.date, last_day: dt.date) -> WorkingDays:
    """Clocks of the locations: closed in their closures; columns location, starts_on, ends_on (both included)."""
    return WorkingDays.from_closed(_spans(closures, "location"), first_day, last_day)


def working_days(
    suppliers: pd.DataFrame,
    closures: pd.DataFrame,
    *,
    around: dt.date,
    weekends_are_closed: bool,
    holidays_are_closed: bool,
) -> tuple[WorkingDays, WorkingDays]:
    """The clocks of the suppliers and of the locations.

    Parameters
    ----------
    suppliers, closures: canonical frames; either may be empty and without columns.
    around: closed days are known for `KNOWN_DAYS` before and after it.
    weekends_are_closed, holidays_are_closed: see `supplier_clock`.
    """
    first_day, last_day = around - dt.timedelta(days=KNOWN_DAYS), around + dt.timedelta(days=KNOWN_DAYS)
    if closures.empty:
        closures = pd.DataFrame(columns=["supplier", "location", "starts_on", "ends_on"])
    if suppliers.empty:
        suppliers = pd.DataFrame(columns=["supplier", "country"])
    by_supplier = supplier_clock(
        suppliers,
        closures,
        first_day=first_day,
        last_day=last_day,
        weekends_are_closed=weekends_are_closed,
        holidays_are_closed=holidays_are_closed,
    )
    return by_supplier, location_clock(closures, first_day=first_day, last_day=last_day)
