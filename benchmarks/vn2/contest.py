"""The contest's rules: order r, placed when weeks up to r - 1 are known, is on the shelf at the start of week r + 2."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats

ROUNDS, WEEKS = 6, 8
SHORTAGE_COST, HOLDING_COST = 1.0, 0.2
DECIDABLE = slice(2, WEEKS)
"""Weeks 3 to 8: the first that an order can change."""

Decide = Callable[[int, Floats, Floats, Floats], Floats]
"""(round, stock (I,), arriving at the next week's start (I,), a week later (I,)) -> units ordered (I,)."""


@dataclass(frozen=True)
class Game:
    """One run of eight weeks. Arrays of I items.

    Attributes
    ----------
    first_week: column of the first week that is played, in the sales known at the end.
    demand: (I, 8) units asked for.
    is_priced: (I, 8) whether the week costs anything: unknown demand is not priced.
    stock: (I,) units at the end of the last week before the game.
    next_week, week_after: (I,) units that arrive at the start of weeks 1 and 2.
    """

    first_week: int
    demand: Floats
    is_priced: Flags
    stock: Floats
    next_week: Floats
    week_after: Floats


def play(game: Game, decide: Decide) -> Floats:
    """(I, 8) cost of each item and week. Sales are lost without stock; goods under way cost nothing."""
    items = len(game.stock)
    arriving = np.zeros((WEEKS + 3, items))
    arriving[0], arriving[1] = game.next_week, game.week_after
    stock = game.stock.astype(np.float64)
    cost = np.zeros((items, WEEKS))
    for week in range(WEEKS):
        if week < ROUNDS:
            arriving[week + 2] = decide(week + 1, stock, arriving[week], arriving[week + 1])
        on_shelf = stock + arriving[week]
        sold = np.minimum(on_shelf, game.demand[:, week])
        stock = on_shelf - sold
        cost[:, week] = SHORTAGE_COST * (game.demand[:, week] - sold) + HOLDING_COST * stock
    return np.where(game.is_priced, cost, 0.0)
