"""Censored demand: what demand was in periods out of stock, estimated from the periods in stock.

A period without stock and sales says nothing; one that sold out says "at least so many". Both are replaced by the
conditional expectation of demand under a count model of the item's own rate.

Source: Nahmias, S. (1994), "Demand estimation in lost sales inventory systems", Naval Research Logistics 41, for
estimation from sales censored by stock. The likelihood is that of a Tobit model (Tobin 1958) for counts, in which a
censored period contributes P(D >= sales), maximised by expectation and maximisation (Dempster, Laird & Rubin 1977),
for a local rate weighted as in local likelihood (Tibshirani & Hastie 1987).
"""

import numpy as np
from scipy import signal, special

from features.arrays import Flags, Floats, Ints

_HALF_LIVES_DAYS = (5.0, 7.0, 14.0, 28.0, 56.0, 112.0, 224.0)
_UNITS_IN_A_HALF_LIFE = 12.0
_PRIOR_PERIODS = 1.0
_CENSORED_WEIGHT = 0.5
_WEEKDAY_PRIOR_UNITS = 30.0
_ROUNDS = 20
_ROUNDS_OF_SHAPE = 3
_SIZE_PRIOR_PERIODS = 30.0
_SHORTEST_HALF_LIFE_PERIODS = 3.0
_SMALLEST_RATE = 1e-9


def demand_when_censored(sales: Floats, rate: Floats, size: Floats | float = np.inf) -> Floats:
    """Expected demand given that it was at least what was sold, E[D | D >= sales].

    Parameters
    ----------
    sales: units sold until the shelf was empty, >= 0, any shape.
    rate: mean demand of the period, > 0, same shape.
    size: of a negative binomial (variance = rate + rate^2 / size); infinite: Poisson. Same shape or a number.

    Returns
    -------
    Units, at least `sales`.

    Source: E[D; D >= y] = rate P(D' >= y - 1), with D' Poisson of the same rate, or negative binomial with size +
    1 and the same odds (size-biased distribution; Johnson, Kemp & Kotz 2005, sections 4.3 and 5.4).
    """
    sales, rate, size = np.broadcast_arrays(sales, rate, np.asarray(size, dtype="float64"))
    poisson = np.isinf(size)
    finite = np.where(poisson, 1.0, size)
    odds = rate / (rate + finite)
    if poisson.all():
        tail, biased = _poisson_tail(sales, rate), _poisson_tail(sales - 1, rate)
    else:
        tail = np.where(poisson, _poisson_tail(sales, rate), _negative_binomial_tail(sales, finite, odds))
        biased = np.where(poisson, _poisson_tail(sales - 1, rate), _negative_binomial_tail(sales - 1, finite + 1, odds))
    expected = np.divide(rate * biased, tail, out=sales + 1.0, where=tail > 1e-200)
    return np.maximum(expected, sales)


def demand_when_partly_in_stock(sales: Floats, rate: Floats, size: Floats | float, share: Floats) -> Floats:
    """Expected demand of a period of which a known share was served, given what was sold in that share.

    Parameters
    ----------
    sales: units sold in the share, >= 0, any shape.
    rate: mean demand of the whole period, > 0, same shape.
    size: of a negative binomial (variance = rate + rate^2 / size); infinite: Poisson. Same shape or a number.
    share: of the period's demand that usually falls into the time in stock, 0 to 1, same shape.

    Returns
    -------
    Units, at least `sales`.

    Source: the period's own rate is gamma distributed with shape `size` and mean `rate`; `sales` in `share` of it leave
    shape size + sales and mean rate (size + sales) / (size + rate share) (Gelman et al. 2013, section 2.6).

    >>> demand_when_partly_in_stock(np.array([4.0]), np.array([6.0]), np.inf, np.array([0.5])).tolist()
    [7.0]
    """
    weight = np.asarray(1.0 / np.asarray(size, dtype="float64"))
    own_rate = rate * (1.0 + sales * weight) / (1.0 + rate * share * weight)
    expected: Floats = sales + (1.0 - share) * own_rate
    return expected


