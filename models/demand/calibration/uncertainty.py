"""How uncertain the demand of a class of items is, fitted on totals over past windows of several lengths.

Six parameters describe a class; they are the posterior mode of the windows' probabilities (a proper score: Gneiting &
Raftery 2007, JASA 102), so no single quantile decides. Windows of several lengths and starts separate what
grows with the square root of time (dispersion), what all periods share (level error, dormancy) and how long it lasts.
The level error of an item has a part that is due to few sales (Prak, Teunter & Syntetos 2017, Prak & Teunter 2019: the
parameters are uncertain too): it is in inverse proportion to the orders of 26 steps. The chance of
lying dormant falls with them too.

The priors were chosen on origins of VN2, MAN, Online Retail and car parts that lie before those that
benchmarks/calibration/__main__.py reports.
"""

from dataclasses import astuple, dataclass, fields

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from features.arrays import Floats, Ints
from models.demand.distribution.counts import CountMixture
from models.demand.distribution.intervals import lognormal_counts

EVIDENCE_STEPS = 26.0
"""Steps whose demand is an item's evidence on its level: half a year of weeks."""

LEAST_EXPOSURE = 0.25
"""Steps that a window counts for at least, however quiet its season."""

ACTIVE_ORDERS = 4.0
"""Orders in half a year at which an item is half as likely to lie dormant as one that is hardly ever ordered."""

FOUR_STEPS = 4.0
"""Growth and autocorrelation are stated over so many steps."""

LARGEST_VARIANCE = 1.0
LARGEST_DORMANT = 0.95
LEAST_VARIANCE = 0.0025

OVERLAP = 2.5
"""Windows of one item and origin overlap: so many count as one."""

LEAST_PROBABILITY = 1e-12
SAMPLE = 800
"""Windows of a class that are used, evenly over lengths and sizes."""

ITERATIONS = 20
GRADIENT_STEP = 0.02
BOUND_DEVIATIONS = 4.0
"""Prior deviations that a parameter may move."""

PRIOR: Floats = np.array([0.0, -2.4, -1.0, -2.0, 1.0, -3.0])
PRIOR_SD: Floats = np.array([1.0, 1.5, 2.0, 1.0, 1.0, 1.5])
"""Of log dispersion scale, log variances, log growth, logit autocorrelation, logit dormancy over its largest."""

CLASS_PRIOR_SHARE = 0.7
"""Deviation of a class about the company, over the prior's."""


@dataclass(frozen=True)
class Uncertainty:
    """How far a class's demand scatters about its forecast.

    Attributes
    ----------
    dispersion_scale: factor on what the variance-to-mean ratio of periods exceeds 1 by.
    base_variance: variance of the log level of an item with many orders, at the origin.
    single_order_variance: what is added to it for an item with one order in half a year.
    level_growth: growth of `base_variance` over four steps, as a fraction of it.
    level_autocorrelation: correlation of the level's error over four steps.
    dormant_probability: chance that there is no demand at all any more, of an item that is hardly ever ordered.
    """

    dispersion_scale: float
    base_variance: float
    single_order_variance: float
    level_growth: float
    level_autocorrelation: float
    dormant_probability: float

    def dispersion(self, ratio: Floats) -> Floats:
        """Variance-to-mean ratio given that of the periods about their local level, at least 1."""
        return np.asarray(np.maximum(1 + (ratio - 1) * self.dispersion_scale, 1.0))

    def variance(self, mean_per_step: Floats, dispersion: Floats) -> Floats:
        """Variance of the log level at the origin, of items with the given mean and variance-to-mean ratio."""
        orders = _orders(mean_per_step, dispersion)
        return np.asarray(
            np.clip(self.base_variance + self.single_order_variance / orders, LEAST_VARIANCE, LARGEST_VARIANCE)
        )

    def dormant(self, mean_per_step: Floats, dispersion: Floats) -> Floats:
        """Chance that an item lies dormant: less the more often it is ordered."""
        orders = _orders(mean_per_step, dispersion)
        return np.asarray(self.dormant_probability * ACTIVE_ORDERS / (ACTIVE_ORDERS + orders))


