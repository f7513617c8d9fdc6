"""The classical policies, and what a company really ordered.

Levels may differ by review: column r of a level array holds from the r-th review on which the policy looks, so that
forecasts made on earlier dates stand beside those made later.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Floats, Ints
from models.inventory.simulation.world import State

EVERY_PERIOD = 1


@dataclass(frozen=True)
class LevelPolicy:
    """Order up to a level when the position is at or below a point: (s,S), (R,s,S), min/max; (R,S) where both meet.

    Attributes
    ----------
    reorder_point, order_up_to: (I, R) units, one column for each set of levels.
    column: (T,) the levels' column that holds at the end of each period; -1 where the policy does not look.
    """

    reorder_point: Floats
    order_up_to: Floats
    column: Ints

    def orders(self, day: int, state: State) -> Floats:
        """Units up to the level where the position is at or below the point."""
        at = int(self.column[day])
        if at < 0:
            return np.zeros(len(state.on_hand))
        position = state.position
        short = position <= self.reorder_point[:, at]
        return np.where(short, np.maximum(self.order_up_to[:, at] - position, 0.0), 0.0)


@dataclass(frozen=True)
class FixedQuantity:
    """Order a fixed quantity when the position is at or below a point: (s,Q), or as often as needed: (s,nQ).

    Attributes
    ----------
    reorder_point, quantity: (I, R) units. column: (T,) as in `LevelPolicy`.
    in_multiples: whether an order lifts the position above the point, however many quantities that takes.
    """

    reorder_point: Floats
    quantity: Floats
    column: Ints
    in_multiples: bool = False

    def orders(self, day: int, state: State) -> Floats:
        """The quantity, or a multiple of it, where the position is at or below the point."""
        at = int(self.column[day])
        if at < 0:
            return np.zeros(len(state.on_hand))
        position, point, quantity = state.position, self.reorder_point[:, at], self.quantity[:, at]
        below = position <= point
        lots = np.ones(len(point))
        if self.in_multiples:
            lots = np.floor(np.divide(point - position, quantity, out=lots, where=below)) + 1.0
        return np.where(below, lots * quantity, 0.0)


@dataclass(frozen=True)
class GivenArrivals:
    """What a company really ordered and received: replayed as it was, no packs, no draws of lead times.

    Attributes
    ----------
    orders: (I, T) units by the period of placing.
    arrivals: (I, T) units by the period that they could first be sold in.
    """

    orders: Floats
    arrivals: Floats


def base_stock(level: ArrayLike, periods: int, *, review: int = EVERY_PERIOD) -> LevelPolicy:
    """(R,S): up to S at every review; (S-1,S) where every period is one.

    Parameters
    ----------
    level: (I,) units. periods: T. review: periods between reviews, the first at the end of the first period.
    """
    return min_max(level, level, periods, review=review)


def min_max(
    reorder_point: ArrayLike, order_up_to: ArrayLike, periods: int, *, review: int = EVERY_PERIOD
) -> LevelPolicy:
    """(s,S), or (R,s,S) with a longer review: levels that never change.

    Parameters
    ----------
    reorder_point, order_up_to: (I,) units. periods, review: as in `base_stock`.
    """
    low, high = (np.asarray(value, dtype=np.float64)[:, None] for value in (reorder_point, order_up_to))
    return LevelPolicy(low, high, np.where(np.arange(periods) % review == 0, 0, -1))
