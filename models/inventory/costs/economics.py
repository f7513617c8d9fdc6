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
    item_costs,
    ratio_with_uncertain_level,
    with_ratio,
)
from models.inventory.position.interval_demand import demand_quantiles
from models.inventory.position.state import Situation
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


def costs_tonight(
    known: Situation, channel_mix: pd.DataFrame, channel_costs: pd.DataFrame, rules: DecisionRules
) -> ItemCosts:
    """Costs of each item from its terms, its channels and the review period."""
    landed = known.terms["landed_cost_base"].to_numpy(dtype=np.float64)
    landed = np.where(np.isfinite(landed), landed, numbers(known.items, "unit_cost_base"))
    contribution, price = channel_contribution(known.items, channel_mix, channel_costs, landed, as_of=known.as_of)
    return item_costs(
        landed_cost=landed,
        contribution=contribution,
        net_price=np.where(np.isfinite(price), price, numbers(known.items, "unit_price_base")),
        volume_m3=numbers(known.items, "volume_m3"),
        review_days=_review_days(known),
        daily_demand=known.daily_demand,
        rules=rules,
        own_underage=numbers(known.parameters, "underage_cost_per_unit"),
        own_holding=numbers(known.parameters, "holding_cost_per_unit_day"),
    )


def over_one_window(known: Situation, costs: ItemCosts) -> ItemCosts:
    """Costs whose overage is one window's holding: what a unit ordered tonight costs beyond one of the next review.

    Waiting brings the same unit at the next review, however slowly it sells. So a rule that looks at one window, from
    an order's arrival to the next one's, weighs the window's shortage against the window's holding. Charging the whole
    time to sell there would count it once for every window: a slow item's shortage in one window is as rare as its
    demand.
    """
    days = _review_days(known)
    over = costs.holding_per_unit_day * days
    return replace(costs, overage_days=days, overage=over, critical_ratio=critical_ratio(costs.underage, over))


def order_batches(known: Situation, costs: ItemCosts, distribution: DemandDistribution) -> tuple[Floats, Floats]:
    """The economic quantity (0: a line costs nothing of its own), and the least that one order brings: (items,) units.

    The economic quantity sets the time between orders; what is ordered is the demand expected of that time after the
    protection interval, so that a season that ends is not bought beyond.
    """
    step = known.items["unit_step"].to_numpy(dtype=np.float64)
    fixed = known.terms["fixed_cost_base"].to_numpy(dtype=np.float64)
    economic = economic_quantity(known.daily_demand, np.nan_to_num(fixed), costs.holding_per_unit_day)
    economic = np.minimum(economic, _demand_of_cycle(known, distribution, economic))
    least = round_up(np.maximum(order_minimum(known), step), known.terms["pack_units"].to_numpy(dtype=np.float64))
    return economic, np.maximum(least, economic)


def _demand_of_cycle(known: Situation, distribution: DemandDistribution, economic: Floats) -> Floats:
    """(items,) units expected, after the protection interval, over the days that the economic quantity would last."""
    horizon = int(distribution.lengths_days.sum())
    first = np.clip(known.offset(known.protection_end_on) + 1, 1, horizon)
    rate = known.daily_demand
    lasts = np.divide(economic, rate, out=np.zeros_like(economic), where=rate > 0)
    last = np.minimum(first + np.ceil(np.minimum(lasts, horizon)).astype(np.int64) - 1, horizon)
    expected = distribution.expected(first, np.maximum(last, first))
    step = known.items["unit_step"].to_numpy(dtype=np.float64)
    return np.asarray(np.where(economic > 0, np.ceil(expected / step) * step, 0.0))


def _review_days(known: Situation) -> Floats:
    return np.maximum((known.calendar.next_placed_on - known.calendar.placed_on).astype(np.float64), 1.0)


@dataclass(frozen=True)
class LevelDoubt:
    """How far demand may be lower than thought.

    Attributes
    ----------
    days_beyond_mean: (items, ratios) days of demand between the mean and each of `RATIOS`' quantiles.
    level_share: (items,) share of the variance that is about the level of demand.
    """

    days_beyond_mean: Floats
    level_share: Floats


def level_doubt(known: Situation, distribution: DemandDistribution) -> LevelDoubt:
    """The doubt over the protection interval at the mean lead time; see `costs.ratio_with_uncertain_level`."""
    last = np.maximum(known.offset(known.protection_end_on), 1)
    total = distribution.interval(1, last)
    noise = distribution.dispersion * distribution.unit_step * total.mean
    variance = np.square(total.sd)
    share = np.clip(1 - np.divide(noise, variance, out=np.ones(len(noise)), where=variance > 0), 0.0, 1.0)
    beyond = demand_quantiles(total, np.broadcast_to(RATIOS, (len(noise), len(RATIOS)))) - total.mean[:, None]
    rate = known.daily_demand[:, None]
    return LevelDoubt(np.divide(beyond, rate, out=np.zeros_like(beyond), where=rate > 0), share)


def with_uncertain_level(costs: ItemCosts, doubt: LevelDoubt) -> ItemCosts:
    """Costs whose overage knows that demand may be lower than thought; see `costs.ratio_with_uncertain_level`."""
    ratio = ratio_with_uncertain_level(costs, RATIOS, doubt.days_beyond_mean, doubt.level_share)
    return with_ratio(costs, ratio)


def order_minimum(known: Situation) -> Floats:
    """(items,) smallest order: of the terms, and of the planning parameters in units and days of cover."""
    days_of_cover = numbers(known.parameters, "minimum_order_days", 0.0) * known.daily_demand
    own = numbers(known.parameters, "minimum_order_units", 0.0)
    return np.maximum(np.maximum(own, days_of_cover), numbers(known.terms, "minimum_order_units", 0.0))


def order_maximum(known: Situation, name: str) -> Floats:
    """(items,) the smaller of a maximum in units and in days of cover; infinity for none.

    `name` is maximum_order or maximum_stock.
    """
    in_days = numbers(known.parameters, f"{name}_days") * known.daily_demand
    least = np.fmin(numbers(known.parameters, f"{name}_units"), in_days)
    if name == "maximum_order":
        least = np.fmin(least, cut_over_cap(known))
    return np.where(np.isnan(least), np.inf, least)


def cut_over_cap(known: Situation) -> Floats:
    """(items,) the largest first order after a cut-over, one whole order at least; NaN for none. See `cut_over`."""
    capped = numbers(known.items, "first_order_days") * known.daily_demand
    pack = known.terms["pack_units"].to_numpy(dtype=np.float64)
    least = np.maximum(round_up(order_minimum(known), pack), pack)
    return np.where(np.isnan(capped), np.nan, np.maximum(capped, least))


def sensible_targets(targets: Targets, costs: ItemCosts, known: Situation) -> Targets:
    """Targets with no order for items that may not, or need not, be sold: after their end, or at a loss by cost."""
    ended = ~np.isnat(known.ends_on) & (known.ends_on <= np.datetime64(known.as_of, "D"))
    at_a_loss = (targets.service_by == BY_COST) & (costs.underage <= 0)
    target = np.where(is_last_order(known), np.minimum(targets.target, costs.critical_ratio), targets.target)
    return replace(targets, target=np.where(ended | at_a_loss, 0.0, target))
