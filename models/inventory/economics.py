"""The money side of tonight's decision: costs of each item, and what changes when an item ends or earns nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.demand.distribution import DemandDistribution
from models.inventory.columns import numbers
from models.inventory.costs import (
    ItemCosts,
    channel_contribution,
    critical_ratio,
    item_costs,
    ratio_with_uncertain_level,
    with_write_off,
)
from models.inventory.policy import BY_COST, Targets, economic_quantity
from models.inventory.rounding import round_up
from models.inventory.rules import DecisionRules
from models.inventory.situation import Situation

Floats = NDArray[np.float64]

RATIOS = np.array([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999])


def costs_tonight(
    known: Situation,
    channel_mix: pd.DataFrame,
    channel_costs: pd.DataFrame,
    rules: DecisionRules,
    distribution: DemandDistribution,
) -> tuple[ItemCosts, Floats]:
    """Costs of each item with the time that its order quantity lasts, and its economic quantity (0: none).

    The economic quantity sets the time between orders; what is ordered is the demand expected of that time after the
    protection interval, so that a season that ends is not bought beyond.
    """
    landed = known.terms["landed_cost_base"].to_numpy(dtype=np.float64)
    landed = np.where(np.isfinite(landed), landed, numbers(known.items, "unit_cost_base"))
    contribution, price = channel_contribution(known.items, channel_mix, channel_costs, landed, as_of=known.as_of)
    listed = numbers(known.items, "unit_price_base")
    pack = known.terms["pack_units"].to_numpy(dtype=np.float64)
    least = round_up(np.maximum(order_minimum(known), known.items["unit_step"].to_numpy(dtype=np.float64)), pack)
    review = np.maximum((known.calendar.next_placed_on - known.calendar.placed_on).astype(np.float64), 1.0)

    def priced(cycle: Floats) -> ItemCosts:
        return item_costs(
            landed_cost=landed,
            contribution=contribution,
            net_price=np.where(np.isfinite(price), price, listed),
            volume_m3=numbers(known.items, "volume_m3"),
            review_days=review,
            daily_demand=known.daily_demand,
            cycle_units=cycle,
            rules=rules,
        )

    fixed = known.terms["fixed_cost_base"].to_numpy(dtype=np.float64)
    economic = economic_quantity(known.daily_demand, np.nan_to_num(fixed), priced(least).holding_per_unit_day)
    economic = np.minimum(economic, _demand_of_cycle(known, distribution, economic))
    return priced(np.maximum(least, economic)), economic


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


def with_uncertain_level(known: Situation, costs: ItemCosts, distribution: DemandDistribution) -> ItemCosts:
    """Costs whose overage knows that demand may be lower than thought; see `costs.ratio_with_uncertain_level`."""
    last = np.maximum(known.offset(known.protection_end_on), 1)
    total = distribution.interval(1, last)
    noise = distribution.dispersion * distribution.unit_step * total.mean
    variance = np.square(total.sd)
    share = np.clip(1 - np.divide(noise, variance, out=np.ones(len(noise)), where=variance > 0), 0.0, 1.0)
    beyond = total.quantile(np.broadcast_to(RATIOS, (len(noise), len(RATIOS)))) - total.mean[:, None]
    rate = known.daily_demand[:, None]
    days = np.divide(beyond, rate, out=np.zeros_like(beyond), where=rate > 0)
    ratio = ratio_with_uncertain_level(costs, RATIOS, days, share)
    over = np.divide(costs.underage * (1 - ratio), ratio, out=costs.overage.copy(), where=ratio > 0)
    held = np.divide(
        over, costs.holding_per_unit_day, out=costs.overage_days.copy(), where=costs.holding_per_unit_day > 0
    )
    changed = ratio < costs.critical_ratio
    return replace(
        costs,
        overage=np.where(changed, over, costs.overage),
        overage_days=np.where(changed, held, costs.overage_days),
        critical_ratio=ratio,
    )


def order_minimum(known: Situation) -> Floats:
    """(items,) smallest order: of the terms, and of the planning parameters in units and days of cover."""
    days_of_cover = numbers(known.parameters, "minimum_order_days", 0.0) * known.daily_demand
    own = numbers(known.parameters, "minimum_order_units", 0.0)
    return np.maximum(np.maximum(own, days_of_cover), numbers(known.terms, "minimum_order_units", 0.0))


def with_ending(known: Situation, costs: ItemCosts, distribution: DemandDistribution) -> tuple[Floats, Floats, Floats]:
    """Overage and critical ratio with the write-off of items that end, and the position that still sells out.

    An order whose successor would come after the end is the last one: a newsvendor over the rest of life, what is left
    is lost. Before that, a unit too many is lost with the chance that nothing is sold after the next arrival.
    """
    sellable = np.full(len(known), np.inf)
    ending = np.flatnonzero(~np.isnat(known.ends_on))
    if not len(ending):
        return costs.overage, costs.critical_ratio, sellable
    part = distribution.take(ending)
    horizon = int(distribution.lengths_days.sum())
    last = np.minimum(known.offset(known.ends_on[ending]), horizon)
    after = np.minimum(known.offset(known.calendar.next_expected_on[ending]) + 1, horizon)
    rest = np.where(after <= last, part.expected(np.maximum(after, 1), np.maximum(last, 1)), 0.0)
    chance = np.zeros(len(known))
    chance[ending] = np.exp(-rest / known.items["unit_step"].to_numpy(dtype=np.float64)[ending])
    overage, ratio = with_write_off(costs, chance)
    lost_value = costs.unit_cost[ending] + costs.holding_per_unit_day[ending] * np.maximum(last, 1)
    final = critical_ratio(costs.underage[ending], lost_value)
    total = part.interval(1, last)
    sellable[ending] = np.where(last > 0, total.quantile(np.clip(final, 0.0, 1 - 1e-9)), 0.0)
    return overage, ratio, sellable


def sensible_targets(targets: Targets, costs: ItemCosts, ratio: Floats, known: Situation) -> Targets:
    """Targets with no order for items that may not, or need not, be sold: after their end, or at a loss by cost."""
    ended = ~np.isnat(known.ends_on) & (known.ends_on <= np.datetime64(known.as_of, "D"))
    at_a_loss = (targets.service_by == BY_COST) & (costs.underage <= 0)
    last_chance = ~np.isnat(known.ends_on) & (known.calendar.next_expected_on >= known.ends_on)
    target = np.where(last_chance, np.minimum(targets.target, ratio), targets.target)
    return replace(targets, target=np.where(ended | at_a_loss, 0.0, target))
