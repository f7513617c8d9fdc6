"""Distributions of a lead time in whole days: declared ones, and ones learned from receipts and open orders.

What is learned is of groups of observations: recent ones count for more, few ones are smoothed, and all are shrunk
towards a prior.

Source: Kish (1965), Survey Sampling, section 11.7, for the number of observations that unequal weights leave;
Silverman (1986), Density Estimation, section 3.4, for the width of the smoothing, here of logarithms.
"""

import numpy as np
import pandas as pd
from scipy import special

from features.arrays import Flags, Floats, Ints

TAIL = 1e-6
"""Probability beyond which a lead time's tail is folded into its last day."""

_LARGEST_CV = 3.0
_SMALLEST_SD_DAYS = 0.01
_BLOCK = 2048
_POINTS = special.ndtri((np.arange(9) + 0.5) / 9)
"""A normal deviate as nine equally likely values."""
_WIDTH = 0.9
_QUARTILES_OF_NORMAL = 1.349


def declared_pmf(mean_days: Floats, sd_days: Floats, days: int) -> Floats:
    """Gamma-distributed lead times as probabilities of whole days, with the mean kept exactly.

    The probability of day k is the second difference of the expected excess E[(L - x)+] at k: the weight that linear
    interpolation between whole days gives it. Standard deviation 0 gives the day itself, or the two days around it.

    Parameters
    ----------
    mean_days, sd_days: shape (n,), days >= 0; a deviation counts up to 3 times the mean.
    days: number of days, 0 to days - 1; what is later is counted on the last.

    Returns
    -------
    shape (n, days), rows sum to 1.

    >>> declared_pmf(np.array([2.5]), np.array([0.0]), 5).tolist()
    [[0.0, 0.0, 0.5, 0.5, 0.0]]
    """
    x = np.arange(days, dtype=np.float64)
    mean, sd = mean_days[:, None], np.minimum(sd_days, _LARGEST_CV * mean_days)[:, None]
    excess = np.maximum(mean - x, 0.0)
    random = np.flatnonzero(sd[:, 0] >= _SMALLEST_SD_DAYS)
    shape = (mean[random] / sd[random]) ** 2
    scaled = x * shape / mean[random]
    excess[random] = mean[random] * special.gammaincc(shape + 1, scaled) - x * special.gammaincc(shape, scaled)
    before = np.hstack([excess[:, :1] + 1.0, excess[:, :-1]])
    after = np.hstack([excess[:, 1:], np.zeros_like(excess[:, :1])])
    pmf = np.maximum(before - 2 * excess + after, 0.0)
    pmf[:, -1] = np.maximum(1.0 - pmf[:, :-1].sum(axis=1), 0.0)
    return np.asarray(pmf / pmf.sum(axis=1, keepdims=True))


def learned_pmf(arrived: Floats, waiting: Floats, prior: Floats, prior_weight: float) -> Floats:
    """Lead times from arrivals and from orders still open, shrunk towards a prior distribution.

    The hazard of day t is (arrived_t + w p_t) / (at risk_t + w P_t), with p the prior's probability of the day, P that
    of the day or a later one, and at risk all that had not arrived before t: Kaplan and Meier's estimate with the prior
    as `prior_weight` more observations. Where neither says anything (an order older than anything seen), the rest
    arrives at a constant rate, a quarter of the prior's mean later in expectation.

    Parameters
    ----------
    arrived: (n, days), weight of the receipts on each day of age.
    waiting: (n, days), weight of open orders of each age: they will arrive later than it.
    prior: (n, days), rows sum to 1.
    prior_weight: observations that the prior counts as, >= 0.

    Returns
    -------
    (n, days), rows sum to 1.

    Source: Susarla & Van Ryzin (1976); Kaplan & Meier (1958).

    >>> learned_pmf(np.array([[0.0, 0, 8, 0]]), np.zeros((1, 4)), np.array([[0.0, 1, 0, 0]]), 8.0).tolist()
    [[0.0, 0.5, 0.5, 0.0]]
    """
    at_risk = np.cumsum((arrived + waiting)[:, ::-1], axis=1)[:, ::-1]
    prior_left = np.cumsum(prior[:, ::-1], axis=1)[:, ::-1]
    prior_left = np.where(prior_left > 1e-9, prior_left, 0.0)
    observed = arrived + prior_weight * np.where(prior_left > 0, prior, 0.0)
    of = at_risk + prior_weight * prior_left
    mean = prior @ np.arange(prior.shape[1], dtype=np.float64)
    fallback = np.broadcast_to(1.0 / np.maximum(mean / 4.0, 1.0)[:, None], of.shape)
    hazard = np.clip(np.divide(observed, of, out=fallback.copy(), where=of > 1e-12), 0.0, 1.0)
    hazard[:, -1] = 1.0
    left = np.hstack([np.ones_like(hazard[:, :1]), np.cumprod(1.0 - hazard[:, :-1], axis=1)])
    return np.asarray(hazard * left)


