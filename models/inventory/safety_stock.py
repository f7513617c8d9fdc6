"""Safety stock and levels against random demand over a random protection interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import special

from models.inventory.losses import poisson_loss
from models.inventory.newsvendor import SLACK


@dataclass(frozen=True)
class SafetyStock:
    """Demand over the protection interval and the stock held against it; `level` is mean plus safety stock, units."""

    protection_demand_mean: float
    protection_demand_sd: float
    safety_stock: float
    level: float


@dataclass(frozen=True)
class MixedLevel:
    """A whole level against demand over a random interval, with the service it gives."""

    protection_demand_mean: float
    protection_demand_sd: float
    order_up_to_level: int
    cycle_service: float
    expected_units_short: float


def safety_stock_normal(
    *,
    daily_demand_mean: float,
    daily_demand_sd: float,
    lead_time_mean_days: float,
    lead_time_sd_days: float = 0.0,
    review_days: float = 0.0,
    cycle_service_level: float,
) -> SafetyStock:
    """Safety stock when demand of the protection interval is taken for normal, days independent.

    The level is the reorder point when `review_days` is 0, else the order-up-to level.

    Raises
    ------
    ValueError: the service level is not between 0 and 1, or a standard deviation or duration is negative.

    Source: Silver, Pyke & Thomas (2017), section 6.10.

    >>> safety_stock_normal(daily_demand_mean=20, daily_demand_sd=6, lead_time_mean_days=14, lead_time_sd_days=3,
    ...                     review_days=7, cycle_service_level=0.98).protection_demand_sd
    66.0
    """
    if not 0 < cycle_service_level < 1:
        raise ValueError(f"cycle_service_level is {cycle_service_level}; it must lie between 0 and 1")
    days = lead_time_mean_days + review_days
    if min(days, lead_time_sd_days, daily_demand_sd) < 0:
        raise ValueError("durations and standard deviations must not be negative")
    mean = daily_demand_mean * days
    sd = sqrt(days * daily_demand_sd**2 + (daily_demand_mean * lead_time_sd_days) ** 2)
    stock = float(special.ndtri(cycle_service_level)) * sd
    return SafetyStock(mean, sd, stock, mean + stock)


def order_up_to_poisson_mixture(
    *,
    daily_demand_mean: float,
    lead_time_days_pmf: Mapping[float, float],
    review_days: float,
    cycle_service_level: float,
) -> MixedLevel:
    """The smallest whole level that reaches a cycle service when the lead time is random and demand Poisson.

    Parameters
    ----------
    lead_time_days_pmf: probability of each lead time in days.

    Raises
    ------
    ValueError: the service level is not between 0 and 1, or probabilities are negative or do not sum to 1.

    Source: Silver, Pyke & Thomas (2017), section 6.10; the mixture is exact, orders do not cross.

    >>> order_up_to_poisson_mixture(daily_demand_mean=4, lead_time_days_pmf={5: 0.5, 7: 0.3, 12: 0.2}, review_days=3,
    ...                             cycle_service_level=0.95).order_up_to_level
    65
    """
    if not 0 <= cycle_service_level < 1:
        raise ValueError(f"cycle_service_level is {cycle_service_level}; it must be at least 0 and below 1")
    weight = np.array(list(lead_time_days_pmf.values()), dtype=np.float64)
    if not len(weight) or weight.min() < 0 or abs(weight.sum() - 1.0) > 1e-6:
        raise ValueError(f"lead-time probabilities must not be negative and sum to 1; they sum to {weight.sum():g}")
    means = daily_demand_mean * (np.array(list(lead_time_days_pmf), dtype=np.float64) + review_days)
    mean = float(weight @ means)
    variance = float(weight @ (means + (means - mean) ** 2))

    def service(level: int) -> float:
        return float(weight @ special.pdtr(level, means))

    low, high = -1, max(1, int(means.max()))
    while service(high) < cycle_service_level - SLACK:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if service(middle) >= cycle_service_level - SLACK else (middle, high)
    short = float(weight @ poisson_loss(high, means).expected_shortage)
    return MixedLevel(mean, sqrt(variance), high, service(high), short)


def sd_of_sum(sd_per_period: float, autocorrelation: float, periods: int) -> float:
    """Standard deviation of the sum of forecast errors of which each is correlated with the one before, AR(1).

    Raises
    ------
    ValueError: the autocorrelation is not between -1 and 1, or there are fewer than 0 periods.

    Source: Var = sd^2 (n + 2 sum over k < n of (n - k) rho^k).

    >>> round(sd_of_sum(10, 0.6, 14), 6)
    69.646161
    """
    if not -1 <= autocorrelation <= 1 or periods < 0:
        raise ValueError(f"autocorrelation {autocorrelation} must lie between -1 and 1, periods {periods} not below 0")
    apart = np.arange(1, periods, dtype=np.float64)
    variance = periods + 2.0 * float((periods - apart) @ np.power(autocorrelation, apart))
    return sd_per_period * sqrt(max(variance, 0.0))