def estimate_demand(
    sales: Floats,
    observed: Flags,
    censored: Flags,
    unobserved: Flags,
    *,
    weekday: Ints | None,
    period_days: float,
    share: Floats | None = None,
) -> Floats:
    """Demand of every period: as sold where observed, the conditional expectation where censored or unobserved.

    The rate of a period is the item's local level, from the periods around it with exponentially falling weights,
    times its weekday's factor, so that trends, seasons and the rhythm of the week are followed; demand is negative
    binomial around it, with the item's own dispersion. A single period at the item's overall rate is given as
    prior knowledge, so that an item that always sold out keeps a finite level.

    Parameters
    ----------
    sales: (I, T) units sold, 0 where nothing is observed.
    observed, censored, unobserved: (I, T), disjoint; neither of them outside the item's life, where the result is 0.
    weekday: (T,) 0 to 6, or None where a period is longer than a day.
    period_days: mean length of a period, days.
    share: (I, T) share of the period in stock, 0 to 1, NaN where it is not known; used where `censored`.

    Returns
    -------
    (I, T) units, >= sales where censored.
    """
    used = observed | censored
    demand = np.where(used, sales, 0.0)
    rows = np.flatnonzero((censored | unobserved).any(axis=1))
    if not len(rows):
        return demand
    demand[rows] = _estimate(
        demand[rows],
        observed[rows],
        censored[rows],
        unobserved[rows],
        weekday=weekday,
        period_days=period_days,
        share=np.full(censored[rows].shape, np.nan) if share is None else share[rows],
    )
    return demand


def _estimate(
    sales: Floats,
    observed: Flags,
    censored: Flags,
    unobserved: Flags,
    *,
    weekday: Ints | None,
    period_days: float,
    share: Floats,
) -> Floats:
    # The number of rounds is fixed: stopping when all have converged would let one item change another's last digits.
    used = np.where(observed, 1.0, np.where(censored, _CENSORED_WEIGHT, 0.0))
    overall = (used * sales).sum(axis=1) / np.maximum(used.sum(axis=1), _CENSORED_WEIGHT)
    half_life = _half_life_periods(overall, period_days)
    rows, columns = np.nonzero(censored)
    in_stock = share[rows, columns]
    demand = sales.copy()
    size = np.full(len(sales), np.inf)
    shape = np.ones_like(sales)
    for round_number in range(_ROUNDS if len(rows) else 1):
        if weekday is not None and round_number < _ROUNDS_OF_SHAPE:
            shape = np.take(_weekday_factors(used * demand, used, weekday), weekday, axis=1)
        if round_number < _ROUNDS_OF_SHAPE:
            exposure = _smoothed(used * shape, half_life) + _PRIOR_PERIODS
        level = (_smoothed(used * demand, half_life) + _PRIOR_PERIODS * overall[:, None]) / exposure
        rate = np.maximum(level * shape, _SMALLEST_RATE)
        if round_number == _ROUNDS_OF_SHAPE:
            size = _size(sales, rate, observed)
        sold, mean = sales[rows, columns], rate[rows, columns]
        partly = demand_when_partly_in_stock(sold, mean, size[rows], in_stock)
        demand[rows, columns] = np.where(np.isnan(in_stock), demand_when_censored(sold, mean, size[rows]), partly)
    unknown = _rate_in_gaps(
        rate, used * demand, used * shape, unobserved, censored | unobserved, half_life, period_days
    )
    return np.where(unobserved, unknown * (overall[:, None] > 0), demand)


def _rate_in_gaps(
    rate: Floats,
    demand: Floats,
    exposure: Floats,
    unobserved: Flags,
    in_gap: Flags,
    half_life: Floats,
    period_days: float,
) -> Floats:
    """(I, T) rates, of unobserved periods from at least as many periods around as their gap is long.

    A whole gap is filled from one level: taken from a few days at its edges, their luck would weigh in later levels as
    much as all the days of the gap.

    Parameters
    ----------
    rate: (I, T) at each item's own half-life.
    demand, exposure: (I, T) demand, and expected demand at a level of 1, both weighted by how far they are observed.
    unobserved, in_gap: (I, T) periods to be filled, and those that make a gap.
    half_life: (I,) of the item, periods.
    period_days: mean length of a period, days.
    """
    result = rate.copy()
    wanted = np.where(unobserved, _run_lengths(in_gap), 0)
    shape = np.divide(rate, _level(demand, exposure, half_life), out=np.ones_like(rate), where=rate > _SMALLEST_RATE)
    shorter = half_life.copy()
    for longer in np.array(_HALF_LIVES_DAYS) / period_days:
        rows = np.flatnonzero((longer > shorter) & (wanted > shorter[:, None]).any(axis=1))
        if not len(rows):
            continue
        level = _level(demand[rows], exposure[rows], np.full(len(rows), longer))
        result[rows] = np.where(wanted[rows] > shorter[rows, None], level * shape[rows], result[rows])
        shorter[rows] = longer
    return np.maximum(result, _SMALLEST_RATE)


