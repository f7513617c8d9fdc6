"""The open order lines that a proposal could change, and what a proposal holds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats, Ints
from models.inventory.position.stock_counts import RECEIVED
from models.inventory.recommendations.plan import Plan
from models.inventory.terms.columns import days

EXPEDITE, POSTPONE, CANCEL = "expedite", "postpone", "cancel"
COLUMNS = ["line", "item", "action", "days", "saving", "units", "served", "holding", "write_off", "left_over"]
"""Columns of proposals, one row per line to change.

line: row of `state.supply.lines`. item: its row. action: expedite, postpone or cancel. days: moved by, negative for
earlier; 0 for a cancellation. saving: base currency, > 0. units: still to come. served: expected units that are sold
more, negative for less. holding, write_off: saved, base currency. left_over: units of a cancelled line that would not
be sold.
"""

SOONEST_DAYS = 2
"""A line cannot come earlier than so many days after people have decided."""

SURELY_COME = 0.9
"""A line or an order has surely come by the day that so much of its arrival's distribution lies before."""

SHIPPED = frozenset({"shipped", "partly_received"})
"""States of an order that is on its way: it can be expedited at most."""


@dataclass(frozen=True)
class OpenLines:
    """Open lines, arrays (lines,) in the order of `state.supply.lines`.

    Attributes
    ----------
    item: row of the item.
    units: still to come, less those for customers who wait, first come first; 0 where nothing is expected any more.
    arrives: likely arrival, days after `as_of`.
    soonest: the first day on which it could come: after people's decision, and no quicker than its supplier ever was.
    counted: units that the inventory position counts of it.
    can_expedite: may come earlier. can_postpone: may come later, or be cancelled.
    minimum_saving: saving below which nothing is proposed, base currency.
    """

    item: Ints
    units: Floats
    arrives: Ints
    soonest: Ints
    counted: Floats
    can_expedite: Flags
    can_postpone: Flags
    minimum_saving: Floats


def changeable_lines(plan: Plan) -> OpenLines:
    """What can be changed: expected lines of items of known stock; to postpone one, there must be time to ask for it.

    Planned lines are left to the person who approved them.
    """
    state, rules = plan.state, plan.rules
    lines = state.supply.lines
    item = lines["item"].to_numpy(dtype=np.int64)
    units = _left_of_owed(plan)
    arrives = state.offset(lines["median_on"].to_numpy().astype("datetime64[D]"))
    bought = (lines["kind"] == "purchase_order").to_numpy(dtype=bool)
    changeable = (
        (units > 0)
        & state.stock.known[item]
        & ~(lines["state"] == RECEIVED).to_numpy(dtype=bool)
        & (bought | (lines["kind"] == "transfer").to_numpy(dtype=bool))
    )
    asked = state.days_until_decided + rules.decision_lag_days
    in_time = arrives >= asked + rules.open_order_notice_days
    unshipped = bought & ~lines["state"].isin(SHIPPED).to_numpy(dtype=bool)
    value = units * plan.costs.unit_cost[item]
    return OpenLines(
        item=item,
        units=units,
        arrives=arrives,
        soonest=np.maximum(asked + SOONEST_DAYS, state.offset(days(lines, "earliest_on"))),
        counted=np.where(lines["is_counted"].to_numpy(dtype=bool), lines["units"].to_numpy(dtype=np.float64), 0.0),
        can_expedite=changeable,
        # Where more is ordered now, what is on its way is needed.
        can_postpone=changeable & unshipped & in_time & (plan.order[item] <= 0),
        minimum_saving=np.maximum(rules.open_order_gain_minimum, rules.open_order_gain_share * value),
    )


def spare_units(plan: Plan) -> Floats:
    """(items,) units by which the inventory position is above the reorder point: fewer than that may be turned away."""
    point = np.nan_to_num(plan.levels.reorder_point)
    return np.asarray(np.nan_to_num(plan.state.position) - np.where(plan.state.has_source, point, 0.0))


def _left_of_owed(plan: Plan) -> Floats:
    """(lines,) units of each line that are left when the customers who wait have got theirs."""
    lines = plan.state.supply.lines
    units = np.where(lines["is_expected"].to_numpy(dtype=bool), lines["units"].to_numpy(dtype=np.float64), 0.0)
    owed = np.maximum(-np.nan_to_num(plan.state.stock.available), 0.0)
    item = lines["item"].to_numpy(dtype=np.int64)
    order = np.lexsort((lines["median_on"].to_numpy(), item))
    before = pd.Series(units[order]).groupby(item[order]).cumsum().to_numpy() - units[order]
    left = np.empty(len(units))
    left[order] = units[order] - np.clip(owed[item[order]] - before, 0.0, units[order])
    return left


def rounds_of_items(rows: Ints, item: Ints) -> list[Ints]:
    """`rows` in their order, cut into rounds that hold each item once.

    >>> [part.tolist() for part in rounds_of_items(np.array([4, 2, 3]), np.array([0, 0, 7, 8, 7]))]
    [[4, 3], [2]]
    """
    if not len(rows):
        return []
    turn = pd.Series(item[rows]).groupby(item[rows]).cumcount().to_numpy()
    return [rows[turn == number] for number in range(int(turn.max()) + 1)]
