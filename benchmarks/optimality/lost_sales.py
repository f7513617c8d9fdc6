"""The exact optimum where unmet demand is lost, by backward recursion over stock and the order that is under way.

At a review the state is the stock and, where the lead time is longer than a review, the one order that is under way; it
is two reviews at most. Between reviews, week by week: what is due arrives, demand is served from stock or lost, what is
left is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.optimality.problems import Problem, count_pmf, expected_shortage
from benchmarks.optimality.reviews import Visit
from benchmarks.optimality.solution import Solution
from features.arrays import Floats, Ints

_WEEKS = 56
_MARGIN_DEVIATIONS = 5.0


@dataclass(frozen=True)
class _Recursion:
    """A problem with its grids. Arrays by state have the axes stock (X,), under way (Z,), ordered tonight (Q,).

    Attributes
    ----------
    stock: units on the grid: 0 to stock - 1.
    orders, premium: (Q,) whole orders and 0, and what they cost beyond their units at the lowest price.
    lead, review: weeks.
    reviews: number of reviews until the end.
    """

    problem: Problem
    stock: int
    orders: Ints
    premium: Floats
    lead: int
    review: int
    reviews: int

    @property
    def is_under_way(self) -> bool:
        """Whether an order is still under way at the next review."""
        return self.lead > self.review

    def between(self, start: int, value: Floats, counted: tuple[int, int]) -> Floats:
        """(X, Z, Q) expected cost from a review in week `start` to the next, whose value is (X, Z) or (X, 1).

        Parameters
        ----------
        start: week of the review.
        value: of the next review's state.
        counted: first week that is charged, and the first after it that is not.
        """
        under_way = self.orders if self.is_under_way else np.zeros(1, dtype=np.int64)
        shape = (self.stock, len(under_way), len(self.orders))
        ahead = value[:, None, :] if self.is_under_way else value[:, :, None]
        ahead = np.broadcast_to(ahead, shape)
        for after in range(self.review, -1, -1):
            if after < self.review:
                ahead = self._served(start + after, ahead, counted)
            due = sum(units for week, units in self.problem.arrivals if week == start + after and after > 0)
            if due:
                ahead = ahead[np.minimum(np.arange(self.stock) + due, self.stock - 1)]
            if not self.is_under_way and after == self.lead:
                ahead = self._arrived(ahead, axis=2)
            if self.is_under_way and after == self.lead - self.review:
                ahead = self._arrived(ahead, axis=1)
        return ahead

    def _served(self, week: int, ahead: Floats, counted: tuple[int, int]) -> Floats:
        mean, dispersion = float(self.problem.mean[week]), self.problem.dispersion
        pmf = count_pmf(mean, dispersion)
        chance = np.zeros((self.stock, self.stock))
        every = np.arange(self.stock)
        for demand, probability in enumerate(pmf):
            np.add.at(chance, (every, np.maximum(every - demand, 0)), probability)
        expected = (chance @ ahead.reshape(self.stock, -1)).reshape(ahead.shape)
        if not counted[0] <= week < counted[1]:
            return expected
        lost = expected_shortage(mean, dispersion, every.astype(np.float64))
        kept = np.maximum(every - mean + lost, 0.0)
        return expected + (self.problem.underage * lost + self.problem.holding * kept)[:, None, None]

    def _arrived(self, ahead: Floats, axis: int) -> Floats:
        """What the order of an axis brings is added to the stock."""
        reached = np.minimum(np.arange(self.stock)[:, None] + self.orders, self.stock - 1)
        index = reached[:, :, None] if axis == 1 else reached[:, None, :]
        return np.take_along_axis(ahead, np.broadcast_to(index, ahead.shape), axis=0)


def solve(problem: Problem, visits: Sequence[Visit]) -> Solution:
    """The exact cost of every order at each review of the horizon.

    Parameters
    ----------
    problem: unmet demand is lost, nothing spoils or ends, the lead time is fixed and two reviews at most.
    visits: states and orders that the grid must hold.

    Raises
    ------
    ValueError: the lead time is longer.
    """
    recursion = _recursion(problem, visits)
    everything = (0, len(problem.mean))
    value = np.zeros((recursion.stock, len(recursion.orders) if recursion.is_under_way else 1))
    policy: list[Ints] = []
    costs = {}
    for number in reversed(range(recursion.reviews)):
        week = number * recursion.review
        by_order = recursion.between(week, value, everything) + recursion.premium
        policy.append(by_order.argmin(axis=2))
        value = by_order.min(axis=2)
        if week < problem.horizon_weeks:
            costs[week] = by_order
    units = recursion.orders.astype(np.float64)
    spent = _horizon_cost(recursion, policy[::-1])
    return Solution(problem, units, costs, (0, 0), (None, units), spent)


def _horizon_cost(recursion: _Recursion, policy: list[Ints]) -> float:
    """What the policy, by review, costs over the weeks that tonight's order decides."""
    problem, horizon = recursion.problem, recursion.problem.horizon_weeks
    counted = (recursion.lead, recursion.lead + horizon)
    last = -(-counted[1] // recursion.review)
    value = np.zeros(policy[0].shape)
    for number in reversed(range(min(last, recursion.reviews))):
        week = number * recursion.review
        after = recursion.between(week, value, counted)
        after = after + (recursion.premium if week < horizon else 0.0)
        value = np.take_along_axis(after, policy[number][:, :, None], axis=2)[:, :, 0]
    return float(value[problem.stock, 0])


def _recursion(problem: Problem, visits: Sequence[Visit]) -> _Recursion:
    lead, review = len(problem.lead_pmf) - 1, problem.review_weeks
    if lead > 2 * review:
        raise ValueError(f"order_costs: a lead time of {lead} weeks is longer than two reviews of {review}")
    pace = float(problem.mean.max())
    reach = (lead + review) * pace
    up_to = reach + _MARGIN_DEVIATIONS * (problem.dispersion * reach) ** 0.5
    batch = max(problem.cycle_weeks * pace, problem.smallest_order)
    largest = max((visit.order for visit in visits), default=0.0)
    reached = max((visit.state[0] + visit.order for visit in visits), default=0.0)
    orders = problem.orders_up_to(max(largest, up_to if batch <= problem.pack else up_to + batch)).astype(np.int64)
    coming = sum(units for _, units in problem.arrivals)
    highest = max(problem.stock, up_to + batch, problem.stock + largest, reached) + coming + problem.smallest_order
    return _Recursion(
        problem,
        stock=int(highest) + 2,
        orders=orders,
        premium=problem.purchase_premium(orders.astype(np.float64)),
        lead=lead,
        review=review,
        reviews=min(_WEEKS, len(problem.mean)) // review,
    )