def _level(demand: Floats, exposure: Floats, half_life: Floats) -> Floats:
    """(I, T) local level, with a single period at the overall level as prior knowledge."""
    overall = demand.sum(axis=1) / np.maximum(exposure.sum(axis=1), _CENSORED_WEIGHT)
    sums = _smoothed(demand, half_life) + _PRIOR_PERIODS * overall[:, None]
    return np.asarray(sums / (_smoothed(exposure, half_life) + _PRIOR_PERIODS))


def _run_lengths(flags: Flags) -> Ints:
    """(I, T) length of the run of True that each period lies in; 0 where it is False.

    >>> _run_lengths(np.array([[True, True, False, True]])).tolist()
    [[2, 2, 0, 1]]
    """
    columns = np.arange(flags.shape[1])
    before = np.maximum.accumulate(np.where(flags, -1, columns), axis=1)
    after = np.minimum.accumulate(np.where(flags, flags.shape[1], columns)[:, ::-1], axis=1)[:, ::-1]
    return np.where(flags, after - before - 1, 0)


def _half_life_periods(rate: Floats, period_days: float) -> Floats:
    """Half-life of the weights: as short as leaves some units in it, so that slow items look further around."""
    half_lives = np.array(_HALF_LIVES_DAYS) / period_days
    enough = rate[:, None] * half_lives >= _UNITS_IN_A_HALF_LIFE
    choice = np.where(enough.any(axis=1), enough.argmax(axis=1), len(half_lives) - 1)
    return np.maximum(half_lives[choice], _SHORTEST_HALF_LIFE_PERIODS)


def _smoothed(values: Floats, half_life: Floats) -> Floats:
    """Sum of (I, T) values around each period, weighing half at one half-life's distance on either side."""
    result = np.empty_like(values)
    for length in np.unique(half_life):
        rows = half_life == length
        own = values[rows]
        filter_ = ([1.0], [1.0, -(0.5 ** (1.0 / length))])
        before = signal.lfilter(*filter_, own, axis=1)
        after = signal.lfilter(*filter_, own[:, ::-1], axis=1)[:, ::-1]
        result[rows] = before + after - own
    return result


def _weekday_factors(demand: Floats, used: Floats, weekday: Ints) -> Floats:
    """(I, 7) demand of a weekday over that of a mean day, shrunk to 1 where little was sold."""

    def by_weekday(values: Floats) -> Floats:
        # np.compress keeps the rows of memory whole; values[:, mask] does not, and the order of summing, so the last
        # digit, would then depend on how many items there are.
        return np.stack([np.compress(weekday == day, values, axis=1).sum(axis=1) for day in range(7)], axis=1)

    sums, days = by_weekday(demand), by_weekday(used)
    mean = sums.sum(axis=1, keepdims=True) / np.maximum(days.sum(axis=1, keepdims=True), 1.0)
    factors: Floats = (sums + _WEEKDAY_PRIOR_UNITS) / (mean * days + _WEEKDAY_PRIOR_UNITS)
    return factors


def _size(sales: Floats, rate: Floats, observed: Flags) -> Floats:
    """Negative binomial size by moments of the observed periods, infinite where demand varies no more than Poisson."""
    excess = np.where(observed, (sales - rate) ** 2 - rate, 0.0).sum(axis=1)
    squares = np.where(observed, rate**2, 0.0).sum(axis=1)
    count = observed.sum(axis=1)
    alpha = (
        np.divide(excess, squares, out=np.zeros(len(sales)), where=squares > 0) * count / (count + _SIZE_PRIOR_PERIODS)
    )
    size: Floats = np.divide(1.0, alpha, out=np.full(len(sales), np.inf), where=alpha > 1e-6)
    return size


def _poisson_tail(units: Floats, rate: Floats) -> Floats:
    """P(D >= units)."""
    return np.where(units <= 0, 1.0, special.gammainc(np.maximum(units, 1e-12), rate))


def _negative_binomial_tail(units: Floats, size: Floats, odds: Floats) -> Floats:
    """P(D >= units) of a negative binomial; `odds` is rate / (rate + size of the rate's own distribution)."""
    return np.where(units <= 0, 1.0, special.betainc(np.maximum(units, 1e-12), size, odds))
