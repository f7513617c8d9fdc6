"""Total demand until a random day, for items whose lead times differ."""

import numpy as np
from scipy import special

from features.arrays import Flags, Floats, Ints
from models.demand.distribution.counts import CountMixture, stack
from models.demand.distribution.demand_distribution import DemandDistribution
from models.demand.distribution.intervals import NO_DEMAND
from models.inventory.position.projection import smallest_sufficient


def demand_until(distribution: DemandDistribution, end_day_pmf: Floats) -> CountMixture:
    """Demand from the day after `as_of` to a random last day; column d of `end_day_pmf` (items, days) is day d after.

    Items whose last days have the same support are computed together, so that none pays, or is coarsened, for the
    many last days of others.
    """
    supports, group = np.unique(end_day_pmf > 0, axis=0, return_inverse=True)
    rows = [np.flatnonzero(group == number) for number in range(len(supports))]
    apart = stack([distribution.take(own).mixture(1, end_day_pmf[own]) for own in rows])
    return apart.take(np.argsort(np.concatenate([np.zeros(0, dtype=np.int64), *rows])))


def demand_before_selling(
    distribution: DemandDistribution, arrival_pmf: Floats, until_arrival: CountMixture
) -> CountMixture:
    """Demand of the grid periods that begin before an order placed now can be sold.

    What arrives inside a period counts from the next one, so that demand runs to the end of the arrival's period; with
    days it is the demand until the arrival.

    Parameters
    ----------
    arrival_pmf: (items, days) probability that the order arrives on each day, column 0 is `as_of`.
    until_arrival: demand until the arrival.
    """
    ends = np.concatenate([[0], np.cumsum(distribution.lengths_days)])
    width = arrival_pmf.shape[1]
    target = np.minimum(ends[np.searchsorted(ends, np.arange(width))], width - 1)
    moved = np.zeros_like(arrival_pmf)
    np.add.at(moved.T, target, arrival_pmf.T)
    changed = np.flatnonzero((moved != arrival_pmf).any(axis=1))
    if not len(changed):
        return until_arrival
    return until_arrival.with_rows(changed, demand_until(distribution.take(changed), moved[changed]))


def demand_quantiles(total: CountMixture, probabilities: Floats) -> Floats:
    """Quantiles of each item's total: the smallest units whose cumulative probability reaches each probability.

    The search begins at the quantile of a gamma distribution with the total's mean and variance, where few steps are
    left to take.

    Parameters
    ----------
    probabilities: (items, Q), in [0, 1).

    Returns
    -------
    (items, Q) units.
    """
    items, columns = probabilities.shape
    step = total.unit_step
    mean, sd = total.mean / step, total.sd / step
    random = (mean > NO_DEMAND) & (sd > 0)
    shape = np.where(random, mean, 1.0) ** 2 / np.where(random, sd, 1.0) ** 2
    near = special.gammaincinv(shape[:, None], probabilities) * np.where(random, mean / shape, 0.0)[:, None]
    around = np.ceil(0.05 * sd)[:, None] + 1
    wanted = probabilities.ravel()

    def enough(rows: Ints, steps: Floats) -> Flags:
        item = rows // columns
        return total.take(item).cdf(steps * step[item]) >= wanted[rows]

    bracket = ((np.floor(near) - around).ravel(), (np.ceil(near) + around).ravel())
    return smallest_sufficient(enough, bracket, items * columns, lowest=0.0).reshape(items, columns) * step[:, None]
