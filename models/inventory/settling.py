"""From levels to orders: fed locations first, then packs, minimums, price breaks and limits."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.inventory.columns import numbers
from models.inventory.costs import ItemCosts
from models.inventory.economics import order_minimum
from models.inventory.network import needs_of_fed, rounds, senders, shared_out
from models.inventory.outlook import DailyMeans
from models.inventory.policy import Levels
from models.inventory.price_breaks import worthwhile_quantities
from models.inventory.rounding import round_up
from models.inventory.rules import DecisionRules
from models.inventory.situation import Situation
from models.inventory.sizing import CLOSURE, DO_NOT_ORDER, MINIMUM_ORDER, NONE, PACK, PRICE_BREAK, Limits, limited

Floats = NDArray[np.float64]

KEPT_BY_SENDER = 0.9
"""A sending location keeps what it sells itself until its own next delivery, with this probability."""


def settled(
    known: Situation,
    levels: Levels,
    costs: ItemCosts,
    sellable: Floats,
    rules: DecisionRules,
    means: DailyMeans,
) -> tuple[Floats, Levels, NDArray[np.object_], Floats]:
    """Orders in whole packs within all limits, the levels with what fed locations need, and what binds.

    Locations that are fed from another are settled first; their transfers of tonight, and what they will need until the
    sender's own next delivery beyond their stock, raise the sender's levels.
    """
    count = len(known)
    sender = senders(known.items, known.terms)
    order, outgoing, raised = np.zeros(count), np.zeros(count), np.zeros(count)
    binding = np.full(count, NONE, dtype=object)
    safety = levels.compared - known.protection.mean
    later_demand = means.rate_after(known.offset(known.protection_end_on), rules.overstock_days)
    for rows in rounds(sender):
        wanted = _with_dependents(levels, known, raised)
        part, bound = _sized(known, wanted, costs, sellable, rules, rows, sender, outgoing, later_demand)
        order[rows], binding[rows] = part[rows], bound[rows]
        outgoing += needs_of_fed(rows, sender, order, count)
        reach = known.offset(known.calendar.next_expected_on)[np.maximum(sender, 0)]
        until = means.cumulative[np.arange(count), np.clip(reach - 1, 0, means.cumulative.shape[1] - 1)]
        later = until + np.maximum(safety, 0.0) - np.nan_to_num(known.position) - order
        raised += needs_of_fed(rows, sender, order + np.maximum(later, 0.0), count)
    lift = _whole_steps(raised, known)
    moved = replace(
        levels,
        reorder_point=levels.reorder_point + lift,
        order_up_to_level=levels.order_up_to_level + lift,
        wanted=_with_dependents(levels, known, raised),
    )
    return order, moved, binding, outgoing


def _with_dependents(levels: Levels, known: Situation, raised: Floats) -> Floats:
    """Wanted units when the levels are raised by what fed locations need."""
    lift = _whole_steps(raised, known)
    short = np.nan_to_num(known.position, nan=np.inf) <= levels.reorder_point + lift + 1e-9
    from_level = levels.order_up_to_level + lift - known.position
    wanted = np.where(levels.wanted > 0, levels.wanted + lift, np.where(short & (lift > 0), from_level, 0.0))
    return np.asarray(np.nan_to_num(np.maximum(wanted, 0.0)))


def _whole_steps(units: Floats, known: Situation) -> Floats:
    step = known.items["unit_step"].to_numpy(dtype=np.float64)
    return np.asarray(np.ceil(units / step - 1e-9) * step)


def _sized(
    known: Situation,
    wanted: Floats,
    costs: ItemCosts,
    sellable: Floats,
    rules: DecisionRules,
    rows: NDArray[np.int64],
    sender: NDArray[np.int64],
    outgoing: Floats,
    later_demand: Floats,
) -> tuple[Floats, NDArray[np.object_]]:
    """Wanted units as whole packs within minimums and limits, and what binds; for all items, of which `rows` count."""
    terms, parameters = known.terms, known.parameters
    pack = terms["pack_units"].to_numpy(dtype=np.float64)
    minimum = order_minimum(known)
    can_order = known.has_source & known.stock.known
    wanted = np.where(can_order, wanted, 0.0)
    order = round_up(wanted, pack, minimum)
    binding = np.where(order > wanted + 1e-9, PACK, NONE).astype(object)
    binding[(wanted > 0) & (order > round_up(wanted, pack) + 1e-9)] = MINIMUM_ORDER
    rate = terms["rate_to_base"].fillna(1.0).to_numpy(dtype=np.float64)  # breaks are in the currency of the terms
    raised = worthwhile_quantities(
        order,
        breaks=terms["price_breaks"].tolist(),
        unit_cost=terms["unit_cost"].to_numpy(dtype=np.float64),
        extra_cost=terms["extra_cost_base"].fillna(0.0).to_numpy(dtype=np.float64) / rate,
        fixed_cost=terms["fixed_cost_base"].fillna(0.0).to_numpy(dtype=np.float64) / rate,
        holding_per_unit_day=costs.holding_per_unit_day / rate,
        daily_demand=later_demand,
        longest_cover_days=float(rules.overstock_days),
    )
    binding[raised > order + 1e-9] = PRICE_BREAK
    order = round_up(raised, pack)
    kept = known.until_arrival.quantile(KEPT_BY_SENDER)
    spare = np.maximum(np.nan_to_num(known.stock.available) - outgoing - kept, 0.0)
    urgency = np.nan_to_num(known.protection.expected_shortage(np.maximum(np.nan_to_num(known.position), 0.0)))
    limits = Limits(
        order=_maximum(known, "maximum_order"),
        position=_maximum(known, "maximum_stock"),
        sellable=sellable + outgoing,
        source=shared_out(order, rows, sender, spare, urgency),
    )
    order, cut = limited(order, position=np.nan_to_num(known.position), minimum=minimum, pack=pack, limits=limits)
    binding = np.where(pd.isna(cut), binding, cut)
    closed = ~known.calendar.orderable & can_order  # with no end in sight: whether anything is wanted can't be told
    forbidden = parameters["do_not_order"].to_numpy(dtype=bool) & (wanted > 0)
    binding[closed], binding[forbidden] = CLOSURE, DO_NOT_ORDER
    order = np.where(closed | forbidden, 0.0, order)
    waiting = (order > 0) & ~known.supplier_open & np.isin(binding.astype(str), [NONE, PACK])
    binding[waiting] = CLOSURE
    return order, binding


def _maximum(known: Situation, name: str) -> Floats:
    """(items,) the smaller of a maximum in units and in days of cover; infinity for none."""
    in_days = numbers(known.parameters, f"{name}_days") * known.daily_demand
    least = np.fmin(numbers(known.parameters, f"{name}_units"), in_days)
    return np.where(np.isnan(least), np.inf, least)
