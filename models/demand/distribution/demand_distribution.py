"""The demand distribution: one generative model of a block of items with two readings.

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
rate: reading (a), `interval` and `mixture`, and reading (b), `paths`, agree.
"""

import datetime as dt
import functools
import json
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.arrays import Days, Floats, Ints, Texts
from models.demand.distribution import intervals, paths
from models.demand.distribution.counts import CountMixture
from models.demand.distribution.orders import by_orders


@dataclass(frozen=True)
class DemandDistribution:
    """Demand of I items over P grid periods following `as_of`.

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
    dormant_probability: (I,) chance that nothing is demanded any more; the mean holds all the same. Nobody is
        dormant where it is not given.
    order_steps: (I,) steps of a usual order; 0, where it is not given, for demand step by step.
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
        shapes |= dict.fromkeys(_PER_ITEM, (items,))
        for name, shape in shapes.items():
            found = getattr(self, name).shape
            if found != shape:
                raise ValueError(f"DemandDistribution.{name} has shape {found}; {items} items need {shape}")
        if items and (not np.isfinite(self.mean).all() or self.mean.min() < 0):
            raise ValueError("DemandDistribution.mean has negative or unknown values")
        if items and self.dispersion.min() < 1:
            raise ValueError("DemandDistribution.dispersion is below 1, the Poisson distribution")
        if items and not (self.dormant_probability.min() >= 0 and self.dormant_probability.max() < 1):
            raise ValueError("DemandDistribution.dormant_probability is outside [0, 1)")

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

    def day_number(self, day: dt.date) -> int:
        """Days from `as_of` to `day`: 1 for the day after."""
        return (day - self.as_of).days

    def interval(self, first_day: npt.ArrayLike, last_day: npt.ArrayLike) -> CountMixture:
        """Total over days `first_day`..`last_day` after `as_of`; see `intervals.interval`."""
        return intervals.interval(self, first_day, last_day)

    def mixture(self, first_day: npt.ArrayLike, end_day_pmf: npt.ArrayLike) -> CountMixture:
        """Total from `first_day` to a random last day; see `intervals.mixture`."""
        return intervals.mixture(self, first_day, end_day_pmf)

    def expected(self, first_day: npt.ArrayLike, last_day: npt.ArrayLike) -> Floats:
        """Expected units of days `first_day`..`last_day` after `as_of`, (I,)."""
        last = np.broadcast_to(np.asarray(last_day), (len(self),))
        first = np.broadcast_to(np.asarray(first_day), (len(self),))
        ends = np.cumsum(self.lengths_days)
        begins = ends - self.lengths_days
        days = np.minimum(ends, last[:, None]) - np.maximum(begins, first[:, None] - 1)
        return np.asarray((self.mean * np.clip(days, 0, None) / self.lengths_days).sum(axis=1))

    def quantile(self, probability: npt.ArrayLike, first_day: npt.ArrayLike, last_day: npt.ArrayLike) -> Floats:
        """Quantile of the total over an interval, units."""
        return self.interval(first_day, last_day).quantile(probability)

    def cdf(self, units: npt.ArrayLike, first_day: npt.ArrayLike, last_day: npt.ArrayLike) -> Floats:
        """P(total over the interval <= units)."""
        return self.interval(first_day, last_day).cdf(units)

    def rates(self, scenarios: int, periods: int | None = None) -> Floats:
        """Expected units given the level of each scenario, (I, scenarios, periods); see `paths.rates`."""
        return paths.rates(self, scenarios, periods)

    def paths(self, scenarios: int, periods: int | None = None) -> Floats:
        """Units demanded by scenario and grid period, (I, scenarios, periods); see `paths.paths`."""
        return paths.paths(self, scenarios, periods)

    def daily_paths(self, scenarios: int, days: int) -> Floats:
        """Units demanded by scenario and day, (I, scenarios, days); see `paths.daily_paths`."""
        return paths.daily_paths(self, scenarios, days)

    def counted(self, rates: Floats) -> CountMixture:
        """Demand whose expected units are one of the equally likely columns of `rates` (I, S), as a mixture.

        With the sums of `rates(...)` over a window this is the window's distribution given the scenarios.
        """
        steps = rates / self.unit_step[:, None]
        weights = np.full(steps.shape, 1.0 / max(1, steps.shape[1]))
        dispersion = np.broadcast_to(self.dispersion[:, None], steps.shape)
        return by_orders(CountMixture(steps, weights, dispersion, self.unit_step), self.order_steps, self.dispersion)

    def take(self, rows: npt.ArrayLike) -> "DemandDistribution":
        """The items of `rows` (indices or mask)."""
        index = np.asarray(rows)
        cut = {name: getattr(self, name)[index] for name in (*_PER_ITEM, "mean", "exposure")}
        return replace(self, **cut)

    def to_frame(self) -> pd.DataFrame:
        """One row per item, in order: sku, location and the other attributes; arrays as JSON text. Exact."""
        frame = pd.DataFrame({"sku": self.sku, "location": self.location}, dtype=object)
        frame["as_of"] = pd.Timestamp(self.as_of)
        frame["period"] = self.period
        frame["lengths_days"] = json.dumps(self.lengths_days.tolist(), separators=(",", ":"))
        frame["mean"] = [json.dumps(row, separators=(",", ":")) for row in self.mean.tolist()]
        for name in _NUMBER_PER_ITEM:
            frame[name] = getattr(self, name)
        frame["exposure"] = [json.dumps(row, separators=(",", ":")) for row in self.exposure.tolist()]
        frame["market"], frame["category"] = self.market, self.category
        frame["factor_autocorrelation"] = json.dumps(self.factor_autocorrelation.tolist(), separators=(",", ":"))
        frame["unit_step"] = self.unit_step
        return frame

    @staticmethod
    def from_frame(frame: pd.DataFrame) -> "DemandDistribution":
        """The distribution that `to_frame` wrote; extra columns are ignored.

        Raises
        ------
        ValueError: no rows, or rows of different runs' grids.
        """
        if frame.empty:
            raise ValueError("from_frame: no rows")
        for name in ("as_of", "period", "lengths_days", "factor_autocorrelation"):
            if (frame[name] != frame[name].iloc[0]).any():
                raise ValueError(f"from_frame: rows have different {name}; read one run at a time")
        lengths = np.array(json.loads(frame["lengths_days"].iloc[0]), dtype=np.int64)
        as_of = pd.Timestamp(frame["as_of"].iloc[0]).date()
        first = np.datetime64(as_of, "D") + np.timedelta64(1, "D")
        stored = [name for name in _PER_ITEM if name in frame and name not in _TEXT_PER_ITEM]
        numbers = {name: frame[name].to_numpy(np.float64) for name in stored}
        texts = {name: frame[name].to_numpy(object) for name in _TEXT_PER_ITEM}
        return DemandDistribution(
            as_of=as_of,
            period=str(frame["period"].iloc[0]),
            starts=first + np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype("timedelta64[D]"),
            lengths_days=lengths,
            mean=np.array([json.loads(text) for text in frame["mean"]], dtype=np.float64),
            exposure=np.array([json.loads(text) for text in frame["exposure"]], dtype=np.float64),
            factor_autocorrelation=np.array(json.loads(frame["factor_autocorrelation"].iloc[0]), dtype=np.float64),
            **texts,
            **numbers,
        )


_TEXT_PER_ITEM = ("sku", "location", "market", "category")
_NUMBER_PER_ITEM = (
    "dispersion",
    "level_sd",
    "level_growth",
    "level_autocorrelation",
    "dormant_probability",
    "order_steps",
)
_PER_ITEM = (*_TEXT_PER_ITEM, *_NUMBER_PER_ITEM, "unit_step")


def concatenate(parts: list[DemandDistribution]) -> DemandDistribution:
    """Blocks of items of one run joined, in the given order.

    Raises
    ------
    ValueError: no parts, or parts with different grids.
    """
    if not parts:
        raise ValueError("concatenate: no parts")
    first = parts[0]
    for part in parts[1:]:
        if part.as_of != first.as_of or not np.array_equal(part.lengths_days, first.lengths_days):
            raise ValueError("concatenate: parts have different dates or grids")
    joined: dict[str, Any] = {
        column.name: np.concatenate([getattr(part, column.name) for part in parts])
        for column in fields(DemandDistribution)
        if column.name in (*_PER_ITEM, "mean", "exposure")
    }
    return replace(first, **joined)
