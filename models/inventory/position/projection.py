"""Lost sales: stock projected over scenario paths to the order's arrival, and what the delivery window then needs.

On every path the stock that is left when an order placed now arrives is

    stock_s(x) = max(x + net_s, net_s - lowest_s)

for x units available now, where net_s is all that comes in less all demand until then and lowest_s the lowest such sum
on the way (0 when never below): sales are capped at stock, so no path starts the window in debt. From the arrival to
the next order's arrival the demand of path s is a count whose expected units are the path's; that conditional
distribution is averaged over the paths, so that the far quantiles have little sampling noise of the window's own: of
an item that is ordered in many steps at a time, that of its number of orders.

Source: docs/method.md, Levels; reflection at zero, e.g. Asmussen (2003), Applied Probability and Queues, III.7.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from features.arrays import Flags, Floats, Ints
from models.demand.distribution.counts import POISSON_BELOW, count_cdf


@dataclass(frozen=True)
class Projection:
    """What the paths say about the window that an order placed now decides. Arrays (items, scenarios), units.

    Attributes
    ----------
    net: inflow less demand before the order's arrival.
    lowest: lowest running value of the same, 0 at most.
    window_rate: expected demand of the window, given the path's level and, of an item that is ordered in many
        steps at a time, its number of orders.
    window_inflow: other arrivals within the window.
    relief: how much these arrivals lower what must be there at the window's start, 0 at least.
    window_sample: one demand of the window a path: only where the search for a quantile begins.
    dispersion, unit_step: (items,) of the counts.
    """

    net: Floats
    lowest: Floats
    window_rate: Floats
    window_inflow: Floats
    relief: Floats
    window_sample: Floats
    dispersion: Floats
    unit_step: Floats

    def take(self, rows: Ints) -> "Projection":
        """Some items."""
        return Projection(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def stock_on_arrival(self, available: Floats) -> Floats:
        """(items, scenarios) units left when the order arrives, from `available` (items,) now, >= 0."""
        return np.asarray(self.net + np.maximum(available[:, None], -self.lowest))

    @property
    def inflow_mean(self) -> Floats:
        """(items,) units expected to come within the window beside the order."""
        return np.asarray(self.window_inflow.mean(axis=1))

    @property
    def window_mean(self) -> Floats:
        """(items,) expected demand of the window."""
        return np.asarray(self.window_rate.mean(axis=1))

    def without_landings(self) -> "Projection":
        """The window if nothing else came within it."""
        nothing = np.zeros_like(self.relief)
        return replace(self, window_inflow=nothing, relief=nothing)

    def mean_on_arrival(self, available: Floats) -> Floats:
        """(items,) units expected when the order arrives, from `available` (items,) now, >= 0."""
        return np.asarray(self.stock_on_arrival(available).mean(axis=1))

    def expected_lost_before_arrival(self, available: Floats) -> Floats:
        """(items,) units of demand that no order placed now can serve."""
        return np.asarray(np.maximum(-(available[:, None] + self.lowest), 0.0).mean(axis=1))

    def probability_short_before_arrival(self, available: Floats) -> Floats:
        """(items,) probability of running out before an order placed now arrives."""
        return np.asarray((available[:, None] + self.lowest < 0).mean(axis=1))

    def probability_covered(self, available: Floats, order: Floats) -> Floats:
        """(items,) probability that the window's demand is served in full when `order` units arrive."""
        return np.asarray(self._covered(available, order).mean(axis=1))

    def probability_no_shortage(self, available: Floats) -> Floats:
        """(items,) probability that nothing is lost until the next order's arrival if nothing is ordered."""
        unhurt = available[:, None] + self.lowest >= 0
        return np.asarray((self._covered(available, np.zeros(len(available))) * unhurt).mean(axis=1))

    def expected_lost_in_window(self, available: Floats, order: Floats) -> Floats:
        """(items,) units lost from the order's arrival to the next one's when `order` units arrive."""
        level = (self.stock_on_arrival(available) + order[:, None] + self.relief) / self.unit_step[:, None]
        whole = np.floor(level + 1e-9)
        rate, dispersion = self.window_rate / self.unit_step[:, None], self.dispersion[:, None]
        # E[D; D > x] = rate P(D > x) + (rate + (dispersion - 1) x) P(D = x), of both families.
        beyond = 1 - count_cdf(whole, rate, dispersion)
        at_whole = (rate + (dispersion - 1) * np.maximum(whole, 0.0)) * _count_pmf(whole, rate, dispersion)
        lost = np.where(rate <= 0, 0.0, np.maximum((rate - level) * beyond + at_whole, 0.0))
        return np.asarray(lost.mean(axis=1) * self.unit_step)

    def expected_leftover(self, available: Floats, order: Floats, lost: Floats) -> Floats:
        """(items,) units in stock at the next order's arrival, given `lost` in the window."""
        left = self.stock_on_arrival(available) + self.window_inflow - self.window_rate
        return np.asarray(np.maximum(left.mean(axis=1) + order + lost, 0.0))

    def expected_unsold(self, available: Floats, order: Floats, ratio: Floats) -> Floats:
        """(items,) units left of stock and order when `ratio` times the window's demand has come from the arrival on.

        Parameters
        ----------
        ratio: (items,) demand from the arrival until what is left is worthless, over the window's.
        """
        lasting = replace(self, window_rate=self.window_rate * ratio[:, None])
        return lasting.expected_leftover(available, order, lasting.expected_lost_in_window(available, order))

    def bracket(self, ratio: Floats) -> tuple[Floats, Floats]:
        """(items,) about where the stock lies below which a unit pays, and how wide its doubt is."""
        near = self.window_sample - self.relief - self.net
        place = np.clip(np.ceil(ratio * near.shape[1]).astype(np.int64) - 1, 0, near.shape[1] - 1)
        return np.take_along_axis(np.sort(near, axis=1), place[:, None], axis=1)[:, 0], near.std(axis=1)

    def lowest_stock(self, batch: Floats) -> Floats:
        """(items,) stock now at which a batch surely pays: none can be owed."""
        return np.zeros_like(batch)

    def fewest_units(self, available: Floats, target: Floats, *, by_fill_rate: Flags) -> Floats:
        """(items,) fewest units that reach the target: the chance of full service in the window, or its fill rate."""

        def enough(rows: Ints, steps: Floats) -> Flags:
            part = self.take(rows)
            return part._meets(available[rows], steps * part.unit_step, target[rows], by_fill_rate[rows])  # noqa: SLF001

        guess = self._guess(self.window_sample - self.relief - self.stock_on_arrival(available), target)
        return smallest_sufficient(enough, guess, len(available), lowest=0.0) * self.unit_step

    def largest_stock_that_orders(self, target: Floats, *, by_fill_rate: Flags) -> Floats:
        """(items,) most units available now that miss the target without an order; one step below 0 for none."""

        def enough(rows: Ints, steps: Floats) -> Flags:
            part = self.take(rows)
            available = steps * part.unit_step
            return part._meets(available, np.zeros(len(rows)), target[rows], by_fill_rate[rows])  # noqa: SLF001

        guess = self._guess(self.window_sample - self.relief - self.net, target)
        return (smallest_sufficient(enough, guess, len(target), lowest=0.0) - 1) * self.unit_step

    def _covered(self, available: Floats, order: Floats) -> Floats:
        level = self.stock_on_arrival(available) + order[:, None] + self.relief
        step = self.unit_step[:, None]
        return count_cdf(level / step, self.window_rate / step, self.dispersion[:, None])

    def _meets(self, available: Floats, order: Floats, target: Floats, by_fill_rate: Flags) -> Flags:
        met = np.ones(len(target), dtype=bool)
        by_chance, by_share = np.flatnonzero(~by_fill_rate), np.flatnonzero(by_fill_rate)
        if len(by_chance):
            part = self.take(by_chance)
            met[by_chance] = part.probability_covered(available[by_chance], order[by_chance]) >= target[by_chance]
        if len(by_share):
            part = self.take(by_share)
            lost = part.expected_lost_in_window(available[by_share], order[by_share])
            met[by_share] = lost <= (1 - target[by_share]) * part.window_rate.mean(axis=1) + 1e-12
        return met

    def _guess(self, need: Floats, target: Floats) -> tuple[Floats, Floats]:
        """A likely bracket, in steps, of the smallest units that reach the target."""
        place = np.clip(np.ceil(target * need.shape[1]).astype(np.int64) - 1, 0, need.shape[1] - 1)
        near = np.take_along_axis(np.sort(need, axis=1), place[:, None], axis=1)[:, 0]
        around = np.ceil(0.25 * need.std(axis=1) / self.unit_step) + 1
        middle = np.rint(near / self.unit_step)
        return middle - around, middle + around


