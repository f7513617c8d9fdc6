"""The demand distribution: one generative model of a block of items with two views, totals and scenario paths."""

import json
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.arrays import Floats
from models.demand.distribution import intervals, paths
from models.demand.distribution.counts import CountMixture
from models.demand.distribution.parameters import NUMBER_PER_ITEM, PER_ITEM, TEXT_PER_ITEM, DemandParameters


@dataclass(frozen=True)
class DemandDistribution(DemandParameters):
    """Demand of I items over P grid periods following `as_of`: its parameters (`DemandParameters`) and its two views.

    `interval` and `mixture` are totals without sampling noise; `rates`, `paths` and `daily_paths` are scenarios.
    """

    def interval(self, first_day: npt.ArrayLike, last_day: npt.ArrayLike) -> CountMixture:
        """Total over days `first_day`..`last_day` after `as_of`; see `intervals.interval`."""
        return intervals.interval(self, first_day, last_day)

    def mixture(self, first_day: npt.ArrayLike, end_day_pmf: npt.ArrayLike) -> CountMixture:
        """Total from `first_day` to a random last day; see `intervals.mixture`."""
        return intervals.mixture(self, first_day, end_day_pmf)

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

    def to_frame(self) -> pd.DataFrame:
        """One row per item, in order: sku, location and the other attributes; arrays as JSON text. Exact."""
        frame = pd.DataFrame({"sku": self.sku, "location": self.location}, dtype=object)
        frame["as_of"] = pd.Timestamp(self.as_of)
        frame["period"] = self.period
        frame["lengths_days"] = json.dumps(self.lengths_days.tolist(), separators=(",", ":"))
        frame["mean"] = [json.dumps(row, separators=(",", ":")) for row in self.mean.tolist()]
        for name in NUMBER_PER_ITEM:
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
        stored = [name for name in PER_ITEM if name in frame and name not in TEXT_PER_ITEM]
        numbers = {name: frame[name].to_numpy(np.float64) for name in stored}
        texts = {name: frame[name].to_numpy(object) for name in TEXT_PER_ITEM}
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
        if column.name in (*PER_ITEM, "mean", "exposure")
    }
    return replace(first, **joined)
