"""The quantity of least expected cost, and the largest stock at which an order still pays, on the cost curve."""

from dataclasses import replace

import numpy as np

from features.arrays import Flags, Floats, Ints
from models.inventory.costs.unit_costs import critical_ratio
from models.inventory.ordering.cost_curve import CostCurve
from models.inventory.position.projection import smallest_sufficient
from models.inventory.terms.price_breaks import parse_price_breaks

_ROUNDING = 1e-9
_POINTS = 7


def least_cost_quantity(curve: CostCurve) -> Floats:
    """(items,) whole packs, one order at least, of least expected cost.

    The search is over ranges of packs around the economic quantity, seven points at a time, until they are neighbours,
    and likewise from the cheapest price break on. A range moves on beyond its edge only for less than the least cost
    seen, so the search ends on every curve: those of items that spoil or have price breaks fall more than once.
    """
    pack, least = curve.pack, curve.smallest_order()
    centre = curve.next_quantity()
    served = np.maximum(curve.lost(np.zeros(len(pack))), curve.batch)
    low = np.maximum(centre - np.ceil(2 * served / pack) * pack, least)
    best, cost = _least_in(curve, low, np.maximum(centre + np.ceil(served / pack) * pack, low))
    rows, at = _cheapest_breaks(curve)
    if len(rows):
        beyond, less = _least_in(curve.take(rows), at, at + 2 * pack[rows])
        best[rows] = np.where(less < cost[rows], beyond, best[rows])
    return best


def _least_in(curve: CostCurve, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """(items,) the quantity of least cost found from a range on, and its cost; the range moves where cost falls."""
    pack, least = curve.pack, curve.smallest_order()
    low, high = low.copy(), high.copy()
    rows = np.arange(len(pack))
    best, cheapest = low.copy(), np.full(len(pack), np.inf)
    while len(rows):
        part = curve.take(rows)
        span = np.maximum(np.ceil((high[rows] - low[rows]) / pack[rows] / (_POINTS - 1)), 1.0) * pack[rows]
        tried = low[rows][:, None] + span[:, None] * np.arange(_POINTS)
        costs = np.column_stack([part.cost(tried[:, place]) for place in range(_POINTS)])
        place = costs.argmin(axis=1)
        quantity, found = tried[np.arange(len(rows)), place], costs[np.arange(len(rows)), place]
        cheaper = found < cheapest[rows] - _ROUNDING * np.abs(found)
        best[rows], cheapest[rows] = np.where(cheaper, quantity, best[rows]), np.where(cheaper, found, cheapest[rows])
        at_edge = cheaper & ((place == _POINTS - 1) | ((place == 0) & (quantity > least[rows])))
        reach = np.where(at_edge, _POINTS * span, span)
        low[rows] = np.maximum(best[rows] - reach, least[rows])
        high[rows] = best[rows] + reach
        rows = rows[at_edge | (span > pack[rows] * (1 + _ROUNDING))]
    return best, cheapest


def _cheapest_breaks(curve: CostCurve) -> tuple[Ints, Floats]:
    """Items with price breaks, and the cheapest of their breaks' quantities, in whole packs."""
    rows = np.array(
        [row for row, text in enumerate(curve.price_breaks) if isinstance(text, str) and text.strip()], dtype=np.int64
    )
    best, cheapest = np.zeros(len(rows)), np.full(len(rows), np.inf)
    if not len(rows):
        return rows, best
    part = curve.take(rows)
    offers = [parse_price_breaks(text).quantities for text in part.price_breaks]
    for place in range(max(map(len, offers))):
        at = np.array([quantities[min(place, len(quantities) - 1)] for quantities in offers])
        quantity = np.maximum(np.ceil(at / part.pack * (1 - _ROUNDING)) * part.pack, part.smallest_order())
        cost = part.cost(quantity)
        best, cheapest = np.where(cost < cheapest, quantity, best), np.minimum(cost, cheapest)
    return rows, best


def largest_stock_that_pays(curve: CostCurve, batch: Floats, step: Floats, *, level_is_known: bool = False) -> Floats:
    """(items,) most units available now at which a batch costs less than nothing; one step below the lowest for none.

    Parameters
    ----------
    curve: of the items.
    batch, step: (items,) units.
    level_is_known: the curve's level is that of the orders after this one; else the stock found is that level too.
    """
    lowest = np.floor(curve.window.lowest_stock(batch) / step)
    ending = np.isfinite(curve.sold_until_end)
    smallest = np.where(ending, curve.smallest_order(), batch)

    def idle(rows: Ints, steps: Floats) -> Flags:
        part = curve.take(rows)
        stock = (lowest[rows] + steps) * step[rows]
        # At the level itself the cycle stock begins anew.
        level = part.level if level_is_known else part.window.mean_on_arrival(stock)
        found = replace(part, stock=stock, level=level)
        # Before an item's end no order brings more than still sells; the last one with a line cost brings all of it.
        wanted = np.where(part.absorption.goes_on | (part.fixed_cost <= 0), batch[rows], np.inf)
        worth = part.sold_until_end - part.window.mean_on_arrival(stock)
        units = np.maximum(np.minimum(wanted, worth), smallest[rows])
        saved = found.cost(np.zeros(len(rows))) - found.cost(units)
        # Where all of an order is owed it serves nothing of the window and costs nothing there, but is due anyway.
        reaches = found.window.mean_on_arrival(stock) + units > _ROUNDING
        return reaches & (saved < -_ROUNDING * (found.underage + found.overage) * batch[rows])

    middle, spread = curve.window.bracket(critical_ratio(curve.underage, curve.overage))
    around = np.ceil(0.25 * spread / step) + 1
    several = np.where(batch > step + _ROUNDING, spread, 0.0)
    bracket = (np.rint((middle - several) / step) - around - lowest, np.rint(middle / step) + around - lowest)
    return (smallest_sufficient(idle, bracket, len(step), lowest=0.0) - 1 + lowest) * step
