"""Orders on their way: a ring of what arrives when, and a list of what was placed when."""

import numpy as np

from features.arrays import Floats, Ints
from models.inventory.simulation.world import OpenOrders, World, by_period


class Pipeline:
    """Open orders of I items.

    `on_order` (I,) is what is ordered and not there yet, under way at the start or placed since.
    """

    def __init__(self, world: World) -> None:
        """What is under way before the first period."""
        self._lead = by_period(world.lead_time_days)
        longest = int(self._lead.max(initial=0))
        # An order decided now arrives lead + 1 periods later at most; one slot more is this period's.
        self._ring = np.zeros((longest + 2, len(world)))
        mean_days = np.ceil(world.lead_time_days.mean(axis=1)).astype(np.int64)
        self._promise = mean_days if world.promised_lead_days is None else world.promised_lead_days
        item, day = np.nonzero(world.initial_arrivals)
        under_way = OpenOrders(item, world.initial_arrivals[item, day], np.full(len(item), -1), day)
        self._placed: list[tuple[OpenOrders, Ints]] = [(under_way, day)]
        self.on_order: Floats = world.initial_arrivals.sum(axis=1)

    def place(self, day: int, units: Floats) -> None:
        """Orders (I,) placed in a period."""
        rows = np.flatnonzero(units)
        arrives = day + self._lead[day, rows] + 1
        self._ring[arrives % len(self._ring), rows] += units[rows]
        placed = OpenOrders(rows, units[rows], np.full(len(rows), day), day + self._promise[rows] + 1)
        self._placed.append((placed, arrives))

    def due(self, day: int) -> Floats:
        """(I,) units that can be sold from the start of a period, taken out of the ring."""
        slot = self._ring[day % len(self._ring)]
        units: Floats = slot.copy()
        slot[:] = 0.0
        return units

    def open_orders(self, day: int) -> OpenOrders:
        """What is open at the end of a period, oldest first."""
        # What has arrived is forgotten, or each look back would be longer than the one before.
        self._placed = [(orders, arrives) for orders, arrives in self._placed if arrives.max(initial=-1) > day]
        still = [arrives > day for _, arrives in self._placed]
        orders = [orders for orders, _ in self._placed]
        nothing = np.zeros(0, dtype=np.int64)

        def joined(name: str) -> Floats:
            kept = [getattr(part, name)[rows] for part, rows in zip(orders, still, strict=True)]
            return np.concatenate([nothing, *kept])

        return OpenOrders(
            item=joined("item").astype(np.int64),
            units=joined("units").astype(np.float64),
            placed=joined("placed").astype(np.int64),
            promised=joined("promised").astype(np.int64),
        )
