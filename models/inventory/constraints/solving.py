"""The best choice of a program: parts that nothing couples by themselves, the rest on a small core of options."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from features.arrays import Flags, Floats, Ints
from models.inventory.constraints.exact import solve_exact
from models.inventory.constraints.program import TOLERANCE, Program
from models.inventory.constraints.relaxation import candidates, cheapest_options, solve_relaxation

CORE = 400
"""Options beside the relaxation's own with which a first solution is sought."""
LARGEST = 1_500
"""Options at most for a proof; beyond, the first solution stands, with its distance from the bound as its gap."""


@dataclass(frozen=True)
class Solution:
    """A choice of options that obeys all limits.

    Attributes
    ----------
    choice: (I,) option of each item.
    cost: total, base currency.
    bound: no choice costs less, up to HiGHS's relative gap.
    prices: (L,) what one more unit of each limit saves at the margin, base currency; 0 where it is not scarce.
    part: (I,) items of one number were decided together.
    unsearched: (I,) whether an item's quantity stands on a list by marginal value, or on ordering nothing, because
        the search for a better one ended without an answer.
    """

    choice: Ints
    cost: float
    bound: float
    prices: Floats
    part: Ints
    unsearched: Flags


def solve(program: Program) -> Solution:
    """The choice of least cost.

    Every order is solved by itself; where orders break a limit together, those that use it are solved as one.

    Raises
    ------
    ValueError: nothing obeys the limits, not even ordering nothing.
    """
    limits = len(program.amounts)
    touches = _touches(program)
    scarce = np.zeros(limits, dtype=bool)
    alone = solve_relaxation(program, free_of_limits=True)
    choice, bounds, prices = alone.choice, alone.bounds.copy(), np.zeros(limits)
    unsearched = np.zeros(program.items, dtype=bool)
    dear = program.costs_of(choice) > bounds + TOLERANCE * np.maximum(np.abs(bounds), 1.0)
    unsolved = dear | (program.shortfall(choice) > 0)
    while True:
        part = _parts(touches, scarce)
        for number in np.unique(part[unsolved]):
            inside = part == number
            rows = np.flatnonzero(scarce & (touches[:, inside].sum(axis=1) > 0))
            small, items, options = program.restricted_to_orders(inside, rows)
            found = _solve_part(small)
            choice[items], unsearched[items] = options[found.choice], found.is_unsearched
            prices[rows] = found.prices
            bounds[inside] = 0.0
            bounds[np.argmax(inside)] = found.bound
        broken = program.overuse(choice) > 0
        if not broken.any():
            break
        scarce |= broken
        joined = _parts(touches, scarce)
        unsolved = np.isin(joined, joined[touches[broken].sum(axis=0) > 0])
    cost = float(program.costs_of(choice).sum())
    return Solution(choice, cost, min(float(bounds.sum()), cost), prices, part[program.order], unsearched)


@dataclass(frozen=True)
class _Found:
    choice: Ints
    bound: float
    prices: Floats
    is_unsearched: bool


def _solve_part(program: Program) -> _Found:
    """A part by itself: the relaxation where it obeys the limits, else the exact program on a core of options.

    An option that would lift the relaxation's bound above the cost of a choice already known can be part of no better
    one. So the core is what is left, or at first the options nearest to the relaxation's own. Where HiGHS ends without
    a choice, the best that is known without it stands: the list by marginal value, or ordering nothing.
    """
    found = solve_relaxation(program)
    bound, keep = found.bound, program.orders_nothing.copy()
    keep[found.choice] = True
    choice, cost = _best(program, [found.choice, _ordering_nothing(program)])
    size, solved_with, answered = CORE, -1, False
    while cost > bound + TOLERANCE * max(abs(bound), 1.0):
        rows = candidates(found, min(cost - bound, _nearest(found.reduced_cost[~keep], size)), keep)
        enough = solved_with >= 0 or program.is_feasible(found.choice)
        if len(rows) == solved_with or (enough and len(rows) > LARGEST + int(keep.sum())):
            break
        solved = solve_exact(program.restricted_to_options(rows))
        solved_with, answered = len(rows), answered or solved.choice is not None
        if solved.choice is not None and _cost(program, rows[solved.choice]) < cost:
            choice, cost = rows[solved.choice], _cost(program, rows[solved.choice])
        if len(candidates(found, cost - bound, keep)) <= len(rows):
            bound = max(bound, min(solved.bound, cost))
            break
        size *= 4
    is_unsearched = solved_with >= 0 and not answered
    if is_unsearched:
        by_value = _listed(program, found.choice, found.prices)
        by_saving = _listed(program, cheapest_options(program, program.cost), np.zeros(len(found.prices)))
        choice, cost = _best(program, [choice, by_value, by_saving])
    if not np.isfinite(cost):
        raise ValueError("nothing obeys the limits, not even ordering nothing")
    return _Found(choice, min(bound, cost), found.prices, is_unsearched)


