"""Transfers that are worth sending: they gain what they cost, and help more than their sender loses by them."""

import numpy as np

from features.arrays import Floats, Ints
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.ordering.cost_curve import CostCurve


def lost_by_senders(
    order: Floats, sender: Ints, available: Floats, underage: Floats, own: DemandDistribution, days: Ints
) -> Floats:
    """(items,) what each transfer costs its sender in sales of its own, base currency; 0 of items that nobody feeds.

    The sender's loss by all that leaves it is shared out by units.

    Parameters
    ----------
    order: (items,) units; those of fed items leave their sender.
    sender: (items,) row of the item that feeds it; below 0 for none.
    available: (items,) units that can be sold or sent; NaN counts as none.
    underage: (items,) cost of a unit short, base currency.
    own: demand of each item without what it feeds.
    days: (items,) until the item's own next delivery.
    """
    sent = np.where(sender >= 0, order, 0.0)
    lost = np.zeros(len(order))
    fed = np.flatnonzero(sent > 0)
    if not len(fed):
        return lost
    senders, place = np.unique(sender[fed], return_inverse=True)
    leaving = np.bincount(place, weights=sent[fed])
    stock = np.maximum(np.nan_to_num(available[senders]), 0.0)
    demand = own.take(senders).interval(1, np.maximum(days[senders], 1))
    short = demand.expected_shortage(np.maximum(stock - leaving, 0.0)) - demand.expected_shortage(stock)
    lost[fed] = (np.maximum(underage[senders], 0.0) * short / leaving)[place] * sent[fed]
    return lost


def worth_sending(order: Floats, curve: CostCurve, lost: Floats) -> Floats:
    """(items,) orders; 0 where a transfer gains less than its sender loses by it.

    Parameters
    ----------
    order: (items,) units.
    curve: of the same items.
    lost: see `lost_by_senders`.
    """
    gain = curve.cost(np.zeros(len(order))) - curve.cost(order)
    return np.where((lost > 0) & (gain < lost), 0.0, order)
