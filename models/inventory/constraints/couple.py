"""Tonight's orders together: one quantity for each item, at the least cost within what they share."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats
from models.inventory.constraints.choices import COLUMNS as CHANGED
from models.inventory.constraints.choices import changed_choices
from models.inventory.constraints.ladder import extended
from models.inventory.constraints.prices import COLUMNS, constraint_prices
from models.inventory.constraints.problem import Problem, build
from models.inventory.constraints.program import sums
from models.inventory.constraints.solving import solve
from models.inventory.terms.supply_terms import term_of, valid_terms


@dataclass(frozen=True)
class CouplingRules:
    """The company's rules.

    Attributes
    ----------
    base_currency: of costs and budgets.
    longest_cover_days: no item is pulled forward beyond so many days of supply.
    """

    base_currency: str
    longest_cover_days: float


@dataclass(frozen=True)
class Coupled:
    """What the limits make of orders.

    Attributes
    ----------
    choices: one row per item whose quantity is not its own best; see `changed_choices`.
    prices: rows of the table `constraint_prices` but run_id.
    gap: what a better solution could save at most, base currency; proven.
    unsearched: items whose quantity was found by a list, since the search ended without an answer.
    """

    choices: pd.DataFrame
    prices: pd.DataFrame
    gap: float
    unsearched: int


def couple(
    options: pd.DataFrame,
    suppliers: pd.DataFrame,
    budgets: pd.DataFrame,
    rooms: pd.DataFrame,
    supply_terms: pd.DataFrame,
    rules: CouplingRules,
) -> Coupled:
    """Choose one quantity per item so that the total expected cost and the shared costs are least within all limits.

    Parameters
    ----------
    options: of all items that could be ordered now; see `order_options`.
    suppliers: canonical frame with `*_base` amounts.
    budgets: see `open_to_buy.budgets`. rooms: see `open_to_buy.rooms`.
    supply_terms: canonical frame; its freight per unit is what free freight saves.
    rules: the company's.

    Returns
    -------
    Coupled. The result does not depend on the order of rows.

    Source: docs/method.md, Limits across items; docs/decisions/0009-limits-across-items.md.
    """
    if options.empty:
        return Coupled(pd.DataFrame(columns=CHANGED), pd.DataFrame(columns=COLUMNS), 0.0, 0)
    options = options.sort_values(["sku", "location", "order_units"], kind="stable", ignore_index=True)

    def built(rows: pd.DataFrame) -> Problem:
        freight = _freight(rows, supply_terms)
        return build(rows, suppliers, budgets, rooms, freight, base_currency=rules.base_currency)

    problem = built(options)
    unreachable = _unreachable(problem)
    if unreachable.any():
        wanted = unreachable[problem.program.order[problem.program.item]]
        problem = built(extended(options, wanted, rules.longest_cover_days))
    solution = solve(problem.program)
    return Coupled(
        choices=changed_choices(problem, solution),
        prices=constraint_prices(problem, solution, rules.base_currency),
        gap=max(solution.cost - solution.bound, 0.0),
        unsearched=int(solution.unsearched.sum()),
    )


def _unreachable(problem: Problem) -> Flags:
    """(orders,) whether something is wanted but no choice of options reaches the minimum, or freight that is free.

    Free freight counts where there is freight to save.
    """
    program, orders = problem.program, problem.program.orders
    most = sums(program.order, np.maximum.reduceat(program.measure, program.starts), len(problem.orders))
    _, wanted, _ = program.totals(problem.chosen)
    saved = sums(program.order, np.maximum.reduceat(program.freight, program.starts), len(problem.orders))
    free_from = np.where(np.isfinite(orders.free_from) & (saved > 0), orders.free_from, 0.0)
    return np.asarray((wanted > 0) & (most < np.maximum(orders.minimum, free_from)))


def _freight(options: pd.DataFrame, supply_terms: pd.DataFrame) -> Floats:
    """(N,) freight of each option, base currency, by the terms of its item; 0 where none is named."""
    valid = valid_terms(supply_terms, pd.Timestamp(options["placed_on"].min()).date())
    per_unit = term_of(options, valid, "freight_per_unit_base")
    return np.asarray(np.nan_to_num(per_unit) * options["order_units"].to_numpy(dtype=np.float64))