def _best(program: Program, choices: Sequence[Ints]) -> tuple[Ints, float]:
    """The cheapest of some choices that obey the limits with its cost; infinity, and the first, where none does."""
    costs = [_cost(program, choice) if program.is_feasible(choice) else np.inf for choice in choices]
    best = int(np.argmin(costs))
    return choices[best], costs[best]


def _cost(program: Program, choice: Ints) -> float:
    return float(program.costs_of(choice).sum())


def _nearest(reduced_cost: Floats, count: int) -> float:
    """The allowance that lets `count` options in."""
    if count >= len(reduced_cost):
        return np.inf
    return float(np.partition(reduced_cost, count)[count])


def _touches(program: Program) -> csr_array:
    """(L, orders) how many options of an order use a limit."""
    entries = program.uses.tocoo()
    rows, options = entries.coords
    used = entries.data > 0
    order = program.order[program.item[options[used]]]
    shape = (len(program.amounts), len(program.orders.minimum))
    return csr_array((np.ones(int(used.sum())), (rows[used], order)), shape=shape)


def _parts(touches: csr_array, scarce: Flags) -> Ints:
    """(orders,) number of the part that each order belongs to: itself, joined with those that share a scarce limit."""
    limits = np.flatnonzero(scarce)
    size = touches.shape[1] + len(limits)
    entries = touches[limits].tocoo()
    rows, orders = entries.coords
    graph = csr_array((np.ones(len(rows)), (orders, touches.shape[1] + rows)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    return label[: touches.shape[1]].astype(np.int64)


def _ordering_nothing(program: Program) -> Ints:
    """(I,) the option of each item that orders nothing."""
    return np.flatnonzero(program.orders_nothing)


def _listed(program: Program, wanted: Ints, prices: Floats) -> Ints:
    """(I,) option of each item: the orders that save most first, in each of them the items that save most.

    An item takes the option wanted where that fits into what is left of the limits, else what costs least of those that
    fit. An order that stays below its minimum or costs more than ordering nothing is left out whole.

    Parameters
    ----------
    program: that HiGHS gave no answer to.
    wanted: (I,) option of each item, such as the relaxation's.
    prices: (L,) of the limits, at which saving and cost are compared: what an option's use of them costs others.

    Returns
    -------
    A choice that obeys all limits wherever ordering nothing does, and costs no more than that.

    Source: Kellerer, Pferschy & Pisinger (2004), Knapsack Problems, section 11.4 (greedy on the multipliers of a
    relaxation).
    """
    priced = program.cost + program.uses.T @ prices
    choice = _ordering_nothing(program)
    saving = priced[choice] - priced[wanted]
    uses, ends = program.uses.tocsc(), np.append(program.starts[1:], len(program.cost))
    slack = TOLERANCE * np.maximum(np.abs(program.amounts), 1.0)
    left = program.amounts - program.uses[:, choice].sum(axis=1)
    of_order = np.bincount(program.order, saving, len(program.orders.minimum))
    for order in np.argsort(-of_order, kind="stable"):
        tried, room = choice.copy(), left.copy()
        inside = np.flatnonzero(program.order == order)
        for item in inside[np.argsort(-saving[inside], kind="stable")]:
            options = np.arange(program.starts[item], ends[item])
            more = uses[:, options].toarray() - uses[:, [tried[item]]].toarray()
            fits = (more <= (room + slack)[:, None]).all(axis=0) | (options == tried[item])
            ranked = np.lexsort((priced[options], options != wanted[item], ~fits))
            tried[item] = options[ranked[0]]
            room -= more[:, ranked[0]]
        cheaper = program.costs_of(tried)[order] < program.costs_of(choice)[order]
        if cheaper and not program.shortfall(tried)[order] and not program.overuse(tried).any():
            choice, left = tried, room
    return choice
