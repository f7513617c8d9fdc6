"""Loss functions: units expected short of, and left over from, a level of stock.

Every function is vectorised: arguments broadcast, and scalars give arrays without axes, which behave as numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from features.arrays import Floats

CERTAIN_BEYOND = 40.0
"""Standard deviations beyond which a normal tail is below the smallest number."""


@dataclass(frozen=True)
class Loss:
    """What demand leaves of a level x: E[(D - x)+] short, E[(x - D)+] left over."""

    expected_shortage: Floats
    expected_leftover: Floats


def standard_normal_loss(z: ArrayLike) -> Floats:
    """E[(Z - z)+] of a standard normal Z, exact to rounding also far in the tail.

    Source: Snyder & Shen (2019), eq. C.22; G(z) = phi(z) - z (1 - Phi(z)), with Mills's ratio for the difference.

    >>> float(standard_normal_loss(0.5).round(6))
    0.197797
    """
    x = np.asarray(z, dtype=np.float64)
    upper = _normal_density(x) * np.maximum(1.0 - np.abs(x) * _mills(np.abs(x)), 0.0)
    return np.asarray(np.where(x >= 0, upper, upper - x))


def standard_normal_second_loss(z: ArrayLike) -> Floats:
    """E[((Z - z)+)^2] / 2 of a standard normal Z.

    Source: Snyder & Shen (2019), eq. C.26.

    >>> float(standard_normal_second_loss(0.0))
    0.25
    """
    x = np.asarray(z, dtype=np.float64)
    size = np.abs(x)
    upper = _normal_density(x) * np.maximum((size**2 + 1.0) * _mills(size) - size, 0.0) / 2.0
    return np.asarray(np.where(x >= 0, upper, (x**2 + 1.0) / 2.0 - upper))


def inverse_standard_normal_loss(loss: ArrayLike) -> Floats:
    """The z at which the standard normal loss is `loss` (> 0), by Newton's method on its logarithm.

    Raises
    ------
    ValueError: a loss is not above 0.

    >>> float(inverse_standard_normal_loss(0.3989422804014327).round(9)) + 0.0
    0.0
    """
    target = np.asarray(loss, dtype=np.float64)
    if not (target > 0).all():
        raise ValueError("the standard normal loss is above 0 everywhere; a loss of 0 is reached by no safety factor")
    # Below, the loss exceeds -z; above, Newton's steps on its convex-in-log curve approach from the left.
    z = np.where(target >= 0.4, -target, np.sqrt(np.maximum(-2.0 * np.log(np.minimum(target, 0.4)), 0.0)) - 1.5)
    for _ in range(100):
        value = standard_normal_loss(z)
        step = value / special.ndtr(-z) * (np.log(value) - np.log(target))
        z = z + np.clip(step, -1.0, 1.0)
        if np.all(np.abs(step) <= 1e-14 * np.maximum(1.0, np.abs(z))):
            break
    return np.asarray(z)


def normal_loss(x: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Loss:
    """Loss of normal demand; a standard deviation of 0 is demand that is known.

    >>> float(normal_loss(18.6, mean=15, sd=3).expected_shortage.round(6))
    0.168307
    """
    level, centre, spread = (np.asarray(value, dtype=np.float64) for value in (x, mean, sd))
    random = spread * CERTAIN_BEYOND > np.abs(level - centre)
    safe = np.where(random, spread, 1.0)
    z = np.where(random, level - centre, 0.0) / safe
    short = np.where(random, safe * standard_normal_loss(z), np.maximum(centre - level, 0.0))
    left = np.where(random, safe * standard_normal_loss(-z), np.maximum(level - centre, 0.0))
    return Loss(np.asarray(short), np.asarray(left))


def poisson_loss(x: ArrayLike, mean: ArrayLike) -> Loss:
    """Loss of Poisson demand at any real level.

    Source: Snyder & Shen (2019), eq. C.41.

    >>> float(poisson_loss(18, mean=15).expected_shortage.round(6))
    0.51761
    """
    level, rate = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(mean, dtype=np.float64))
    whole = np.floor(np.maximum(level, 0.0))
    safe = np.maximum(rate, 1e-300)
    probability = np.exp(special.xlogy(whole, safe) - rate - special.gammaln(whole + 1.0))
    short = rate * probability + (rate - level) * special.gammainc(whole + 1.0, safe)
    short = np.where(level < 0, rate - level, np.maximum(short, 0.0))
    return Loss(np.asarray(short), np.asarray(np.maximum(short + level - rate, 0.0)))


def gamma_loss(x: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> Loss:
    """Loss of gamma demand with mean shape times scale.

    Source: Snyder & Shen (2019), eq. C.37.

    >>> float(gamma_loss(4, shape=2, scale=3).expected_shortage.round(6))
    2.635971
    """
    level, a, b = (np.asarray(value, dtype=np.float64) for value in (x, shape, scale))
    scaled = np.maximum(level, 0.0) / b
    short = a * b * special.gammaincc(a + 1.0, scaled) - level * special.gammaincc(a, scaled)
    left = level * special.gammainc(a, scaled) - a * b * special.gammainc(a + 1.0, scaled)
    return Loss(np.asarray(np.maximum(short, 0.0)), np.asarray(np.maximum(left, 0.0)))


def discrete_loss(x: ArrayLike, values: ArrayLike, probabilities: ArrayLike) -> Loss:
    """Loss of demand that takes `values` (n,) with `probabilities` (n,).

    >>> discrete_loss(2.0, values=[0, 4], probabilities=[0.5, 0.5])
    Loss(expected_shortage=array(1.), expected_leftover=array(1.))
    """
    level = np.asarray(x, dtype=np.float64)[..., None]
    demand, weight = np.asarray(values, dtype=np.float64), np.asarray(probabilities, dtype=np.float64)
    short = (np.maximum(demand - level, 0.0) * weight).sum(axis=-1)
    left = (np.maximum(level - demand, 0.0) * weight).sum(axis=-1)
    return Loss(np.asarray(short), np.asarray(left))


def _normal_density(x: Floats) -> Floats:
    return np.asarray(np.exp(-(np.clip(x, -CERTAIN_BEYOND, CERTAIN_BEYOND) ** 2) / 2.0) / np.sqrt(2.0 * np.pi))


def _mills(x: Floats) -> Floats:
    """(1 - Phi(x)) / phi(x), for x >= 0."""
    return np.asarray(np.sqrt(np.pi / 2.0) * special.erfcx(x / np.sqrt(2.0)))
