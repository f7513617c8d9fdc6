"""All orders of a run together: one quantity for each item, at the least cost within what they share."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats
from models.inventory.constraints.choices import CHANGED_COLUMNS, changed_choices
from models.inventory.constraints.prices import PRICE_COLUMNS, constraint_prices
from models.inventory.constraints.problem import CouplingProblem, coupling_problem
from models.inventory.constraints.program import TOLERANCE, sums
from models.inventory.constraints.solving import solve
from models.inventory.terms.columns import days, numbers
from models.inventory.terms.money_rounding import line_values
from models.inventory.terms.supply_terms import term_on

_PACKS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
"""Packs beyond an item's largest option, for orders that cannot reach their minimum or free freight with it."""


@dataclass(frozen=True)
class CouplingRules:
    """The company's rules.

    Attributes
    ----------
    base_currency: of costs and budgets.
    longest_cover_days: no item is pulled forward beyond so many days of supply.
    line_cost: what a line costs to handle that is ordered for the sake of others, base currency.
    """

    base_currency: str
    longest_cover_days: float
    line_cost: float


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
    storage_capacity: pd.DataFrame,
    supply_terms: pd.DataFrame,
    rules: CouplingRules,
) -> Coupled:
    """Choose one quantity per item so that the total expected cost and the shared costs are least within all limits.

    Parameters
    ----------
    options: of all items that could be ordered now; see `order_options`.
    suppliers: canonical frame with `*_base` amounts.
    budgets: see `open_to_buy.budgets`.
    storage_capacity: see the function of that name.
    supply_terms: canonical frame; its freight per unit is what free freight saves.
    rules: the company's.

    Returns
    -------
    Coupled. The result does not depend on the order of rows.

    Source: docs/method.md, Limits across items; docs/decisions/0009-limits-across-items.md.
    """
    if options.empty:
        return Coupled(pd.DataFrame(columns=CHANGED_COLUMNS), pd.DataFrame(columns=PRICE_COLUMNS), 0.0, 0)
    options = options.sort_values(["sku", "location", "order_units"], kind="stable", ignore_index=True)

    def built(rows: pd.DataFrame) -> CouplingProblem:
        freight = _freight(rows, supply_terms)
        return coupling_problem(
            rows, suppliers, budgets, storage_capacity, freight, rules.line_cost, base_currency=rules.base_currency
        )

    problem = built(options)
    unreachable = _unreachable(problem)
    if unreachable.any():
        wanted = unreachable[problem.program.order[problem.program.item]]
        problem = built(_with_larger_quantities(options, wanted, rules.longest_cover_days))
    solution = solve(problem.program)
    return Coupled(
        choices=changed_choices(problem, solution),
        prices=constraint_prices(problem, solution, rules.base_currency),
        gap=max(solution.cost - solution.bound, 0.0),
        unsearched=int(solution.unsearched.sum()),
    )


def _unreachable(problem: CouplingProblem) -> Flags:
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
    per_unit = term_on(options, supply_terms, "freight_per_unit_base", days(options, "placed_on"))
    return np.asarray(np.nan_to_num(per_unit) * options["order_units"].to_numpy(dtype=np.float64))


def _with_larger_quantities(options: pd.DataFrame, wanted: Flags, longest_cover_days: float) -> pd.DataFrame:
    """The options with quantities beyond the largest of each item of `wanted`.

    A unit beyond the largest is held until everything before it is sold, so cost rises by the last slope and by
    holding * units**2 / (2 demand per day).

    Parameters
    ----------
    options: see `order_options`, sorted by sku, location and order_units.
    wanted: (N,) options of items whose order cannot reach its minimum or free freight.
    longest_cover_days: no item is pulled forward beyond so many days' demand.

    Returns
    -------
    The options and the new rows, sorted likewise; within `most_units`, the item's own limits.
    """
    key = ["sku", "location"]
    rows = options[wanted]
    last = rows.drop_duplicates(key, keep="last")
    before = rows[rows.duplicated(key, keep="last")].drop_duplicates(key, keep="last")
    last = last.merge(before[[*key, "order_units", "expected_cost_base"]], on=key, suffixes=("", "_before"))
    last = last[(numbers(last, "daily_demand") > 0) & (last["order_units"] > 0)].reset_index(drop=True)
    if last.empty:
        return options
    held = {name: numbers(last, name) for name in ("order_units", "expected_cost_base", "order_value", "daily_demand")}
    step = held["order_units"] - numbers(last, "order_units_before")
    slope = np.maximum((held["expected_cost_base"] - numbers(last, "expected_cost_base_before")) / step, 0.0)
    added = []
    for packs in _PACKS:
        more = packs * numbers(last, "pack_units")
        units = held["order_units"] + more
        days = more / held["daily_demand"]
        cost = held["expected_cost_base"] + slope * more + numbers(last, "holding_per_unit_day") * more * days / 2
        after = numbers(last, "days_of_supply_after") + days
        within = (units <= numbers(last, "most_units") * (1 + TOLERANCE)) & (after <= longest_cover_days)
        added.append(_larger_rows(last[within], units[within], cost[within], days[within], after[within]))
    parts = [part for part in added if len(part)]
    if not parts:
        return options
    joined = pd.concat([options, *(part[list(options.columns)].astype(options.dtypes.to_dict()) for part in parts)])
    return joined.sort_values([*key, "order_units"], kind="stable", ignore_index=True)


def _larger_rows(last: pd.DataFrame, units: Floats, cost: Floats, days: Floats, after: Floats) -> pd.DataFrame:
    scale = units / numbers(last, "order_units")
    value = line_values(units, numbers(last, "order_value") / numbers(last, "order_units"), last["currency"].tolist())
    more_days = pd.to_timedelta(np.floor(days), unit="D")
    return last.assign(
        order_units=units,
        order_value=value,
        order_value_base=value * numbers(last, "rate_to_base"),
        volume_m3=numbers(last, "volume_m3") * scale,
        weight_kg=numbers(last, "weight_kg") * scale,
        leftover_units=numbers(last, "leftover_units") + units - numbers(last, "order_units"),
        money_at_stake=numbers(last, "money_at_stake") + numbers(last, "expected_cost_base") - cost,
        expected_cost_base=cost,
        is_chosen=False,
        is_required=False,
        days_of_supply_after=after,
        lasts_until=last["lasts_until"] + more_days,
    )
