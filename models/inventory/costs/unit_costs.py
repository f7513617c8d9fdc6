"""What a unit too few and a unit too many cost: margins, holding, and the critical ratio with its time in it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Flags, Floats
from models.inventory.terms.decision_rules import DecisionRules

DAYS_PER_YEAR = 365.0
LONGEST_SALE_DAYS = 730.0
"""A unit that would take longer to sell is held so long at most; what is not sold by then is obsolescence."""


@dataclass(frozen=True)
class ItemCosts:
    """Costs of each item in base currency, arrays (items,).

    Attributes
    ----------
    unit_cost: landed cost of one unit: with freight and duty.
    contribution: of one sale, after the channels' fees and the unit's cost.
    holding_per_unit_day: capital, storage and obsolescence of one unit in stock for a day.
    underage: what one unit short costs: lost contribution and goodwill.
    overage_days: how long a unit too many stays before the next order would have brought it anyway.
    overage: what one unit too many costs.
    critical_ratio: underage / (underage + overage).
    margin_is_assumed: price or cost is missing, so the default margin stands in.
    """

    unit_cost: Floats
    contribution: Floats
    holding_per_unit_day: Floats
    underage: Floats
    overage_days: Floats
    overage: Floats
    critical_ratio: Floats
    margin_is_assumed: Flags


def critical_ratio(underage: ArrayLike, overage: ArrayLike) -> Floats:
    """Underage / (underage + overage), 0 where nothing is lost by a shortage.

    >>> critical_ratio(10.0, 0.01 * 7).round(3).item()
    0.993

    Source: docs/method.md, Costs.
    """
    under = np.maximum(np.asarray(underage, dtype=np.float64), 0.0)
    over = np.asarray(overage, dtype=np.float64)
    total = under + over
    return np.asarray(np.divide(under, total, out=np.zeros_like(total), where=(total > 0) & (under > 0)))


def overage_days(review_days: ArrayLike, daily_demand: ArrayLike) -> Floats:
    """Days until the next order would have brought a unit too many anyway.

    The review period for a steady seller; the expected time to sell one unit for a slow one.

    Parameters
    ----------
    review_days: days between two chances to order.
    daily_demand: expected units per day.

    >>> overage_days([7.0, 7.0], [5.0, 0.02]).tolist()
    [7.0, 50.0]

    Source: docs/method.md, Costs.
    """
    lasts = 1.0 / np.maximum(np.asarray(daily_demand, dtype=np.float64), 1.0 / LONGEST_SALE_DAYS)
    return np.asarray(np.minimum(np.maximum(np.asarray(review_days, dtype=np.float64), lasts), LONGEST_SALE_DAYS))


def holding_cost_per_unit_day(unit_cost: ArrayLike, volume_m3: ArrayLike, rules: DecisionRules) -> Floats:
    """Capital, storage (by volume where known, else as a share of cost) and obsolescence of a unit for a day.

    Parameters
    ----------
    unit_cost: (items,) landed, base currency.
    volume_m3: (items,) NaN where unknown.

    Source: docs/method.md, Costs.
    """
    cost = np.asarray(unit_cost, dtype=np.float64)
    volume = np.asarray(volume_m3, dtype=np.float64)
    by_value = cost * rules.storage_rate_per_year / DAYS_PER_YEAR
    storage = np.where(volume > 0, volume * rules.storage_cost_per_m3_day, by_value)
    return np.asarray(cost * (rules.capital_rate_per_year + rules.obsolescence_rate_per_year) / DAYS_PER_YEAR + storage)


def unit_costs(
    *,
    landed_cost: Floats,
    contribution: Floats,
    net_price: Floats,
    volume_m3: Floats,
    review_days: Floats,
    daily_demand: Floats,
    rules: DecisionRules,
    own_underage: Floats | None = None,
    own_holding: Floats | None = None,
) -> ItemCosts:
    """Underage, overage and critical ratio of each item; arrays (items,), money in base currency.

    Where the cost is unknown it is taken from the price, where the price is unknown from the cost, by the default
    margin; where both are unknown a unit counts as one unit of money, so that quantities stay sensible.

    Parameters
    ----------
    landed_cost: NaN where unknown.
    contribution, net_price: see `channel_contribution`; NaN where unknown.
    volume_m3: NaN where unknown.
    review_days, daily_demand: see `overage_days`.
    rules: rates and defaults.
    own_underage, own_holding: what people set for an item instead: cost of a unit short, and of holding one for a day;
        NaN where nothing is set.

    Source: docs/method.md, Costs.
    """
    margin = rules.gross_margin_default
    has_cost, has_price = np.isfinite(landed_cost), np.isfinite(net_price)
    cost = np.where(has_cost, landed_cost, np.where(has_price, net_price * (1 - margin), 1.0))
    assumed = cost * margin / max(1 - margin, 0.01)
    gain = np.where(np.isfinite(contribution), contribution, np.where(has_price, net_price - cost, assumed))
    holding = holding_cost_per_unit_day(cost, volume_m3, rules)
    lost = rules.share_of_demand_lost + rules.lost_customer_factor
    under = np.maximum(gain, 0.0) * lost + rules.goodwill_cost_per_unit
    if own_holding is not None:
        holding = np.where(np.isfinite(own_holding), own_holding, holding)
    if own_underage is not None:
        under = np.where(np.isfinite(own_underage), own_underage, under)
    waiting = overage_days(review_days, daily_demand)
    over = holding * waiting
    return ItemCosts(
        unit_cost=cost,
        contribution=gain,
        holding_per_unit_day=holding,
        underage=under,
        overage_days=waiting,
        overage=over,
        critical_ratio=critical_ratio(under, over),
        margin_is_assumed=~has_cost | ~has_price,
    )


def with_ratio(costs: ItemCosts, ratio: Floats) -> ItemCosts:
    """The same costs with an overage that makes `ratio` (items,) the critical one, where it is the smaller."""
    changed = ratio < costs.critical_ratio
    over = np.divide(costs.underage * (1 - ratio), ratio, out=costs.overage.copy(), where=changed & (ratio > 0))
    held = costs.holding_per_unit_day > 0
    days = np.divide(over, costs.holding_per_unit_day, out=costs.overage_days.copy(), where=changed & held)
    return replace(
        costs,
        overage=over,
        overage_days=days,
        critical_ratio=np.where(changed, ratio, costs.critical_ratio),
    )
