"""Lost sales: stock is projected to an order's arrival, day by day and never below zero; then the window is filled.

Exact, over the whole distribution of stock, for one item with the same distribution of demand every day.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from features.arrays import Floats
from models.inventory.newsvendor import SLACK


@dataclass(frozen=True)
class Projection:
    """Stock when an order arrives.

    Attributes
    ----------
    stock_pmf: probability of 0, 1, 2, ... units.
    expected_lost: units of demand lost before the arrival.
    """

    stock_pmf: Floats
    expected_lost: float

    @property
    def expected_stock(self) -> float:
        """Expected units on arrival."""
        return float(self.stock_pmf @ np.arange(len(self.stock_pmf)))

    @property
    def probability_empty(self) -> float:
        """Probability that nothing is left on arrival."""
        return float(self.stock_pmf[0])


@dataclass(frozen=True)
class LostSalesOrder:
    """An order under lost sales, and what is expected before it arrives."""

    order_units: int
    expected_lost_before_arrival: float
    expected_stock_on_arrival: float
    probability_empty_on_arrival: float


def project_stock(
    on_hand: int, receipts_at_start_of_day: Mapping[int, int], daily_demand_pmf: ArrayLike, days: int
) -> Projection:
    """The distribution of stock after `days` days; each day receives, then serves what it can, and the rest is lost.

    Parameters
    ----------
    on_hand: units at the start. receipts_at_start_of_day: units by day; day 1 is the first.
    daily_demand_pmf: probability of 0, 1, 2, ... units a day, the same every day and independent.

    Raises
    ------
    ValueError: stock or probabilities are negative, or probabilities do not sum to 1.

    >>> project_stock(1, {}, [0.5, 0.5], days=2).stock_pmf.tolist()
    [0.75, 0.25]
    """
    demand = _checked(daily_demand_pmf)
    if on_hand < 0 or min(receipts_at_start_of_day.values(), default=0) < 0:
        raise ValueError("stock on hand and receipts must not be negative; serve backorders first")
    stock = np.zeros(on_hand + 1)
    stock[on_hand] = 1.0
    mean_demand = float(demand @ np.arange(len(demand)))
    expected, lost = float(on_hand), 0.0
    for day in range(1, days + 1):
        arriving = int(receipts_at_start_of_day.get(day, 0))
        stock = np.concatenate([np.zeros(arriving), stock])
        left = np.convolve(stock, demand[::-1])  # index k is k - (len(demand) - 1) units, before the cut at zero
        cut = len(demand) - 1
        stock = left[cut:].copy()
        stock[0] += left[:cut].sum()
        before, expected = expected + arriving, float(stock @ np.arange(len(stock)))
        lost += expected - before + mean_demand
    return Projection(stock, lost)


def lost_sales_order(
    *,
    on_hand: int,
    receipts_at_start_of_day: Mapping[int, int],
    daily_demand_pmf: ArrayLike,
    days_to_arrival: int,
    window_days: int,
    critical_ratio: float,
) -> LostSalesOrder:
    """The order that reaches the critical ratio in its delivery window.

    The order is there at the start of the first day after `days_to_arrival`: the smallest q with
    P(window demand - stock on arrival <= q) >= critical ratio. Receipts due after `days_to_arrival` do not count.

    Parameters
    ----------
    window_days: days from the arrival to that of the next order.
    critical_ratio: probability of no stockout in the window, at least 0 and below 1. Others as in `project_stock`.

    Raises
    ------
    ValueError: as `project_stock`, or the critical ratio is out of range.

    Source: Zipkin (2008); Johansen & Hill (2000), for the myopic order of the delivery window.

    >>> lost_sales_order(on_hand=0, receipts_at_start_of_day={}, daily_demand_pmf=[0.5, 0.5], days_to_arrival=3,
    ...                  window_days=2, critical_ratio=0.9).order_units
    2
    """
    if not 0 <= critical_ratio < 1:
        raise ValueError(f"critical_ratio is {critical_ratio}; it must be at least 0 and below 1")
    projection = project_stock(on_hand, receipts_at_start_of_day, daily_demand_pmf, days_to_arrival)
    demand = _checked(daily_demand_pmf)
    window = np.ones(1)
    for _ in range(window_days):
        window = np.convolve(window, demand)
    needed = np.convolve(window, projection.stock_pmf[::-1])  # index k is k - (len(stock) - 1) units
    reached = np.cumsum(needed) >= critical_ratio - SLACK
    units = int(reached.argmax()) - (len(projection.stock_pmf) - 1) if reached.any() else len(window) - 1
    return LostSalesOrder(
        max(units, 0), projection.expected_lost, projection.expected_stock, projection.probability_empty
    )


def _checked(daily_demand_pmf: ArrayLike) -> Floats:
    demand = np.asarray(daily_demand_pmf, dtype=np.float64)
    if not len(demand) or demand.min() < 0 or abs(demand.sum() - 1.0) > 1e-6:
        raise ValueError(f"demand probabilities must not be negative and sum to 1; they sum to {demand.sum():g}")
    return demand
