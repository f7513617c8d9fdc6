"""The exact optimum where unmet demand waits, by backward recursion over the inventory position.

The position x of week t counts stock, less what customers wait for, and all that serves by week t + lead time. An order
brings it to y, and y alone decides the cost of week t + k, k the lead time:

    c_t(y) = sum over k of P(lead = k) * (holding E[(y - D)+] + underage (E[(D - y)+] - E[(D' - y)+]))
    V_t(x) = min over whole orders q of  premium(q) + c_t(x + q) + E[V_t+1(x + q - D_t + arrivals)]

with D the demand of weeks t to t + k and D' that of the weeks before t + k: what waits already costs nothing twice.
With random lead times orders do not overtake each other, so that the newest order to have arrived by week s was placed
in week s - k with the probability of lead time k.

Source: Kaplan (1970), A dynamic inventory model with stochastic lead times, Management Science 16, 491-507; Ehrhardt
(1984), (s,S) policies for a dynamic inventory model with stochastic lead times, Operations Research 32, 121-132.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from benchmarks.optimality.problems import Problem, count_pmf, expected_shortage
from benchmarks.optimality.reviews import Visit, start
from benchmarks.optimality.solution import Solution
from features.arrays import Floats, Ints

_MARGIN_DEVIATIONS = 7.0


@dataclass(frozen=True)
class _Recursion:
    """A problem with the grid of positions, and the orders that may be placed at each review.

    Attributes
    ----------
    levels: (X,) positions, whole units rising by one.
    orders, premium: (Q,) whole orders and 0, and what they cost beyond their units at the lowest price.
    steps: weeks with a decision that can still matter.
    """

    problem: Problem
    levels: Floats
    orders: Ints
    premium: Floats
    steps: int

    @property
    def _span(self) -> tuple[int, int]:
        return int(self.levels[0]), int(self.levels[-1])

    def charges(self, week: int) -> Floats:
        """(X,) holding and shortage that the position after the order of a week decides."""
        total = np.zeros(len(self.levels))
        problem = self.problem
        for weeks, chance in enumerate(problem.lead_pmf):
            if chance > 0 and week + weeks < len(problem.mean):
                before = float(problem.mean[week : week + weeks].sum())
                total += chance * _week_cost(
                    round(before, 9), round(float(problem.mean[week + weeks]), 9), problem, self._span
                )
        return total

    def after(self, week: int, value: Floats) -> Floats:
        """(X,) expectation of the next week's value from the position after a week's order."""
        problem, coming = self.problem, 0
        if problem.arrivals:
            last = week + 1 + len(problem.lead_pmf) - 1
            coming = sum(units for due, units in problem.arrivals if due == last)
        pmf = count_pmf(float(problem.mean[week]), problem.dispersion)
        below = np.full(len(pmf) - 1, value[0])
        padded = np.concatenate([below, value])
        expected = np.convolve(padded, pmf, mode="valid")
        return expected[np.minimum(np.arange(len(value)) + coming, len(value) - 1)]

    def by_order(self, follow: Floats) -> Floats:
        """(X, Q) cost of each order at each position; `follow` is the cost by position after it."""
        reach = int(self.orders[-1])
        padded = np.concatenate([follow, np.full(reach, np.inf)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, reach + 1)
        return np.asarray(windows[:, self.orders] + self.premium)

    def terminal(self) -> Floats:
        """(X,) what is left at the end of an item's life costs its unit cost; else units are worth what they cost."""
        problem = self.problem
        if not problem.ends:
            return np.zeros(len(self.levels))
        rest = float(problem.mean[self.steps : problem.ends].sum())
        left = self.levels - rest + expected_shortage(rest, problem.dispersion, self.levels)
        return np.asarray(problem.unit_cost * np.maximum(left, 0.0))