def shifted(pmf: Floats, by: Ints) -> Floats:
    """The same distributions `by` days later (n,); what falls before day 0 is counted on day 0.

    >>> shifted(np.array([[0.25, 0.75], [0.25, 0.75]]), np.array([1, -1])).tolist()
    [[0.0, 0.25, 0.75], [1.0, 0.0, 0.0]]
    """
    items, width = pmf.shape
    columns = np.maximum(np.arange(width) + by[:, None], 0)
    wide = width + max(int(by.max(initial=0)), 0)
    flat = (np.arange(items)[:, None] * wide + columns).ravel()
    return np.bincount(flat, weights=pmf.ravel(), minlength=items * wide).astype(np.float64).reshape(items, wide)


def later_than(pmf: Floats, age: Ints) -> Floats:
    """Lead times given that they are longer than `age` days; ages that nothing outlives leave the day after.

    Parameters
    ----------
    pmf: (n, days), rows sum to 1. age: (n,), whole days; -1 changes nothing.

    Returns
    -------
    (n, days or more), rows sum to 1; wider where an age is beyond the last day.
    """
    width = max(pmf.shape[1], int(age.max(initial=-1)) + 2)
    left = np.pad(pmf, ((0, 0), (0, width - pmf.shape[1])))
    left = np.where(np.arange(width) > age[:, None], left, 0.0)
    total = left.sum(axis=1)
    gone = total <= 1e-9
    left[gone] = (np.arange(width) == np.maximum(age[gone], -1)[:, None] + 1).astype(np.float64)
    return np.asarray(left / np.where(gone, 1.0, total)[:, None])


def trimmed(pmf: Floats) -> Floats:
    """The same distributions without tails below `TAIL`, each folded into its last remaining day."""
    beyond = np.cumsum(pmf[:, ::-1], axis=1)[:, ::-1]
    kept = beyond > TAIL
    last = np.maximum(kept.sum(axis=1) - 1, 0)
    result = np.where(kept, pmf, 0.0)
    rows = np.arange(len(pmf))
    result[rows, last] = beyond[rows, last]
    return np.asarray(result / result.sum(axis=1, keepdims=True))


def fit_groups(
    groups: pd.DataFrame,
    observed: pd.DataFrame,
    prior: Floats,
    prior_row: Ints,
    prior_weight: float,
    *,
    smoothed: bool,
) -> tuple[pd.DataFrame, Floats]:
    """Groups with their numbers of observations, and their distributions, in blocks.

    Parameters
    ----------
    groups: one row per group; any columns.
    observed: one row per observation; columns group (row of `groups`), days, weight, recency, is_open.
    prior: (priors, days), rows sum to 1. prior_row: (groups,), row of `prior` of each group.
    prior_weight: observations that the prior counts as.
    smoothed: whether an arrival also speaks for the days around it, as widely as the group's arrivals are few and
        vary; a group of which half arrives on one day is never smoothed.

    Returns
    -------
    `groups` with receipts_used and open_used, and shape (groups, days).
    """
    observed = observed.sort_values("group", kind="stable", ignore_index=True)
    is_open = observed["is_open"].to_numpy(dtype=bool)
    group = observed["group"].to_numpy(dtype=np.int64)
    weight = observation_weights(observed, group, len(groups))
    days = observed["days"].to_numpy(dtype=np.float64)
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


def observation_weights(observed: pd.DataFrame, group: Ints, groups: int) -> Floats:
    """What each observation counts as: in proportion to share and recency; a group's sum is its effective number."""
    share, recency = observed["weight"].to_numpy(dtype=np.float64), observed["recency"].to_numpy(dtype=np.float64)
    total = np.bincount(group, weights=share * recency, minlength=groups)
    squares = np.bincount(group, weights=share * recency**2, minlength=groups)
    kish = np.divide(total, squares, out=np.zeros(groups), where=squares > 0)
    return np.asarray(share * recency * kish[group])


def _widths(days: Floats, group: Ints, has_arrived: Flags, weight: Floats, groups: int) -> Floats:
    """Standard deviation, in logarithms of 1 + days, over which an arrival of each group is spread, (groups,)."""
    arrivals = pd.Series(np.log1p(days[has_arrived])).groupby(group[has_arrived])
    spread = pd.DataFrame({"sd": arrivals.std(ddof=0), "low": arrivals.quantile(0.25), "high": arrivals.quantile(0.75)})
    spread = spread.reindex(np.arange(groups)).fillna(0.0)
    quartiles = (spread["high"] - spread["low"]).to_numpy() / _QUARTILES_OF_NORMAL
    number = np.bincount(group[has_arrived], weights=weight[has_arrived], minlength=groups)
    return np.asarray(_WIDTH * np.minimum(spread["sd"].to_numpy(), quartiles) * np.maximum(number, 1.0) ** -0.2)
