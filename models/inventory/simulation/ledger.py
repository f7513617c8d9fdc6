"""What happened to each item over the scored periods."""

from dataclasses import dataclass, fields

import numpy as np

from features.arrays import Flags, Floats, Ints
from models.inventory.simulation.world import World, by_period


@dataclass(frozen=True)
class Ledger:
    """Sums over the scored periods of each item, arrays (I,); stock at the end of the last period whatever is scored.

    Attributes
    ----------
    days: scored periods.
    demand, sold, lost: units; sold is what was served at once, lost what was not (it waits, where unmet demand is
        backordered).
    stockout_days: periods in which something was not served. empty_days: periods that ended without stock.
    stock_unit_days, backlog_unit_days: units counted, or waiting, at the ends of periods.
    received_units, ordered_units: units. orders: number.
    cycles: arrivals; cycles_with_stockout: those before which, since the arrival before, something was not served.
    stock_value_days, sold_value: at unit cost.
    holding_cost, shortage_cost, ordering_cost: money.
    final_on_hand, final_backorders, final_on_order: units.
    """

    days: Floats
    demand: Floats
    sold: Floats
    lost: Floats
    stockout_days: Floats
    empty_days: Floats
    stock_unit_days: Floats
    backlog_unit_days: Floats
    received_units: Floats
    ordered_units: Floats
    orders: Floats
    cycles: Floats
    cycles_with_stockout: Floats
    stock_value_days: Floats
    sold_value: Floats
    holding_cost: Floats
    shortage_cost: Floats
    ordering_cost: Floats
    final_on_hand: Floats
    final_backorders: Floats
    final_on_order: Floats

    def __len__(self) -> int:
        return len(self.days)

    @property
    def cost(self) -> Floats:
        """(I,) holding, shortage and ordering."""
        return np.asarray(self.holding_cost + self.shortage_cost + self.ordering_cost)

    def take(self, rows: Ints | Flags) -> "Ledger":
        """Some items."""
        return Ledger(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


FINAL = ("final_on_hand", "final_backorders", "final_on_order")

COUNTED = (
    "days",
    "demand",
    "sold",
    "lost",
    "stockout_days",
    "empty_days",
    "stock_unit_days",
    "backlog_unit_days",
    "received_units",
    "ordered_units",
    "orders",
    "cycles",
    "cycles_with_stockout",
)


class Tally:
    """Sums that grow period by period, over the periods that a mask scores."""

    def __init__(self, scored: Flags) -> None:
        """Begin at zero; `scored` is (I, T)."""
        self._scored = by_period(scored)
        self._every = [bool(row.all()) for row in self._scored]
        self._some = [bool(row.any()) for row in self._scored]
        self._sums = {name: np.zeros(len(scored)) for name in COUNTED}

    def add(self, day: int, **amounts: Floats) -> None:
        """Add the amounts (I,) of a period, by name of the ledger's column."""
        if self._some[day]:
            for name, amount in amounts.items():
                self._sums[name] += amount if self._every[day] else np.where(self._scored[day], amount, 0.0)

    def close(self, world: World, on_hand: Floats, backorders: Floats, on_order: Floats) -> Ledger:
        """The sums in money too."""
        sums = self._sums
        waiting = 0.0 if world.backlog_per_unit_day is None else world.backlog_per_unit_day * sums["backlog_unit_days"]
        return Ledger(
            **sums,
            stock_value_days=world.unit_cost * sums["stock_unit_days"],
            sold_value=world.unit_cost * sums["sold"],
            holding_cost=world.holding_per_unit_day * sums["stock_unit_days"],
            shortage_cost=world.underage * sums["lost"] + waiting,
            ordering_cost=world.fixed_cost_per_order * sums["orders"],
            final_on_hand=on_hand.copy(),
            final_backorders=backorders.copy(),
            final_on_order=on_order.copy(),
        )
