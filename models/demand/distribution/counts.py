"""Mixtures of count distributions: what the total demand of an interval is.

A total is, given its expected units (the *rate*), negative binomial with a fixed variance-to-mean ratio, or
Poisson where that ratio is 1; the rate itself is uncertain and takes the values of a small grid. All functions
are vectorised over items.

Source: E[(D - x)+] of a negative binomial by k p(k; r) = mean p(k - 1; r + 1), Johnson, Kemp & Kotz (2005),
Univariate Discrete Distributions, ch. 5.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from features.arrays import Floats, Ints

_Reading = Callable[["CountMixture", Floats], Floats]

POISSON_BELOW = 1e-6
"""A variance-to-mean ratio closer to 1 than this is counted as Poisson."""

BLOCK_CELLS = 2_000_000
"""Cells (items x values x grid points) handled at once, to bound memory."""


@dataclass(frozen=True)
class CountMixture:
    """The distribution of a non-negative quantity counted in steps, for each of I items.

    Attributes
    ----------
    rates: (I, K) expected steps at each grid point, >= 0.
    weights: (I, K) probability of each grid point, rows sum to 1.
    dispersion: (I, K) variance-to-mean ratio of the count given the rate, >= 1.
    unit_step: (I,) units of one step.
    """

    rates: Floats
    weights: Floats
    dispersion: Floats
    unit_step: Floats

    @property
    def mean(self) -> Floats:
        """Expected units, (I,)."""
        return np.asarray((self.weights * self.rates).sum(axis=1) * self.unit_step)

    @property
    def sd(self) -> Floats:
        """Standard deviation in units, (I,)."""
        mean = (self.weights * self.rates).sum(axis=1, keepdims=True)
        variance = (self.weights * (self.dispersion * self.rates + (self.rates - mean) ** 2)).sum(axis=1)
        return np.asarray(np.sqrt(variance) * self.unit_step)

    def take(self, rows: npt.ArrayLike) -> "CountMixture":
        """The items of `rows` (indices or mask)."""
        rows = np.asarray(rows)
        return CountMixture(self.rates[rows], self.weights[rows], self.dispersion[rows], self.unit_step[rows])

    def with_rows(self, rows: Ints, others: "CountMixture") -> "CountMixture":
        """Items as here, but those of `rows` as in `others`, row by row."""
        points = max(self.rates.shape[1], others.rates.shape[1])
        result, new = self.padded(points), others.padded(points)
        result.rates[rows], result.weights[rows] = new.rates, new.weights
        result.dispersion[rows] = new.dispersion
        return result

    def padded(self, points: int) -> "CountMixture":
        """The same distributions on `points` grid points, at least as many as here; those added weigh nothing."""
        missing = ((0, 0), (0, points - self.rates.shape[1]))
        return CountMixture(
            np.pad(self.rates, missing),
            np.pad(self.weights, missing),
            np.pad(self.dispersion, missing, constant_values=1.0),
            self.unit_step,
        )

    def cdf(self, units: npt.ArrayLike) -> Floats:
        """P(D <= units); `units` is a number, (I,) or (I, X), the result (I,), (I,) or (I, X)."""
        return self._each(units, _mixed_cdf)

    def mid_pit(self, units: Floats) -> Floats:
        """Probability integral transform at the middle of the jump at `units`, (I,): uniform where forecasts are right.

        Source: Czado, Gneiting & Held (2009), "Predictive model assessment for count data", Biometrics 65.
        """
        return np.asarray((self.cdf(units) + self.cdf(units - self.unit_step)) / 2)

    def pmf(self, units: npt.ArrayLike) -> Floats:
        """P(D = units), zero between steps; shapes as in `cdf`."""
        return self._each(units, _mixed_pmf)

    def expected_shortage(self, units: npt.ArrayLike) -> Floats:
        """E[(D - units)+] in units, the loss function; shapes as in `cdf`. Linear between steps."""
        return self._each(units, _mixed_shortage)

    def quantile(self, probability: npt.ArrayLike) -> Floats:
        """Smallest number of units whose cumulative probability reaches `probability`.

        Parameters
        ----------
        probability: a number in [0, 1), (I,) or (I, Q).

        Returns
        -------
        Units, multiples of `unit_step`: (I,), (I,) or (I, Q).

        Raises
        ------
        ValueError: a probability outside [0, 1).
        """
        wanted, squeeze = _columns(probability, len(self.rates))
        if not np.all((wanted >= 0) & (wanted < 1)):
            raise ValueError(f"quantile: probabilities must lie in [0, 1); got {wanted.min()} to {wanted.max()}")
        steps = np.empty(wanted.shape)
        for block in _blocks(len(self.rates), wanted.shape[1] * self.rates.shape[1]):
            steps[block] = _quantile_steps(self.take(np.arange(block.start, block.stop)), wanted[block])
        units = steps * self.unit_step[:, None]
        return units[:, 0] if squeeze else units

    def _each(self, units: npt.ArrayLike, function: _Reading) -> Floats:
        values, squeeze = _columns(units, len(self.rates))
        result = np.empty(values.shape)
        for block in _blocks(len(self.rates), values.shape[1] * self.rates.shape[1]):
            part = self.take(np.arange(block.start, block.stop))
            result[block] = function(part, values[block] / part.unit_step[:, None])
            if function is _mixed_shortage:
                result[block] *= part.unit_step[:, None]
        return result[:, 0] if squeeze else result


def stack(parts: Sequence[CountMixture]) -> CountMixture:
    """The items of all parts, one part after the other."""
    points = max((part.rates.shape[1] for part in parts), default=1)
    none = np.zeros((0, points))
    padded = [CountMixture(none, none, none, np.zeros(0)), *(part.padded(points) for part in parts)]
    return CountMixture(
        np.concatenate([part.rates for part in padded]),
        np.concatenate([part.weights for part in padded]),
        np.concatenate([part.dispersion for part in padded]),
        np.concatenate([part.unit_step for part in padded]),
    )


def count_cdf(steps: Floats, rate: Floats, dispersion: Floats) -> Floats:
    """P(count <= steps) of a negative binomial with the given mean and variance-to-mean ratio (1: Poisson).

    Arrays broadcast. `steps` need not be whole; below zero the probability is zero.

    >>> float(count_cdf(np.array(0.0), np.array(2.0), np.array(1.0)).round(6))
    0.135335
    """
    whole, rate, dispersion = np.broadcast_arrays(np.floor(steps + 1e-9), rate, dispersion)
    excess = dispersion - 1
    poisson = excess < POISSON_BELOW
    safe = np.where(poisson, 1.0, excess)
    size = np.maximum(rate, 1e-300) / safe
    known = np.maximum(whole, 0.0)
    cdf = np.empty(rate.shape)
    if poisson.any():
        cdf[poisson] = special.gammaincc(known[poisson] + 1, rate[poisson])
    if not poisson.all():
        other = ~poisson
        cdf[other] = special.betainc(size[other], known[other] + 1, 1 / dispersion[other])
    return np.where(whole < 0, 0.0, np.where(rate <= 0, 1.0, cdf))


def _mixed_cdf(mixture: CountMixture, steps: Floats) -> Floats:
    cdf = count_cdf(steps[:, :, None], mixture.rates[:, None, :], mixture.dispersion[:, None, :])
    return np.asarray((cdf * mixture.weights[:, None, :]).sum(axis=2))


def _mixed_pmf(mixture: CountMixture, steps: Floats) -> Floats:
    whole = np.round(steps)
    on_step = (np.abs(steps - whole) < 1e-9) & (whole >= 0)
    count = np.maximum(whole, 0.0)[:, :, None]
    rate, excess = mixture.rates[:, None, :], mixture.dispersion[:, None, :] - 1
    poisson = excess < POISSON_BELOW
    safe = np.where(poisson, 1.0, excess)
    size = np.maximum(rate, 1e-300) / safe
    log_poisson = special.xlogy(count, np.maximum(rate, 1e-300)) - rate - special.gammaln(count + 1)
    log_negative_binomial = (
        special.gammaln(count + size)
        - special.gammaln(size)
        - special.gammaln(count + 1)
        - size * np.log1p(safe)
        + count * np.log(safe / (1 + safe))
    )
    pmf = np.where(rate <= 0, count == 0, np.exp(np.where(poisson, log_poisson, log_negative_binomial)))
    return np.asarray(np.where(on_step, (pmf * mixture.weights[:, None, :]).sum(axis=2), 0.0))


def _mixed_shortage(mixture: CountMixture, steps: Floats) -> Floats:
    rate, dispersion = mixture.rates[:, None, :], mixture.dispersion[:, None, :]
    whole = np.floor(steps + 1e-9)[:, :, None]
    beyond = 1 - count_cdf(whole, rate, dispersion)
    # E[D; D > x] = rate * P(D' > x - 1), D' with one more in its size, hence a mean larger by (dispersion - 1).
    tail_mean = rate * (1 - count_cdf(whole - 1, rate + (dispersion - 1), dispersion))
    above = np.where(rate <= 0, 0.0, tail_mean - steps[:, :, None] * beyond)
    loss = np.where(steps[:, :, None] < 0, rate - steps[:, :, None], np.maximum(above, 0.0))
    return np.asarray((loss * mixture.weights[:, None, :]).sum(axis=2))


def _quantile_steps(mixture: CountMixture, wanted: Floats) -> Floats:
    """Bisection on whole steps; the upper end doubles until its probability suffices."""
    one = CountMixture(mixture.rates, mixture.weights, mixture.dispersion, np.ones(len(mixture.rates)))
    low = np.full(wanted.shape, -1.0)
    high = np.ceil(one.mean + 3 * one.sd)[:, None] * np.ones_like(wanted)
    short = _mixed_cdf(one, high) < wanted
    while short.any() and high.max() < 1e15:
        low = np.where(short, high, low)
        high = np.where(short, high * 2 + 1, high)
        short = _mixed_cdf(one, high) < wanted
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = _mixed_cdf(one, middle) >= wanted
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def _columns(values: npt.ArrayLike, items: int) -> tuple[Floats, bool]:
    """`values` as (I, X), and whether the caller's shape has no column axis."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < 2:
        return np.broadcast_to(array, (items,))[:, None], True
    return np.broadcast_to(array, (items, array.shape[1])), False


def _blocks(items: int, cells_per_item: int) -> Iterator[slice]:
    width = max(1, BLOCK_CELLS // max(1, cells_per_item))
    for start in range(0, items, width):
        yield slice(start, min(start + width, items))
