"""Textbook policies with which the simulator is held against exact formulas."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Floats, Ints
from models.inventory.simulation import LevelPolicy, State

EVERY_PERIOD = 1


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
