"""Parameters of the generative model of demand, for a block of items.

For item i, scenario s and grid period t

    rate_ist  = mean_it * A_is * exp(Z_ist - Var(Z_it) / 2)
    A_is      = 0 with probability dormant_i, else 1 / (1 - dormant_i)
    Z_ist     = level_sd_i * sqrt(1 + level_growth_i * h_t / 28)
                * (sum_k exposure_ik * F_k,st + sqrt(1 - sum_k exposure_ik^2) * E_ist)
    units_ist | rate ~ negative binomial, variance = dispersion_i * mean, independent over periods; of an item that is
                       ordered in many steps at a time, a Poisson number of orders, and so many (`orders`)

where h_t is the middle of the period in days after `as_of`, and F (company, market, category) and E (the item's
own) are unit-variance Gaussian processes whose correlation over 28 days is `factor_autocorrelation` and
`level_autocorrelation`; an item that is dormant in a scenario (A) stays so. Negative binomials with a common
variance-to-mean ratio add up to one of the same family, so a total over any interval is a negative binomial given its
rate: totals over intervals (`intervals`) and scenario paths (`paths`) agree.
"""

import datetime as dt
import functools
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from features.arrays import Days, Floats, Ints, Texts

TEXT_PER_ITEM = ("sku", "location", "market", "category")
NUMBER_PER_ITEM = (
    "dispersion",
    "level_sd",
    "level_growth",
    "level_autocorrelation",
    "dormant_probability",
    "order_steps",
)
PER_ITEM = (*TEXT_PER_ITEM, *NUMBER_PER_ITEM, "unit_step")


@dataclass(frozen=True)
class DemandParameters:
    """What the demand of I items over P grid periods following `as_of` is drawn from.

    Attributes
    ----------
    sku, location: (I,) text, the items.
    as_of: last known day; day 1 is the day after.
    period: the company's period: day, week or month.
    starts: (P,) datetime64[D], first day of each grid period.
    lengths_days: (P,) whole days of each grid period, without gaps.
    mean: (I, P) expected units of the grid period.
    dispersion: (I,) variance-to-mean ratio of the count given the level, in steps; 1 is Poisson.
    level_sd: (I,) standard deviation of the log level at the start.
    level_growth: (I,) growth of the log level's variance per 28 days, as a fraction of the first.
    level_autocorrelation: (I,) correlation of the item's own level error over 28 days, 0..1.
    exposure: (I, 3) share of `level_sd` that is the company's, the market's and the category's factor; the
        squares sum to 1 at most.
    market, category: (I,) text, labels of the shared factors.
    factor_autocorrelation: (3,) correlation of the shared factors over 28 days.
    unit_step: (I,) units in which demand is counted.
    dormant_probability: (I,) chance that there is no demand any more; `mean` includes it. 0 where it is not
        given.
    order_steps: (I,) steps of a typical order; 0, where it is not given, for demand step by step.
    """

    sku: Texts
    location: Texts
    as_of: dt.date
    period: str
    starts: Days
    lengths_days: Ints
    mean: Floats
    dispersion: Floats
    level_sd: Floats
    level_growth: Floats
    level_autocorrelation: Floats
    exposure: Floats
    market: Texts
    category: Texts
    factor_autocorrelation: Floats
    unit_step: Floats
    dormant_probability: Floats = field(default_factory=lambda: np.zeros(0))
    order_steps: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        items, periods = len(self.sku), len(self.starts)
        for name in ("dormant_probability", "order_steps"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.zeros(items))
        shapes = {"mean": (items, periods), "exposure": (items, 3), "lengths_days": (periods,)}
        shapes |= dict.fromkeys(PER_ITEM, (items,))
        for name, shape in shapes.items():
            found = getattr(self, name).shape
            if found != shape:
                raise ValueError(f"DemandParameters.{name} has shape {found}; {items} items need {shape}")
        if items and (not np.isfinite(self.mean).all() or self.mean.min() < 0):
            raise ValueError("DemandParameters.mean has negative or unknown values")
        if items and self.dispersion.min() < 1:
            raise ValueError("DemandParameters.dispersion is below 1, the Poisson distribution")
        if items and not (self.dormant_probability.min() >= 0 and self.dormant_probability.max() < 1):
            raise ValueError("DemandParameters.dormant_probability is outside [0, 1)")

    def __len__(self) -> int:
        return len(self.sku)

    @functools.cached_property
    def horizon_days(self) -> Floats:
        """(P,) middle of each grid period in days after `as_of`."""
        return np.asarray(np.cumsum(self.lengths_days) - self.lengths_days / 2.0)

    def level_sd_by_period(self, periods: int) -> Floats:
        """(I, periods) standard deviation of the log level."""
        growth = np.sqrt(1 + self.level_growth[:, None] * self.horizon_days[:periods] / 28.0)
        return np.asarray(self.level_sd[:, None] * growth)

    def expected(self, first_day: npt.ArrayLike, last_day: npt.ArrayLike) -> Floats:
        """Expected units of days `first_day`..`last_day` after `as_of`, (I,)."""
        last = np.broadcast_to(np.asarray(last_day), (len(self),))
        first = np.broadcast_to(np.asarray(first_day), (len(self),))
        ends = np.cumsum(self.lengths_days)
        begins = ends - self.lengths_days
        days = np.minimum(ends, last[:, None]) - np.maximum(begins, first[:, None] - 1)
        return np.asarray((self.mean * np.clip(days, 0, None) / self.lengths_days).sum(axis=1))

    def take(self, rows: npt.ArrayLike) -> Self:
        """The items of `rows` (indices or mask)."""
        index = np.asarray(rows)
        cut = {name: getattr(self, name)[index] for name in (*PER_ITEM, "mean", "exposure")}
        return replace(self, **cut)
