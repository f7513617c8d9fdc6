"""The levels an item is steered by: reorder point, order-up-to level and what is wanted now.

(R,S) where an order line costs nothing of its own: order whenever the position is below S. (R,s,S) where it does, or
where packs and minimums make an order a batch: order at or below s, up to S, s and the economic quantity at least. The
level is set by cost (critical ratio), cycle service or fill rate.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from features.arrays import Flags, Floats, Ints
from models.demand.distribution.counts import CountMixture
from models.inventory.position.interval_demand import demand_quantiles
from models.inventory.position.projection import Enough, Projection, smallest_sufficient
from models.inventory.terms.service_targets import BY_COST, Targets


@dataclass(frozen=True)
class Levels:
    """The policy of each item and what it wants now. Arrays (items,), units.

    Attributes
    ----------
    reorder_point: the largest position at which the rule orders.
    order_up_to_level: what the position is brought to, one step above the reorder point or the economic quantity.
    compared: the level that the position is compared with: s in (s,.), S in (R,S).
    wanted: units wanted now before packs, minimums and limits; 0 above the reorder point.
    before_breaks: the same before price breaks, where these are priced in already; NaN where not.
    """

    reorder_point: Floats
    order_up_to_level: Floats
    compared: Floats
    wanted: Floats
    before_breaks: Floats

    def with_rows(self, rows: Ints, others: "Levels") -> "Levels":
        """These levels with those of `others` at `rows`."""
        changed = {name: getattr(self, name).copy() for name in self.__dataclass_fields__}
        for name, values in changed.items():
            values[rows] = getattr(others, name)
        return Levels(**changed)


def with_reached_levels(levels: Levels, position: Floats) -> Levels:
    """Levels whose order-up-to level is the position that the wanted units lead to, as the term says.

    Where that is not above the reorder point, the level stands and the order is capped (`ORDER_CAP`): of lost sales,
    what is sold out before the order comes need not be replaced, and later orders bring the rest in time.

    Parameters
    ----------
    levels: of the items.
    position: (items,) inventory position.

    Source: capped base-stock policies, Johansen & Thorstenson (2008); Xin (2021), Operations Research 69.
    """
    wanted = np.where(levels.before_breaks > 0, levels.before_breaks, levels.wanted)
    reached = position + wanted
    moved = (wanted > 0) & (reached > levels.reorder_point + 1e-9)
    up_to = np.where(moved, reached, levels.order_up_to_level)
    compared = np.where(moved & (levels.compared == levels.order_up_to_level), up_to, levels.compared)
    return replace(levels, order_up_to_level=up_to, compared=compared)


def fill_rate_of_level(
    level: Floats, until_arrival: CountMixture, protection: CountMixture, order_units: Floats | None = None
) -> Floats:
    """Share of demand served, 1 without demand.

    Under (R,S): 1 - (E[(D_{L+R} - S)+] - E[(D_L - S)+]) / E[D_R]. Under (R,s,S) with orders Q larger than a review's
    demand: 1 - (E[(D_{L+R} - s)+] - E[(D_{L+R} - s - Q)+]) / Q.

    Parameters
    ----------
    level: (items,) S or s.
    until_arrival: demand until an order placed now arrives; protection: until the next one does.
    order_units: (items,) Q, 0 for (R,S).

    Source: Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains, 4th ed., ch. 6 and 7.
    """
    between = np.maximum(protection.mean - until_arrival.mean, 0.0)
    short = np.maximum(protection.expected_shortage(level) - until_arrival.expected_shortage(level), 0.0)
    lost = np.divide(short, between, out=np.zeros(len(level)), where=between > 1e-12)
    if order_units is not None and (order_units > between).any():
        cycle = protection.expected_shortage(level) - protection.expected_shortage(level + order_units)
        by_cycle = np.divide(cycle, order_units, out=np.zeros(len(level)), where=order_units > 0)
        lost = np.where(order_units > between, by_cycle, lost)
    return np.asarray(np.clip(1 - lost, 0.0, 1.0))


def backordered_levels(
    position: Floats,
    *,
    targets: Targets,
    until_arrival: CountMixture,
    protection: CountMixture,
    economic_units: Floats,
    batch_units: Floats,
) -> Levels:
    """Levels where unmet demand waits: the smallest level that reaches the target over the protection interval.

    By cost, an order that must be a batch goes out where the shortage that the whole of it saves is worth its cost:
    E[(D - x)+] - E[(D - x - Q)+] >= Q (1 - target); for a single unit that is the target's quantile.

    Parameters
    ----------
    position: (items,) inventory position; NaN wants nothing.
    targets: see `service_targets`.
    until_arrival, protection: see `fill_rate_of_level`.
    economic_units: (items,) economic order quantity, 0 for (R,S).
    batch_units: (items,) the least that one order brings: minimum, pack, economic quantity.

    Source: docs/method.md, Levels.
    """
    step = protection.unit_step
    level = demand_quantiles(protection, np.where(targets.by_fill_rate, 0.0, targets.target)[:, None])[:, 0]
    rows = np.flatnonzero(targets.by_fill_rate)
    if len(rows):
        level[rows] = _level_for_fill_rate(
            targets.target[rows], until_arrival.take(rows), protection.take(rows), economic_units[rows]
        )
    unit_point = level - step
    point = unit_point.copy()
    rows = np.flatnonzero(targets.orders_several_steps(batch_units, step))
    if len(rows):
        part, batch, total = protection.take(rows), batch_units[rows], (1 - targets.target[rows]) * batch_units[rows]

        def too_little(some: Ints, steps: Floats) -> Flags:
            stock, few = steps * part.unit_step[some], part.take(some)
            saved = few.expected_shortage(stock) - few.expected_shortage(stock + batch[some])
            return saved < total[some]

        steps = (unit_point[rows] / part.unit_step, part.sd / part.unit_step, np.ceil(batch / part.unit_step))
        point[rows] = _below(too_little, *steps) * part.unit_step
    return _levels(point, unit_point, _whole_steps(economic_units, step), step, position, need=lambda: level - position)


def _below(too_little: Enough, unit_point: Floats, spread: Floats, batch: Floats) -> Floats:
    """The largest number of steps, `unit_point` at most, at which a batch saves enough: one less than the first at
    which it saves too little.

    It may lie below zero, as a batch that lasts for years waits until enough units are owed, but not by a whole batch.
    """
    bracket = (np.maximum(np.floor(unit_point - 0.5 * spread), -batch), np.maximum(unit_point, -1) + 1)
    return np.minimum(
        smallest_sufficient(too_little, bracket, len(unit_point), lowest=-float(batch.max())) - 1, unit_point
    )


def _level_for_fill_rate(
    target: Floats, until_arrival: CountMixture, protection: CountMixture, economic_units: Floats
) -> Floats:
    """Smallest level whose fill rate reaches the target; units short per cycle are spread over the order quantity Q.

    Between two orders of Q the units short are E[(D - s)+] - E[(D - s - Q)+] over the protection interval.
    """
    step = protection.unit_step

    def enough(rows: Ints, steps: Floats) -> Flags:
        until, part = until_arrival.take(rows), protection.take(rows)
        return fill_rate_of_level(steps * step[rows], until, part, economic_units[rows]) >= target[rows] - 1e-12

    near = protection.mean / step
    spread = protection.sd / step
    bracket = (np.floor(near), np.ceil(near + 2 * spread) + 1)
    return smallest_sufficient(enough, bracket, len(target), lowest=0.0) * step


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
    """Levels by service where unmet demand is lost: fill the delivery window over what the paths leave on arrival.

    The reorder point is the largest position at which the window's target is missed without an order, arrivals fixed.
    What is wanted is less than the level less the position where sales will be lost before the order arrives:
    a lost sale needs no replacing. Items steered by cost get no order here; see `order_cost_curve`.

    Parameters
    ----------
    position: (items,) inventory position; NaN wants nothing.
    available: (items,) units that can be sold now, >= 0.
    owed: (items,) backorders that no counted open order covers.
    counted: (items,) open units counted in the position, less what backorders take of them.
    projection: stock on paths.
    targets, economic_units: as in `backordered_levels`.

    Source: docs/method.md, Levels; Zipkin (2008), Operations Research 56, 1256-1263.
    """
    step = projection.unit_step
    rows = np.flatnonzero((targets.service_by != BY_COST) & (targets.target > 0))
    part, share = projection.take(rows), targets.by_fill_rate[rows]
    stock, need = -step, np.zeros(len(step))
    stock[rows] = part.largest_stock_that_orders(targets.target[rows], by_fill_rate=share)
    need[rows] = part.fewest_units(available[rows], targets.target[rows], by_fill_rate=share) + owed[rows]
    point = stock + counted
    return _levels(point, point, _whole_steps(economic_units, step), step, position, lambda: need)


def _levels(
    point: Floats, unit_point: Floats, extra: Floats, step: Floats, position: Floats, need: Callable[[], Floats]
) -> Levels:
    """Levels of which the first unit pays at `unit_point` and a whole order at `point`, of `extra` units at least."""
    up_to = np.maximum(unit_point + step, point + extra)
    short = np.nan_to_num(position, nan=np.inf) <= point + 1e-9
    wanted = np.where(short, np.maximum(need(), step) + up_to - unit_point - step, 0.0)
    compared = np.where(up_to - point > step + 1e-9, point, up_to)
    return Levels(point, up_to, compared, wanted, np.full(len(point), np.nan))


def _whole_steps(units: Floats, step: Floats) -> Floats:
    """Units rounded to whole steps, one step at least where there are any."""
    return np.where(units > 0, np.maximum(np.rint(units / step), 1.0) * step, 0.0)
