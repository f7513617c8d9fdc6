"""Joint replenishment: items that share the cost of an order are ordered every so many base cycles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class JointCycle:
    """A cyclic plan: the base cycle, how many of them each item waits, and the cost per unit of time."""

    base_cycle_time: float
    order_multiples: NDArray[np.int64]
    cost_rate: float


def silver_joint_replenishment(
    shared_fixed_cost: float,
    individual_fixed_costs: ArrayLike,
    holding_costs: ArrayLike,
    demand_rates: ArrayLike,
) -> JointCycle:
    """Base cycle and multiples by Silver's heuristic.

    Parameters
    ----------
    shared_fixed_cost: K of every order. individual_fixed_costs: (items,) k of every item in an order.
    holding_costs: (items,) per unit and unit of time. demand_rates: (items,) units per unit of time.

    Returns
    -------
    JointCycle. The item of the least k / (h d) is in every order; item i in every m-th, m the whole number with
    m (m - 1) <= (k_i / h_i d_i) (h_1 d_1 / (K + k_1)) <= m (m + 1).

    Raises
    ------
    ValueError: no item, a negative cost, or holding and demand that are not positive.

    Source: Silver (1976); Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd ed., section 3.6; Silver, Pyke &
    Thomas (2017), section 10.4.

    >>> plan = silver_joint_replenishment(600, [120, 840, 300], [160, 20, 50], [1, 1, 1])
    >>> plan.order_multiples.tolist(), round(plan.base_cycle_time, 4)
    ([1, 3, 1], 3.1032)
    """
    own = np.asarray(individual_fixed_costs, dtype=np.float64)
    carried = np.asarray(holding_costs, dtype=np.float64) * np.asarray(demand_rates, dtype=np.float64)
    if not len(own) or min(shared_fixed_cost, own.min()) < 0 or (carried <= 0).any():
        raise ValueError("joint replenishment needs items, costs that are not negative, and holding and demand above 0")
    ratio = own / carried
    first = int(np.argmin(ratio))
    together = shared_fixed_cost + own[first]
    squares = ratio * carried[first] / together if together > 0 else np.zeros(len(own))
    # m (m + 1) >= x first holds at the ceiling of its positive root.
    multiples = np.maximum(np.ceil((np.sqrt(1 + 4 * squares) - 1) / 2 - 1e-12), 1.0)
    multiples[first] = 1.0
    fixed, held = shared_fixed_cost + (own / multiples).sum(), (carried * multiples).sum()
    cycle = float(np.sqrt(2 * fixed / held))
    return JointCycle(cycle, multiples.astype(np.int64), float(np.sqrt(2 * fixed * held)))
