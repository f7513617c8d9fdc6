"""The costs that a decision weighs: of each item, over its windows, at its end, and with what spoils."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.costs.contribution import channel_contribution, with_downstream_channels
from models.inventory.costs.last_orders import with_end_of_life
from models.inventory.costs.replacement import with_replacement
from models.inventory.costs.shelf_life import with_spoilage
from models.inventory.costs.unit_costs import (
    ItemCosts,
    critical_ratio,
    ratio_with_uncertain_level,
    unit_costs,
    with_ratio,
)
from models.inventory.position.interval_demand import demand_quantiles
from models.inventory.position.state import InventoryState
from models.inventory.terms.columns import numbers
from models.inventory.terms.decision_rules import DecisionRules

RATIOS = np.array([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999])


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
class ForecastLevelUncertainty:
    """How far demand may be lower than forecast.

    Attributes
    ----------
    days_beyond_mean: (items, ratios) days of demand between the mean and each of `RATIOS`' quantiles.
    level_share: (items,) share of the variance that comes from the level of demand.
    """

    days_beyond_mean: Floats
    level_share: Floats


def forecast_level_uncertainty(state: InventoryState) -> ForecastLevelUncertainty:
    """Over the protection interval at the mean lead time; see `ratio_with_uncertain_level`."""
    last = np.maximum(state.offset(state.protection_end_on), 1)
    distribution = state.demand
    total = distribution.interval(1, last)
    noise = distribution.dispersion * distribution.unit_step * total.mean
    variance = np.square(total.sd)
    share = np.clip(1 - np.divide(noise, variance, out=np.ones(len(noise)), where=variance > 0), 0.0, 1.0)
    beyond = demand_quantiles(total, np.broadcast_to(RATIOS, (len(noise), len(RATIOS)))) - total.mean[:, None]
    rate = state.daily_demand[:, None]
    return ForecastLevelUncertainty(np.divide(beyond, rate, out=np.zeros_like(beyond), where=rate > 0), share)


def with_uncertain_level(costs: ItemCosts, uncertainty: ForecastLevelUncertainty) -> ItemCosts:
    """Costs whose overage allows for a lower demand than forecast; see `ratio_with_uncertain_level`."""
    ratio = ratio_with_uncertain_level(costs, RATIOS, uncertainty.days_beyond_mean, uncertainty.level_share)
    return with_ratio(costs, ratio)


@dataclass(frozen=True)
class DecisionCosts:
    """The costs that a decision weighs, and how much can still be sold. Arrays (items,).

    Attributes
    ----------
    item: of each item as it is.
    before_spoilage: with what a unit too many, or a sale saved, is worth in the windows after; without spoilage.
    decision: with spoilage: what targets and plans are made of.
    sellable_before_end, sellable_before_expiry: the largest position that is still worth having before the item ends,
        and before its stock expires, units; infinity for none.
    """

    item: ItemCosts
    before_spoilage: ItemCosts
    decision: ItemCosts
    sellable_before_end: Floats
    sellable_before_expiry: Floats


def decision_costs(
    state: InventoryState, channel_mix: pd.DataFrame, channel_costs: pd.DataFrame, rules: DecisionRules
) -> DecisionCosts:
    """The costs that decide, step by step: of the item, over a window, at its end, with what spoils.

    Parameters
    ----------
    state: see there.
    channel_mix: see `channel_contribution`.
    channel_costs: canonical frame.
    rules: the company's.
    """
    is_lost = rules.unmet_demand == "lost"
    item = item_costs(state, with_downstream_channels(channel_mix, state), channel_costs, rules)
    # Where unmet demand is lost, the cost curve weighs how long a unit too many waits when the forecast falls.
    over_time = (
        with_replacement(state, over_one_window(state, item))
        if is_lost
        else with_uncertain_level(item, forecast_level_uncertainty(state))
    )
    before_spoilage, before_end = with_end_of_life(state, over_time, rules.salvage_share_of_cost)
    decision, before_expiry = with_spoilage(state, before_spoilage, is_lost=is_lost)
    return DecisionCosts(item, before_spoilage, decision, before_end, before_expiry)
