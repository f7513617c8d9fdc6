"""What the limits change of each item, and which of them did."""

import numpy as np
import pandas as pd

from features.arrays import Ints
from models.inventory.constraints.limits import BUDGET, CAPACITY, VOLUME, WEIGHT
from models.inventory.constraints.problem import CouplingProblem
from models.inventory.constraints.program import TOLERANCE, Program, sums
from models.inventory.constraints.sentences import note, review_day_text
from models.inventory.constraints.solving import Solution
from models.inventory.recommendations.sentences import money
from models.inventory.terms.columns import numbers

SUPPLIER_MINIMUM, FREE_FREIGHT, ORDER_COST = "supplier minimum", "free freight", "order cost"
CONTAINER, ORDER_BUDGET, ROOM = "container", "order budget", "capacity"
_NAMES = {VOLUME: CONTAINER, WEIGHT: CONTAINER, BUDGET: ORDER_BUDGET, CAPACITY: ROOM}
_TAKEN = ["sku", "location", "supplier", "order_units", "order_value", "order_value_base", "days_of_supply_after",
          "lasts_until", "money_at_stake", "lost_units", "leftover_units", "next_placed_on"]  # fmt: skip
CHANGED_COLUMNS = [*_TAKEN, "wanted_units", "units_saved", "lost_more_units", "limit_cost", "short_of_required",
           "binding_constraint", "limit_note"]  # fmt: skip


def changed_choices(problem: CouplingProblem, solution: Solution) -> pd.DataFrame:
    """The items whose quantity is not their own best, sorted by sku and location.

    Returns
    -------
    Columns `CHANGED_COLUMNS`: the row of the chosen option; wanted_units (the item's own best), units_saved (lost
    without an order less lost with it), lost_more_units and limit_cost (than with its own best), short_of_required
    (units that a person asks for and the limits leave out), binding_constraint, and limit_note: why, in words.
    """
    program, options = problem.program, problem.options
    items = np.flatnonzero(solution.choice != problem.chosen)
    taken, own = options.iloc[solution.choice[items]], options.iloc[problem.chosen[items]]
    frame = taken[_TAKEN].reset_index(drop=True)
    nothing = np.flatnonzero(program.orders_nothing)[items]
    lost = numbers(options, "lost_units", 0.0)
    asked = np.zeros(program.items)
    required = options["is_required"].to_numpy(dtype=bool)
    asked[program.item[required]] = options["order_units"].to_numpy(dtype=np.float64)[required]
    units = frame["order_units"].to_numpy(dtype=np.float64)
    cost = program.cost - problem.penalty
    moved = [_binding_and_note(problem, solution, int(item)) for item in items]
    return frame.assign(
        wanted_units=own["order_units"].to_numpy(dtype=np.float64),
        units_saved=lost[nothing] - lost[solution.choice[items]],
        lost_more_units=lost[solution.choice[items]] - lost[problem.chosen[items]],
        limit_cost=cost[solution.choice[items]] - cost[problem.chosen[items]],
        short_of_required=np.maximum(asked[items] - units, 0.0),
        binding_constraint=pd.Series([binding for binding, _ in moved], dtype=object),
        limit_note=pd.Series([words for _, words in moved], dtype=object),
    )[CHANGED_COLUMNS]


def _binding_and_note(problem: CouplingProblem, solution: Solution, item: int) -> tuple[str, str]:
    """The limit that moved an item, and the note of its reasons."""
    program = problem.program
    order = int(program.order[item])
    terms = problem.orders.iloc[order]
    units = problem.options["order_units"].to_numpy(dtype=np.float64)
    taken, own = units[solution.choice[item]], units[problem.chosen[item]]
    placed, value, _ = program.totals(solution.choice)
    when, name = review_day_text(terms), str(terms["name"])
    minimum = f"minimum of {money(terms['minimum'], terms['currency'])}"
    wanted = sums(program.order, program.measure[problem.chosen], len(problem.orders))[order]
    below = wanted < terms["minimum"] * (1 - TOLERANCE)
    if taken > own:
        reached = value[order] >= terms["free_from"] * (1 - TOLERANCE) > wanted
        if reached and value[order] > terms["minimum"] * (1 + TOLERANCE):
            goal = f"free freight from {money(terms['free_from'], terms['currency'])}"
            return FREE_FREIGHT, note("raised", own, name, goal, when)
        if below:
            return SUPPLIER_MINIMUM, note("raised", own, name, minimum, when)
        return CONTAINER, note("filled", own, name, "", when)
    scarce = _scarcest(program, solution, problem.chosen, item)
    if scarce is None:
        if placed[order]:
            return CONTAINER, note("cut" if taken else "none", own, name, "containers", when)
        return (SUPPLIER_MINIMUM if below else ORDER_COST), note(
            "below" if below else "fixed", own, name, minimum, when
        )
    limit = problem.limits[scarce]
    what = {
        ORDER_BUDGET: f"order budget of {limit.month:%B}" + ("" if limit.scope == "*" else f" for {limit.scope}"),
        ROOM: f"room at {limit.scope}",
        CONTAINER: f"room in {name}'s containers",
    }[_NAMES[limit.kind]]
    return _NAMES[limit.kind], note("cut" if taken else "none", own, name, what, when)


def _scarcest(program: Program, solution: Solution, chosen: Ints, item: int) -> int | None:
    """The scarce limit of which an item gave up most, at the limits' prices."""
    given = (program.uses[:, [int(chosen[item])]] - program.uses[:, [int(solution.choice[item])]]).toarray().ravel()
    worth = solution.prices * given
    if worth.max(initial=0.0) > 0:
        return int(np.argmax(worth))
    return None
