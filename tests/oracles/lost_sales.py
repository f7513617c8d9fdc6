"""Lost sales by exact enumeration, for one item with the same demand every day: what `position.project` is held against."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class LostSalesOrder:
    """An order under lost sales, and what is expected before it arrives."""

    order_units: int
    expected_lost_before_arrival: float
    expected_stock_on_arrival: float
    probability_empty_on_arrival: float


def lost_sales_order(
    *,
    on_hand: int,
    receipts_at_start_of_day: Mapping[int, int],
    daily_demand_pmf: ArrayLike,
    days_to_arrival: int,
    window_days: int,
    critical_ratio: float,
) -> LostSalesOrder:
    """The smallest order q with P(window demand - stock on arrival <= q) >= critical ratio.

    Each day receives, then serves what it can, and the rest is lost. The order is there at the start of the first day
    after `days_to_arrival`.

    Parameters
    ----------
    on_hand: units at the start.
    receipts_at_start_of_day: units by day; day 1 is the first.
    daily_demand_pmf: probability of 0, 1, 2, ... units a day, the same every day and independent.
    days_to_arrival: whole days.
    window_days: days from the arrival to that of the next order.
    critical_ratio: probability of no stockout in the window, at least 0 and below 1.

    Source: Zipkin (2008); Johansen & Hill (2000), for the myopic order of the delivery window.
    """
    demand = np.asarray(daily_demand_pmf, dtype=np.float64)
    mean_demand = float(demand @ np.arange(len(demand)))
    stock = np.zeros(on_hand + 1)
    stock[on_hand] = 1.0
    expected, lost, cut = float(on_hand), 0.0, len(demand) - 1
    for day in range(1, days_to_arrival + 1):
        arriving = receipts_at_start_of_day.get(day, 0)
        stock = np.concatenate([np.zeros(arriving), stock])
        left = np.convolve(stock, demand[::-1])  # index k is k - cut units, before the cut at zero
        stock = left[cut:].copy()
        stock[0] += left[:cut].sum()
        before, expected = expected + arriving, float(stock @ np.arange(len(stock)))
        lost += expected - before + mean_demand
    window = np.ones(1)
    for _ in range(window_days):
        window = np.convolve(window, demand)
    needed = np.convolve(window, stock[::-1])  # index k is k - (len(stock) - 1) units
    units = int((np.cumsum(needed) >= critical_ratio - 1e-12).argmax()) - (len(stock) - 1)
    return LostSalesOrder(max(units, 0), lost, expected, float(stock[0]))
