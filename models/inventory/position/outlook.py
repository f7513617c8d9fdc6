"""Where stock goes at the mean forecast: days of supply, the first gap, until when it lasts, when to order next."""

from dataclasses import dataclass

import numpy as np

from features.arrays import Days, Floats, Ints
from models.demand.distribution.demand_distribution import DemandDistribution

_TAIL_DAYS = 91


@dataclass(frozen=True)
class DailyMeans:
    """Mean demand by day.

    Attributes
    ----------
    cumulative: (items, days), expected units of the days after `as_of` up to and including each.
    tail_rate: (items,) units a day beyond the forecast: the mean of its last 13 weeks.
    """

    cumulative: Floats
    tail_rate: Floats

    @classmethod
    def of(cls, distribution: DemandDistribution) -> "DailyMeans":
        """Grid periods spread evenly over their days."""
        rate = distribution.mean / distribution.lengths_days
        daily = np.repeat(rate, distribution.lengths_days, axis=1)
        return cls(np.cumsum(daily, axis=1), daily[:, -_TAIL_DAYS:].mean(axis=1))

    def days_of_supply(self, units: Floats) -> Floats:
        """(items,) days that `units` last, with fractions; 0 for none, NaN for unknown units or without any demand."""
        stock = np.maximum(np.nan_to_num(units), 0.0)
        length = self.cumulative.shape[1]
        day = (self.cumulative <= stock[:, None] + 1e-9).sum(axis=1)
        inside = np.minimum(day, length - 1)
        rows = np.arange(len(stock))
        before = np.where(inside > 0, self.cumulative[rows, np.maximum(inside - 1, 0)], 0.0)
        daily = self.cumulative[rows, inside] - before
        within = np.divide(stock - before, daily, out=np.zeros(len(stock)), where=daily > 0)
        beyond = np.divide(
            stock - self.cumulative[:, -1], self.tail_rate, out=np.full(len(stock), np.nan), where=self.tail_rate > 0
        )
        lasting = np.where(day < length, inside + np.clip(within, 0.0, 1.0), length + beyond)
        lasting = np.where((stock <= 0) & np.isfinite(lasting), 0.0, lasting)  # also before the first day of sale
        return np.where(np.isnan(units), np.nan, lasting)

    def rate_after(self, first: Ints, days: Ints | int) -> Floats:
        """(items,) mean units a day over the `days` days that follow day `first` (items,) after `as_of`."""
        length = self.cumulative.shape[1]
        rows = np.arange(len(first))
        start = np.clip(first, 1, length - 1)
        end = np.maximum(np.clip(first + days, 2, length), start + 1)
        units = self.cumulative[rows, end - 1] - self.cumulative[rows, start - 1]
        return np.asarray(units / np.maximum(end - start, 1))

    def first_gap(self, available: Floats, inflow: Floats) -> Floats:
        """(items,) first day after `as_of` on which the mean stock does not cover the day's demand; NaN for none.

        Parameters
        ----------
        available: (items,) NaN for unknown.
        inflow: see `inflow`.
        """
        short = available[:, None] + np.cumsum(inflow, axis=1) - self.cumulative < -1e-9
        return np.where(short.any(axis=1), short.argmax(axis=1) + 1.0, np.nan)

    def lasting_days(self, available: Floats, inflow: Floats, order: Floats, arrives: Ints, *, is_lost: bool) -> Floats:
        """(items,) whole days after `as_of` that stock lasts from the order's arrival on; NaN for beyond the forecast.

        Parameters
        ----------
        available, inflow: as in `first_gap`.
        order: (items,) units; arrives: (items,) days after `as_of`.
        is_lost: demand that finds no stock before the arrival is lost, and needs no units later.
        """
        count, length = self.cumulative.shape
        level = available[:, None] + np.cumsum(inflow, axis=1) - self.cumulative
        after = np.arange(1, length + 1) > arrives[:, None]
        lost = np.maximum(-np.where(after, np.inf, level).min(axis=1, initial=0.0), 0.0) if is_lost else np.zeros(count)
        short = (level + (lost + order)[:, None] < -1e-9) & after
        return np.where(np.isfinite(available) & short.any(axis=1), short.argmax(axis=1).astype(np.float64), np.nan)

    def inflow(self, items: Ints, units: Floats, after: Ints) -> Floats:
        """(items, days) units that become sellable on each day.

        Parameters
        ----------
        items, units, after: (lines,) item, units and arrival, in days after `as_of`; sellable from the next day.
        """
        count, length = self.cumulative.shape
        total = np.zeros((count, length + 1))
        np.add.at(total, (items, np.clip(after, 0, length)), units)
        return total[:, :length]


def next_order_day(
    means: DailyMeans,
    *,
    position: Floats,
    reorder_point: Floats,
    placed_on: Days,
    next_placed_on: Days,
    as_of: np.datetime64,
    expected_on: Days,
    sells_from: Days,
) -> Days:
    """The last ordering day before the mean position falls to the reorder point; NaT beyond the forecast.

    Of an item that is not sold yet, it is no later than the last one whose order is there when the mean position is
    sold out, on its first day of sale where there is none: the reorder point of now knows nothing of these sales.
    Ordering days are taken to follow each other as the next two do. It is the next one at the earliest: now nothing is
    ordered.

    Parameters
    ----------
    means: mean demand by day.
    position, reorder_point: (items,) units; NaN gives NaT.
    placed_on, next_placed_on: (items,) the next two ordering days.
    as_of: last day with data.
    expected_on: (items,) arrival of an order of the next ordering day.
    sells_from: (items,) first day of sale where it is still ahead, NaT where the item is sold already.
    """
    room = position - reorder_point
    below = means.cumulative >= room[:, None]
    day = np.where(below.any(axis=1), below.argmax(axis=1) + 1, 0)
    reached = as_of + day.astype("timedelta64[D]")
    gap = np.maximum((next_placed_on - placed_on).astype(np.int64), 1)
    gone = means.cumulative > np.nan_to_num(position)[:, None] + 1e-6
    ahead = ~np.isnat(sells_from) & gone.any(axis=1)
    in_time = as_of + gone.argmax(axis=1).astype("timedelta64[D]") - (expected_on - placed_on)
    reached = np.where(ahead & ((day == 0) | (in_time < reached)), in_time, reached)
    reviews = np.maximum((reached - placed_on).astype(np.int64) // gap, 1)
    on = placed_on + (reviews * gap).astype("timedelta64[D]")
    falls = np.isfinite(room) & ((day > 0) | ahead)
    return np.asarray(np.where(falls, on, np.datetime64("NaT", "D")))
