"""Demand a day: over days on which the item is sold, from its launch on and until its end."""

from dataclasses import dataclass

import numpy as np

from features.arrays import Days, Floats, Ints
from models.demand.distribution.demand_distribution import DemandDistribution


@dataclass(frozen=True)
class PaceDays:
    """Days after `as_of` that demand a day is the mean of.

    Attributes
    ----------
    first, last: (items,) the first and last of them; `last` is before `first` where nothing is sold any more.
    """

    first: Ints
    last: Ints

    @classmethod
    def of(cls, sells_from: Days, ends_on: Days, today: np.datetime64, span: Ints, horizon: int) -> "PaceDays":
        """So many days from the first on which an item is sold, no further than its last day and the forecast's.

        Parameters
        ----------
        sells_from: (items,) first day of sale where it is still ahead, NaT where the item is sold already.
        ends_on: (items,) last day of sale, NaT for none.
        today: the last known day.
        span: (items,) days, where nothing ends before.
        horizon: days of the forecast.
        """
        first = np.where(np.isnat(sells_from), 1, (sells_from - today).astype(np.int64))
        first = np.clip(first, 1, horizon)
        last = np.minimum(first + span - 1, horizon)
        closing = np.where(np.isnat(ends_on), horizon, (ends_on - today).astype(np.int64))
        return cls(first, np.minimum(last, closing))

    @property
    def days(self) -> Ints:
        """(items,) their number."""
        return np.asarray(np.maximum(self.last - self.first + 1, 0))

    def mean(self, demand: DemandDistribution) -> Floats:
        """(items,) expected units a day; 0 where nothing is sold any more."""
        return np.asarray(demand.expected(self.first, self.last) / np.maximum(self.days, 1))


def first_sale_ahead(launched_on: Days, today: np.datetime64) -> Days:
    """(items,) launch day where it comes after tomorrow; NaT where the item can be sold from tomorrow on.

    >>> launch = np.array(["2026-04-01", "2026-04-02", "NaT"], dtype="datetime64[D]")
    >>> first_sale_ahead(launch, np.datetime64("2026-03-31")).astype(str).tolist()
    ['NaT', '2026-04-02', 'NaT']
    """
    return np.where(launched_on > today + np.timedelta64(1, "D"), launched_on, np.datetime64("NaT", "D"))
