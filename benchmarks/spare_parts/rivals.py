"""The textbook's reorder levels for intermittent demand, each from the weeks up to a date alone.

A level is what demand over lead time and review stays below with the critical ratio as probability; an order goes out
when the position is below it.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from features.arrays import Floats, Ints

FIRST_YEAR = 52
REPLICATES = 1000


@dataclass(frozen=True)
class Smoothed:
    """Mean demand of a week and the mean squared error of its forecasts one week ahead, (I,)."""

    mean: Floats
    squared_error: Floats


def all_weeks(demand: Floats) -> Smoothed:
    """Mean and variance of all weeks known, (I, weeks)."""
    return Smoothed(demand.mean(axis=1), demand.var(axis=1, ddof=1))


def sba(demand: Floats, constant: float) -> Smoothed:
    """Croston's method as corrected by Syntetos & Boylan (2005); errors are smoothed by the same constant.

    The first demand starts size and interval; the error starts as the variance of the first year.
    """
    started = np.zeros(len(demand), dtype=bool)
    size, interval, mean = (np.zeros(len(demand)) for _ in range(3))
    since, error = np.zeros(len(demand)), demand[:, :FIRST_YEAR].var(axis=1)
    for now in demand.T:
        error = np.where(started, error + constant * ((now - mean) ** 2 - error), error)
        since += 1
        sold, first = now > 0, (now > 0) & ~started
        size = np.where(first, now, np.where(sold, size + constant * (now - size), size))
        interval = np.where(first, since, np.where(sold, interval + constant * (since - interval), interval))
        since[sold] = 0
        started |= sold
        mean = np.where(started, (1 - constant / 2) * size / np.maximum(interval, 1.0), 0.0)
    return Smoothed(mean, error)


def tsb(demand: Floats, constant: float) -> Smoothed:
    """Teunter, Syntetos & Babai (2011): the size smoothed at each demand, its probability in every week."""
    started = np.zeros(len(demand), dtype=bool)
    size, chance, mean = (np.zeros(len(demand)) for _ in range(3))
    error = demand[:, :FIRST_YEAR].var(axis=1)
    for week, now in enumerate(demand.T):
        error = np.where(started, error + constant * ((now - mean) ** 2 - error), error)
        sold, first = now > 0, (now > 0) & ~started
        size = np.where(first, now, np.where(sold, size + constant * (now - size), size))
        chance = np.where(first, 1.0 / (week + 1), np.where(started, chance + constant * (sold - chance), chance))
        started |= sold
        mean = np.where(started, chance * size, 0.0)
    return Smoothed(mean, error)


def normal_level(smoothed: Smoothed, weeks: Ints, ratio: float) -> Floats:
    """(I,) level against normal demand of independent weeks. Source: Silver, Pyke & Thomas (2017), section 6.10."""
    sd = np.sqrt(smoothed.squared_error * weeks)
    return np.asarray(smoothed.mean * weeks + float(special.ndtri(ratio)) * sd)


def normal_level_for_batch(smoothed: Smoothed, weeks: Ints, ratio: float, batch: Floats) -> Floats:
    """(I,) level at which orders of a batch cost least against normal demand: a position costs the same at both ends.

    Source: Snyder & Shen (2019), eq. 5.12, by bisection below the level of a single unit.
    """
    mean, sd = smoothed.mean * weeks, np.sqrt(smoothed.squared_error * weeks)
    high = normal_level(smoothed, weeks, ratio)
    low = high - batch

    def cost(level: Floats) -> Floats:
        short = _normal_shortage(level, mean, sd)
        return (1 - ratio) * (short + level - mean) + ratio * short

    for _ in range(40):
        middle = (low + high) / 2
        enough = cost(middle + batch) >= cost(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def _normal_shortage(level: Floats, mean: Floats, sd: Floats) -> Floats:
    """Units expected short of a level, normal demand: sd (phi(z) - z (1 - Phi(z))).

    Source: Snyder & Shen (2019), eq. C.22.
    """
    spread = np.where(sd > 0, sd, 1.0)
    z = (level - mean) / spread
    short = spread * (stats.norm.pdf(z) - z * stats.norm.sf(z))
    return np.asarray(np.where(sd > 0, short, np.maximum(mean - level, 0.0)))


def bootstrap_levels(demand: Floats, weeks: Ints, ratios: tuple[float, ...], seed: int) -> Floats:
    """(I, ratios) levels by the bootstrap of Willemain, Smart & Schwarz (2004).

    Weeks with and without demand follow a two-state Markov chain (transitions counted, each begun at one) from the last
    week's state; sizes are drawn from those seen and jittered, in whole units of `demand`.
    """
    sold = demand > 0
    levels = np.zeros((len(demand), len(ratios)))
    for row in np.flatnonzero(sold.any(axis=1)):
        rng = np.random.default_rng([seed, int(row)])
        before, after = sold[row, :-1], sold[row, 1:]
        begins = (1 + (after & ~before).sum()) / (2 + (~before).sum())
        goes_on = (1 + (after & before).sum()) / (2 + before.sum())
        state = np.full(REPLICATES, sold[row, -1])
        active = np.empty((int(weeks[row]), REPLICATES), dtype=bool)
        for week, chance in enumerate(rng.random(active.shape)):
            state = chance < np.where(state, goes_on, begins)
            active[week] = state
        seen = rng.choice(demand[row, sold[row]], int(active.sum()))
        jittered = 1 + np.floor(seen + rng.standard_normal(len(seen)) * np.sqrt(seen))
        sizes = np.zeros(active.shape)
        sizes[active] = np.where(jittered <= 0, seen, jittered)
        levels[row] = np.quantile(sizes.sum(axis=0), ratios, method="inverted_cdf")
    return levels
