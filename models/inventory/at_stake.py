"""What waiting would cost: chances and units of a stockout if nothing is ordered, and the money at stake."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.demand.counts import CountMixture
from models.inventory.projection import Projection

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AtStake:
    """Arrays (items,).

    Attributes:
        stockout_probability, expected_lost_units: if nothing is ordered, over the protection interval.
        short_before_arrival, lost_before_arrival: the part of them that no order placed tonight can change.
        money_at_stake: expected cost of waiting until the next review less that of the suggestion, base currency.
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


def money_at_stake(
    lost_without: Floats, lost_with: Floats, left_without: Floats, left_with: Floats, underage: Floats, overage: Floats
) -> Floats:
    """Expected cost of waiting less expected cost of the suggestion, both until the next order's arrival.

    Parameters
    ----------
    lost_without, lost_with: (items,) expected units lost without and with the suggestion.
    left_without, left_with: (items,) expected leftovers.
    underage, overage: (items,) cost of a unit lost and of a unit left, base currency.

    >>> one = np.ones(1)
    >>> money_at_stake(3 * one, 1 * one, 0 * one, 5 * one, 10 * one, 0.2 * one).tolist()
    [19.0]

    Source: docs/method.md, Recommendation.
    """
    return np.asarray(underage * (lost_without - lost_with) - overage * (left_with - left_without))


def lost_sales_at_stake(
    projection: Projection,
    *,
    available: Floats,
    order: Floats,
    until_arrival: CountMixture,
    protection: CountMixture,
    has_arrivals: NDArray[np.bool_],
    underage: Floats,
    overage: Floats,
) -> AtStake:
    """What is at stake where unmet demand is lost.

    Where nothing else arrives, the chances come from the distribution of the total, without sampling noise; else from
    the paths.

    Parameters
    ----------
    projection: of the items.
    available: (items,) units that can be sold now, >= 0; order: (items,) units suggested.
    until_arrival, protection: total demand until the order's and the next order's arrival.
    has_arrivals: (items,) whether open orders arrive.
    underage, overage: (items,) base currency.
    """
    nothing = np.zeros(len(order))
    lost = projection.expected_lost_in_window(available, nothing)
    served = projection.expected_lost_in_window(available, order)
    left = projection.expected_leftover(available, nothing, lost)
    kept = projection.expected_leftover(available, order, served)
    early = np.where(
        has_arrivals, projection.expected_lost_before_arrival(available), until_arrival.expected_shortage(available)
    )
    risk_early = np.where(
        has_arrivals, projection.probability_short_before_arrival(available), 1 - until_arrival.cdf(available)
    )
    risk = np.where(has_arrivals, 1 - projection.probability_no_shortage(available), 1 - protection.cdf(available))
    total = np.where(has_arrivals, early + lost, protection.expected_shortage(available))
    return AtStake(
        stockout_probability=np.clip(risk, 0.0, 1.0),
        expected_lost_units=np.maximum(total, 0.0),
        short_before_arrival=np.clip(risk_early, 0.0, 1.0),
        lost_before_arrival=np.maximum(early, 0.0),
        money_at_stake=np.where(order > 0, money_at_stake(lost, served, left, kept, underage, overage), 0.0),
        units_saved=np.maximum(lost - served, 0.0),
        leftover_units=kept,
    )


def backordered_at_stake(
    *,
    position: Floats,
    available: Floats,
    order: Floats,
    until_arrival: CountMixture,
    protection: CountMixture,
    underage: Floats,
    overage: Floats,
) -> AtStake:
    """What is at stake where unmet demand waits: all from the distributions of the totals; arguments as above.

    `position` (items,) counts the open orders that arrive within the protection interval, `available` those that arrive
    before an order placed tonight.
    """
    with_order = position + order
    lost, served = protection.expected_shortage(position), protection.expected_shortage(with_order)
    left, kept = position - protection.mean + lost, with_order - protection.mean + served
    return AtStake(
        stockout_probability=np.clip(1 - protection.cdf(position), 0.0, 1.0),
        expected_lost_units=lost,
        short_before_arrival=np.clip(1 - until_arrival.cdf(available), 0.0, 1.0),
        lost_before_arrival=np.minimum(until_arrival.expected_shortage(available), lost),
        money_at_stake=np.where(order > 0, money_at_stake(lost, served, left, kept, underage, overage), 0.0),
        units_saved=np.maximum(lost - served, 0.0),
        leftover_units=kept,
    )
