"""What orders cost when all later ones are the best there are, and what following a rule instead costs more."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.optimality.problems import Problem
from benchmarks.optimality.reviews import State, Visit, start
from features.arrays import Floats


@dataclass(frozen=True)
class OrderCosts:
    """The exact cost of the orders of one review, the optimal policy following.

    Attributes
    ----------
    units: (orders,) nothing and every whole order, rising.
    cost: (orders,) expected cost from the review on; only differences mean anything.
    """

    units: Floats
    cost: Floats

    @property
    def best(self) -> float:
        """The optimal order, the smallest where several cost the same."""
        return float(self.units[np.argmax(self.cost <= self.cost.min() * (1 + 1e-12) + 1e-9)])

    def excess(self, order: float) -> float:
        """What an order is expected to cost more than the best one.

        Raises
        ------
        ValueError: it is not among the whole orders.
        """
        place = int(np.searchsorted(self.units, order - 1e-6))
        if place >= len(self.units) or abs(self.units[place] - order) > 1e-6:
            raise ValueError(f"excess: {order} units are not a whole order of this problem")
        return float(self.cost[place] - self.cost.min())


@dataclass(frozen=True)
class Solution:
    """A problem solved: the cost of every order at each review of the horizon, whatever the state.

    Attributes
    ----------
    problem: the one that is solved.
    units: (orders,) nothing and every whole order, rising.
    costs: by week of the review, the expected cost of each order: axes of the state, and (orders,) last; infinite where
        an order leads beyond the grid.
    first: what the first entry of each axis of the state stands for.
    axes: for each axis of the state the values it stands for where they are not whole units rising by one; else None.
    horizon_cost: what the optimal policy is expected to cost over the weeks that the horizon's orders decide
        (`Problem.horizon_weeks`): holding, shortage, what spoils or is left, order lines, and units dearer than the
        lowest price.
    """

    problem: Problem
    units: Floats
    costs: Mapping[int, Floats]
    first: State
    axes: tuple[Floats | None, ...]
    horizon_cost: float

    def at(self, week: int, state: State) -> OrderCosts:
        """The cost of the orders of a review."""
        place = tuple(
            value - least if axis is None else int(np.searchsorted(axis, value))
            for value, least, axis in zip(state, self.first, self.axes, strict=True)
        )
        cost = self.costs[week][place]
        reached = np.isfinite(cost)
        return OrderCosts(self.units[reached], cost[reached])

    @property
    def tonight(self) -> OrderCosts:
        """The cost of tonight's orders."""
        return self.at(0, start(self.problem))

    def gap(self, visits: list[Visit]) -> float:
        """What the orders of some reviews are expected to cost more than the best ones, over `horizon_cost`."""
        excess = sum(self.at(visit.week, visit.state).excess(visit.order) for visit in visits)
        return excess / self.horizon_cost if self.horizon_cost > 1e-9 else float(excess > 1e-9)
