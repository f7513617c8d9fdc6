"""Scenario paths, the second view of the demand distribution.

Scenario s is the same for all items: the shared factors (company, market, category) are drawn by their name and the
scenario number, an item's own error by the item. Draws run period by period, so the first periods of a longer path are
the shorter path, and a block of items gives the same paths as each item alone.
"""

import datetime as dt
import hashlib

import numpy as np

from features.arrays import Floats
from models.demand.distribution.compound_poisson import order_size_and_ratio
from models.demand.distribution.counts import POISSON_BELOW
from models.demand.distribution.parameters import DemandParameters

FACTORS = ("company", "market", "category")


def rates(distribution: DemandParameters, scenarios: int, periods: int | None = None) -> Floats:
    """Expected units given the level, per item, scenario and grid period: (I, scenarios, periods).

    Parameters
    ----------
    scenarios: number of scenarios; scenario s is the same for all items.
    periods: the first so many grid periods, all when not given.
    """
    periods = len(distribution.starts) if periods is None else periods
    horizon = distribution.horizon_days[:periods]
    sd = distribution.level_sd_by_period(periods)
    own = np.sqrt(np.maximum(1 - (distribution.exposure**2).sum(axis=1), 0.0))
    shared = _factor_paths(distribution, scenarios, horizon)
    result = np.empty((len(distribution.sku), scenarios, periods))
    for i in range(len(distribution.sku)):
        active = _activity(distribution, i, scenarios)
        if distribution.level_sd[i] == 0:
            result[i] = distribution.mean[i, :periods] * active[:, None]
            continue
        seed = named_generator(distribution.as_of, "level", distribution.sku[i], distribution.location[i])
        error = _decaying(
            seed.standard_normal((periods, scenarios)), horizon, float(distribution.level_autocorrelation[i])
        )
        error *= own[i]
        for kind, path in enumerate(shared[i]):
            if path is not None:
                error += distribution.exposure[i, kind] * path
        error *= sd[i][:, None]
        error -= (sd[i] ** 2 / 2)[:, None]
        np.exp(error, out=error)
        error *= distribution.mean[i, :periods, None]
        error *= active
        result[i] = error.T
    return result


def _activity(distribution: DemandParameters, i: int, scenarios: int) -> Floats:
    """(scenarios,) 0 where the item lies dormant, else what keeps its mean; the right share, in random order."""
    dormant = float(distribution.dormant_probability[i])
    if dormant == 0:
        return np.ones(scenarios)
    seed = named_generator(distribution.as_of, "dormant", distribution.sku[i], distribution.location[i])
    rank = (seed.permutation(scenarios) + seed.random()) / scenarios
    return np.where(rank < dormant, 0.0, 1 / (1 - dormant))


def paths(distribution: DemandParameters, scenarios: int, periods: int | None = None) -> Floats:
    """Units demanded, per item, scenario and grid period: (I, scenarios, periods), multiples of `unit_step`."""
    expected = rates(distribution, scenarios, periods)
    return _draw_all(distribution, expected)


def daily_paths(distribution: DemandParameters, scenarios: int, days: int) -> Floats:
    """Units demanded, per item, scenario and day after `as_of`: (I, scenarios, days).

    Longer grid periods are spread evenly over their days; their totals keep their distribution, because sums of
    the counts stay in the family.
    """
    ends = np.cumsum(distribution.lengths_days)
    if days > ends[-1]:
        raise ValueError(f"daily_paths: day {days} is beyond the forecast, which ends on day {ends[-1]}")
    cell = np.searchsorted(ends, np.arange(1, days + 1))
    expected = rates(distribution, scenarios, int(cell[-1]) + 1)
    return _draw_all(distribution, expected[:, :, cell] / distribution.lengths_days[cell])


def named_generator(as_of: dt.date, *names: str) -> np.random.Generator:
    """A random generator that depends on the date and the names alone, on every machine and in every process."""
    text = "\x1f".join([as_of.isoformat(), *map(str, names)]).encode()
    key = np.frombuffer(hashlib.blake2b(text, digest_size=16).digest(), dtype="<u8")
    return np.random.Generator(np.random.Philox(key=key))


def _draw_all(distribution: DemandParameters, expected: Floats) -> Floats:
    """Counts drawn given the expected units, in place."""
    for i in range(len(expected)):
        step = distribution.unit_step[i]
        expected[i] = draw_counts(distribution, i, expected[i].T / step).T * step
    return expected


def draw_counts(distribution: DemandParameters, i: int, rate: Floats) -> Floats:
    """Steps of item `i` drawn period by period, given the expected steps (periods, scenarios)."""
    key = (distribution.sku[i], distribution.location[i])
    size, ratio = (
        float(part) for part in order_size_and_ratio(distribution.order_steps[i], distribution.dispersion[i])
    )
    given = rate
    if size > 0:
        given = np.asarray(
            named_generator(distribution.as_of, "orders", *key).poisson(given / size) * size, dtype=np.float64
        )
    if ratio - 1 >= POISSON_BELOW:
        # Size proportional to the mean: a gamma of shape rate / excess and scale excess, then Poisson.
        excess = ratio - 1
        given = named_generator(distribution.as_of, "gamma", *key).standard_gamma(given / excess) * excess
    return np.asarray(named_generator(distribution.as_of, "count", *key).poisson(given))


def _factor_paths(distribution: DemandParameters, scenarios: int, horizon: Floats) -> list[list[Floats | None]]:
    """For each item the paths (periods, scenarios) of its company, market and category factors."""
    drawn: dict[tuple[str, str], Floats] = {}
    result: list[list[Floats | None]] = []
    for i in range(len(distribution.sku)):
        labels = ("", str(distribution.market[i]), str(distribution.category[i]))
        row: list[Floats | None] = []
        for kind, label in enumerate(labels):
            if distribution.exposure[i, kind] == 0 or distribution.level_sd[i] == 0:
                row.append(None)
                continue
            name = (FACTORS[kind], label)
            if name not in drawn:
                noise = named_generator(distribution.as_of, *name).standard_normal((len(horizon), scenarios))
                drawn[name] = _decaying(noise, horizon, float(distribution.factor_autocorrelation[kind]))
            row.append(drawn[name])
        result.append(row)
    return result


def _decaying(noise: Floats, horizon: Floats, autocorrelation: float) -> Floats:
    """White noise (P, S) turned, in place, into a unit-variance process whose correlation decays over 28 days."""
    decay = np.power(autocorrelation, np.diff(horizon) / 28.0)
    fresh = np.sqrt(np.maximum(1 - decay**2, 0.0))
    for t in range(1, len(noise)):
        noise[t] *= fresh[t - 1]
        noise[t] += decay[t - 1] * noise[t - 1]
    return noise
