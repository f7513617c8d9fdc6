"""Order lines that gain less than they cost to handle: they wait for a review at which they gain more."""

from dataclasses import dataclass

import numpy as np

from features.arrays import Flags, Floats, Texts
from models.inventory.ordering.alternatives import SameOrderLater
from models.inventory.ordering.cost_curve import CostCurve
from models.inventory.terms.order_limits import CLOSURE, SIZES_ALONE

SHARE_AT_RISK = 0.25
"""A line waits only while it saves no more than this share of the sales that it would serve until the next chance."""


@dataclass(frozen=True)
class Waiting:
    """Lines that wait: `units` that would be ordered, and the `gain` of ordering them now, base currency.

    Arrays (items,), NaN where no line waits. A gain below zero is what ordering now would cost more than waiting.
    """

    units: Floats
    gain: Floats


def gain_of_line(curve: CostCurve, order: Floats, later: SameOrderLater) -> Floats:
    """(items,) what placing the line now gains, base currency; NaN where nothing is ordered.

    It is the less of two: over ordering nothing until the next chance, and over the same order a week later.

    Parameters
    ----------
    curve: of the same items.
    order: (items,) units.
    later: of the same order.
    """
    gain = curve.cost(np.zeros(len(order))) - curve.cost(order)
    return np.where(order > 0, np.fmin(gain, later.cost), np.nan)


def pays_later(order: Floats, wanted: Floats, binding: Texts) -> Flags:
    """(items,) whether an order is left out for its own cost alone: it pays at a later review, not now.

    The reorder point tells whether a whole batch pays until the next one; where the next review comes soon, waiting for
    it may be cheaper all the same.

    Parameters
    ----------
    order: (items,) units that the levels and the limits ask for.
    wanted: (items,) the same, 0 where they would cost more than none; see `worthwhile`.
    binding: (items,) what moved the quantity; a limit that has cut it to what does not pay is the reason itself. Of a
        supplier that is closed today and takes orders later, it is the cost.
    """
    by_cost = np.isin(binding.astype(str), [*SIZES_ALONE, CLOSURE])
    return np.asarray((order > 0) & (wanted <= 0) & by_cost)


def waits(curve: CostCurve, order: Floats, required: Floats, gain: Floats, minimum: float) -> Flags:
    """(items,) whether a line waits: it gains less than `minimum`, and little of what it would sell is at risk.

    What waits gains more at a later review, as its stock falls. What could never gain the minimum in one review, since
    little is sold of it, waits no longer than until `SHARE_AT_RISK` of its sales is lost by it: no item is left without
    stock for being small.

    Parameters
    ----------
    curve: of the same items.
    order, required: (items,) units, and the part of them that is asked for whatever it costs: that never waits.
    gain: see `gain_of_line`.
    minimum: least gain worth a line, base currency; 0 lets nothing wait.

    Source: docs/method.md, Lines that wait.
    """
    saved = np.maximum(curve.lost(np.zeros(len(order))) - curve.lost(order), 0.0)
    at_risk = saved > SHARE_AT_RISK * curve.window.window_mean
    return np.asarray((order > 0) & (required <= 0) & ~(gain >= minimum) & ~at_risk & (minimum > 0))
