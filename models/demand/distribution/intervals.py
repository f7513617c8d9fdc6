"""Totals over intervals, the first view of the demand distribution, without sampling noise.

The expected units of an interval are a weighted sum of lognormal variables; their first two moments are exact
and a lognormal carries them (Fenton & Wilkinson: Fenton 1960, IRE Trans. Commun. Systems 8, 57-67). A grid of
normal scores turns that lognormal into the grid points of a `CountMixture`.
"""

import numpy as np
import numpy.typing as npt
from scipy import special

from features.arrays import Floats, Ints
from models.demand.distribution.compound_poisson import as_compound_poisson
from models.demand.distribution.counts import CountMixture, stack
from models.demand.distribution.parameters import DemandParameters

SCORE_STEP = 0.3
SCORES: Floats = np.arange(-18.0, 19.0) * SCORE_STEP
"""Normal scores of the level grid: +-5.4 standard deviations."""

COARSE_STEP = 0.6
COARSE_SCORES: Floats = np.arange(-9.0, 10.0) * COARSE_STEP
"""Grid of each end day where many end days are mixed."""

FINE_ENDS = 8
"""Up to this many end days the fine grid is used for each."""

MIXED_POINTS = 96
"""Grid points kept of a mixture over end days."""

BLOCK_CELLS = 4_000_000

NO_DEMAND = 1e-100
"""Expected units below this count as none: their square is too small for a float."""


def interval(distribution: DemandParameters, first_day: npt.ArrayLike, last_day: npt.ArrayLike) -> CountMixture:
    """Total demand from `first_day` to `last_day`, both included.

    Parameters
    ----------
    first_day, last_day: days after `as_of` (1 is the day after), whole numbers or (I,). An interval that ends
        before it starts is empty and its total zero.

    Returns
    -------
    The total's distribution, one row per item.

    Raises
    ------
    ValueError: a day before 1, or beyond the grid.
    """
    items = len(distribution.sku)
    first = np.broadcast_to(np.asarray(first_day, dtype=np.int64), (items,))
    last = np.broadcast_to(np.asarray(last_day, dtype=np.int64), (items,))
    mean, variance = _rate_moments(distribution, first, last[:, None])
    steps = distribution.unit_step[:, None]
    rates, dispersion, weights = _zero_inflated_grid(
        mean / steps,
        variance / steps**2,
        distribution.dispersion[:, None],
        distribution.dormant_probability[:, None],
        SCORES,
    )
    total = _collapsed_where_certain(CountMixture(rates[:, 0], weights[:, 0], dispersion[:, 0], distribution.unit_step))
    return as_compound_poisson(total, distribution.order_steps, distribution.dispersion)


