"""Unmet demand waits: what of the demand until the next order's arrival finds no stock in the window of this order.

With z units for all demand from now on (stock, what comes by the arrival, the order), demand D_t until day t leaves
(D_t - z)+ waiting. What is new of it in the window, from the arrival L to the next order's arrival L + R, is

    E[(D_{L+R} - z - I)+] - E[(D_L - z)+] + sum over lines of E[(D_T - z - before)+] - E[(D_T - z - before - units)+]

where a line of `units` that comes on day T within the window, after `before` units of other lines, serves what waits
by then; I is all of them. What waits at the arrival already is served by it, or goes on waiting: no unit too few twice.

Source: Silver, Pyke & Thomas (2017), ch. 7 (units short per cycle, with what was short before it); docs/method.md,
Levels.
"""

from dataclasses import dataclass, replace

import numpy as np

from features.arrays import Floats, Ints
from models.demand.distribution.counts import CountMixture


@dataclass(frozen=True)
class Landings:
    """Open lines that come within the window.

    Attributes
    ----------
    item: (lines,) ascending.
    until: demand until each line's arrival.
    before, units: (lines,) units of the lines that come within the window before it, and its own.
    """

    item: Ints
    until: CountMixture
    before: Floats
    units: Floats

    def take(self, rows: Ints) -> "Landings":
        """Those of some items, numbered anew."""
        order = np.argsort(self.item, kind="stable")
        first, last = (np.searchsorted(self.item[order], rows, side=side) for side in ("left", "right"))
        count = last - first
        item = np.repeat(np.arange(len(rows)), count)
        within = np.arange(len(item)) - np.repeat(np.cumsum(count) - count, count)
        lines = order[np.repeat(first, count) + within]
        return Landings(item, self.until.take(lines), self.before[lines], self.units[lines])


@dataclass(frozen=True)
class Backlog:
    """The window that an order placed now decides, where unmet demand waits. Arrays (items,), units.

    Attributes
    ----------
    until_arrival, protection: demand until an order placed now, and until the next one, arrives.
    early: open units that come by the arrival.
    landings: lines that come within the window.
    """

    until_arrival: CountMixture
    protection: CountMixture
    early: Floats
    landings: Landings

    def take(self, rows: Ints) -> "Backlog":
        """Some items."""
        return Backlog(
            self.until_arrival.take(rows), self.protection.take(rows), self.early[rows], self.landings.take(rows)
        )

    def without_landings(self) -> "Backlog":
        """The window if nothing else came within it."""
        return replace(self, landings=self.landings.take(np.zeros(0, dtype=np.int64)))

    @property
    def inflow_mean(self) -> Floats:
        """(items,) units that come within the window beside the order."""
        found = np.bincount(self.landings.item, weights=self.landings.units, minlength=len(self.early))
        return found.astype(np.float64)

    @property
    def window_mean(self) -> Floats:
        """(items,) expected demand of the window."""
        return np.maximum(self.protection.mean - self.until_arrival.mean, 0.0)

    def mean_on_arrival(self, available: Floats) -> Floats:
        """(items,) units expected when the order arrives, from `available` now; below zero what waits."""
        return np.asarray(available + self.early - self.until_arrival.mean)

    def expected_lost_in_window(self, available: Floats, order: Floats) -> Floats:
        """(items,) units of the window's demand that find no stock when `order` units arrive at its beginning."""
        stock, lines = available + self.early + order, self.landings
        waits = self.protection.expected_shortage(stock + self.inflow_mean)
        waits -= self.until_arrival.expected_shortage(stock)
        if len(lines.item):
            there = stock[lines.item] + lines.before
            served = lines.until.expected_shortage(there) - lines.until.expected_shortage(there + lines.units)
            waits += np.bincount(lines.item, weights=served, minlength=len(stock))
        return np.maximum(waits, 0.0)

    def expected_leftover(self, available: Floats, order: Floats, lost: Floats) -> Floats:  # noqa: ARG002 - as `Projection`
        """(items,) units in stock at the next order's arrival."""
        return self._unsold(self.protection, available + self.early + order + self.inflow_mean)

    def expected_unsold(self, available: Floats, order: Floats, ratio: Floats) -> Floats:
        """(items,) units left of stock and order when `ratio` times the window's demand has come from the arrival on.

        Parameters
        ----------
        ratio: (items,) demand from the arrival until what is left is worthless, over the window's.
        """
        before, window = self.until_arrival.mean, self.window_mean
        share = np.divide(before + ratio * window, before + window, out=ratio.copy(), where=before + window > 0)
        total = self.protection
        lasting = CountMixture(total.rates * share[:, None], total.weights, total.dispersion, total.unit_step)
        return self._unsold(lasting, available + self.early + order + self.inflow_mean)

    def bracket(self, ratio: Floats) -> tuple[Floats, Floats]:
        """(items,) about where the stock lies below which a unit pays, and how wide its doubt is."""
        spread = self.protection.sd
        return self.protection.mean - self.early - self.inflow_mean + (2 * ratio - 1) * spread, 2 * spread

    def lowest_stock(self, batch: Floats) -> Floats:
        """(items,) stock now at which the whole of a batch is owed when it arrives: there it surely pays."""
        return np.asarray(self.until_arrival.mean - self.early - batch)

    @staticmethod
    def _unsold(total: CountMixture, units: Floats) -> Floats:
        return np.maximum(units - total.mean + total.expected_shortage(units), 0.0)
