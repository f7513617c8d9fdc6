"""The costs that a decision weighs: of each item, and over the window that an order decides."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.costs.contribution import channel_contribution, with_downstream_channels
from models.inventory.costs.last_orders import sellable_before_end
from models.inventory.costs.replacement import with_replacement
from models.inventory.costs.shelf_life import sellable_before_expiry
from models.inventory.costs.unit_costs import ItemCosts, critical_ratio, unit_costs
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import numbers
from models.inventory.terms.decision_rules import DecisionRules


def item_costs(
    state: InventoryState, channel_mix: pd.DataFrame, channel_costs: pd.DataFrame, rules: DecisionRules
) -> ItemCosts:
    """Costs of each item from its terms, its channels and the review period.

    Parameters
    ----------
    state: see there.
    channel_mix, channel_costs: see `channel_contribution`.
    rules: the company's.
    """
    landed = state.terms["landed_cost_base"].to_numpy(dtype=np.float64)
    landed = np.where(np.isfinite(landed), landed, numbers(state.items, "unit_cost_base"))
    contribution, price = channel_contribution(state.items, channel_mix, channel_costs, landed, as_of=state.as_of)
    return unit_costs(
        landed_cost=landed,
        contribution=contribution,
        net_price=np.where(np.isfinite(price), price, numbers(state.items, "unit_price_base")),
        volume_m3=numbers(state.items, "volume_m3"),
        review_days=_review_days(state),
        daily_demand=state.daily_demand,
        rules=rules,
        own_underage=numbers(state.parameters, "underage_cost_per_unit"),
        own_holding=numbers(state.parameters, "holding_cost_per_unit_day"),
    )


def over_one_window(state: InventoryState, costs: ItemCosts) -> ItemCosts:
    """Costs whose overage is one window's holding: what a unit ordered now costs beyond one of the next review.

    Waiting brings the same unit at the next review, however slowly it sells. So a rule that looks at one window, from
    an order's arrival to the next one's, weighs the window's shortage against the window's holding. Charging the whole
    time to sell there would count it once for every window: a slow item's shortage in one window is as rare as its
    demand.
    """
    days = _review_days(state)
    over = costs.holding_per_unit_day * days
    return replace(costs, overage_days=days, overage=over, critical_ratio=critical_ratio(costs.underage, over))


def _review_days(state: InventoryState) -> Floats:
    return np.maximum((state.calendar.next_placed_on - state.calendar.placed_on).astype(np.float64), 1.0)


@dataclass(frozen=True)
class DecisionCosts:
    """The costs that a decision weighs, and how much can still be sold. Arrays (items,).

    Attributes
    ----------
    item: of each item as it is.
    decision: over one window: what targets, curves and plans are made of.
    sellable_before_end, sellable_before_expiry: the largest position that is still worth having before the item ends,
        and before its stock expires, units; infinity for none.
    """

    item: ItemCosts
    decision: ItemCosts
    sellable_before_end: Floats
    sellable_before_expiry: Floats


def decision_costs(
    state: InventoryState, channel_mix: pd.DataFrame, channel_costs: pd.DataFrame, rules: DecisionRules
) -> DecisionCosts:
    """The costs that decide: of the item, and over a window.

    Parameters
    ----------
    state: see there.
    channel_mix: see `channel_contribution`.
    channel_costs: canonical frame.
    rules: the company's.
    """
    item = item_costs(state, with_downstream_channels(channel_mix, state), channel_costs, rules)
    window = over_one_window(state, item)
    if rules.unmet_demand == "lost":
        window = with_replacement(state, window)
    return DecisionCosts(
        item,
        window,
        sellable_before_end(state, item, rules.salvage_share_of_cost),
        sellable_before_expiry(state, item),
    )
