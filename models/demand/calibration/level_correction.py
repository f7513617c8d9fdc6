"""Correction of forecast levels: what models of single items cannot know, pooled over the items of a class.

A model that sees one item takes recent luck for its level: items that sold much lately are forecast too high, items
that sold little far too low. So the corrected mean is a weighted sum of levels, with weights fitted per class on past
windows: the model's forecast, the item's mean of the last year, and one of the item's typical orders a step (with a
gamma prior on the level the posterior mean is such a sum; the last term is the prior's). An item with few orders has
other weights than one with many: between the two they move with its evidence, orders / (orders + `EVIDENCE_ORDERS`).

Source: Efron & Morris (1977), Stein's paradox in statistics; Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6.
"""

import numpy as np
from scipy import optimize

from features.arrays import Floats

ROUNDS = 6
LEVEL_VARIANCE = 0.5
"""Squared relative error of a level that windows are weighted by, beside the count's own noise."""

LARGEST_DEVIATIONS = 8.0
"""An outcome further off is cut to this: one order of a century must not decide for a class."""

PRIOR_WEIGHTS: Floats = np.array([0.05, 0.4, 0.5, 0.3, 0.7])
"""Weights without windows to fit: with few orders, of an order a step, of the item's year and of the model; with many
orders, of the year and the model."""

MODEL_ALONE: Floats = np.array([0.0, 0.0, 1.0, 0.0, 1.0])

EVIDENCE_ORDERS = 6.0
"""Orders in the last year at which an item is half way from few to many."""

PRIOR_WINDOWS = 100.0
"""Windows (seven an item and origin, which overlap) at which evidence weighs as much as the prior."""

LARGEST_WEIGHT_SUM = 1.05
"""The item's own levels weigh at most this much together: a rise over a few origins is no rule for the next."""

LEAST_ORIGINS = 2
"""Origins without which a shock cannot be distinguished from a bias."""

LEAST_UNITS = 1e-3
"""Least forecast of a past window, in counting steps, so that every outcome has a probability above zero."""


def evidence_weight(order_units: Floats, baseline: Floats, steps: Floats, year_steps: int) -> Floats:
    """Where items stand between few orders, 0, and many, 1.

    Parameters
    ----------
    order_units: units of a typical order.
    baseline: units per step of the last year, effects apart.
    steps: steps of life.
    year_steps: steps of a year.
    """
    orders = baseline * np.minimum(steps, year_steps) / np.maximum(order_units, 1e-9)
    return np.asarray(orders / (orders + EVIDENCE_ORDERS))


def level_terms(order_units: Floats, baseline: Floats, exposure: Floats, forecast: Floats, evidence: Floats) -> Floats:
    """The levels that a mean is the weighted sum of, (..., 5), in the order of `PRIOR_WEIGHTS`.

    Parameters
    ----------
    order_units: units of a typical order.
    baseline: units per step of the last year, effects apart.
    exposure: steps in the window, weighted by their known effects.
    forecast: the model's units in the window.
    evidence: `evidence_weight`.
    """
    shape = np.broadcast_shapes(order_units.shape, baseline.shape, exposure.shape, forecast.shape, evidence.shape)
    year, few = baseline * exposure, 1 - evidence
    levels = (order_units * exposure * few, year * few, forecast * few, year * evidence, forecast * evidence)
    return np.stack([np.broadcast_to(level, shape) for level in levels], axis=-1)


def corrected_mean(levels: Floats, weights: Floats) -> Floats:
    """Means from `level_terms` (..., 5) and weights (5,) or (..., 5)."""
    return np.asarray((levels * weights).sum(axis=-1))


def common_shocks(actual: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """(O,) what all items of an origin sold over their forecast, as far as it is no lasting bias.

    Items are weighted by the inverse variance of their windows, so that neither the unit that one is counted in nor a
    best seller decides.

    A shock that all items share, such as a season that no model foresaw, is no reason to lean on another level at the
    next origin: it is removed from the windows before the weights are fitted. What all origins have in common is a bias
    and stays; it is shrunk towards none by the chance that so few origins show it by luck.

    Parameters
    ----------
    actual, mean: (I, O, W); NaN where not known.
    dispersion: (I,) variance-to-mean ratio.

    Source: positive-part shrinkage of a mean (Efron & Morris 1973, Journal of the American Statistical Association).
    """
    known = np.isfinite(actual) & np.isfinite(mean)
    weight = 1 / (dispersion[:, None, None] + LEVEL_VARIANCE * np.where(known, mean, 0.0))
    sold, predicted = (np.where(known, weight * values, 0.0).sum(axis=(0, 2)) for values in (actual, mean))
    seen = (sold > 0) & (predicted > 0)
    logs = np.log(np.where(seen, sold, 1.0) / np.where(seen, predicted, 1.0))
    count = int(seen.sum())
    if count < LEAST_ORIGINS:
        return np.ones(len(logs))
    bias = float(logs[seen].mean())
    chance = float(logs[seen].var(ddof=1)) / count
    lasting = bias * max(0.0, 1 - chance / bias**2) if bias else 0.0
    return np.exp(np.where(seen, logs - lasting, 0.0))


def fit_weights(levels: Floats, actual: Floats, dispersion: Floats, prior: Floats = PRIOR_WEIGHTS) -> Floats:
    """(5,) non-negative weights by iterated least squares, each window weighted by the inverse of its variance.

    Parameters
    ----------
    levels: (N, 5), of `level_terms`.
    actual: (N,) outcomes.
    dispersion: (N,) variance-to-mean ratio.
    prior: (5,) weights that few windows are shrunk towards.
    """
    weights = np.asarray(prior, dtype=np.float64)
    if not len(actual):
        return weights
    for _ in range(ROUNDS):
        mean = np.maximum(corrected_mean(levels, weights), 1e-6)
        deviation = np.sqrt(dispersion * mean + LEVEL_VARIANCE * mean**2)
        cut = np.minimum(actual, mean + LARGEST_DEVIATIONS * deviation)
        rows = levels / deviation[:, None]
        # Pseudo-windows with the prior's weights, as large as the real ones are on average.
        size = PRIOR_WINDOWS * (rows**2).mean(axis=0)
        squares = rows.T @ rows + np.diag(size + 1e-12)
        root = np.linalg.cholesky(squares)
        weights = optimize.nnls(root.T, np.linalg.solve(root, rows.T @ (cut / deviation) + size * prior))[0]
    few, many = (LARGEST_WEIGHT_SUM / max(LARGEST_WEIGHT_SUM, own.sum()) for own in (weights[1:3], weights[3:]))
    return np.asarray(weights * [1.0, few, few, many, many])
