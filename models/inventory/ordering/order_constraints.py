"""From levels to orders: packs, minimums, price breaks and limits, and fair shares of what a sending location has."""

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints, Texts
from models.inventory.costs.decision_costs import DecisionCosts
from models.inventory.ordering.item_cost_curves import later_pace
from models.inventory.ordering.levels import Levels
from models.inventory.ordering.order_sizes import cut_over_cap, order_maximum, order_minimum
from models.inventory.position.network import allocation_limits
from models.inventory.position.outlook import DailyMeans
from models.inventory.position.state import WITHOUT_SOURCE_DAYS, InventoryState
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.order_limits import (
    CLOSURE,
    CUT_OVER,
    DO_NOT_ORDER,
    MAXIMUM_ORDER,
    MINIMUM_ORDER,
    NONE,
    ORDER_CAP,
    PACK,
    PHASE_OUT,
    PRICE_BREAK,
    SHELF_LIFE,
    Limits,
    within_limits,
)
from models.inventory.terms.price_breaks import worthwhile_quantities
from models.inventory.terms.rounding import round_up


def apply_order_constraints(
    state: InventoryState,
    levels: Levels,
    costs: DecisionCosts,
    rules: DecisionRules,
    means: DailyMeans,
) -> tuple[Floats, Texts]:
    """Orders in whole packs within all limits, and what binds; both (items,).

    What fed locations will need is in their sender's levels already (`pooled_demand`); here its stock of now is shared
    out among them.

    Parameters
    ----------
    state, levels, costs: of the same items.
    rules: the company's.
    means: mean demand by day.
    """
    terms, parameters = state.terms, state.parameters
    pack = terms["pack_units"].to_numpy(dtype=np.float64)
    minimum = order_minimum(state)
    can_order = state.has_source & state.stock.known
    # With no open day in sight nobody can say whether anything is wanted.
    closed = ~state.calendar.orderable & can_order
    forbidden = parameters["do_not_order"].to_numpy(dtype=bool) & (levels.wanted > 0)
    wanted = np.where(can_order, levels.wanted, 0.0)
    order = round_up(wanted, pack, minimum)
    binding = np.where(order > wanted + 1e-9, PACK, NONE).astype(object)
    binding[(wanted > 0) & (order > round_up(wanted, pack) + 1e-9)] = MINIMUM_ORDER
    rate = terms["rate_to_base"].fillna(1.0).to_numpy(dtype=np.float64)  # breaks are in the currency of the terms
    has_breaks_in = np.isfinite(levels.before_breaks)
    binding[has_breaks_in & (order > round_up(levels.before_breaks, pack, minimum) + 1e-9)] = PRICE_BREAK
    raised = worthwhile_quantities(
        order,
        breaks=terms["price_breaks"].mask(has_breaks_in).tolist(),
        unit_cost=terms["unit_cost"].to_numpy(dtype=np.float64),
        extra_cost=terms["extra_cost_base"].fillna(0.0).to_numpy(dtype=np.float64) / rate,
        fixed_cost=terms["fixed_cost_base"].fillna(0.0).to_numpy(dtype=np.float64) / rate,
        holding_per_unit_day=costs.item.holding_per_unit_day / rate,
        daily_demand=later_pace(state, means, rules),
    )
    binding[raised > order + 1e-9] = PRICE_BREAK
    order = round_up(raised, pack)
    asked = np.where(closed | forbidden, 0.0, order)
    # Whether a pack is worth having of which a part may be left, the cost of the whole order says.
    sellable, held = np.fmin(costs.sellable_before_end, costs.sellable_before_expiry), np.nan_to_num(state.position)
    limits = Limits(
        order=order_maximum(state, "maximum_order"),
        position=order_maximum(state, "maximum_stock"),
        sellable=held + round_up(np.maximum(sellable - held, 0.0), pack),
        source=allocation_limits(
            asked,
            pack,
            state.sender,
            state.stock.available,
            state.position,
            own=state.own_demand,
            pooled=state.demand,
            days=days_of_shares(state),
        ),
    )
    order, cut = within_limits(order, position=np.nan_to_num(state.position), minimum=minimum, pack=pack, limits=limits)
    binding = np.where(pd.isna(cut), binding, cut)
    binding[closed], binding[forbidden] = CLOSURE, DO_NOT_ORDER
    order = np.where(closed | forbidden, 0.0, order)
    waiting = (order > 0) & ~state.supplier_open & np.isin(binding.astype(str), [NONE, PACK])
    binding[waiting] = CLOSURE
    expires_first = costs.sellable_before_expiry < costs.sellable_before_end
    binding[(binding == PHASE_OUT) & expires_first] = SHELF_LIFE
    wanted_alone = np.where(has_breaks_in & (levels.before_breaks > 0), levels.before_breaks, levels.wanted)
    reached = np.nan_to_num(state.position) + wanted_alone
    to_level = levels.order_up_to_level - np.nan_to_num(state.position)
    capped = (reached <= levels.reorder_point + 1e-9) & (order < to_level - 1e-9)
    binding[(order > 0) & capped & np.isin(binding.astype(str), [NONE, PACK])] = ORDER_CAP
    binding[(binding == MAXIMUM_ORDER) & (limits.order >= cut_over_cap(state))] = CUT_OVER
    return order, binding


def days_of_shares(state: InventoryState) -> Ints:
    """(items,) days until each item's own next delivery, or until its sender's can reach it.

    The next delivery is the first open line that comes, or an order placed now.
    """
    lines = state.supply.lines
    coming = lines[lines["is_expected"].to_numpy(dtype=bool)]
    first = np.where(state.has_source, state.offset(state.calendar.expected_on), WITHOUT_SOURCE_DAYS)
    first = np.asarray(first, dtype=np.int64)
    days = state.offset(coming["median_on"].to_numpy().astype("datetime64[D]"))
    np.minimum.at(first, coming["item"].to_numpy(dtype=np.int64), days)
    fed = state.sender >= 0
    transfer = state.offset(state.calendar.expected_on)
    last = np.where(fed, first[np.maximum(state.sender, 0)] + transfer, first)
    horizon = int(state.own_demand.lengths_days.sum())
    return np.clip(last, 1, horizon)
