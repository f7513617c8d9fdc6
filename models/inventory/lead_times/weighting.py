"""Distributions of groups of observations: recent ones count for more, few ones are smoothed, all are drawn to a prior.

Source: Kish (1965), Survey Sampling, section 11.7, for the number of observations that unequal weights leave;
Silverman (1986), Density Estimation, section 3.4, for the width of the smoothing, here of logarithms.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from features.arrays import Floats
from models.inventory.lead_times.estimator import learned_pmf, trimmed

_BLOCK = 2048
_POINTS = special.ndtri((np.arange(9) + 0.5) / 9)
"""A normal deviate as nine equally likely values."""
_WIDTH = 0.9
_QUARTILES_OF_NORMAL = 1.349


def fit_groups(
    groups: pd.DataFrame,
    seen: pd.DataFrame,
    prior: Floats,
    prior_row: NDArray[np.int64],
    prior_weight: float,
    *,
    smoothed: bool,
) -> tuple[pd.DataFrame, Floats]:
    """Groups with their numbers of observations, and their distributions, in blocks.

    Parameters
    ----------
    groups: one row per group; any columns.
    seen: one row per observation; columns group (row of `groups`), days, weight, recency, is_open.
    prior: (priors, days), rows sum to 1. prior_row: (groups,), row of `prior` of each group.
    prior_weight: observations that the prior counts as.
    smoothed: whether an arrival also speaks for the days around it, as widely as the group's arrivals are few and
        vary; a group of which half arrives on one day is never smoothed.

    Returns
    -------
    `groups` with receipts_used and open_used, and shape (groups, days).
    """
    seen = seen.sort_values("group", kind="stable", ignore_index=True)
    is_open = seen["is_open"].to_numpy(dtype=bool)
    group = seen["group"].to_numpy(dtype=np.int64)
    weight = evidence(seen, group, len(groups))
    days = seen["days"].to_numpy(dtype=np.float64)
    width = _widths(days, group, ~is_open, weight, len(groups)) if smoothed else np.zeros(len(groups))
    last = prior.shape[1] - 1
    pmf = np.zeros((len(groups), last + 1))
    for first in range(0, len(groups), _BLOCK):
        rows = slice(first, min(first + _BLOCK, len(groups)))
        cells = slice(*np.searchsorted(group, [rows.start, rows.stop]))
        counts = np.zeros((2, rows.stop - first, last + 1))
        spread = np.where(is_open[cells], 0.0, width[group[cells]])[:, None] * _POINTS
        factor = np.exp(spread)
        around = (1.0 + days[cells])[:, None] * factor / factor.mean(axis=1, keepdims=True) - 1.0
        column = np.clip(np.rint(around).astype(np.int64), 0, last)
        place = (is_open[cells].astype(np.int64)[:, None], (group[cells] - first)[:, None], column)
        np.add.at(counts, place, (weight[cells] / len(_POINTS))[:, None])
        pmf[rows] = trimmed(learned_pmf(counts[0], counts[1], prior[prior_row[rows]], prior_weight))
    counted = groups.assign(
        receipts_used=np.bincount(group[~is_open], minlength=len(groups)),
        open_used=np.bincount(group[is_open], minlength=len(groups)),
    )
    return counted, pmf


def evidence(seen: pd.DataFrame, group: NDArray[np.int64], groups: int) -> Floats:
    """What each observation counts as: in proportion to share and recency; a group's sum is its effective number."""
    share, recency = seen["weight"].to_numpy(dtype=np.float64), seen["recency"].to_numpy(dtype=np.float64)
    total = np.bincount(group, weights=share * recency, minlength=groups)
    squares = np.bincount(group, weights=share * recency**2, minlength=groups)
    kish = np.divide(total, squares, out=np.zeros(groups), where=squares > 0)
    return np.asarray(share * recency * kish[group])


def _widths(
    days: Floats, group: NDArray[np.int64], has_arrived: NDArray[np.bool_], weight: Floats, groups: int
) -> Floats:
    """Standard deviation, in logarithms of 1 + days, over which an arrival of each group is spread, (groups,)."""
    arrivals = pd.Series(np.log1p(days[has_arrived])).groupby(group[has_arrived])
    spread = pd.DataFrame({"sd": arrivals.std(ddof=0), "low": arrivals.quantile(0.25), "high": arrivals.quantile(0.75)})
    spread = spread.reindex(np.arange(groups)).fillna(0.0)
    quartiles = (spread["high"] - spread["low"]).to_numpy() / _QUARTILES_OF_NORMAL
    number = np.bincount(group[has_arrived], weights=weight[has_arrived], minlength=groups)
    return np.asarray(_WIDTH * np.minimum(spread["sd"].to_numpy(), quartiles) * np.maximum(number, 1.0) ** -0.2)
