"""What each item's level is set by in this decision, and the levels that follow from it."""

from dataclasses import replace

import numpy as np
import pandas as pd

from features.arrays import Floats, Texts
from models.inventory.costs.last_orders import final_ratio, is_last_order
from models.inventory.costs.unit_costs import ItemCosts
from models.inventory.ordering.classical import BY_EXPECTED_COST, classical_levels
from models.inventory.ordering.levels import Levels, backordered_levels, lost_sales_levels
from models.inventory.position.backlog import Backlog
from models.inventory.position.state import InventoryState
from models.inventory.position.stock_flow import StockFlow
from models.inventory.terms.columns import numbers
from models.inventory.terms.decision_rules import DecisionRules
from models.inventory.terms.service_targets import BY_COST, ItemClasses, Targets, service_targets, with_quantile_shift


def decision_targets(
    state: InventoryState,
    costs: ItemCosts,
    classes: ItemClasses,
    rules: DecisionRules,
    quantile_shift: pd.DataFrame | None,
) -> Targets:
    """The targets that orders are decided by: the item's own, its class's or the company's, where an order makes sense.

    Parameters
    ----------
    state, costs, classes: of the same items.
    rules: the company's.
    quantile_shift: see `with_quantile_shift`.
    """
    targets = service_targets(
        service_by=rules.service_by,
        critical_ratio=costs.critical_ratio,
        cycle_service_target=rules.cycle_service_target,
        fill_rate_target=rules.fill_rate_target,
        class_target=classes.service_target,
        item_target=numbers(state.parameters, "service_target"),
    )
    return with_quantile_shift(sensible_targets(targets, costs, state, rules), classes.abc, quantile_shift)


def sensible_targets(targets: Targets, costs: ItemCosts, state: InventoryState, rules: DecisionRules) -> Targets:
    """Targets with no order for items that may not, or need not, be sold: after their end, or at a loss by cost."""
    ended = ~np.isnat(state.ends_on) & (state.ends_on <= np.datetime64(state.as_of, "D"))
    at_a_loss = (targets.service_by == BY_COST) & (costs.underage <= 0)
    # By cost, the curve weighs what is left at the end itself.
    is_last = is_last_order(state) & (targets.service_by != BY_COST)
    final = np.minimum(targets.target, final_ratio(state, costs, rules.salvage_share_of_cost))
    target = np.where(is_last, final, targets.target)
    return replace(targets, target=np.where(ended | at_a_loss, 0.0, target))


def levels_by_target(
    state: InventoryState,
    targets: Targets,
    flow: StockFlow,
    policy: Texts,
    economic: Floats,
    batch: Floats,
) -> Levels:
    """The levels of each item by its target, or its classical policy.

    Parameters
    ----------
    state, targets, flow: of the same items.
    policy: (items,) names; see `policies_of`.
    economic: (items,) economic order quantity, 0 for none.
    batch: (items,) the least that one order brings.
    """
    if isinstance(flow.window, Backlog):
        levels = backordered_levels(
            state.position,
            targets=targets,
            until_arrival=state.until_arrival,
            protection=state.protection,
            economic_units=economic,
            batch_units=batch,
        )
    else:
        levels = lost_sales_levels(
            state.position,
            flow.free,
            flow.owed,
            flow.counted,
            targets=targets,
            projection=flow.window,
            economic_units=economic,
        )
    rows = np.flatnonzero(policy != BY_EXPECTED_COST)
    if not len(rows):
        return levels
    named = classical_levels(
        policy[rows],
        state.position[rows],
        targets=targets.take(rows),
        until_arrival=state.until_arrival.take(rows),
        protection=state.protection.take(rows),
        economic_units=economic[rows],
    )
    return levels.with_rows(rows, named)
