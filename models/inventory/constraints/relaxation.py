"""The program without its couplings, each limit and minimum replaced by a price: a bound, and what could still be best.

With prices p of the limits and m of an order's minimum, every item chooses for itself, and every order the cheapest of
three states: not placed, placed, placed with free freight. That costs no more than any choice that obeys all limits,
whatever the prices; good prices make the bound close. At the right price of one limit this is the list by marginal
value per unit of the scarce thing, cut where it is used up.

Source: Kellerer, Pferschy & Pisinger (2004), Knapsack Problems, sections 11.2 and 11.3 (bounds and reduction).
"""

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Ints
from models.inventory.constraints.program import TOLERANCE, Program, sums

SKIPPED, PLACED, FREE = 0, 1, 2
_LOWEST, _HIGHEST = 1e-7, 1e5
"""Prices are sought between them, base currency per unit of a limit: from a cent on an order of a hundred thousand to
what outweighs any unit's own cost. Any price gives a valid bound; a bad one gives a loose bound."""
_HALVINGS = 36
"""Of the logarithm of that range: the price is known to 1 in 2.5 billion, closer than `TOLERANCE` tells costs apart."""
_ROUNDS = 3
"""Limits are priced in turn, and each changes what the others use. This bounds the work; fewer rounds, looser bound."""


@dataclass(frozen=True)
class Relaxation:
    """What prices say.

    Attributes
    ----------
    prices: (L,) of the limits, base currency per unit of the limit.
    bounds: (orders,) least cost of each order with what it uses of the limits at their prices, base currency.
    bound: no choice that obeys all limits costs less: the sum of them less the limits at their prices.
    choice: (I,) option of each item at these prices; it may break limits.
    reduced_cost: (N,) what the bound rises by, at least, when the option is forced.
    """

    prices: Floats
    bounds: Floats
    bound: float
    choice: Ints
    reduced_cost: Floats


def solve_relaxation(program: Program, *, free_of_limits: bool = False) -> Relaxation:
    """The relaxation at good prices: each limit's is the least at which it is kept, in turn until all are.

    With `free_of_limits` all limits have price 0: only what orders share is priced.
    """
    prices = np.zeros(len(program.amounts))
    covers = _cover_prices(program, program.cost)
    found = _at(program, prices, covers)
    if free_of_limits:
        return found
    for _ in range(_ROUNDS):
        used = program.uses[:, found.choice].sum(axis=1)
        over = np.flatnonzero(used > program.amounts + TOLERANCE * np.maximum(np.abs(program.amounts), 1.0))
        tight = np.union1d(over, np.flatnonzero(prices))
        if not len(over):
            break
        for limit in tight:
            prices = _priced(program, prices, covers, int(limit))
        covers = _cover_prices(program, program.cost + program.uses.T @ prices)
        found = _at(program, prices, covers)
    return found


def _priced(program: Program, prices: Floats, covers: Floats, limit: int) -> Floats:
    """The prices with that of one limit at the least that keeps it; unchanged where no price does."""

    def used_at(price: float) -> float:
        tried = prices.copy()
        tried[limit] = price
        return float(program.uses[[limit], :][:, _at(program, tried, covers).choice].sum())

    result = prices.copy()
    result[limit] = 0.0
    room = program.amounts[limit] + TOLERANCE * max(abs(program.amounts[limit]), 1.0)
    if used_at(0.0) <= room:
        return result
    low, high = np.log(_LOWEST), np.log(_HIGHEST)
    if used_at(_HIGHEST) > room:
        result[limit] = _HIGHEST
        return result
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if used_at(float(np.exp(middle))) <= room:
            high = middle
        else:
            low = middle
    result[limit] = float(np.exp(high))
    return result


def _cover_prices(program: Program, cost: Floats) -> Floats:
    """(2, orders) price of a unit of `measure` at which an order just reaches its minimum, and its free freight."""
    orders = program.orders
    count = len(orders.minimum)
    prices = np.zeros((2, count))
    for row, goal, credit in (
        (0, orders.minimum, 0.0),
        (1, np.maximum(orders.minimum, np.where(np.isfinite(orders.free_from), orders.free_from, 0.0)), 1.0),
    ):
        paid = cost - credit * program.freight
        short = _value_at(program, paid, np.zeros(count)) < goal * (1 - TOLERANCE)
        if not short.any():
            continue
        part, _, rows = program.restricted_to_orders(short, np.empty(0, dtype=np.int64))
        low, high = (
            np.full(len(part.orders.minimum), np.log(_LOWEST)),
            np.full(len(part.orders.minimum), np.log(_HIGHEST)),
        )
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            reached = _value_at(part, paid[rows], np.exp(middle)) >= goal[short] * (1 - TOLERANCE)
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        prices[row, short] = np.exp(high)
    return prices


def _value_at(program: Program, cost: Floats, price: Floats) -> Floats:
    """(orders,) value of each order when every unit of it earns `price` (orders,)."""
    order = program.order[program.item]
    choice = cheapest_options(program, cost - price[order] * program.measure)
    return sums(program.order, program.measure[choice], len(price))


def cheapest_options(program: Program, cost: Floats) -> Ints:
    """(I,) the first option of least cost of each item."""
    least = np.minimum.reduceat(cost, program.starts)
    ties = np.flatnonzero(cost <= least[program.item])
    return ties[np.searchsorted(program.item[ties], np.arange(program.items))]


def _at(program: Program, prices: Floats, covers: Floats) -> Relaxation:
    """The relaxation at given prices."""
    orders = program.orders
    count = len(orders.minimum)
    cost = program.cost + program.uses.T @ prices if prices.any() else program.cost
    order = program.order[program.item]
    most = sums(program.order, np.maximum.reduceat(program.measure, program.starts), count)
    nothing = np.flatnonzero(program.orders_nothing)
    states = np.empty((3, count))
    states[SKIPPED] = sums(program.order, cost[nothing], count)
    goals = (orders.minimum, np.maximum(orders.minimum, orders.free_from))
    options = []
    for state, goal, credit in ((PLACED, goals[0], 0.0), (FREE, goals[1], 1.0)):
        price = covers[state - 1]
        paid = cost - credit * program.freight - price[order] * program.measure
        choice = cheapest_options(program, paid)
        within = np.isfinite(goal) & (most >= goal * (1 - TOLERANCE))
        total = sums(program.order, paid[choice], count) + orders.fixed_cost
        states[state] = np.where(within, total + price * np.where(within, goal, 0.0), np.inf)
        options.append((choice, paid - paid[choice][program.item]))
    best = np.argmin(states, axis=0)
    least = states[best, np.arange(count)]
    chosen = np.select(
        [best[program.order] == SKIPPED, best[program.order] == PLACED], [nothing, options[0][0]], options[1][0]
    )
    reduced_cost = np.full(len(cost), np.inf)
    for state, (_, above) in zip((PLACED, FREE), options, strict=True):
        np.minimum(reduced_cost, (states[state] - least)[order] + above, out=reduced_cost)
    reduced_cost[nothing] = np.minimum(reduced_cost[nothing], (states[SKIPPED] - least)[program.order])
    bound = float(least.sum() - prices @ program.amounts)
    return Relaxation(prices, least, bound, chosen, np.maximum(reduced_cost, 0.0))


def candidates(found: Relaxation, allowance: float, keep: Flags) -> Ints:
    """Options, ascending, that a choice costing at most `allowance` above the bound can hold, and those to keep."""
    return np.flatnonzero((found.reduced_cost <= allowance) | keep)