def mixture(distribution: DemandParameters, first_day: npt.ArrayLike, end_day_pmf: npt.ArrayLike) -> CountMixture:
    """Total demand from `first_day` to a random last day.

    Parameters
    ----------
    first_day: days after `as_of`, a whole number or (I,).
    end_day_pmf: (D,) or (I, D): probability that the interval's last day is day d after `as_of`, d = 0..D-1.

    Returns
    -------
    The total's distribution, one row per item; mean and variance are exact, at most 96 grid points.

    Raises
    ------
    ValueError: probabilities negative or not summing to 1; a day with probability beyond the grid.
    """
    items = len(distribution.sku)
    pmf = np.asarray(end_day_pmf, dtype=np.float64)
    pmf = np.broadcast_to(pmf, (items, pmf.shape[-1]))
    if items and (pmf.min() < 0 or np.abs(pmf.sum(axis=1) - 1).max() > 1e-6):
        raise ValueError("end_day_pmf: each row must be probabilities that sum to 1")
    pmf = pmf / pmf.sum(axis=1, keepdims=True)
    ends = np.flatnonzero(pmf.max(axis=0, initial=0.0) > 0)
    pmf = pmf[:, ends]
    first = np.broadcast_to(np.asarray(first_day, dtype=np.int64), (items,))
    scores = SCORES if len(ends) <= FINE_ENDS else COARSE_SCORES
    parts = []
    width = max(1, BLOCK_CELLS // max(1, 4 * len(ends) * len(scores)))
    for start in range(0, items, width):
        block = np.arange(start, min(start + width, items))
        part = distribution.take(block)
        mean, variance = _rate_moments(part, first[block], np.broadcast_to(ends, (len(block), len(ends))))
        steps = part.unit_step[:, None]
        rates, dispersion, weights = _zero_inflated_grid(
            mean / steps,
            variance / steps**2,
            part.dispersion[:, None],
            part.dormant_probability[:, None],
            scores,
        )
        weights = pmf[block][:, :, None] * weights
        shape = (len(block), -1)
        parts.append(
            _with_points_merged(rates.reshape(shape), weights.reshape(shape), dispersion.reshape(shape), part.unit_step)
        )
    return as_compound_poisson(stack(parts), distribution.order_steps, distribution.dispersion)


def level_covariance(distribution: DemandParameters, periods: int) -> Floats:
    """Covariance of the log-level errors of the first `periods` grid periods, (I, periods, periods)."""
    horizon = distribution.horizon_days[:periods]
    sd = distribution.level_sd_by_period(periods)
    apart = np.abs(horizon[:, None] - horizon[None, :]) / 28.0
    shared = distribution.exposure**2
    own = np.maximum(1 - shared.sum(axis=1), 0.0)
    correlation = own[:, None, None] * np.power(distribution.level_autocorrelation[:, None, None], apart)
    for factor in range(shared.shape[1]):
        decay = np.power(distribution.factor_autocorrelation[factor], apart)
        correlation += shared[:, factor, None, None] * decay
    return np.asarray(correlation * sd[:, :, None] * sd[:, None, :])


def lognormal_counts(
    mean: Floats,
    variance: Floats,
    dispersion: Floats,
    dormant_probability: Floats | None = None,
    order_steps: Floats | None = None,
) -> CountMixture:
    """Counts whose expected value is lognormal with the given (I,) moments, in units of one.

    Parameters
    ----------
    mean: expected value, steps.
    variance: of the expected value of an active item, were its mean the given one.
    dispersion: variance-to-mean ratio of the count given the expected value.
    dormant_probability: (I,) chance that there is no demand at all; the mean is kept.
    order_steps: (I,) of a typical order; None where demand comes step by step.
    """
    dormant = np.zeros(len(mean)) if dormant_probability is None else dormant_probability
    rates, ratio, weights = _zero_inflated_grid(mean, variance, dispersion, dormant, COARSE_SCORES)
    total = CountMixture(rates, weights, ratio, np.ones(len(mean)))
    return total if order_steps is None else as_compound_poisson(total, order_steps, dispersion)


def _rate_moments(distribution: DemandParameters, first: Ints, lasts: Ints) -> tuple[Floats, Floats]:
    """Mean and variance of expected units from day `first` (I,) to each day of `lasts` (I, E): two (I, E)."""
    lengths = distribution.lengths_days
    ends = np.cumsum(lengths)
    if lasts.size and lasts.max() > ends[-1]:
        raise ValueError(f"interval: day {lasts.max()} is beyond the forecast, which ends on day {ends[-1]}")
    if first.size and first.min() < 1:
        raise ValueError(f"interval: the first day must be 1 or more days after as_of; got {first.min()}")
    periods = int(np.searchsorted(ends, lasts.max())) + 1 if lasts.size and lasts.max() > 0 else 1
    before = ends[:periods] - lengths[:periods]
    open_days = np.clip(ends[:periods] - np.maximum(before, first[:, None] - 1), 0, None)
    mean = distribution.mean[:, :periods] * open_days / lengths[:periods]
    last = np.maximum(lasts, (first - 1)[:, None])
    cell = np.minimum(np.searchsorted(ends[:periods], last), periods - 1)
    started = np.maximum(before[cell], (first - 1)[:, None])
    open_in_cell = np.take_along_axis(open_days, cell, axis=1)
    share = np.where(open_in_cell > 0, (last - started) / np.maximum(open_in_cell, 1), 0.0)
    share = np.clip(share, 0.0, 1.0)
    done = np.concatenate([np.zeros((len(mean), 1)), np.cumsum(mean, axis=1)], axis=1)
    total = np.take_along_axis(done, cell, axis=1) + share * np.take_along_axis(mean, cell, axis=1)
    variance = np.zeros(lasts.shape)
    width = max(1, BLOCK_CELLS // (periods * periods))
    for start in range(0, len(mean), width):
        rows = slice(start, min(start + width, len(mean)))
        part = distribution.take(np.arange(rows.start, rows.stop))
        products = np.expm1(level_covariance(part, periods)) * mean[rows, :, None] * mean[rows, None, :]
        earlier = np.tril(products, -1).sum(axis=2)
        own = np.diagonal(products, axis1=1, axis2=2)
        whole = np.concatenate([np.zeros((len(own), 1)), np.cumsum(2 * earlier + own, axis=1)], axis=1)
        f, n = share[rows], cell[rows]
        variance[rows] = (
            np.take_along_axis(whole, n, axis=1)
            + 2 * f * np.take_along_axis(earlier, n, axis=1)
            + f**2 * np.take_along_axis(own, n, axis=1)
        )
    return total, np.maximum(variance, 0.0)


def _zero_inflated_grid(
    mean: Floats, variance: Floats, dispersion: Floats, dormant: Floats, scores: Floats
) -> tuple[Floats, Floats, Floats]:
    """Grid points, dispersions and weights (..., K) of zero-inflated rates: none at all with probability `dormant`.

    Mean and variance are those of the level before an item falls dormant; the demand of one that stays active is so
    much larger that the mean is the given one. The point of no demand comes first, where any item has one.
    """
    active = 1 - dormant
    rates, ratio = _level_grid(mean / active, variance / active**2, dispersion, scores)
    weights = np.multiply(_score_weights(scores), active[..., None] * np.ones(rates.shape))
    if not dormant.any():
        return rates, ratio, weights
    none = np.zeros((*mean.shape, 1))
    return (
        np.concatenate([none, rates], axis=-1),
        np.concatenate([none + 1, ratio], axis=-1),
        np.concatenate([none + dormant[..., None], weights], axis=-1),
    )


def _level_grid(mean: Floats, variance: Floats, dispersion: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Grid points (..., K) and dispersions (..., K) of lognormal rates with the given moments.

    Where the count is narrower than the spacing of the grid, a small part of the level's error is drawn as a
    gamma multiplier within each grid point, which widens the count; the total's variance stays exact and the
    mixture has no teeth.
    """
    some = mean > NO_DEMAND
    safe = np.where(some, mean, 1.0)
    squared = np.where(some, np.log1p(variance / safe**2), 0.0)
    needed = squared * (0.6 * (scores[1] - scores[0])) ** 2
    smoothing = np.maximum(needed - dispersion / safe, 0.0)
    spread = np.sqrt(np.maximum(squared - np.log1p(smoothing), 0.0))[..., None]
    shape = np.exp(spread * scores - spread**2 / 2)
    shape /= (shape * _score_weights(scores)).sum(axis=-1, keepdims=True)
    rates = mean[..., None] * shape
    return rates, dispersion[..., None] + rates * smoothing[..., None]


def _score_weights(scores: Floats) -> Floats:
    density = np.exp(-(scores**2) / 2)
    return np.asarray(density / density.sum())


def _collapsed_where_certain(total: CountMixture) -> CountMixture:
    """One grid point where no item's level is uncertain."""
    if len(total.rates) and np.all(total.rates == total.rates[:, :1]):
        return CountMixture(
            total.rates[:, :1], np.ones((len(total.rates), 1)), total.dispersion[:, :1], total.unit_step
        )
    return total


def _with_points_merged(rates: Floats, weights: Floats, dispersion: Floats, unit_step: Floats) -> CountMixture:
    """Neighbouring grid points joined until `MIXED_POINTS` are left; mean and variance are kept."""
    order = np.argsort(rates, axis=1, kind="stable")
    rates, weights, dispersion = (np.take_along_axis(x, order, axis=1) for x in (rates, weights, dispersion))
    distinct = np.concatenate([np.zeros((len(rates), 1), bool), rates[:, 1:] > rates[:, :-1]], axis=1).cumsum(axis=1)
    if distinct.max(initial=0) >= MIXED_POINTS:
        edges = np.linspace(-5.7, 5.7, MIXED_POINTS - 1)
        middle = np.clip(np.cumsum(weights, axis=1) - weights / 2, 1e-16, 1 - 1e-16)
        group = np.searchsorted(special.ndtr(edges), middle.ravel()).reshape(middle.shape)
        points = MIXED_POINTS
    else:
        group, points = distinct, int(distinct.max(initial=0)) + 1
    row = np.arange(len(rates))[:, None] * points
    cell = (row + group).ravel()
    cells = len(rates) * points

    def add(values: Floats) -> Floats:
        return np.asarray(np.bincount(cell, values.ravel(), cells), dtype=np.float64).reshape(-1, points)

    weight = add(weights)
    safe = np.where(weight > 0, weight, 1.0)
    mean = add(weights * rates) / safe
    offset = rates - np.take_along_axis(mean, group, axis=1)
    within = add(weights * (dispersion * rates + offset**2)) / safe
    ratio = np.where(mean > 0, within / np.where(mean > 0, mean, 1.0), 1.0)
    return CountMixture(mean, weight, np.maximum(ratio, 1.0), unit_step)
