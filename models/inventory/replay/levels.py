"""The levels that a review's decisions steer by until the next review."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.replay.state import ReplayState
from models.inventory.replay.window import ReplayWindow
from models.inventory.terms.columns import KEY, item_rows, numbers

NO_LEVELS = -1e18
"""Reorder point of an item that is not to be ordered."""


@dataclass(frozen=True)
class ReviewLevels:
    """What holds from one review to the next, arrays (I,): units, and costs in base currency (NaN where not known)."""

    reorder_point: Floats
    order_up_to: Floats
    underage: Floats
    holding_per_unit_day: Floats


def review_levels(
    window: ReplayWindow,
    review: int,
    state: ReplayState,
    distribution: DemandDistribution,
    recommendations: pd.DataFrame,
    policies: pd.DataFrame,
) -> ReviewLevels:
    """Levels from the decisions of a review.

    An item that the review orders is brought to what its position and the order make; one that is left alone although
    it is below its reorder point is held back by something, until the next review too. Levels are those of the review;
    where the first chance to order comes later, the demand expected until then is no longer to be covered.

    Parameters
    ----------
    window: that is replayed; arrays are in the order of its items.
    review: number of the review.
    state: stock and orders that the decision was made on.
    distribution: of the review, of some items.
    recommendations, policies: the review's rows, see `Decisions`; some items may be missing: they are not ordered.
    """
    count = len(window)
    point, up_to = np.full(count, NO_LEVELS), np.zeros(count)
    underage, holding = np.full(count, np.nan), np.full(count, np.nan)
    first = recommendations["line_number"] == 1
    ordered = recommendations.loc[first, [*KEY, "order_units", "inventory_position"]]
    ours = policies.merge(ordered, on=KEY, how="inner")
    rows = item_rows(ours, window.items)
    ours, rows = ours[rows >= 0].reset_index(drop=True), rows[rows >= 0]
    position = state.position[rows]
    seen = numbers(ours, "inventory_position")
    # The two count differently what arrives late: the same order must come of both.
    moved = position - np.where(np.isfinite(seen), seen, position)
    order = numbers(ours, "order_units", 0.0)
    low, high = numbers(ours, "reorder_point") + moved, numbers(ours, "order_up_to_level") + moved
    held_back = (order <= 0) & (position <= low + 1e-9)
    low = np.where(order > 0, np.fmax(low, position), np.where(held_back, NO_LEVELS, low))
    high = np.where(order > 0, position + order, high)
    ahead = _expected_until_order(window, review, distribution)[rows]
    usable = np.isfinite(low) & np.isfinite(high)
    point[rows[usable]] = (low - ahead)[usable]
    up_to[rows[usable]] = (high - ahead)[usable]
    underage[rows] = numbers(ours, "underage_cost")
    holding[rows] = numbers(ours, "holding_cost_per_unit_day")
    return ReviewLevels(point, up_to, underage, holding)


def _expected_until_order(window: ReplayWindow, review: int, distribution: DemandDistribution) -> Floats:
    """(I,) demand expected from the review to the last decision before the first chance to order."""
    calendar = window.calendar
    at = int(calendar.reviews[review])
    chances = window.can_order[:, at:]
    first = np.where(chances.any(axis=1), chances.argmax(axis=1), 0)
    days = (calendar.ends[at + first] - calendar.ends[at]).astype(np.int64)
    ordered = pd.DataFrame({"sku": distribution.sku, "location": distribution.location})
    row = item_rows(ordered, window.items)
    expected = np.zeros(len(window))
    wanted = np.flatnonzero(row >= 0)
    last = days[row[wanted]]
    some = distribution.take(wanted)
    expected[row[wanted]] = np.where(last > 0, some.expected(1, np.maximum(last, 1)), 0.0)
    return expected
