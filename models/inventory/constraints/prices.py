"""The price of each limit: what a little more or less of it would save or cost, by solving again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from features.arrays import Ints
from models.inventory.constraints.limits import (
    BUDGET,
    CAPACITY,
    FREIGHT,
    MINIMUM,
    VOLUME,
    WEIGHT,
    Limit,
    round_step,
)
from models.inventory.constraints.problem import CouplingProblem
from models.inventory.constraints.program import TOLERANCE, Program, sums
from models.inventory.constraints.sentences import (
    budget_sentence,
    freight_sentence,
    minimum_sentence,
    paid_container_sentence,
    storage_sentence,
)
from models.inventory.constraints.solving import Solution, solve

PRICE_COLUMNS = [
    "kind", "scope", "month", "unit", "limit_value", "wanted", "used", "is_binding", "looser_by", "saving_if_looser",
    "tighter_by", "cost_if_tighter", "sentence",
]  # fmt: skip

_DECIMALS = 2
"""Of base currency: what a limit is worth is the difference of two solutions within a gap: to cents at most."""


def constraint_prices(problem: CouplingProblem, solution: Solution, base_currency: str) -> pd.DataFrame:
    """One row per limit: the columns of the table `constraint_prices` but run_id, sorted by kind, scope and month."""
    rows = [_of_limit(problem, solution, number, base_currency) for number in range(len(problem.limits))]
    rows = [row for row in rows if row["kind"] not in {VOLUME, WEIGHT} or row["wanted"] > 0 or row["used"] > 0]
    rows += [_of_paid(problem, solution, group) for group in range(len(problem.paid))]
    for order in range(len(problem.orders)):
        rows += _of_order(problem, solution, order, base_currency)
    frame = pd.DataFrame(rows, columns=PRICE_COLUMNS)
    frame["month"] = pd.to_datetime(frame["month"])
    # Two orders to one supplier in one month: the one that the limit binds, else the first.
    ranked = frame.sort_values(
        ["kind", "scope", "month", "is_binding"], ascending=[True, True, True, False], kind="stable"
    )
    return ranked.drop_duplicates(["kind", "scope", "month"]).reset_index(drop=True)


def _of_limit(problem: CouplingProblem, solution: Solution, number: int, base: str) -> dict[str, Any]:
    limit, program = problem.limits[number], problem.program
    used = float(program.uses[[number]][:, solution.choice].sum())
    wanted = float(program.uses[[number]][:, problem.chosen].sum())
    amount = float(program.amounts[number])
    binds = bool(solution.prices[number] > 0 or wanted > amount * (1 + TOLERANCE) + TOLERANCE)
    row = {
        "kind": limit.kind, "scope": limit.scope, "month": limit.month, "unit": limit.unit,
        "limit_value": limit.amount, "wanted": limit.taken + wanted, "used": limit.taken + used, "is_binding": binds,
    }  # fmt: skip
    part = np.unique(program.order[np.isin(solution.part, solution.part[_items_using(program, number)])])
    tighter = min(limit.step, amount)

    def changed(by: float) -> float:
        amounts = program.amounts.copy()
        amounts[number] += by
        return _cost_of(problem, replace(program, amounts=amounts), solution, part)

    row |= _priced(binds, limit.step, tighter, _spent(problem, solution, part), changed)
    return row | {"sentence": _limit_sentence(limit, row, base)}


def _of_paid(problem: CouplingProblem, solution: Solution, group: int) -> dict[str, Any]:
    """How full the containers of an order are that pays for each: by volume where that is known, else by weight."""
    program, boxes, row = problem.program, problem.program.containers, problem.paid.iloc[group]
    by_volume = bool(np.isfinite(boxes.volume_m3[group]))
    size = program.volume_m3 if by_volume else program.weight_kg
    each = float(boxes.volume_m3[group] if by_volume else boxes.weight_kg[group])
    inside = boxes.group == group
    count = float(program.containers_of(solution.choice)[group])
    found = {
        "kind": VOLUME if by_volume else WEIGHT, "scope": row["scope"],
        "month": pd.Timestamp(row["placed_on"]).date().replace(day=1), "unit": "m3" if by_volume else "kg",
        "limit_value": count * each, "wanted": float(size[problem.chosen][inside].sum()),
        "used": float(size[solution.choice][inside].sum()), "is_binding": False,
    }  # fmt: skip
    return found | {"sentence": paid_container_sentence(str(row["name"]), found, round(count))}


def _of_order(problem: CouplingProblem, solution: Solution, order: int, base: str) -> list[dict[str, Any]]:
    """Rows of the minimum and of free freight of one order."""
    terms, program = problem.orders.iloc[order], problem.program
    placed, value, _ = program.totals(solution.choice)
    wanted = float(sums(program.order, program.measure[problem.chosen], len(problem.orders))[order])
    used = float(value[order]) if placed[order] else 0.0
    month = pd.Timestamp(terms["placed_on"]).date().replace(day=1)
    part = np.unique(program.order[np.isin(solution.part, solution.part[program.order == order])])
    rows = []
    for kind, goal in ((MINIMUM, terms["minimum"]), (FREIGHT, terms["free_from"])):
        if not (0 < goal < np.inf):
            continue
        short = 0 < wanted < goal * (1 - TOLERANCE)
        raised = used > wanted * (1 + TOLERANCE) and used >= goal * (1 - TOLERANCE)
        binds = bool(short and (kind == MINIMUM or (raised and used > terms["minimum"] * (1 + TOLERANCE))))
        step = min(round_step(float(goal)), float(goal))

        def changed(by: float, kind: str = kind) -> float:
            orders = program.orders
            name = "minimum" if kind == MINIMUM else "free_from"
            goals = getattr(orders, name).copy()
            goals[order] -= by
            return _cost_of(problem, replace(program, orders=replace(orders, **{name: goals})), solution, part)

        row = {
            "kind": kind, "scope": terms["supplier"], "month": month, "unit": terms["currency"],
            "limit_value": float(goal), "wanted": wanted, "used": used, "is_binding": binds,
        }  # fmt: skip
        row |= _priced(binds, step, step, _spent(problem, solution, part), changed)
        if kind == MINIMUM:
            waiting, raising = _alternatives(problem, solution, order)
            text = minimum_sentence(terms, row, waiting=waiting, raising=raising, base=base)
        else:
            text = freight_sentence(terms, row, base)
        rows.append(row | {"sentence": text})
    return rows


def _priced(binds: bool, step: float, tighter: float, now: float, changed: Callable[[float], float]) -> dict[str, Any]:
    """Saving and cost of a limit moved by a step; nothing where it does not bind."""
    if not binds:
        return {"looser_by": None, "saving_if_looser": None, "tighter_by": None, "cost_if_tighter": None}
    cost = max(round(changed(-tighter) - now, _DECIMALS), 0.0) if tighter > 0 else None
    return {
        "looser_by": step,
        "saving_if_looser": max(round(now - changed(step), _DECIMALS), 0.0),
        "tighter_by": tighter if tighter > 0 else None,
        "cost_if_tighter": cost,
    }


def _items_using(program: Program, number: int) -> Ints:
    entries = program.uses[[number]].tocoo()
    return np.unique(program.item[entries.coords[1][entries.data > 0]])


def _spent(problem: CouplingProblem, solution: Solution, orders: Ints) -> float:
    """Money that some orders cost as they are."""
    program = problem.program
    inside = np.isin(program.order, orders)
    placed, _, _ = program.totals(solution.choice)
    demanded = problem.penalty[solution.choice[inside]].sum() + problem.waived[orders][placed[orders]].sum()
    return float(program.costs_of(solution.choice)[orders].sum() - demanded)


def _cost_of(problem: CouplingProblem, program: Program, solution: Solution, orders: Ints) -> float:
    """Money that some orders cost at their best under changed limits, the others as they are."""
    inside = np.zeros(len(program.orders.minimum), dtype=bool)
    inside[orders] = True
    others = solution.choice[~inside[program.order]]
    amounts = np.maximum(program.amounts - program.uses[:, others].sum(axis=1), 0.0)
    small, _, options = replace(program, amounts=amounts).restricted_to_orders(inside, np.arange(len(amounts)))
    found = solve(small)
    placed, _, _ = small.totals(found.choice)
    demanded = problem.penalty[options][found.choice].sum() + problem.waived[inside][placed].sum()
    return float(small.costs_of(found.choice).sum() - demanded)


def _alternatives(problem: CouplingProblem, solution: Solution, order: int) -> tuple[float, float]:
    """What waiting for the next review costs more than each item's own best, and what raising now does.

    Raising is the order as it stands where it is placed, else the cheapest that reaches the minimum and leaves out
    nothing that is demanded; infinity: none.
    """
    inside = np.arange(len(problem.orders)) == order
    small, items, options = problem.program.restricted_to_orders(inside, np.empty(0, dtype=np.int64))
    orders = replace(small.orders, fixed_cost=small.orders.fixed_cost - problem.waived[inside])
    money = replace(small, cost=small.cost - problem.penalty[options], orders=orders)
    own = float(np.minimum.reduceat(money.cost, money.starts).sum())
    waiting = float(problem.options["expected_cost_base"].to_numpy()[options][small.orders_nothing].sum()) - own
    as_it_is = np.searchsorted(options, solution.choice[items])
    if not small.orders_nothing[as_it_is].all():
        return waiting, float(money.costs_of(as_it_is)[0]) - own
    terms = replace(orders, fixed_cost=orders.fixed_cost - _reward(small), free_from=np.full(1, np.inf))
    forced = solve(replace(small, orders=terms)).choice
    return waiting, float("inf") if small.orders_nothing[forced].all() else float(money.costs_of(forced)[0]) - own


def _reward(program: Program) -> float:
    """What makes placing an order cheaper than not placing it whatever it costs: a bound of all that it could cost.

    Every item at its dearest instead of its cheapest option, the order's own cost, in each group of containers one that
    is all but empty, and a unit of money so that the two are never equal. No more than that, since HiGHS ends at a gap
    relative to the objective, of which the reward is a part.
    """
    dearest, cheapest = (each.reduceat(program.cost, program.starts).sum() for each in (np.maximum, np.minimum))
    shared = np.maximum(program.orders.fixed_cost, 0.0).sum() + program.containers.cost.sum()
    return float(dearest - cheapest + shared + 1.0)


def _limit_sentence(limit: Limit, row: dict[str, Any], base: str) -> str:
    if limit.kind == BUDGET:
        return budget_sentence(limit.scope, limit.month, row, limit.taken, base)
    what = {VOLUME: "volume", WEIGHT: "weight", CAPACITY: "volume"}[limit.kind]
    containers = None if limit.kind == CAPACITY else round(limit.amount / limit.step)
    return storage_sentence(limit.scope, limit.supplier, row, what, containers, base)
