"""What a policy is tried on, and what it may see of it.

A period is a day or a week. In each: arrivals are received, demand is served (what cannot be served is lost or waits),
stock is counted, and the policy decides with what is known at that moment. An order decided at the end of period t is
placed then and can be sold from `lead_time_days` + 1 periods later; orders can cross.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from features.arrays import Flags, Floats, Ints


@dataclass(frozen=True)
class World:
    """Demand, lead times and costs of I items over T periods: the same for every policy that is compared.

    Attributes
    ----------
    demand: (I, T) units, finite. Where it is unknown, an estimate, and `scored` tells the two apart.
    scored: (I, T) False where nothing is counted: the warm-up, or periods whose demand is unknown.
    initial_on_hand: (I,) units at the start of the first period.
    initial_arrivals: (I, T or more) units already under way, by the period that they can first be sold in.
    lead_time_days: (I, T) lead time in periods of an order placed in each period: drawn once, for all policies.
    can_order: (I, T) whether an order can be placed in the period.
    pack, minimum_order: (I,) units: orders are rounded up to whole packs, after the minimum.
    unit_cost, holding_per_unit_day: (I,) of one unit, of one unit counted in stock at a period's end.
    underage: (I,) of one unit that could not be served at once.
    fixed_cost_per_order: (I,) of one order.
    unmet: whether demand that is not served is lost or waits.
    backlog_per_unit_day: (I,) of one unit that waits at a period's end; 0 where not given.
    promised_lead_days: (I,) lead time in periods that a supplier promises: all that a policy sees of an order's
        arrival before it is there; where not given, the mean of `lead_time_days`, rounded up.
    """

    demand: Floats
    scored: Flags
    initial_on_hand: Floats
    initial_arrivals: Floats
    lead_time_days: Ints
    can_order: Flags
    pack: Floats
    minimum_order: Floats
    unit_cost: Floats
    holding_per_unit_day: Floats
    underage: Floats
    fixed_cost_per_order: Floats
    unmet: Literal["lost", "backordered"] = "lost"
    backlog_per_unit_day: Floats | None = None
    promised_lead_days: Ints | None = None

    def __post_init__(self) -> None:
        items, periods = self.demand.shape
        for name in ("scored", "lead_time_days", "can_order"):
            self._must_be(name, (items, periods))
        self._must_be("initial_arrivals", (items, max(periods, self.initial_arrivals.shape[-1])))
        for name in _PER_ITEM:
            if getattr(self, name) is not None:
                self._must_be(name, (items,))
        for name in ("demand", "initial_on_hand", "initial_arrivals", "lead_time_days"):
            values = getattr(self, name)
            if values.size and not (np.isfinite(values).all() and values.min() >= 0):
                raise ValueError(f"World.{name} has negative or unknown values; estimate or leave out such items")
        if self.unmet not in ("lost", "backordered"):
            raise ValueError(f'World.unmet is "{self.unmet}"; it must be "lost" or "backordered"')

    def __len__(self) -> int:
        return len(self.demand)

    @property
    def periods(self) -> int:
        """T."""
        return int(self.demand.shape[1])

    def _must_be(self, name: str, shape: tuple[int, ...]) -> None:
        found = np.shape(getattr(self, name))
        if found != shape:
            raise ValueError(f"World.{name} has shape {found}; demand of shape {self.demand.shape} needs {shape}")


_TURNED_TOGETHER = 512
"""Items whose rows are turned into columns at once: few enough for the cache."""

_PER_ITEM = (
    "initial_on_hand",
    "pack",
    "minimum_order",
    "unit_cost",
    "holding_per_unit_day",
    "underage",
    "fixed_cost_per_order",
    "backlog_per_unit_day",
    "promised_lead_days",
)


@dataclass(frozen=True)
class OpenOrders:
    """Orders that are not there yet, one row each, oldest first; arrays (rows,).

    Attributes
    ----------
    item: number of the item. units: still to come.
    placed: period of placing; -1 for those under way at the start.
    promised: period from whose start they should be sellable; before now where they are late.
    """

    item: Ints
    units: Floats
    placed: Ints
    promised: Ints


@dataclass(frozen=True)
class State:
    """What a policy sees at the end of a period: no demand and no arrival of later ones. Arrays cannot be written to.

    Attributes
    ----------
    day: the period that just ended, 0 the first.
    on_hand, backorders: (I,) units counted now.
    on_order: (I,) units ordered and not there yet.
    open_orders: the same by order, made when called.
    """

    day: int
    on_hand: Floats
    backorders: Floats
    on_order: Floats
    open_orders: Callable[[], OpenOrders] = field(repr=False)

    @property
    def position(self) -> Floats:
        """(I,) inventory position: on hand less backorders plus on order."""
        return np.asarray(self.on_hand - self.backorders + self.on_order)


class Policy(Protocol):
    """Decides orders."""

    def orders(self, day: int, state: State) -> Floats:
        """(I,) units wanted at the end of period `day`, before packs and minimums; ignored where none can be placed."""
        ...


def by_period(values: NDArray[Any]) -> NDArray[Any]:
    """(T, I) copy of (I, T) values, so that a period's items lie side by side in memory."""
    turned = np.empty(values.shape[::-1], dtype=values.dtype)
    for start in range(0, len(values), _TURNED_TOGETHER):
        turned[:, start : start + _TURNED_TOGETHER] = values[start : start + _TURNED_TOGETHER].T
    return turned
