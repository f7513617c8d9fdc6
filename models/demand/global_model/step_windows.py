"""Sums over windows of an item's known steps, for any list of (item, step) pairs at once."""

from dataclasses import dataclass, field

import numpy as np

from features.arrays import Floats, Ints


@dataclass(frozen=True)
class StepWindows:
    """Running totals of the known values of (I, N); windows are [start, stop), cut at both ends.

    Attributes
    ----------
    values: (I, N), NaN where unknown.
    """

    values: Floats
    total: Floats = field(init=False)
    squares: Floats = field(init=False)
    known: Floats = field(init=False)
    sales: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Sum up once."""
        filled = np.nan_to_num(self.values)
        object.__setattr__(self, "total", _running(filled))
        object.__setattr__(self, "squares", _running(filled**2))
        object.__setattr__(self, "known", _running((~np.isnan(self.values)).astype(np.float64)))
        object.__setattr__(self, "sales", _running((filled > 0).astype(np.float64)))

    def mean(self, item: Ints, start: Ints, stop: Ints) -> Floats:
        """(R,) mean of the known values; NaN without any."""
        return _ratio(self._sum(self.total, item, start, stop), self.count(item, start, stop))

    def deviation(self, item: Ints, start: Ints, stop: Ints) -> Floats:
        """(R,) standard deviation of the known values."""
        square = _ratio(self._sum(self.squares, item, start, stop), self.count(item, start, stop))
        return np.sqrt(np.maximum(square - self.mean(item, start, stop) ** 2, 0.0))

    def count(self, item: Ints, start: Ints, stop: Ints) -> Floats:
        """(R,) known values."""
        return self._sum(self.known, item, start, stop)

    def share_sold(self, item: Ints, start: Ints, stop: Ints) -> Floats:
        """(R,) share of the known values that are above zero."""
        return _ratio(self._sum(self.sales, item, start, stop), self.count(item, start, stop))

    def trailing(self, width: int) -> Floats:
        """(I, N) mean of the known values in the `width` columns before each; NaN without any."""
        stop = np.arange(self.values.shape[1])
        start = np.maximum(stop - width, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            known = self.known[:, stop] - self.known[:, start]
            return np.where(known > 0, (self.total[:, stop] - self.total[:, start]) / known, np.nan)

    def recent(self, item: Ints, stop: Ints, width: int) -> Floats:
        """(R, width) the values before `stop`, newest first; NaN where unknown or before the first column."""
        column = stop[:, None] - 1 - np.arange(width)
        inside = (column >= 0) & (column < self.values.shape[1])
        if not self.values.shape[1]:
            return np.full(column.shape, np.nan)
        found = self.values[item[:, None], np.clip(column, 0, self.values.shape[1] - 1)]
        return np.where(inside, found, np.nan)

    def _sum(self, running: Floats, item: Ints, start: Ints, stop: Ints) -> Floats:
        last = running.shape[1] - 1
        low, high = np.clip(start, 0, last), np.clip(stop, 0, last)
        return np.asarray(np.where(high > low, running[item, np.maximum(high, low)] - running[item, low], 0.0))


def _running(values: Floats) -> Floats:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _ratio(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below, np.nan)
