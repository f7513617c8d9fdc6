"""What a company's other suppliers say of a supplier: how their lead times relate to the ones they declare."""

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.inventory.lead_times.estimator import learned_pmf

_STEP = 0.02  # of the logarithm of (1 + days) over (1 + declared days)
_FURTHEST = 310  # steps: five hundred times as long
_BLOCK = 1024


def capped(delivered: pd.DataFrame, most: float) -> Floats:
    """Weights with which a supplier's deliveries count for others: in sum at most `most`, however many they are.

    A supplier's deliveries resemble each other: a thousand of them tell of one supplier, not of a thousand.
    """
    weight = (delivered["weight"] * delivered["recency"]).to_numpy(dtype=np.float64)
    total = pd.Series(weight).groupby(delivered["supplier"].to_numpy(dtype=object)).transform("sum").to_numpy()
    return np.asarray(weight * most / (most + total))


def of_other_suppliers(pools: pd.DataFrame, delivered: pd.DataFrame, prior: Floats, prior_weight: float) -> Floats:
    """What is declared, as far as the deliveries of the *other* suppliers bear such declarations out.

    Parameters
    ----------
    pools: one row per lead time to be learned; columns supplier ("*": no delivery is its own), declared_days.
    delivered: columns supplier, declared_days, days, weight, recency, is_open.
    prior: (pools, days), distributions as declared.
    prior_weight: observations that they count as; another supplier counts as at most half as many.

    Returns
    -------
    (pools, days), rows sum to 1.
    """
    if delivered.empty:
        return prior
    names = pd.Index(delivered["supplier"].unique())
    ratio = np.log1p(delivered["days"].to_numpy(dtype=np.float64)) - np.log1p(delivered["declared_days"].to_numpy())
    step = np.clip(np.rint(ratio / _STEP).astype(np.int64), -_FURTHEST, _FURTHEST) + _FURTHEST
    seen = np.zeros((2, len(names) + 1, 2 * _FURTHEST + 1))  # the last supplier is nobody
    place = (delivered["is_open"].to_numpy(dtype=np.int64), names.get_indexer(pd.Index(delivered["supplier"])), step)
    np.add.at(seen, place, capped(delivered, prior_weight / 2))
    everybody = seen.sum(axis=1)
    relative = np.exp((np.arange(2 * _FURTHEST + 1) - _FURTHEST) * _STEP)
    own = names.get_indexer(pd.Index(pools["supplier"]))
    declared = pools["declared_days"].to_numpy(dtype=np.float64)
    result = np.empty_like(prior)
    width = prior.shape[1]
    for first in range(0, len(pools), _BLOCK):
        rows = slice(first, first + _BLOCK)
        days = np.rint((1.0 + declared[rows, None]) * relative - 1.0).astype(np.int64)
        flat = (np.arange(len(days))[:, None] * width + np.clip(days, 0, width - 1)).ravel()
        arrived, waiting = (
            np.bincount(flat, weights=(total - of[own[rows]]).ravel(), minlength=len(days) * width).reshape(-1, width)
            for total, of in zip(everybody, seen, strict=True)
        )
        result[rows] = learned_pmf(np.maximum(arrived, 0.0), np.maximum(waiting, 0.0), prior[rows], prior_weight)
    return result
