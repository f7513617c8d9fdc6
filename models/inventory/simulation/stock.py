"""The stock of a simulated item: what comes in, what is served, and what is counted afterwards."""

import numpy as np

from features.arrays import Flags, Floats
from models.inventory.simulation.world import World


class SimulatedStock:
    """Stock and waiting customers of I items, moved on period by period.

    `on_hand`, `backorders`: (I,) units; `missed`: (I,) whether something was not served since the last arrival.
    """

    def __init__(self, world: World) -> None:
        """The stock before the first period."""
        items = len(world)
        self.on_hand: Floats = world.initial_on_hand.astype(np.float64)
        self.backorders: Floats = np.zeros(items)
        self._waits = world.unmet == "backordered"
        self.missed: Flags = np.zeros(items, dtype=bool)
        self._one = np.ones(items)

    def advance(self, received: Floats, demand: Floats) -> dict[str, Floats]:
        """One period: receive, serve those who wait, serve the day, count.

        Returns
        -------
        amounts (I,) by name of the ledger's columns.
        """
        came = received > 0
        ended_short = came & self.missed
        self.on_hand = self.on_hand + received
        if self._waits:
            served_late = np.minimum(self.on_hand, self.backorders)
            self.on_hand -= served_late
            self.backorders = self.backorders - served_late
        sold = np.minimum(self.on_hand, demand)
        self.on_hand -= sold
        unmet = demand - sold
        short = unmet > 0
        self.missed = (self.missed & ~came) | short
        if self._waits:
            self.backorders = self.backorders + unmet
        return {
            "days": self._one,
            "demand": demand,
            "sold": sold,
            "lost": unmet,
            "stockout_days": short.astype(np.float64),
            "empty_days": (self.on_hand <= 0).astype(np.float64),
            "stock_unit_days": self.on_hand,
            "backlog_unit_days": self.backorders,
            "received_units": received,
            "cycles": came.astype(np.float64),
            "cycles_with_stockout": ended_short.astype(np.float64),
        }