@dataclass(frozen=True)
class PastTotals:
    """Totals of past windows of N items and origins, in counting steps.

    Attributes
    ----------
    actual, mean: (N,) outcome and its expectation.
    ratio: (N,) variance-to-mean ratio of the item's periods.
    order: (N,) steps of the item's typical order.
    exposure: (N,) steps of the window whose demand is known, weighted by their known effects.
    start, end: (N,) first step, and past the last, after the origin.
    """

    actual: Floats
    mean: Floats
    ratio: Floats
    order: Floats
    exposure: Floats
    start: Ints
    end: Ints

    def take(self, rows: npt.ArrayLike) -> "PastTotals":
        """The windows of `rows` (indices or mask)."""
        index = np.asarray(rows)
        return PastTotals(*(getattr(self, each.name)[index] for each in fields(self)))

    def sample(self, size: int) -> "PastTotals":
        """At most `size` windows, spread over lengths and sizes; the same whatever the order of the items."""
        if len(self.mean) <= size:
            return self
        order = np.lexsort((self.actual, self.order, self.ratio, self.mean, self.end, self.start))
        return self.take(order[np.linspace(0, len(order) - 1, size).astype(np.int64)])


def total_counts(totals: PastTotals, of: Uncertainty) -> CountMixture:
    """The distribution of each window's total."""
    dispersion = of.dispersion(totals.ratio)
    per_step = totals.mean / np.maximum(totals.exposure, LEAST_EXPOSURE)
    at_origin = of.variance(per_step, dispersion)
    relative = np.empty(len(totals.mean))
    kinds, kind = np.unique(np.stack([totals.start, totals.end]), axis=1, return_inverse=True)
    for k, (start, end) in enumerate(kinds.T):
        rows = np.flatnonzero(kind.ravel() == k)
        relative[rows] = _relative_variance(at_origin[rows], of, int(start), int(end))
    # `relative` holds for an item that is active, whose mean is larger; lognormal_counts divides both.
    dormant = of.dormant(per_step, dispersion)
    return lognormal_counts(totals.mean, relative * totals.mean**2, dispersion, dormant, totals.order)


def fit_uncertainty(totals: PastTotals, company: Uncertainty | None = None) -> Uncertainty:
    """The most probable parameters given the totals.

    Parameters
    ----------
    totals: of one class, or of all.
    company: of all items, towards which a class with few windows is shrunk; None for the prior.
    """
    centre = PRIOR if company is None else _position(company)
    deviation = PRIOR_SD * (1.0 if company is None else CLASS_PRIOR_SHARE)
    used = totals.sample(SAMPLE)
    if not len(used.mean):
        return _uncertainty(centre)

    def cost(position: Floats) -> float:
        probability = total_counts(used, _uncertainty(position)).pmf(used.actual)
        misfit = -np.log(np.maximum(probability, LEAST_PROBABILITY)).sum() / OVERLAP
        return float(misfit + (((position - centre) / deviation) ** 2).sum() / 2)

    bounds = list(zip(PRIOR - BOUND_DEVIATIONS * PRIOR_SD, PRIOR + BOUND_DEVIATIONS * PRIOR_SD, strict=True))
    found = optimize.minimize(
        cost,
        np.clip(centre, *np.transpose(bounds)),
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": ITERATIONS, "eps": GRADIENT_STEP, "ftol": 1e-5},
    )
    return _uncertainty(found.x)


def _orders(mean_per_step: Floats, dispersion: Floats) -> Floats:
    """Effective orders of `EVIDENCE_STEPS`: mean over variance of a count, in Poisson counts."""
    return np.maximum(mean_per_step, 1e-9) * EVIDENCE_STEPS / dispersion


def _relative_variance(at_origin: Floats, of: Uncertainty, start: int, end: int) -> Floats:
    """(N,) squared relative error of the expected total of steps start..end, alike in their means."""
    middle = (np.arange(start, end) + 0.5) / FOUR_STEPS
    sd = np.sqrt(at_origin[:, None] + np.minimum(of.base_variance, at_origin)[:, None] * of.level_growth * middle)
    correlation = of.level_autocorrelation ** np.abs(middle[:, None] - middle)
    return np.asarray(np.expm1(correlation * sd[:, :, None] * sd[:, None, :]).mean(axis=(1, 2)))


def _uncertainty(position: Floats) -> Uncertainty:
    scale, level, evidence, growth = np.exp(position[:4]).tolist()
    autocorrelation, dormant = special.expit(position[4:]).tolist()
    return Uncertainty(scale, level, evidence, growth, autocorrelation, dormant * LARGEST_DORMANT)


def _position(of: Uncertainty) -> Floats:
    values = np.array(astuple(of))
    return np.concatenate([np.log(values[:4]), special.logit([values[4], values[5] / LARGEST_DORMANT])])
