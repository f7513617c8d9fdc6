"""Compound Poisson demand: it comes in orders of many units, a total is the number of orders times their size.

A negative binomial with a large variance-to-mean ratio is many small orders and few large ones; an item whose orders
are all of ten, twenty or a hundred units is far more often not asked for at all. Given the expected units r, the number
of orders is Poisson with mean r / size, and a total of n orders is a negative binomial with mean n * size and the ratio
left over: variance over mean is (ratio - size) + size, whatever the size. Totals of periods add up to one of the same
family.

Source: compound Poisson demand, Axsäter (2015), Inventory Control, 5.1.2; Johnson, Kemp & Kotz (2005), ch. 9.
"""

import numpy as np

from features.arrays import Floats
from models.demand.distribution.counts import CountMixture

LEAST_SIZE = 2.0
"""Steps of an order below which demand counts as coming step by step."""

MOST_EXPECTED = 20.0
"""Expected orders above which a total is taken as negative binomial, which is near by then, to bound the work."""

LEAST_VARIETY = 0.25
"""Squared coefficient of variation of order sizes, at least: a size estimated from a few orders is itself uncertain."""

POINTS = 56
"""Numbers of orders that are points of their own; the last holds all above."""


def order_size_and_ratio(order_steps: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    """(I,) size of an order, 0 where demand counts as coming step by step; and the ratio given the number of orders.

    Parameters
    ----------
    order_steps: (I,) steps of a typical order.
    dispersion: (I,) variance-to-mean ratio of totals.
    """
    size = np.minimum(order_steps, np.minimum(dispersion - 1, dispersion / (1 + LEAST_VARIETY)))
    size = np.where(size >= LEAST_SIZE, size, 0.0)
    return size, np.asarray(dispersion - size)


def as_compound_poisson(total: CountMixture, order_steps: Floats, dispersion: Floats) -> CountMixture:
    """Totals as mixtures over the number of orders, for items ordered seldom and in many steps; others as they are.

    Mean and variance stay.

    Parameters
    ----------
    total: whose grid points are expected steps. order_steps, dispersion: (I,) as in `order_size_and_ratio`.
    """
    size, _ = order_size_and_ratio(order_steps, dispersion)
    chance_of_any = np.where(total.rates > 0, total.weights, 0.0).sum(axis=1)
    expected = (total.weights * total.rates).sum(axis=1)
    seldom = expected <= MOST_EXPECTED * size * np.maximum(chance_of_any, 1e-12)
    rows = np.flatnonzero((size > 0) & (expected > 0) & seldom)
    if not len(rows):
        return total
    return total.with_rows(rows, _counted(total.take(rows), size[rows]))


def _counted(total: CountMixture, size: Floats) -> CountMixture:
    orders = total.rates / size[:, None]
    mean = (total.weights * orders).sum(axis=1)
    square = mean + (total.weights * orders**2).sum(axis=1)
    ratio = (total.weights * total.rates * total.dispersion).sum(axis=1) / (mean * size) - size
    numbers = np.tile(np.arange(POINTS, dtype=np.float64), (len(mean), 1))
    chance = np.empty(numbers.shape)
    term = total.weights * np.exp(-orders)
    for n in range(POINTS - 1):
        chance[:, n] = term.sum(axis=1)
        term *= orders / (n + 1)
    known, below = chance[:, :-1], numbers[:, :-1]
    rest = np.maximum(1 - known.sum(axis=1), 0.0)
    some = rest > 1e-12
    safe = np.where(some, rest, 1.0)
    last = np.where(some, (mean - (known * below).sum(axis=1)) / safe, POINTS - 1.0)
    scatter = np.where(some, (square - (known * below**2).sum(axis=1)) / safe - last**2, 0.0)
    numbers[:, -1], chance[:, -1] = np.maximum(last, POINTS - 1.0), rest
    dispersion = np.tile(np.maximum(ratio, 1.0)[:, None], (1, POINTS))
    dispersion[:, -1] += size * np.maximum(scatter, 0.0) / numbers[:, -1]
    return CountMixture(numbers * size[:, None], chance, dispersion, total.unit_step)
