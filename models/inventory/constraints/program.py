"""One candidate quantity for each item, at the least total cost within what the items share."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from features.arrays import Flags, Floats, Ints


def sums(group: Ints, values: ArrayLike, count: int) -> Floats:
    """(count,) values added up by group."""
    return np.bincount(group, np.asarray(values, dtype=np.float64), count).astype(np.float64)


@dataclass(frozen=True)
class SharedOrders:
    """What the lines of one order to a supplier share; arrays (orders,).

    Attributes
    ----------
    fixed_cost: paid once when anything is ordered, base currency.
    minimum: least value the supplier accepts, in the unit of `Program.measure`; 0 for none.
    free_from: value from which freight is free, same unit; infinity for none.
    """

    fixed_cost: Floats
    minimum: Floats
    free_from: Floats


@dataclass(frozen=True)
class Containers:
    """Containers whose cost is known: an order pays for whole ones; arrays (groups,) but `group`.

    Attributes
    ----------
    cost: of one container, base currency.
    volume_m3, weight_kg: that one holds; infinity where unknown.
    order: (groups,) that the containers are of.
    group: (items,) that an item's goods travel in; -1 for none.
    """

    cost: Floats
    volume_m3: Floats
    weight_kg: Floats
    order: Ints
    group: Ints


@dataclass(frozen=True)
class Program:
    """A multiple-choice program over N options of I items.

    Attributes
    ----------
    item: (N,) item of each option, ascending from 0 without gaps.
    cost: (N,) expected cost of each option, base currency; the least of each item is its own best.
    orders_nothing: (N,) the option orders nothing; every item has one such option.
    order: (I,) shared order of each item.
    orders: the shared orders.
    measure: (N,) value that counts towards the order's minimum and free freight.
    freight: (N,) freight that is saved when it is free, base currency.
    volume_m3, weight_kg: (N,) of each option.
    containers: those whose cost is known.
    uses: (L, N) what each option takes of each limit.
    amounts: (L,) the limits.
    """

    item: Ints
    cost: Floats
    orders_nothing: Flags
    order: Ints
    orders: SharedOrders
    measure: Floats
    freight: Floats
    volume_m3: Floats
    weight_kg: Floats
    containers: Containers
    uses: csr_array
    amounts: Floats

    @property
    def items(self) -> int:
        """Number of items."""
        return len(self.order)

    @property
    def starts(self) -> Ints:
        """(I,) first option of each item."""
        return np.searchsorted(self.item, np.arange(self.items))

    def costs_of(self, choice: Ints) -> Floats:
        """(orders,) cost of a choice: its options, the order, empty room of paid containers, less free freight."""
        placed, value, freight = self.totals(choice)
        free = placed & (value >= self.orders.free_from * (1 - TOLERANCE))
        shared = np.where(placed, self.orders.fixed_cost, 0.0) - np.where(free, freight, 0.0)
        own = sums(self.order, self.cost[choice], len(placed))
        return np.asarray(own + shared + self._empty_room(choice))

    def totals(self, choice: Ints) -> tuple[Flags, Floats, Floats]:
        """(orders,) whether each order is placed, its value (unit of `measure`) and the freight it would save."""
        count = len(self.orders.minimum)
        placed = sums(self.order, ~self.orders_nothing[choice], count) > 0
        value = sums(self.order, self.measure[choice], count)
        return placed, value, sums(self.order, self.freight[choice], count)

    def overuse(self, choice: Ints) -> Floats:
        """(L,) what a choice takes beyond each limit; 0 where it keeps it."""
        beyond = self.uses[:, choice].sum(axis=1) - self.amounts
        return np.where(beyond > TOLERANCE * np.maximum(np.abs(self.amounts), 1.0), beyond, 0.0)

    def shortfall(self, choice: Ints) -> Floats:
        """(orders,) value that an order placed lacks of its minimum; 0 where it reaches it or is not placed."""
        placed, value, _ = self.totals(choice)
        below = placed & (value < self.orders.minimum * (1 - TOLERANCE))
        return np.where(below, self.orders.minimum - value, 0.0)

    def is_feasible(self, choice: Ints) -> bool:
        """Whether a choice obeys every limit and every minimum."""
        return not self.overuse(choice).any() and not self.shortfall(choice).any()

    def containers_of(self, choice: Ints) -> Floats:
        """(groups,) whole containers that a choice needs."""
        boxes = self.containers
        inside = boxes.group >= 0
        count = len(boxes.cost)
        volume = sums(boxes.group[inside], self.volume_m3[choice][inside], count)
        weight = sums(boxes.group[inside], self.weight_kg[choice][inside], count)
        fill = np.maximum(volume / boxes.volume_m3, weight / boxes.weight_kg)
        return np.ceil(fill - TOLERANCE)

    def container_share(self) -> Floats:
        """(N,) cost of the room that an option takes in its containers: what the same goods pay in full ones."""
        boxes = self.containers
        share = np.zeros(len(self.cost))
        if not len(boxes.cost):
            return share
        group = boxes.group[self.item]
        inside = group >= 0
        by_volume = np.isfinite(boxes.volume_m3)[group] & inside
        share[by_volume] = self.volume_m3[by_volume] / boxes.volume_m3[group[by_volume]]
        by_weight = inside & ~by_volume
        share[by_weight] = self.weight_kg[by_weight] / boxes.weight_kg[group[by_weight]]
        share[inside] *= boxes.cost[group[inside]]
        return share

    def _empty_room(self, choice: Ints) -> Floats:
        boxes = self.containers
        count = len(self.orders.minimum)
        if not len(boxes.cost):
            return np.zeros(count)
        paid = sums(boxes.order, boxes.cost * self.containers_of(choice), count)
        return np.asarray(paid - sums(self.order, self.container_share()[choice], count))

    def restricted_to_orders(self, chosen: Flags, limits: Ints) -> tuple["Program", Ints, Ints]:
        """The program of some orders under some limits, with the items and options of this one that it holds."""
        kept = chosen[self.order]
        items, rows = np.flatnonzero(kept), np.flatnonzero(kept[self.item])
        boxes, orders = self.containers, self.orders
        groups = chosen[boxes.order] if len(boxes.cost) else np.zeros(0, dtype=bool)
        number, order_number = np.cumsum(kept) - 1, np.cumsum(chosen) - 1
        group_number = np.append(np.where(groups, np.cumsum(groups) - 1, -1), -1)  # the last: of none
        part = self.restricted_to_options(rows)
        return (
            replace(
                part,
                item=number[part.item],
                order=order_number[self.order[items]],
                orders=SharedOrders(orders.fixed_cost[chosen], orders.minimum[chosen], orders.free_from[chosen]),
                containers=Containers(
                    boxes.cost[groups],
                    boxes.volume_m3[groups],
                    boxes.weight_kg[groups],
                    order_number[boxes.order[groups]],
                    group_number[boxes.group[items]],
                ),
                uses=csr_array(part.uses[limits]),
                amounts=self.amounts[limits],
            ),
            items,
            rows,
        )

    def restricted_to_options(self, rows: Ints) -> "Program":
        """The same items with fewer options: those of `rows`, ascending."""
        return replace(
            self,
            item=self.item[rows],
            cost=self.cost[rows],
            orders_nothing=self.orders_nothing[rows],
            measure=self.measure[rows],
            freight=self.freight[rows],
            volume_m3=self.volume_m3[rows],
            weight_kg=self.weight_kg[rows],
            uses=self.uses[:, rows],
        )


TOLERANCE = 1e-9
"""Relative: sums of rounded money differ by less."""
