"""Fill rate: the share of demand that is served from stock. Backorders; not the same as cycle service."""

from dataclasses import dataclass
from math import inf

from scipy import optimize

from models.inventory.losses import inverse_standard_normal_loss, normal_loss, poisson_loss
from models.inventory.newsvendor import SLACK


@dataclass(frozen=True)
class ReorderPoint:
    """A reorder point (units) and its distance from mean lead-time demand in standard deviations."""

    safety_factor: float
    reorder_point: float


def reorder_point_for_fill_rate(
    *, lead_time_demand_mean: float, lead_time_demand_sd: float, order_quantity: float, fill_rate: float
) -> ReorderPoint:
    """The reorder point for a fill rate by the simple form 1 - sd G(k) / Q: for order quantities large against the sd.

    Raises
    ------
    ValueError: the fill rate is not below 1, or the order quantity not above 0.

    Source: Silver, Pyke & Thomas (2017), eq. 6.27.

    >>> round(reorder_point_for_fill_rate(lead_time_demand_mean=50, lead_time_demand_sd=11.4, order_quantity=200,
    ...                                   fill_rate=0.99).reorder_point, 6)
    56.562873
    """
    _check(order_quantity, fill_rate)
    short = (1.0 - fill_rate) * order_quantity
    if lead_time_demand_sd <= 0:
        return ReorderPoint(-inf, lead_time_demand_mean - short)
    factor = float(inverse_standard_normal_loss(short / lead_time_demand_sd))
    return ReorderPoint(factor, lead_time_demand_mean + factor * lead_time_demand_sd)


def rq_fill_rate(
    *, lead_time_demand_mean: float, lead_time_demand_sd: float, order_quantity: float, reorder_point: float
) -> float:
    """The fill rate of (r,Q), normal demand: 1 - sd [G(k) - G(k + Q / sd)] / Q, exact for small order quantities too.

    Raises
    ------
    ValueError: the order quantity is not above 0.

    Source: Silver, Pyke & Thomas (2017), section 6.7.

    >>> round(rq_fill_rate(lead_time_demand_mean=80, lead_time_demand_sd=60, order_quantity=60, reorder_point=130), 6)
    0.899816
    """
    _check(order_quantity, 0.0)

    def short(level: float) -> float:
        return float(normal_loss(level, lead_time_demand_mean, lead_time_demand_sd).expected_shortage)

    return 1.0 - (short(reorder_point) - short(reorder_point + order_quantity)) / order_quantity


def exact_reorder_point_for_fill_rate(
    *, lead_time_demand_mean: float, lead_time_demand_sd: float, order_quantity: float, fill_rate: float
) -> ReorderPoint:
    """The reorder point at which `rq_fill_rate` is `fill_rate`.

    Raises
    ------
    ValueError: the fill rate is not between 0 and 1, or the order quantity not above 0.

    >>> round(exact_reorder_point_for_fill_rate(lead_time_demand_mean=80, lead_time_demand_sd=60, order_quantity=60,
    ...                                         fill_rate=0.8998160083795615).reorder_point, 6)
    130.0
    """
    _check(order_quantity, fill_rate)
    mean, sd = lead_time_demand_mean, lead_time_demand_sd
    simple = reorder_point_for_fill_rate(
        lead_time_demand_mean=mean, lead_time_demand_sd=sd, order_quantity=order_quantity, fill_rate=fill_rate
    )
    if sd <= 0:
        return simple

    def missing(point: float) -> float:
        return fill_rate - rq_fill_rate(
            lead_time_demand_mean=mean, lead_time_demand_sd=sd, order_quantity=order_quantity, reorder_point=point
        )

    # The simple form counts too much as short, so its point is high enough.
    low, step = simple.reorder_point, order_quantity + sd
    while missing(low) <= 0 and low > mean - 60.0 * (order_quantity + sd):
        low, step = low - step, 2.0 * step
    if missing(low) <= 0:
        return ReorderPoint((low - mean) / sd, low)
    point = float(optimize.brentq(missing, low, simple.reorder_point + sd, xtol=1e-12, rtol=1e-14))
    return ReorderPoint((point - mean) / sd, point)


def rs_fill_rate_poisson(
    *, daily_demand_mean: float, lead_time_days: float, review_days: float, order_up_to_level: float
) -> float:
    """The fill rate of (R,S), Poisson demand: 1 - (E[(D_L+R - S)+] - E[(D_L - S)+]) / E[D_R]; 1 without demand.

    Source: Silver, Pyke & Thomas (2017), ch. 7; Zipkin (2000).

    >>> round(rs_fill_rate_poisson(daily_demand_mean=3, lead_time_days=5, review_days=7, order_up_to_level=38), 6)
    0.926619
    """
    if review_days <= 0:
        raise ValueError(f"review_days is {review_days}; it must be above 0")
    if daily_demand_mean <= 0:
        return 1.0
    by_end = poisson_loss(order_up_to_level, daily_demand_mean * (lead_time_days + review_days)).expected_shortage
    by_start = poisson_loss(order_up_to_level, daily_demand_mean * lead_time_days).expected_shortage
    return 1.0 - float(by_end - by_start) / (daily_demand_mean * review_days)


def smallest_rs_level_poisson(
    *, daily_demand_mean: float, lead_time_days: float, review_days: float, target_fill_rate: float
) -> int:
    """The smallest whole order-up-to level of (R,S) that reaches a fill rate, Poisson demand.

    Raises
    ------
    ValueError: the target is not between 0 and 1, or the review period not above 0.

    >>> smallest_rs_level_poisson(daily_demand_mean=3, lead_time_days=5, review_days=7, target_fill_rate=0.98)
    43
    """
    _check(1.0, target_fill_rate)

    def reaches(level: int) -> bool:
        rate = rs_fill_rate_poisson(
            daily_demand_mean=daily_demand_mean,
            lead_time_days=lead_time_days,
            review_days=review_days,
            order_up_to_level=level,
        )
        return rate >= target_fill_rate - SLACK

    low, high = -1, 1
    while not reaches(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high


def _check(order_quantity: float, fill_rate: float) -> None:
    if order_quantity <= 0:
        raise ValueError(f"order_quantity is {order_quantity}; it must be above 0")
    if not 0 <= fill_rate < 1:
        raise ValueError(f"fill rate is {fill_rate}; it must be at least 0 and below 1")
