"""What waiting would cost: chances and units of a stockout if nothing is ordered, and the money at stake."""

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats
from models.demand.distribution.counts import CountMixture
from models.inventory.ordering.cost_curve import CostCurve
from models.inventory.position.backlog import Backlog
from models.inventory.position.inventory_position import units_by_item
from models.inventory.position.projection import Projection
from models.inventory.position.state import InventoryState
from models.inventory.position.stock_flow import StockFlow


@dataclass(frozen=True)
class AtStake:
    """Arrays (items,).

    Attributes
    ----------
    stockout_probability, expected_lost_units: if nothing is ordered, over the protection interval.
    short_before_arrival, lost_before_arrival: the part of them that no order placed now can change.
    money_at_stake: expected cost of ordering nothing until the next review less that of the suggestion, base
        currency; see `cost_curve`.
    units_saved: expected units that waiting would lose beyond the suggestion.
    leftover_units: expected stock when the next order arrives, with the suggestion.
    """

    stockout_probability: Floats
    expected_lost_units: Floats
    short_before_arrival: Floats
    lost_before_arrival: Floats
    money_at_stake: Floats
    units_saved: Floats
    leftover_units: Floats


def at_stake(state: InventoryState, flow: StockFlow, curve: CostCurve, order: Floats) -> AtStake:
    """What is at stake for each item, with `order` (items,) units suggested."""
    lines = state.supply.lines
    if isinstance(flow.window, Backlog):
        in_time = lines["median_on"].to_numpy() <= state.calendar.expected_on[lines["item"].to_numpy(dtype=np.int64)]
        early = units_by_item(lines, len(state), lines["is_counted"].to_numpy(dtype=bool) & in_time)
        return _backordered_at_stake(
            curve,
            position=np.nan_to_num(state.position),
            available=flow.free + early,
            order=order,
            until_arrival=state.until_arrival,
            protection=state.protection,
        )
    return _lost_sales_at_stake(
        flow.window,
        curve,
        available=flow.free,
        order=order,
        until_arrival=state.until_arrival,
        protection=state.protection,
        has_arrivals=units_by_item(lines, len(state), lines["is_expected"].to_numpy(dtype=bool)) > 0,
    )


def _lost_sales_at_stake(
    projection: Projection,
    curve: CostCurve,
    *,
    available: Floats,
    order: Floats,
    until_arrival: CountMixture,
    protection: CountMixture,
    has_arrivals: Flags,
) -> AtStake:
    """What is at stake where unmet demand is lost.

    Where nothing else arrives, the chances come from the distribution of the total, without sampling noise; else from
    the paths.

    Parameters
    ----------
    projection, curve: of the items.
    available: (items,) units that can be sold now, >= 0; order: (items,) units suggested.
    until_arrival, protection: total demand until the order's and the next order's arrival.
    has_arrivals: (items,) whether open orders arrive.
    """
    early = until_arrival.expected_shortage(available)
    risk_early = 1 - until_arrival.cdf(available)
    risk, total = 1 - protection.cdf(available), protection.expected_shortage(available)
    rows = np.flatnonzero(has_arrivals)
    if len(rows):
        paths, free = projection.take(rows), available[rows]
        early[rows] = paths.expected_lost_before_arrival(free)
        risk_early[rows] = paths.probability_short_before_arrival(free)
        risk[rows] = 1 - paths.probability_no_shortage(free)
        total[rows] = early[rows] + paths.expected_lost_in_window(free, np.zeros(len(rows)))
    return _stake(curve, order, risk, total, risk_early, early)


def _backordered_at_stake(
    curve: CostCurve,
    *,
    position: Floats,
    available: Floats,
    order: Floats,
    until_arrival: CountMixture,
    protection: CountMixture,
) -> AtStake:
    """What is at stake where unmet demand waits: all from the distributions of the totals; arguments as above.

    `position` (items,) counts the open orders that arrive within the protection interval, `available` those that arrive
    before an order placed now.
    """
    short = protection.expected_shortage(position)
    early = np.minimum(until_arrival.expected_shortage(available), short)
    return _stake(curve, order, 1 - protection.cdf(position), short, 1 - until_arrival.cdf(available), early)


def _stake(curve: CostCurve, order: Floats, risk: Floats, total: Floats, risk_early: Floats, early: Floats) -> AtStake:
    nothing = np.zeros(len(order))
    without, served = curve.lost(nothing), curve.lost(order)
    saved = curve.cost(nothing, without) - curve.cost(order, served)
    return AtStake(
        stockout_probability=np.clip(risk, 0.0, 1.0),
        expected_lost_units=np.maximum(total, 0.0),
        short_before_arrival=np.clip(risk_early, 0.0, 1.0),
        lost_before_arrival=np.maximum(early, 0.0),
        money_at_stake=np.where(order > 0, saved, 0.0),
        units_saved=np.maximum(without - served, 0.0),
        leftover_units=curve.leftover(order, served),
    )
