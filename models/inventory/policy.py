"""The levels an item is steered by: reorder point, order-up-to level and what is wanted tonight.

(R,S) where an order line costs nothing of its own: order whenever the position is below S. (R,s,S) where it does: order
at or below s, up to s and the economic quantity. The level is set by cost (critical ratio), cycle service or fill rate.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.demand.counts import CountMixture
from models.inventory.interval_demand import demand_quantiles
from models.inventory.projection import Projection, smallest

Floats = NDArray[np.float64]
HIGHEST_TARGET = 1 - 1e-6
BY_COST = "cost"
BY_CYCLE_SERVICE = "cycle_service"
BY_FILL_RATE = "fill_rate"


@dataclass(frozen=True)
class Targets:
    """What each item's level is set by. Arrays (items,).

    Attributes:
        service_by: "cost", "cycle_service" or "fill_rate".
        target: critical ratio, probability or fill rate, in [0, 1).
    """

    service_by: NDArray[np.object_]
    target: Floats

    @property
    def by_fill_rate(self) -> NDArray[np.bool_]:
        """(items,) whether the target is a fill rate."""
        return np.asarray(self.service_by == BY_FILL_RATE, dtype=bool)


@dataclass(frozen=True)
class Levels:
    """The policy of each item and what it wants tonight. Arrays (items,), units.

    Attributes:
        reorder_point: the largest position at which the rule orders.
        order_up_to_level: what the position is brought to, one step above the reorder point or the economic quantity.
        compared: the level that the position is compared with: s in (s,.), S in (R,S).
        wanted: units wanted tonight before packs, minimums and limits; 0 above the reorder point.
    """

    reorder_point: Floats
    order_up_to_level: Floats
    compared: Floats
    wanted: Floats


def service_targets(
    *,
    service_by: str,
    critical_ratio: Floats,
    cycle_service_target: float,
    fill_rate_target: float,
    class_target: Floats,
    item_target: Floats,
) -> Targets:
    """What each item's level is set by: the item's own target, else its class's, else the company's.

    Where the company steers by cost, an item or class with a target of its own is steered by cycle service.

    Parameters
    ----------
    service_by: the company's way.
    critical_ratio: (items,).
    class_target, item_target: (items,), NaN where none is set.
    """
    own = np.where(np.isfinite(item_target), item_target, class_target)
    has_own = np.isfinite(own)
    if service_by == BY_COST:
        way = np.where(has_own, BY_CYCLE_SERVICE, BY_COST).astype(object)
        usual = critical_ratio
    else:
        way = np.full(len(own), service_by, dtype=object)
        usual = np.full(len(own), fill_rate_target if service_by == BY_FILL_RATE else cycle_service_target)
    return Targets(way, np.clip(np.where(has_own, own, usual), 0.0, HIGHEST_TARGET))


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


def fill_rate_of_level(level: Floats, until_arrival: CountMixture, protection: CountMixture) -> Floats:
    """Share of demand served under (R,S): 1 - (E[(D_{L+R} - S)+] - E[(D_L - S)+]) / E[D_R]; 1 without demand.

    Parameters
    ----------
    level: (items,) order-up-to level S.
    until_arrival: demand until an order placed now arrives; protection: until the next one does.

    Source: Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains, 4th ed., ch. 7.
    """
    between = np.maximum(protection.mean - until_arrival.mean, 0.0)
    short = np.maximum(protection.expected_shortage(level) - until_arrival.expected_shortage(level), 0.0)
    lost = np.divide(short, between, out=np.zeros(len(level)), where=between > 1e-12)
    return np.asarray(np.clip(1 - lost, 0.0, 1.0))


def backordered_levels(
    position: Floats,
    *,
    targets: Targets,
    until_arrival: CountMixture,
    protection: CountMixture,
    economic_units: Floats,
) -> Levels:
    """Levels where unmet demand waits: the smallest level that reaches the target over the protection interval.

    Parameters
    ----------
    position: (items,) inventory position; NaN wants nothing.
    targets: see `service_targets`.
    until_arrival, protection: see `fill_rate_of_level`.
    economic_units: (items,) economic order quantity, 0 for (R,S).

    Source: docs/method.md, Levels.
    """
    step = protection.unit_step
    level = demand_quantiles(protection, np.where(targets.by_fill_rate, 0.0, targets.target)[:, None])[:, 0]
    rows = np.flatnonzero(targets.by_fill_rate)
    if len(rows):
        level[rows] = _level_for_fill_rate(
            targets.target[rows], until_arrival.take(rows), protection.take(rows), economic_units[rows]
        )
    reorder_point = level - step
    extra = _whole_steps(economic_units, step)
    return _levels(reorder_point, extra, step, position, need=lambda: level - position)


def _level_for_fill_rate(
    target: Floats, until_arrival: CountMixture, protection: CountMixture, economic_units: Floats
) -> Floats:
    """Smallest level whose fill rate reaches the target; units short per cycle are spread over the order quantity Q.

    Between two orders of Q the units short are E[(D - s)+] - E[(D - s - Q)+] over the protection interval.
    """
    step = protection.unit_step

    def enough(rows: NDArray[np.int64], steps: Floats) -> NDArray[np.bool_]:
        part, level = protection.take(rows), steps * step[rows]
        quantity = economic_units[rows]
        by_review = fill_rate_of_level(level, until_arrival.take(rows), part)
        short = part.expected_shortage(level) - part.expected_shortage(level + quantity)
        by_quantity = 1 - np.divide(short, quantity, out=np.zeros(len(rows)), where=quantity > 0)
        larger = quantity > np.maximum(part.mean - until_arrival.take(rows).mean, 0.0)
        return np.where(larger, by_quantity, by_review) >= target[rows] - 1e-12

    near = protection.mean / step
    spread = protection.sd / step
    bracket = (np.floor(near), np.ceil(near + 2 * spread) + 1)
    return smallest(enough, bracket, len(target), lowest=0.0) * step


def lost_sales_levels(
    position: Floats,
    available: Floats,
    owed: Floats,
    counted: Floats,
    *,
    targets: Targets,
    projection: Projection,
    economic_units: Floats,
) -> Levels:
    """Levels where unmet demand is lost: fill the delivery window over what the paths leave on arrival.

    The reorder point is the largest position at which the window's target is missed without an order, arrivals fixed.
    What is wanted tonight is less than the level less the position where sales will be lost before the order arrives:
    a lost sale needs no replacing.

    Parameters
    ----------
    position: (items,) inventory position; NaN wants nothing.
    available: (items,) units that can be sold now, >= 0.
    owed: (items,) backorders that no counted open order covers.
    counted: (items,) open units counted in the position, less what backorders take of them.
    targets, economic_units: as in `backordered_levels`.

    Source: docs/method.md, Levels; Zipkin (2008), Operations Research 56, 1256-1263.
    """
    step = projection.unit_step
    ordering_stock = projection.largest_stock_that_orders(targets.target, by_fill_rate=targets.by_fill_rate)
    extra = _whole_steps(economic_units, step)

    def need() -> Floats:
        return projection.smallest_order(available, targets.target, by_fill_rate=targets.by_fill_rate) + owed

    return _levels(ordering_stock + counted, extra, step, position, need)


def _levels(reorder_point: Floats, extra: Floats, step: Floats, position: Floats, need: Callable[[], Floats]) -> Levels:
    fixed = extra > 0
    quantity = np.where(fixed, extra, step)
    short = np.nan_to_num(position, nan=np.inf) <= reorder_point + 1e-9
    wanted = np.where(short, np.maximum(need(), step) + quantity - step, 0.0)
    compared = np.where(fixed, reorder_point, reorder_point + step)
    return Levels(reorder_point, reorder_point + quantity, compared, wanted)


def with_set_levels(
    levels: Levels,
    position: Floats,
    *,
    lowest_level: Floats,
    set_level: Floats,
    step: Floats,
) -> Levels:
    """Levels moved by people: a level of their own (a safety stock), and a least one (a minimum stock).

    The order quantity beyond the reorder point stays. Below the minimum stock is always ordered.

    Parameters
    ----------
    lowest_level: (items,) units that the position may not fall below; NaN for none.
    set_level: (items,) the level that the position is compared with; NaN for none.
    step: (items,).
    """
    quantity = levels.order_up_to_level - levels.reorder_point
    offset = levels.reorder_point - levels.compared
    point = np.where(np.isfinite(set_level), np.ceil(set_level / step - 1e-9) * step + offset, levels.reorder_point)
    least = np.ceil(lowest_level / step - 1e-9) * step - step
    point = np.where(np.isfinite(lowest_level), np.maximum(point, least), point)
    moved = point != levels.reorder_point
    up_to = point + quantity
    short = np.nan_to_num(position, nan=np.inf) <= point + 1e-9
    to_least = np.nan_to_num(least + step - position, nan=0.0)
    by_level = np.where(short, np.maximum(up_to - position, 0.0), 0.0)
    return replace(
        levels,
        reorder_point=point,
        order_up_to_level=up_to,
        compared=point - offset,
        wanted=np.where(moved, by_level, np.where(short, np.maximum(levels.wanted, to_least), 0.0)),
    )


def _whole_steps(units: Floats, step: Floats) -> Floats:
    """Units rounded to whole steps, one step at least where there are any."""
    return np.where(units > 0, np.maximum(np.rint(units / step), 1.0) * step, 0.0)
