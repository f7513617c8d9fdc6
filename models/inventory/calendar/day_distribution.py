"""Distributions of a day, for many items at once: when an order arrives, when a protection interval ends."""

from dataclasses import dataclass

import numpy as np

from features.arrays import Days, Floats, Ints
from features.calendar import as_day


@dataclass(frozen=True)
class DayDistribution:
    """The probability of each day, per item.

    Attributes
    ----------
    first_day: the day of column 0.
    probability: shape (items, days); rows sum to 1.
    """

    first_day: np.datetime64
    probability: Floats

    @classmethod
    def from_days(cls, days: Days, probability: Floats) -> "DayDistribution":
        """Collect (items, outcomes) days with their probabilities; several outcomes of an item may share a day."""
        items = probability.shape[0]
        used = probability > 0
        first_day = days[used].min() if used.any() else as_day(np.datetime64(0, "D"))
        columns = np.where(used, (days - first_day).astype(np.int64), 0)
        width = int(columns.max()) + 1 if columns.size else 1
        flat = (np.arange(items)[:, None] * width + columns).ravel()
        total = np.bincount(flat, weights=np.where(used, probability, 0.0).ravel(), minlength=items * width)
        return cls(first_day, total.reshape(items, width).astype(np.float64))

    @property
    def days(self) -> Days:
        """The day of each column, shape (days,)."""
        return np.asarray(self.first_day + np.arange(self.probability.shape[1]).astype("timedelta64[D]"))

    def quantile(self, q: float) -> Days:
        """The first day by which the probability reaches `q`, shape (items,)."""
        reached = np.cumsum(self.probability, axis=1) >= q - 1e-12
        column = np.where(reached.any(axis=1), reached.argmax(axis=1), self.probability.shape[1] - 1)
        return np.asarray(self.days[column])

    def from_day(self, day: np.datetime64, columns: int | None = None) -> "DayDistribution":
        """The same distribution with `day` as column 0.

        Column `d` of the result is the probability of `day + d`; with `day = as_of` the columns are days after
        `as_of`, as `DemandDistribution.mixture` takes them. Earlier outcomes are counted on `day`; with `columns`
        given, the result has that many and later outcomes are counted in the last of them.
        """
        items, width = self.probability.shape
        shift = int((self.first_day - as_day(day)).astype(int))
        wide = columns if columns is not None else max(width + shift, 1)
        early = min(max(-shift, 0), width)
        late = min(max(wide - shift, early), width)
        result = np.zeros((items, wide))
        result[:, early + shift : late + shift] = self.probability[:, early:late]
        result[:, 0] += self.probability[:, :early].sum(axis=1)
        result[:, -1] += self.probability[:, late:].sum(axis=1)
        return DayDistribution(as_day(day), result)

    def take(self, rows: Ints) -> "DayDistribution":
        """The distributions of some items."""
        return DayDistribution(self.first_day, self.probability[rows])
