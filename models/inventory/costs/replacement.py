"""What saving a sale is worth where unmet demand is lost: less than its margin, since the unit must be replaced."""

import numpy as np

from features.arrays import Floats
from models.demand.distribution.counts import CountMixture
from models.inventory.costs.unit_costs import ItemCosts, critical_ratio, with_ratio
from models.inventory.position.state import InventoryState

_EXACT_STEPS = 64
"""Counts that are summed one by one; a mean beyond half of them is taken as normal."""


def with_replacement(state: InventoryState, costs: ItemCosts) -> ItemCosts:
    """Costs whose overage allows for a sale saved now leaving the next window one unit short.

    A unit that the order brings and that sells instead of a lost sale is missed again in the window after: the next
    order is placed before that sale is seen, as far as the lead time covers the review, and brings what it would have
    brought without it. On an empty shelf that order meets a demand of which it is an independent copy (it replaces the
    demand of an earlier review), so it falls short with probability p = (1 - P(tie)) / 2, and one more unit there is
    worth

        V = p (underage - V) - holding (1 - p),  so  V = (p underage - holding (1 - p)) / (1 + p)

    which is taken off the underage when the ratio is set. Without it a rule that looks at one window orders too much,
    the more the lower the critical ratio is.

    Parameters
    ----------
    state: items, their calendar and demand.
    costs: of one window.

    Source: docs/method.md, Levels.
    """
    calendar = state.calendar
    review = np.maximum((calendar.next_placed_on - calendar.placed_on).astype(np.float64), 1.0)
    lead = np.maximum((calendar.expected_on - calendar.placed_on).astype(np.float64), 0.0)
    distribution = state.demand
    horizon = int(distribution.lengths_days.sum())
    first = np.clip(state.offset(calendar.expected_on) + 1, 1, horizon)
    last = np.clip(first + review.astype(np.int64) - 1, first, horizon)
    saved = value_of_saved_sale(costs.underage, costs.overage, distribution.interval(first, last), lead, review)
    return with_ratio(costs, critical_ratio(saved, costs.overage))


def value_of_saved_sale(
    underage: Floats, overage: Floats, window: CountMixture, lead_days: Floats, review_days: Floats
) -> Floats:
    """(items,) underage less V of `with_replacement`, as far as the lead time covers the review.

    Parameters
    ----------
    underage, overage: (items,) of one window.
    window: demand of the window.
    lead_days, review_days: (items,).
    """
    short = (1 - tie_probability(window)) / 2
    later = np.maximum((short * underage - overage * (1 - short)) / (1 + short), 0.0)
    return np.asarray(underage - later * np.minimum(lead_days / review_days, 1.0))


def tie_probability(counts: CountMixture) -> Floats:
    """(items,) chance that two independent counts are the same.

    >>> one = CountMixture(np.array([[0.5]]), np.array([[1.0]]), np.array([[1.0]]), np.array([1.0]))
    >>> tie_probability(one).round(3).tolist()
    [0.466]
    """
    steps = np.arange(_EXACT_STEPS, dtype=np.float64)
    exact = np.square(counts.pmf(steps * counts.unit_step[:, None])).sum(axis=1)
    deviation = np.maximum(counts.sd / counts.unit_step, 1e-9)
    normal = np.minimum(1 / (2 * np.sqrt(np.pi) * deviation), 1.0)
    return np.asarray(np.where(counts.mean / counts.unit_step > _EXACT_STEPS / 2, normal, exact))
