"""The exact optimum of what spoils, by backward recursion over the stock by delivery, sales lost.

The lead time is a review at most and the shelf life two, so that at a review there is stock of at most two deliveries:
of the last order and of the one before. The older is sold first. What is left of a delivery at the end of its last week
spoils.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.optimality.problems import Problem, count_pmf
from benchmarks.optimality.reviews import Visit, start
from benchmarks.optimality.solution import Solution
from features.arrays import Floats, Ints

_WEEKS = 28
OLD, LAST, ORDERED = 0, 1, 2


@dataclass(frozen=True)
class _Recursion:
    """A problem with its grid. Arrays by state have the axes old, last, ordered tonight: units of each, (S, S, Q).

    Attributes
    ----------
    size: units of the old and the last delivery: 0 to size - 1.
    orders, premium: (Q,) whole orders and 0, and what they cost beyond their units at the lowest price.
    lead, review: weeks.
    """

    problem: Problem
    size: int
    orders: Ints
    premium: Floats
    lead: int
    review: int

    def between(self, start: int, value: Floats, counted: tuple[int, int]) -> Floats:
        """(S, S, Q) expected cost from a review in week `start` to the next, whose value is (S, S).

        Parameters
        ----------
        start: week of the review.
        value: of the next review's state.
        counted: first week that is charged, and the first after it that is not.
        """
        units = np.arange(self.orders[-1] + 1)
        ahead = np.broadcast_to(value[None, :, units], (self.size, self.size, len(units)))
        for after in range(self.review - 1, -1, -1):
            ahead = self._week(start + after, after, ahead, is_charged=counted[0] <= start + after < counted[1])
        return ahead[:, :, self.orders]

    def _week(self, week: int, after: int, ahead: Floats, *, is_charged: bool) -> Floats:
        """One week's demand, so many weeks after the review: the oldest is sold first, the rest held or spoilt."""
        stock, problem = np.indices(ahead.shape), self.problem
        there = [OLD, LAST, ORDERED] if after >= self.lead else [OLD, LAST]
        total = np.zeros(ahead.shape)
        for demand, chance in enumerate(count_pmf(float(problem.mean[week]), problem.dispersion)):
            left: list[Ints] = list(stock)
            rest: Ints = np.full(ahead.shape, demand)
            for axis in there:
                sold = np.minimum(stock[axis], rest)
                left[axis], rest = stock[axis] - sold, rest - sold
            spent = problem.underage * rest
            for axis in there:
                if self.problem.last_week(axis) == after:
                    spent = spent + problem.unit_cost * left[axis]
                    left[axis] = np.zeros_like(left[axis])
                else:
                    spent = spent + problem.holding * left[axis]
            total += chance * (ahead[tuple(left)] + (spent if is_charged else 0.0))
        return total


def solve(problem: Problem, visits: Sequence[Visit]) -> Solution:
    """The exact cost of every order at each review of the horizon.

    Parameters
    ----------
    problem: with a shelf life, lost sales, a fixed lead time, nothing under way.
    visits: states and orders that the grid must hold.

    Raises
    ------
    ValueError: the lead time is longer than a review, or the shelf life than two.
    """
    recursion = _recursion(problem, visits)
    reviews, horizon = min(_WEEKS, len(problem.mean)) // problem.review_weeks, problem.horizon_weeks
    value, costs, policy = np.zeros((recursion.size, recursion.size)), {}, []
    for number in reversed(range(reviews)):
        week = number * recursion.review
        by_order = recursion.between(week, value, (0, len(problem.mean))) + recursion.premium
        value = by_order.min(axis=2)
        policy.append(by_order.argmin(axis=2))
        if week < horizon:
            costs[week] = by_order
    spent = np.zeros(value.shape)
    counted = (recursion.lead, recursion.lead + horizon)
    for number in reversed(range(min(-(-counted[1] // recursion.review), reviews))):
        week = number * recursion.review
        by_order = recursion.between(week, spent, counted) + (recursion.premium if week < horizon else 0.0)
        spent = np.take_along_axis(by_order, policy[-1 - number][:, :, None], axis=2)[:, :, 0]
    units = recursion.orders.astype(np.float64)
    return Solution(problem, units, costs, (0, 0), (None, None), float(spent[start(problem)]))


def _recursion(problem: Problem, visits: Sequence[Visit]) -> _Recursion:
    lead, review = len(problem.lead_pmf) - 1, problem.review_weeks
    if lead > review or problem.shelf_weeks > 2 * review:
        raise ValueError("perishable.order_costs: the lead time is a review at most, the shelf life two")
    demand = float(problem.mean[: review + problem.shelf_weeks].sum())
    usual = int(demand + 3 * (problem.dispersion * demand) ** 0.5) + problem.smallest_order
    largest = max((visit.order for visit in visits), default=0.0)
    orders = problem.orders_up_to(max(largest, min(usual, 2 * demand + problem.smallest_order))).astype(np.int64)
    size = max(int(orders[-1]), problem.stock, problem.old_stock) + 1
    return _Recursion(problem, size, orders, problem.purchase_premium(orders.astype(np.float64)), lead, review)
