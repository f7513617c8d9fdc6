"""The global model itself: gradient-boosted trees of LightGBM (Ke et al. 2017), Poisson loss, log link.

The target is demand over the item's own mean of the past year, weighted by that mean: the Poisson likelihood of the
units with the log of the mean as offset, in numbers that do not depend on the unit of sale.
"""

import datetime as dt
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.demand.global_model.features import group_features
from models.demand.global_model.groups import KINDS, add_groups, group_series
from models.demand.global_model.training_rows import ROW, TrainingRows

LEAST_ROWS = 500
"""Rows without which no model is trained."""

TREES = 200
PARAMETERS: Mapping[str, Any] = {
    "objective": "poisson",
    "learning_rate": 0.04,
    "num_leaves": 31,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": 127,
    "verbosity": -1,
    # The same bytes on every run: rows in one order, no race between threads.
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
}
SEEDS = (1,)


@dataclass(frozen=True)
class GlobalModel:
    """A model trained on all items up to a day.

    Attributes
    ----------
    trained_on: last day whose demand was used.
    boosters: LightGBM text, one per averaged model; none where there were too few rows.
    features: names of the columns, in order.
    groups: the company's sums by group and step (`add_groups`), up to that day.
    year: steps in a year.
    """

    trained_on: dt.date
    boosters: tuple[str, ...]
    features: tuple[str, ...]
    groups: pd.DataFrame
    year: int


def fit_global_model(parts: Sequence[TrainingRows], at: dt.date) -> GlobalModel:
    """Train from scratch on the rows of all buckets whose target ends on or before `at`.

    Parameters
    ----------
    parts: of `training_rows`, in any order.
    at: last day that may be used.

    Raises
    ------
    ValueError: no parts.
    """
    if not parts:
        raise ValueError("fit_global_model: no training rows, not even empty ones")
    day = pd.Timestamp(at)
    groups = add_groups([part.groups for part in parts])
    groups = groups[groups["end"] <= day].reset_index(drop=True)
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    rows = rows[rows["target_end"] <= day].sort_values(["sku", "location", "end", "ahead"], ignore_index=True)
    year = parts[0].year
    table = rows.drop(columns=[name for name in ROW if name in rows]).assign(**_group_features(rows, groups, year))
    boosters = _boosted(rows, table) if len(rows) >= LEAST_ROWS else ()
    return GlobalModel(at, boosters, tuple(table.columns), groups, year)


def relative_demand(model: GlobalModel, table: pd.DataFrame) -> Floats:
    """(R,) demand over the item's scale, from rows with the columns of `model.features`."""
    matrix = table[list(model.features)].to_numpy(np.float32)
    predictions = [_lightgbm().Booster(model_str=text).predict(matrix, num_threads=1) for text in model.boosters]
    return np.asarray(np.mean(predictions, axis=0), dtype=np.float64)


def with_group_features(model: GlobalModel, table: pd.DataFrame) -> pd.DataFrame:
    """Rows (end, ahead, the labels of `KINDS`) with their groups' features."""
    return table.assign(**_group_features(table, model.groups, model.year))


def _group_features(rows: pd.DataFrame, groups: pd.DataFrame, year: int) -> dict[str, Floats]:
    series = {kind: group_series(groups, kind) for kind in KINDS}
    labels = {kind: rows[kind].to_numpy(object) for kind in KINDS}
    ends = rows["end"].to_numpy("datetime64[D]")
    return group_features(series, labels, ends, rows["ahead"].to_numpy(np.int64), year)


def _boosted(rows: pd.DataFrame, table: pd.DataFrame) -> tuple[str, ...]:
    scale = rows["scale"].to_numpy(np.float64)
    target = rows["units"].to_numpy(np.float64) / scale
    weight = scale / scale.mean()
    found = []
    for seed in SEEDS:
        data = _lightgbm().Dataset(table.to_numpy(np.float32), target, weight=weight, feature_name=list(table.columns))
        found.append(str(_lightgbm().train(dict(PARAMETERS) | {"seed": seed}, data, TREES).model_to_string()))
    return tuple(found)


def _lightgbm() -> ModuleType:
    """LightGBM, imported at its first use: pages that only read a forecast need not wait for it."""
    return importlib.import_module("lightgbm")