def _count_pmf(whole: Floats, rate: Floats, dispersion: Floats) -> Floats:
    """P(count = whole) of the counts of `count_cdf`; 0 below zero."""
    count, mean = np.maximum(whole, 0.0), np.maximum(rate, 1e-300)
    excess = np.broadcast_to(dispersion - 1, mean.shape)
    log_chance = np.empty(mean.shape)
    poisson = excess < POISSON_BELOW
    some = np.nonzero(poisson)
    log_chance[some] = special.xlogy(count[some], mean[some]) - mean[some] - special.gammaln(count[some] + 1)
    some = np.nonzero(~poisson)
    size, k, more = mean[some] / excess[some], count[some], excess[some]
    log_chance[some] = special.gammaln(k + size) - special.gammaln(size) - special.gammaln(k + 1)
    log_chance[some] += k * np.log(more) - (k + size) * np.log1p(more)
    return np.where(whole < 0, 0.0, np.exp(log_chance))


_MOST_STEPS = 1e12
Enough = Callable[[Ints, Floats], Flags]


def smallest_sufficient(enough: Enough, bracket: tuple[Floats, Floats], items: int, *, lowest: float) -> Floats:
    """Smallest whole number of steps, `lowest` at least, that is enough, per item; `enough` is monotone.

    `enough(rows, steps)` answers for some items; `bracket` is a first guess (low, high).
    """
    everyone = np.arange(items)
    # Guesses may be a hair off whole steps; halving would then come back to the same step for ever.
    low = np.floor(np.maximum(bracket[0], lowest)) - 1  # not enough, or below the lowest
    high = np.maximum(np.ceil(bracket[1]), low + 1)  # enough
    rows = everyone[low >= lowest]
    while len(rows):
        too_much = enough(rows, low[rows])
        rows = rows[too_much]
        width = high[rows] - low[rows]
        high[rows] = low[rows]
        low[rows] = np.maximum(low[rows] - 2 * width, lowest - 1)
        rows = rows[low[rows] >= lowest]
    rows = everyone
    while len(rows):
        rows = rows[~enough(rows, high[rows])]
        width = high[rows] - low[rows]
        low[rows] = high[rows]
        high[rows] += 2 * width
        rows = rows[high[rows] < _MOST_STEPS]
    rows = everyone[high - low > 1]
    while len(rows):
        middle = np.floor((low[rows] + high[rows]) / 2)
        fits = enough(rows, middle)
        high[rows] = np.where(fits, middle, high[rows])
        low[rows] = np.where(fits, low[rows], middle)
        rows = rows[high[rows] - low[rows] > 1]
    return np.asarray(high)
