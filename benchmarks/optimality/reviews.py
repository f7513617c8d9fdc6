"""A rule followed from review to review: the state that its orders and the demand lead to, and what is known then.

The state is what the recursions look at: the inventory position where unmet demand waits; stock and the order under way
where it is lost; the units of the older and of the last delivery of what spoils. At each review the rule is asked
anew: it sees a problem of that night, with what is on its way to it as its own open orders.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.optimality.problems import Problem
from features.arrays import Floats, Ints

State = tuple[int, ...]
Rule = Callable[[Sequence[Problem]], Floats]


@dataclass(frozen=True)
class Visit:
    """The order of a review: its week, the state found and the units ordered."""

    week: int
    state: State
    order: float


def start(problem: Problem) -> State:
    """Tonight's state."""
    if problem.shelf_weeks:
        return (problem.old_stock, problem.stock)
    if problem.is_lost:
        return (problem.stock, 0)
    return (problem.stock + sum(units for due, units in problem.arrivals if due < len(problem.lead_pmf)),)


def drawn_demand(problem: Problem, paths: int, rng: np.random.Generator) -> Ints:
    """(paths, weeks) units of the weeks of the horizon's reviews."""
    mean = np.maximum(problem.mean[: problem.horizon_weeks + problem.review_weeks], 1e-12)
    size = (paths, len(mean))
    if problem.dispersion <= 1:
        return rng.poisson(mean, size)
    return rng.negative_binomial(mean / (problem.dispersion - 1), 1 / problem.dispersion, size)


def follow(rule: Rule, problems: Sequence[Problem], demand: Sequence[Ints]) -> list[list[list[Visit]]]:
    """The visits of each problem and path, over the reviews of its horizon, tonight's at least.

    Parameters
    ----------
    rule: the orders of some problems; asked for all problems of one review together.
    problems: as they are tonight.
    demand: of each problem, (paths, weeks).
    """
    states = {(row, path): start(problem) for row, problem in enumerate(problems) for path in range(len(demand[row]))}
    visits: list[list[list[Visit]]] = [[[] for _ in paths] for paths in demand]
    number = 0
    while states:
        weeks = {key: number * problems[key[0]].review_weeks for key in states}
        asked: dict[tuple[int, int, State], int] = {}
        for (row, _), state in states.items():
            asked.setdefault((row, number, state), len(asked))
        nights = [later(problems[row], number * problems[row].review_weeks, state) for row, _, state in asked]
        orders = rule(nights)
        moved = {}
        for (row, path), state in states.items():
            problem, week = problems[row], weeks[row, path]
            order = float(orders[asked[row, number, state]])
            visits[row][path].append(Visit(week, state, order))
            if week + problem.review_weeks < problem.horizon_weeks:
                sold = demand[row][path, week : week + problem.review_weeks]
                moved[row, path] = after(problem, week, state, round(order), sold.tolist())
        states, number = moved, number + 1
    return visits


def later(problem: Problem, week: int, state: State) -> Problem:
    """The problem as it is found at the review of a week."""
    if week == 0:
        return problem
    mean = np.concatenate([problem.mean[week:], problem.mean[len(problem.mean) - 52 :][:week]])
    coming = tuple((due - week, units) for due, units in problem.arrivals if due > week)
    lead = len(problem.lead_pmf) - 1
    changed = replace(
        problem, mean=mean, sells_from=max(problem.sells_from - week, 0), ends=max(problem.ends - week, 0)
    )
    if problem.shelf_weeks:
        return replace(changed, old_stock=state[0], stock=state[1])
    if problem.is_lost:
        under_way = ((lead - problem.review_weeks, state[1]),) if state[1] else ()
        return replace(changed, stock=state[0], arrivals=coming + under_way)
    # What serves by the arrival of the next order serves as stock does.
    return replace(changed, stock=state[0], arrivals=tuple(line for line in coming if line[0] > lead))


def after(problem: Problem, week: int, state: State, order: int, demand: Sequence[int]) -> State:
    """The state of the review after that of a week, with an order placed and the demand of the weeks between."""
    review, lead = problem.review_weeks, len(problem.lead_pmf) - 1
    due = {line - week: units for line, units in problem.arrivals}
    if problem.shelf_weeks:
        return _after_sales_by_age(problem, state, order, demand)
    if not problem.is_lost:
        return (state[0] + order - sum(demand) + sum(due.get(lead + each, 0) for each in range(1, review + 1)),)
    stock, under_way = state
    for each in range(review + 1):
        stock += due.get(each, 0) if each > 0 else 0
        stock += under_way if each == lead - review else 0
        stock += order if each == lead <= review else 0
        stock = max(stock - demand[each], 0) if each < review else stock
    return (stock, order if lead > review else 0)


def _after_sales_by_age(problem: Problem, state: State, order: int, demand: Sequence[int]) -> State:
    """The older is sold first; what is left of a delivery at the end of its last week spoils."""
    lead = len(problem.lead_pmf) - 1
    stock = [*state, order]
    for each, wanted in enumerate(demand):
        rest = wanted
        for age in range(3 if each >= lead else 2):
            sold = min(stock[age], rest)
            stock[age], rest = stock[age] - sold, rest - sold
            if problem.last_week(age) == each:
                stock[age] = 0
    return (stock[1], stock[2])
