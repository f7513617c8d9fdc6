"""Buckets' scenario arrays added up, and the quantiles of their sums."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from features.arrays import Days, Floats, Ints
from models.budget.part import KEYS, MEASURES, BudgetPart
from models.inventory.terms.money_rounding import minor_digits

ALL = "*"
_QUANTILES = {"p10": 0.10, "p50": 0.50, "p90": 0.90}
_UNIT_DIGITS = 3


def combine(parts: Sequence[BudgetPart]) -> pd.DataFrame:
    """The budget forecast of all buckets, with total rows.

    Parameters
    ----------
    parts: one per bucket, in bucket order; all with the same months, currency and scenarios.

    Returns
    -------
    One row per (month, category, channel, market), sorted; each of the three may be "*" for all of them,
    in every combination. month is the first day (datetime64[ns]); columns currency and, for units,
    net_revenue, cost and margin: _p10, _p50, _p90, _mean. Quantiles are those of the scenario sums. Means
    of single rows are rounded half-even (money to the minor unit, units to a thousandth) and means of
    total rows add these rounded rows as integers, so they add up exactly.

    Raises
    ------
    ValueError: no part, or parts that differ in months, currency or number of scenarios.
    """
    groups, months, currency, cubes, means = _added(parts)
    frames = []
    for number, month in enumerate(months):
        sliced = {name: cube[:, number, :] for name, cube in cubes.items()}
        frame = _with_totals(groups, sliced, {name: mean[:, number] for name, mean in means.items()}, currency)
        frame.insert(0, "month", pd.Timestamp(month.astype("datetime64[D]")).as_unit("ns"))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True).sort_values(["month", *KEYS], ignore_index=True)


def year_totals(parts: Sequence[BudgetPart]) -> pd.DataFrame:
    """As `combine`, over all months together: one row per (category, channel, market), "*" allowed.

    The quantiles are those of the months' scenario sums, so P10 of the year is above the sum of the months'
    P10. Means add the months' rounded means.

    Raises
    ------
    ValueError: as `combine`.
    """
    groups, _, currency, cubes, means = _added(parts)
    yearly = {name: cube.sum(axis=1) for name, cube in cubes.items()}
    return _with_totals(groups, yearly, {name: mean.sum(axis=1) for name, mean in means.items()}, currency)


def _added(
    parts: Sequence[BudgetPart],
) -> tuple[pd.DataFrame, Days, str, dict[str, Floats], dict[str, Ints]]:
    """All parts, added in their order.

    Returns
    -------
    Groups, months, currency, scenario sums (groups, months, scenarios) and means (groups, months) in minor
    units of the currency or thousandths of a unit, rounded half-even.
    """
    if not parts:
        raise ValueError("no part of a budget to combine; give one for each bucket")
    first = parts[0]
    for part in parts[1:]:
        same = part.currency == first.currency and np.array_equal(part.months, first.months)
        if not same or part.units.shape[1:] != first.units.shape[1:]:
            raise ValueError("parts of a budget differ in months, currency or scenarios; compute them in one run")
    groups = pd.concat([part.groups for part in parts]).drop_duplicates().sort_values(KEYS, ignore_index=True)
    index = pd.MultiIndex.from_frame(groups)
    cubes = {name: np.zeros((len(groups), *first.units.shape[1:])) for name in MEASURES}
    expected = np.zeros((len(MEASURES), len(groups), len(first.months)))
    for part in parts:
        rows = index.get_indexer(pd.MultiIndex.from_frame(part.groups))
        expected[:, rows] += part.expected
        for name, cube in cubes.items():
            cube[rows] += part.measure(name)
    means = {
        name: np.asarray(np.rint(values * 10.0 ** _digits(name, first.currency)), dtype=np.int64)
        for name, values in zip(MEASURES, expected, strict=True)
    }
    return groups, first.months, first.currency, cubes, means


def _digits(name: str, currency: str) -> int:
    return _UNIT_DIGITS if name == "units" else minor_digits(currency)


def _with_totals(
    groups: pd.DataFrame, values: dict[str, Floats], means: dict[str, Ints], currency: str
) -> pd.DataFrame:
    """One row per group and per combination of "*", with quantiles of scenario sums (groups, scenarios)."""
    frames = []
    for totalled in product([False, True], repeat=len(KEYS)):
        labels = groups.copy()
        for key, is_total in zip(KEYS, totalled, strict=True):
            if is_total:
                labels[key] = ALL
        target = labels.drop_duplicates().sort_values(KEYS, ignore_index=True)
        rows = pd.MultiIndex.from_frame(target).get_indexer(pd.MultiIndex.from_frame(labels))
        frame = target.copy()
        frame["currency"] = currency
        for name in MEASURES:
            sums = np.zeros((len(target), values[name].shape[1]))
            np.add.at(sums, rows, values[name])
            exact = np.zeros(len(target), dtype=np.int64)
            np.add.at(exact, rows, means[name])
            quantiles = np.quantile(sums, list(_QUANTILES.values()), axis=1) if len(target) else np.empty((3, 0))
            digits = _digits(name, currency)
            for label, quantile in zip(_QUANTILES, quantiles, strict=True):
                frame[f"{name}_{label}"] = np.round(quantile, digits)
            frame[f"{name}_mean"] = exact / 10**digits
        frames.append(frame)
    everything = pd.concat(frames, ignore_index=True)
    return everything.drop_duplicates(KEYS).sort_values(KEYS, ignore_index=True)
