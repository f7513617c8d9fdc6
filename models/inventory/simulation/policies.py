"""The policy of levels, and what a company really ordered.

Levels may differ by review: column r of a level array holds from the r-th review on which the policy looks, so that
forecasts made on earlier dates stand beside those made later.
"""

from dataclasses import dataclass

import numpy as np

from features.arrays import Floats, Ints
from models.inventory.simulation.world import State


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
class RecordedOrders:
    """What a company really ordered and received: replayed as it was, no packs, no draws of lead times.

    Attributes
    ----------
    orders: (I, T) units by the period of placing.
    arrivals: (I, T) units by the period that they could first be sold in.
    """

    orders: Floats
    arrivals: Floats
