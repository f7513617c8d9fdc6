"""The best orders of several items under one budget: the textbook program, solved exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from models.inventory.constraints.program import Containers, Program, SharedOrders
from models.inventory.constraints.solving import solve


@dataclass(frozen=True)
class BudgetedOrders:
    """Units of each item (items,), what they gain over ordering nothing, and what they cost."""

    order_units: NDArray[np.int64]
    expected_gain: float
    spend: float


def best_under_budget(budget: float, unit_costs: ArrayLike, gains: Sequence[ArrayLike]) -> BudgetedOrders:
    """The orders that gain most within a budget.

    Where gains fall with each unit, the list by gain per unit of money is best up to the last unit that fits; whether
    something else fits better is a small integer program.

    Parameters
    ----------
    budget: money. unit_costs: (items,) money per unit, > 0.
    gains: for each item, the expected gain of the first, second, ... unit.

    Source: Kellerer, Pferschy & Pisinger (2004), Knapsack Problems, ch. 11.

    >>> best_under_budget(50, [20, 50], [[10.0, 7.0], [22.0]]).order_units.tolist()
    [0, 1]
    """
    cost = np.asarray(unit_costs, dtype=np.float64)
    each = [np.concatenate([[0.0], np.cumsum(np.asarray(gain, dtype=np.float64))]) for gain in gains]
    item = np.repeat(np.arange(len(cost)), [len(total) for total in each])
    units = np.concatenate([np.arange(len(total), dtype=np.float64) for total in each])
    nothing, none = np.zeros(len(units)), np.zeros(1)
    no_containers = Containers(none[:0], none[:0], none[:0], none[:0].astype(np.int64), np.full(len(cost), -1))
    program = Program(
        item=item,
        cost=-np.concatenate(each),
        is_nothing=units == 0,
        order=np.zeros(len(cost), dtype=np.int64),
        orders=SharedOrders(none, none, np.full(1, np.inf)),
        measure=nothing,
        freight=nothing,
        volume_m3=nothing,
        weight_kg=nothing,
        containers=no_containers,
        uses=csr_array((units * cost[item])[None, :]),
        amounts=np.array([float(budget)]),
    )
    choice = solve(program).choice
    return BudgetedOrders(
        units[choice].astype(np.int64), float(-program.cost[choice].sum()), float((units[choice] * cost).sum())
    )
