"""Which days a replay goes through: its periods, its reviews, and the dates at which models are fitted."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from features.arrays import Days, Flags, Floats, Ints
from features.calendar import period_range, refit_date

START_WEEKS = 4
"""Replays start on a fixed grid of so many weeks."""

_FIRST_SUNDAY = dt.date(1970, 1, 4)
_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class ReplayCalendar:
    """The periods of a replay. Period 0 is the start: what stood at its end is known, nothing happens in it.

    Attributes
    ----------
    period: day, week or month.
    ends: (T,) last day of each period; the first is the start, the last is the newest known day.
    reviews: (R,) periods at whose end the policy is decided anew, the first is 0.
    fits: (R,) last day of the rows that each review's models were fitted on.
    scored: (T,) whether the period counts; the warm-up does not.
    """

    period: str
    ends: Days
    reviews: Ints
    fits: Days
    scored: Flags

    @property
    def days(self) -> Floats:
        """(T,) days of each period; 1 for the start."""
        lengths = np.diff(self.ends).astype(np.float64)
        return np.concatenate([[1.0], lengths])

    @property
    def column(self) -> Ints:
        """(T,) the newest review at the end of each period."""
        return np.searchsorted(self.reviews, np.arange(len(self.ends)), side="right") - 1

    @property
    def review_days(self) -> list[dt.date]:
        """Day of each review."""
        return [day.item() for day in self.ends[self.reviews]]

    @property
    def fit_days(self) -> list[dt.date]:
        """Days at which models are fitted, each once."""
        return [day.item() for day in np.unique(self.fits)]


def replay_calendar(
    until: dt.date,
    *,
    weeks: int,
    warm_up_weeks: int,
    refit_weeks: int,
    period: str,
    week_starts_on: str = "monday",
) -> ReplayCalendar:
    """The periods up to `until` of which the last `weeks` weeks are scored.

    Reviews are weekly, on Sundays or on the last ends of periods before them. The start lies on a fixed grid of
    `START_WEEKS` weeks and refits on one of `refit_weeks`, so that the replay of a week later goes through the same
    reviews, and what was worked out for them can be used again; so the warm-up is `warm_up_weeks` long, or a little
    longer.

    Parameters
    ----------
    until: last day of a complete period.
    weeks, warm_up_weeks, refit_weeks: whole weeks. period: day, week or month.
    week_starts_on: "monday" or "sunday".

    >>> found = replay_calendar(dt.date(2026, 6, 30), weeks=4, warm_up_weeks=2, refit_weeks=4, period="day")
    >>> found.review_days[0], found.review_days[-1], int(found.scored.sum())
    (datetime.date(2026, 5, 10), datetime.date(2026, 6, 28), 28)
    """
    scored_from = until - dt.timedelta(days=7 * weeks)
    start_sunday = _grid(scored_from - warm_up_weeks * _WEEK, START_WEEKS)
    sundays = [start_sunday]
    while sundays[-1] + _WEEK <= until:
        sundays.append(sundays[-1] + _WEEK)
    reviews: dict[dt.date, dt.date] = {}
    for sunday in sundays:
        fitted = refit_date(_grid(sunday, refit_weeks), period, week_starts_on)
        reviews.setdefault(refit_date(sunday, period, week_starts_on), fitted)
    start = next(iter(reviews))
    starts = period_range(start + dt.timedelta(days=1), until + dt.timedelta(days=1), period, week_starts_on)
    ends = starts - np.timedelta64(1, "D")
    days = np.array(list(reviews), dtype="datetime64[D]")
    inside = days < ends[-1]
    return ReplayCalendar(
        period=period,
        ends=ends,
        reviews=np.searchsorted(ends, days[inside]).astype(np.int64),
        fits=np.array(list(reviews.values()), dtype="datetime64[D]")[inside],
        scored=ends > np.datetime64(scored_from, "D"),
    )


def _grid(day: dt.date, weeks: int) -> dt.date:
    """The Sunday of the grid on or before a day."""
    step = 7 * weeks
    return day - dt.timedelta(days=(day - _FIRST_SUNDAY).days % step)
