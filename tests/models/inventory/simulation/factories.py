"""Small worlds, and policies that say what the test says."""

from dataclasses import dataclass, field

import numpy as np

from models.inventory.simulation import State, World


def world(demand, *, lead=1, on_hand=0.0, arrivals=None, scored=None, can_order=None, **columns) -> World:
    """A world of the rows of `demand`; numbers are the same for all items, and costs nothing where not said."""
    units = np.atleast_2d(np.asarray(demand, dtype=float))
    items = len(units)

    def each(name, default):
        value = columns.pop(name, default)
        return None if value is None else np.broadcast_to(np.asarray(value, dtype=float), (items,)).copy()

    promised = columns.pop("promised_lead_days", None)
    return World(
        demand=units,
        scored=np.broadcast_to(True if scored is None else np.asarray(scored, dtype=bool), units.shape).copy(),
        initial_on_hand=np.broadcast_to(np.asarray(on_hand, dtype=float), (items,)).copy(),
        initial_arrivals=np.zeros(units.shape)
        if arrivals is None
        else np.atleast_2d(np.asarray(arrivals, dtype=float)),
        lead_time_days=np.broadcast_to(np.asarray(lead, dtype=np.int64), units.shape).copy(),
        can_order=np.broadcast_to(True if can_order is None else np.asarray(can_order, dtype=bool), units.shape).copy(),
        pack=each("pack", 1.0),
        minimum_order=each("minimum_order", 0.0),
        unit_cost=each("unit_cost", 0.0),
        holding_per_unit_day=each("holding_per_unit_day", 0.0),
        underage=each("underage", 0.0),
        fixed_cost_per_order=each("fixed_cost_per_order", 0.0),
        backlog_per_unit_day=each("backlog_per_unit_day", None),
        promised_lead_days=None if promised is None else np.full(items, promised, dtype=np.int64),
        **columns,
    )


@dataclass
class Scripted:
    """Orders what the script says for each period (one row an item), and remembers what it saw."""

    script: object
    seen: list[State] = field(default_factory=list)
    open_seen: list = field(default_factory=list)

    def orders(self, day, state):
        self.seen.append(state)
        self.open_seen.append(state.open_orders())
        return np.atleast_2d(np.asarray(self.script, dtype=float))[:, day]


@dataclass
class Reacting:
    """Orders by all that it can see, so that anything it saw too early would show in its orders."""

    placed: list = field(default_factory=list)

    def orders(self, day, state):
        rows = state.open_orders()
        soon = np.bincount(rows.item, rows.units * (rows.promised <= day + 2), len(state.on_hand))
        wanted = 2 * state.backorders + np.maximum(9 - state.position, 0) + soon % 3
        self.placed.append(wanted)
        return wanted
