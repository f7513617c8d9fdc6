"""Dynamic lot sizing: when to order how much against demand that is known and changes from period to period."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class LotSizes:
    """Orders per period (units) and their cost."""

    orders: NDArray[np.float64]
    cost: float


def wagner_whitin(
    demand: ArrayLike, fixed_cost: ArrayLike, holding_cost: ArrayLike, unit_cost: ArrayLike = 0.0
) -> LotSizes:
    """The cheapest orders that meet every period's demand in time.

    Parameters
    ----------
    demand: (periods,), units, >= 0.
    fixed_cost: per order. holding_cost: per unit left at the end of a period. unit_cost: per unit ordered. Each is one
        number or (periods,).

    Returns
    -------
    LotSizes. Among equally cheap plans the one whose last order is earliest, then the one before it.

    Raises
    ------
    ValueError: a demand or cost is negative.

    Source: Wagner & Whitin (1958); Snyder & Shen (2019), section 3.7.

    >>> wagner_whitin([90, 120, 80, 70], fixed_cost=500, holding_cost=2)
    LotSizes(orders=array([210.,   0., 150.,   0.]), cost=1380.0)
    """
    units = np.asarray(demand, dtype=np.float64)
    periods = len(units)
    fixed, holding, price = (
        np.broadcast_to(np.asarray(cost, dtype=np.float64), (periods,))
        for cost in (fixed_cost, holding_cost, unit_cost)
    )
    if periods == 0:
        return LotSizes(units.copy(), 0.0)
    if min(units.min(), fixed.min(), holding.min(), price.min()) < 0:
        raise ValueError("demand and costs must not be negative")
    held = np.concatenate([[0.0], np.cumsum(holding)])
    least = np.zeros(periods + 1)  # of the first t periods
    order_in = np.zeros(periods, dtype=np.int64)
    for last in range(periods):
        if units[last] == 0:
            least[last + 1], order_in[last] = least[last], -1
            continue
        # Reversed, so that sums run from the last period of a lot backwards to its first.
        begin = np.arange(last, -1, -1)
        lot = np.cumsum(units[begin])
        carried = np.cumsum(units[begin] * held[begin]) - held[begin] * lot
        cost = (least[begin] + fixed[begin] + price[begin] * lot + carried)[::-1]
        order_in[last] = int(np.argmin(cost))
        least[last + 1] = cost[order_in[last]]
    orders = np.zeros(periods)
    last = periods - 1
    while last >= 0:
        first = int(order_in[last])
        if first < 0:
            last -= 1
            continue
        orders[first] = units[first : last + 1].sum()
        last = first - 1
    return LotSizes(orders, float(least[-1]))
