"""The money side of tonight's decision: costs of each item, and what changes when an item ends or earns nothing."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from features.arrays import Floats
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.costs.contribution import channel_contribution
from models.inventory.costs.last_orders import is_last_order
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
from models.inventory.terms.rounding import round_up
from models.inventory.terms.service_targets import BY_COST, Targets

RATIOS = np.array([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999])


def economic_quantity(daily_demand: ArrayLike, fixed_cost: ArrayLike, holding_per_unit_day: ArrayLike) -> Floats:
    """Economic order quantity, 0 where an order line costs nothing or nothing is sold.

    >>> economic_quantity(1300.0, 8.0, 0.225).round(4).item()
    304.0468

    Source: Harris (1913); Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed., eq. 3.5.
    """
    rate, fixed, holding = (
        np.asarray(value, dtype=np.float64) for value in (daily_demand, fixed_cost, holding_per_unit_day)
    )
    ratio = np.divide(
        2 * fixed * rate, holding, out=np.zeros(np.broadcast(fixed, rate, holding).shape), where=holding > 0
    )
    return np.asarray(np.sqrt(np.maximum(ratio, 0.0)))


def item_costs(
    state: InventoryState, channel_mix: pd.DataFrame, channel_costs: pd.DataFrame, rules: DecisionRules
) -> ItemCosts:
    """Costs of each item from its terms, its channels and the review period."""
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
    """Costs whose overage is one window's holding: what a unit ordered tonight costs beyond one of the next review.

    Waiting brings the same unit at the next review, however slowly it sells. So a rule that looks at one window, from
    an order's arrival to the next one's, weighs the window's shortage against the window's holding. Charging the whole
    time to sell there would count it once for every window: a slow item's shortage in one window is as rare as its
    demand.
    """
    days = _review_days(state)
    over = costs.holding_per_unit_day * days
    return replace(costs, overage_days=days, overage=over, critical_ratio=critical_ratio(costs.underage, over))


def order_batches(state: InventoryState, costs: ItemCosts, distribution: DemandDistribution) -> tuple[Floats, Floats]:
    """The economic quantity (0: a line costs nothing of its own), and the least that one order brings: (items,) units.

    The economic quantity sets the time between orders; what is ordered is the demand expected of that time after the
    protection interval, so that a season that ends is not bought beyond.
    """
    step = state.items["unit_step"].to_numpy(dtype=np.float64)
    fixed = state.terms["fixed_cost_base"].to_numpy(dtype=np.float64)
    economic = economic_quantity(state.daily_demand, np.nan_to_num(fixed), costs.holding_per_unit_day)
    economic = np.minimum(economic, _demand_of_cycle(state, distribution, economic))
    least = round_up(np.maximum(order_minimum(state), step), state.terms["pack_units"].to_numpy(dtype=np.float64))
    return economic, np.maximum(least, economic)


def _demand_of_cycle(state: InventoryState, distribution: DemandDistribution, economic: Floats) -> Floats:
    """(items,) units expected, after the protection interval, over the days that the economic quantity would last."""
    horizon = int(distribution.lengths_days.sum())
    first = np.clip(state.offset(state.protection_end_on) + 1, 1, horizon)
    rate = state.daily_demand
    lasts = np.divide(economic, rate, out=np.zeros_like(economic), where=rate > 0)
    last = np.minimum(first + np.ceil(np.minimum(lasts, horizon)).astype(np.int64) - 1, horizon)
    expected = distribution.expected(first, np.maximum(last, first))
    step = state.items["unit_step"].to_numpy(dtype=np.float64)
    return np.asarray(np.where(economic > 0, np.ceil(expected / step) * step, 0.0))


def _review_days(state: InventoryState) -> Floats:
    return np.maximum((state.calendar.next_placed_on - state.calendar.placed_on).astype(np.float64), 1.0)


@dataclass(frozen=True)
class ForecastLevelUncertainty:
    """How far demand may be lower than thought.

    Attributes
    ----------
    days_beyond_mean: (items, ratios) days of demand between the mean and each of `RATIOS`' quantiles.
    level_share: (items,) share of the variance that is about the level of demand.
    """

    days_beyond_mean: Floats
    level_share: Floats


def forecast_level_uncertainty(state: InventoryState, distribution: DemandDistribution) -> ForecastLevelUncertainty:
    """Over the protection interval at the mean lead time; see `ratio_with_uncertain_level`."""
    last = np.maximum(state.offset(state.protection_end_on), 1)
    total = distribution.interval(1, last)
    noise = distribution.dispersion * distribution.unit_step * total.mean
    variance = np.square(total.sd)
    share = np.clip(1 - np.divide(noise, variance, out=np.ones(len(noise)), where=variance > 0), 0.0, 1.0)
    beyond = demand_quantiles(total, np.broadcast_to(RATIOS, (len(noise), len(RATIOS)))) - total.mean[:, None]
    rate = state.daily_demand[:, None]
    return ForecastLevelUncertainty(np.divide(beyond, rate, out=np.zeros_like(beyond), where=rate > 0), share)


def with_uncertain_level(costs: ItemCosts, uncertainty: ForecastLevelUncertainty) -> ItemCosts:
    """Costs whose overage knows that demand may be lower than thought; see `ratio_with_uncertain_level`."""
    ratio = ratio_with_uncertain_level(costs, RATIOS, uncertainty.days_beyond_mean, uncertainty.level_share)
    return with_ratio(costs, ratio)


def order_minimum(state: InventoryState) -> Floats:
    """(items,) smallest order: of the terms, and of the planning parameters in units and days of cover."""
    days_of_cover = numbers(state.parameters, "minimum_order_days", 0.0) * state.daily_demand
    own = numbers(state.parameters, "minimum_order_units", 0.0)
    return np.maximum(np.maximum(own, days_of_cover), numbers(state.terms, "minimum_order_units", 0.0))


def order_maximum(state: InventoryState, name: str) -> Floats:
    """(items,) the smaller of a maximum in units and in days of cover; infinity for none.

    `name` is maximum_order or maximum_stock.
    """
    in_days = numbers(state.parameters, f"{name}_days") * state.daily_demand
    least = np.fmin(numbers(state.parameters, f"{name}_units"), in_days)
    if name == "maximum_order":
        least = np.fmin(least, cut_over_cap(state))
    return np.where(np.isnan(least), np.inf, least)


def cut_over_cap(state: InventoryState) -> Floats:
    """(items,) the largest first order after a cut-over, one whole order at least; NaN for none. See `cut_over`."""
    capped = numbers(state.items, "first_order_days") * state.daily_demand
    pack = state.terms["pack_units"].to_numpy(dtype=np.float64)
    least = np.maximum(round_up(order_minimum(state), pack), pack)
    return np.where(np.isnan(capped), np.nan, np.maximum(capped, least))


def sensible_targets(targets: Targets, costs: ItemCosts, state: InventoryState) -> Targets:
    """Targets with no order for items that may not, or need not, be sold: after their end, or at a loss by cost."""
    ended = ~np.isnat(state.ends_on) & (state.ends_on <= np.datetime64(state.as_of, "D"))
    at_a_loss = (targets.service_by == BY_COST) & (costs.underage <= 0)
    target = np.where(is_last_order(state), np.minimum(targets.target, costs.critical_ratio), targets.target)
    return replace(targets, target=np.where(ended | at_a_loss, 0.0, target))
