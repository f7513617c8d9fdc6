"""How long units beyond what is needed wait, along the forecast, until demand less what else is coming takes them.

With M_t the largest that demand less arrivals has been by t days after the window's end, the e-th unit beyond the level
at which the next order goes out waits for the first t with M_t >= e: then a later order would have brought it. All e
units together wait for the integral of (e - M_t)+. A season that ends, an end of life and lines that come later are in
M already.
"""

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from models.inventory.position.outlook import DailyMeans
from models.inventory.position.state import InventoryState

LONGEST_DAYS = 730
"""A unit that would take longer to sell is held so long at most."""
_DONE = 1e6
"""Units by which an item's end takes more than anybody would have ordered."""


@dataclass(frozen=True)
class Absorption:
    """Units taken after the window's end, item by item.

    Attributes
    ----------
    taken: (items, days + 1) the largest that demand less arrivals has been, from 0 on.
    waited: (items, days + 1) integral of `taken` over the days.
    fewer: (items,) units by which the level that the next order keeps lies lower than this order's: its window sells
        less, or lines come early in it.
    goes_on: (items,) whether the item is still sold after the window's end.
    has_lines: (items,) whether open lines come after it.
    """

    taken: Floats
    waited: Floats
    fewer: Floats
    goes_on: Flags
    has_lines: Flags

    @classmethod
    def of(cls, net: Floats, fewer: Floats, goes_on: Flags, has_lines: Flags) -> "Absorption":
        """From demand less arrivals, (items, days) cumulative, from the end of each day on."""
        taken = np.maximum.accumulate(np.pad(np.maximum(net, 0.0), ((0, 0), (1, 0))), axis=1)
        waited = np.pad(np.cumsum((taken[:, 1:] + taken[:, :-1]) / 2, axis=1), ((0, 0), (1, 0)))
        return cls(taken, waited, fewer, goes_on, has_lines)

    def take(self, rows: Ints) -> "Absorption":
        """Some items."""
        return Absorption(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def unit_days(self, units: Floats) -> Floats:
        """Days that `units` (items, X) wait together; 0 for none.

        >>> steady = Absorption.of(np.arange(1.0, 11.0)[None, :], np.zeros(1), np.ones(1) > 0, np.zeros(1) > 0)
        >>> steady.unit_days(np.array([[0.0, 3.0, 4.5]])).tolist()
        [[0.0, 4.5, 10.125]]
        """
        count, width = self.taken.shape
        each = np.arange(count)[:, None]
        scale = self.taken[:, -1:] + 1.0
        flat = (self.taken / scale + 2.0 * each).ravel()
        wanted = np.clip(units / scale, 0.0, 1.0) + 2.0 * each
        day = np.searchsorted(flat, wanted.ravel(), side="left").reshape(units.shape) - each * width
        whole = np.clip(day - 1, 0, width - 1)
        following = np.minimum(whole + 1, width - 1)
        before, after = self.taken[each, whole], self.taken[each, following]
        rest = np.maximum(units - before, 0.0)
        share = np.divide(rest, after - before, out=np.zeros(units.shape), where=after > before)
        waiting = units * whole - self.waited[each, whole] + rest * np.minimum(share, 1.0) / 2
        return np.asarray(np.where(units > 0, np.maximum(waiting, 0.0), 0.0))


def absorption(state: InventoryState, means: DailyMeans, window_mean: Floats) -> tuple[Absorption, Absorption]:
    """What takes the units left when the next order arrives, with the open lines that come later and without.

    Parameters
    ----------
    state: of the items.
    means: mean demand by day.
    window_mean: (items,) expected demand of the window.
    """
    count, length = means.cumulative.shape
    last = state.offset(state.calendar.next_expected_on)
    days = np.minimum(last, length)[:, None] + np.arange(LONGEST_DAYS + 1)
    each = np.arange(count)[:, None]
    known = np.pad(means.cumulative, ((0, 0), (1, 0)))
    sold = known[each, np.minimum(days, length)] + means.tail_rate[:, None] * np.maximum(days - length, 0)
    net = sold[:, 1:] - sold[:, :1]
    ends = np.where(np.isnat(state.ends_on), LONGEST_DAYS, state.offset(state.ends_on) - last)

    review = np.maximum((state.calendar.next_placed_on - state.calendar.placed_on).astype(np.int64), 1)
    fewer = window_mean - net[np.arange(count), np.minimum(review, LONGEST_DAYS) - 1]
    net = np.where(np.arange(1, LONGEST_DAYS + 1) > np.maximum(ends, 0)[:, None], net + _DONE, net)

    lines = state.supply.lines
    item = lines["item"].to_numpy(dtype=np.int64)
    after = state.offset(lines["counted_on"].to_numpy().astype("datetime64[D]")) - last[item]
    later = np.flatnonzero(lines["is_expected"].to_numpy(dtype=bool) & (after >= 0) & (after < LONGEST_DAYS))
    alone = Absorption.of(net, fewer, ends > 0, np.zeros(count, dtype=bool))
    if not len(later):
        return alone, alone
    item, after, units = item[later], after[later], lines["units"].to_numpy(dtype=np.float64)[later]
    early = np.minimum(units, window_mean[item] * np.maximum(1 - after / review[item], 0.0))
    inflow = np.zeros(net.shape)
    np.add.at(inflow, (item, after), units - early)
    lower = fewer + np.bincount(item, weights=early, minlength=count)
    has_lines = np.bincount(item, minlength=count) > 0
    return Absorption.of(net - np.cumsum(inflow, axis=1), lower, ends > 0, has_lines), alone
