"""Small builders: a distribution whose paths are given, items, mix and channel costs."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

AS_OF = dt.date(2026, 11, 22)


@dataclass(frozen=True)
class GivenPaths:
    """A demand distribution that returns the paths that it was given."""

    sku: NDArray[Any]
    location: NDArray[Any]
    as_of: dt.date
    starts: NDArray[np.datetime64]
    lengths_days: NDArray[np.int64]
    demand: NDArray[np.float64]  # (items, scenarios, periods)

    @property
    def mean(self) -> NDArray[np.float64]:
        return np.asarray(self.demand.mean(axis=1))

    def take(self, rows: ArrayLike) -> "GivenPaths":
        index = np.asarray(rows)
        return replace(self, sku=self.sku[index], location=self.location[index], demand=self.demand[index])

    def paths(self, scenarios: int) -> NDArray[np.float64]:
        return self.demand[:, :scenarios, :]


def weekly_grid(weeks: int = 60) -> tuple[NDArray[np.datetime64], NDArray[np.int64]]:
    starts = np.datetime64(AS_OF) + 1 + 7 * np.arange(weeks)
    return starts, np.full(weeks, 7)


def distribution(demand: NDArray[np.float64], skus: list[str]) -> GivenPaths:
    starts, lengths = weekly_grid(demand.shape[2])
    names = np.array(skus, dtype=object)
    return GivenPaths(names, np.array(["HAM"] * len(skus), dtype=object), AS_OF, starts, lengths, demand)


def steady(per_week: float, skus: list[str], scenarios: int = 8, weeks: int = 60) -> GivenPaths:
    return distribution(np.full((len(skus), scenarios, weeks), per_week), skus)


def items(*rows: Mapping[str, object]) -> pd.DataFrame:
    base = {"sku": "A", "location": "HAM", "category": "Kitchen", "unit_cost_base": 4.0}
    return pd.DataFrame([{**base, **row} for row in rows])


def mix(*rows: Mapping[str, object]) -> pd.DataFrame:
    base = {
        "sku": "A",
        "location": "HAM",
        "channel": "web",
        "market": "DE",
        "units_share": 1.0,
        "net_price_base": 10.0,
        "return_rate": 0.0,
        "resellable_share": 1.0,
    }
    return pd.DataFrame([{**base, **row} for row in rows])


def channel_costs(*rows: Mapping[str, object]) -> pd.DataFrame:
    base = {
        "channel": "web",
        "valid_from": pd.Timestamp("2020-01-01"),
        "commission_fraction": 0.0,
        "payment_fee_fraction": 0.0,
        "fulfilment_cost_per_unit": 0.0,
        "return_cost_per_unit": 0.0,
    }
    return pd.DataFrame([{**base, **row} for row in rows], columns=list(base))