def solve(problem: Problem, visits: Sequence[Visit]) -> Solution:
    """The exact cost of every order at each review of the horizon.

    Parameters
    ----------
    problem: unmet demand waits and nothing spoils; lines under way only with a fixed lead time, and only a fixed lead
        time where the item ends.
    visits: states and orders that the grid must hold.
    """
    recursion = _recursion(problem, visits)
    horizon = min(problem.horizon_weeks, recursion.steps)
    value, policy, costs = recursion.terminal(), {}, {}
    for week in reversed(range(max(recursion.steps, 1))):
        if week < recursion.steps:
            value = recursion.charges(week) + recursion.after(week, value)
        if week % problem.review_weeks == 0:
            by_order = recursion.by_order(value)
            place = by_order.argmin(axis=1)
            value = by_order[np.arange(len(value)), place]
            if week < max(horizon, 1):
                policy[week], costs[week] = recursion.orders[place], by_order
    position = start(problem)
    spent = _horizon_cost(recursion, policy, horizon)[int(position[0] - recursion.levels[0])]
    return Solution(
        problem, recursion.orders.astype(np.float64), costs, (int(recursion.levels[0]),), (None,), float(spent)
    )


def _horizon_cost(recursion: _Recursion, policy: dict[int, Ints], horizon: int) -> Floats:
    """(X,) what the policy costs over the first weeks of decisions."""
    each = np.arange(len(recursion.levels))
    value = recursion.terminal() if recursion.problem.ends else np.zeros(len(each))
    for week in reversed(range(horizon)):
        value = recursion.charges(week) + recursion.after(week, value)
        if week in policy:
            order = policy[week]
            value = recursion.problem.purchase_premium(order.astype(np.float64)) + value[each + order]
    return value


def _recursion(problem: Problem, visits: Sequence[Visit]) -> _Recursion:
    lead = len(problem.lead_pmf) - 1
    steps = (
        max(problem.ends - lead, 0) if problem.ends else len(problem.mean) - int(np.flatnonzero(problem.lead_pmf)[0])
    )
    pace = float(np.max(problem.mean))
    reach = (lead + problem.review_weeks) * pace
    spread = _MARGIN_DEVIATIONS * (problem.dispersion * reach) ** 0.5
    batch = problem.cycle_weeks * pace if not problem.ends else problem.smallest_order + 2 * reach
    batch = max(min(batch, 60 * pace), problem.smallest_order, *(1.2 * units for units, _ in problem.breaks), 1.0)
    positions = [start(problem)[0], *(visit.state[0] for visit in visits)]
    reached = [positions[0] + 1, *(visit.state[0] + visit.order for visit in visits)]
    low = min(0, *positions) - int(problem.review_weeks * pace + spread + problem.smallest_order) - 10
    up_to = int(max(reach + spread + 2 * batch, positions[0] + 1)) + 10
    high = int(max(up_to, *reached)) + sum(units for _, units in problem.arrivals) + 1
    orders = problem.orders_up_to(high - low).astype(np.int64)
    return _Recursion(
        problem,
        np.arange(low, high + 1, dtype=np.float64),
        orders,
        problem.purchase_premium(orders.astype(np.float64)),
        steps,
    )


def _week_cost(before: float, demand: float, problem: Problem, span: tuple[int, int]) -> Floats:
    """(X,) holding and shortage of one week, from a position that the demand of the weeks before lowers first."""
    return _cached_week_cost(before, demand, problem.dispersion, problem.holding, problem.underage, span)


@cache
def _cached_week_cost(
    before: float, demand: float, dispersion: float, holding: float, underage: float, span: tuple[int, int]
) -> Floats:
    levels = np.arange(span[0], span[1] + 1, dtype=np.float64)
    short = expected_shortage(before + demand, dispersion, levels)
    waiting = expected_shortage(before, dispersion, levels)
    kept = np.maximum(levels - before - demand + short, 0.0)
    return holding * kept + underage * np.maximum(short - waiting, 0.0)
