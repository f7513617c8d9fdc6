"""Plain ways to predict a lead time, as probabilities of whole days."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.lead_times.data import ENOUGH
from features.arrays import Floats, Ints
from models.inventory.lead_times.estimator import later_than

DAYS = 900
"""Days of every predicted distribution."""
LATENESS_FROM = -400
"""Lateness before this is counted on it."""


def padded(pmf: Floats) -> Floats:
    """Distributions of `DAYS` days; what is later is counted on the last."""
    kept = np.zeros((len(pmf), DAYS))
    width = min(pmf.shape[1], DAYS)
    kept[:, :width] = pmf[:, :width]
    kept[:, -1] += pmf[:, width:].sum(axis=1)
    return kept


def point(days: Ints) -> Floats:
    """All probability on one day."""
    pmf = np.zeros((len(days), DAYS))
    pmf[np.arange(len(days)), np.clip(days, 0, DAYS - 1)] = 1.0
    return pmf


def samples_by(
    received: pd.DataFrame, values: pd.Series, wanted: pd.DataFrame, levels: Sequence[Sequence[str]]
) -> list[Floats]:
    """For each wanted order the values of its own group, of the first level that has `ENOUGH`, else all."""
    groups = []
    for keys in levels:
        by = {key: part.to_numpy(dtype=np.float64) for key, part in values.groupby([received[key] for key in keys])}
        groups.append((keys, {key: part for key, part in by.items() if len(part) >= ENOUGH}))
    everything = values.to_numpy(dtype=np.float64)
    rows = wanted[["supplier", "location"]].to_dict("records")
    return [
        next((by[key] for keys, by in groups if (key := tuple(row[name] for name in keys)) in by), everything)
        for row in rows
    ]


def empirical(samples: list[Floats], base: Ints) -> Floats:
    """The values seen, each as likely, on top of `base` days (zero, or the promise)."""
    pmf = np.zeros((len(samples), DAYS))
    for row, (seen, start) in enumerate(zip(samples, base, strict=True)):
        days = np.clip(np.rint(seen).astype(np.int64) + start, 0, DAYS - 1)
        pmf[row] = np.bincount(days, minlength=DAYS) / len(days)
    return pmf


def normal(samples: list[Floats], base: Ints) -> Floats:
    """A normal of the values' mean and deviation, by whole days; what is below zero is counted on day 0."""
    mean = np.array([seen.mean() for seen in samples]) + base
    sd = np.maximum(np.array([seen.std(ddof=1) if len(seen) > 1 else 0.0 for seen in samples]), 0.1)
    until = stats.norm.cdf((np.arange(DAYS) + 0.5 - mean[:, None]) / sd[:, None])
    until[:, -1] = 1.0
    return np.diff(until, axis=1, prepend=0.0)


def still_open(pmf: Floats, age: Ints) -> Floats:
    """The same given that the order has been open for `age` days."""
    return padded(later_than(pmf, np.minimum(age, DAYS - 2)))
