"""What a sending location must cover: its own demand and what the locations it feeds need beyond their stock.

The need of a fed location over t days is what its demand over those days and the transfer's exceeds its position: its
mean and variance come from the distribution of that demand, E[(D - x)+] and E[((D - x)+)^2]. Needs add up; their
variances add up too, but for the factors that the locations share. So the sender plans on one pooled remainder, not on
the sum of safety stocks that each location would want by itself.

Source: Eppen (1979), Effects of centralization on expected costs in a multi-location newsboy problem, Management
Science 25, 498-501; docs/method.md, Several locations.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.position.network import echelons

_DAYS = np.array([1, 2, 4, 7, 10, 14, 21, 28, 42, 56, 84, 112, 168, 252, 365])
_CELLS = 32
_TAIL_SDS = 6.0
_WIDEST_LEVEL = 1.5
_FITTINGS = 4


def pooled_demand(
    distribution: DemandDistribution, sender: Ints, position: Floats, transfer_days: Ints, reach_days: Ints
) -> DemandDistribution:
    """Demand of every item with what the locations that it feeds will ask of it.

    Parameters
    ----------
    distribution: each item's own demand.
    sender: (items,) the item that each is fed from, -1 for none; see `network.senders`.
    position: (items,) units available and on their way; NaN counts as none.
    transfer_days: (items,) days that a transfer to the item takes.
    reach_days: (items,) days until a sender's next delivery but one: where its uncertainty is matched.

    Returns
    -------
    The same items; those that feed none are as they were. Mean by period, and the mean and variance of the total over
    `reach_days`, are those of the pooled need.
    """
    pooled = distribution
    held = np.nan_to_num(position)
    for rows in echelons(sender):
        fed = rows[sender[rows] >= 0]
        if len(fed):
            pooled = _added(pooled, fed, sender[fed], held[fed], transfer_days[fed], reach_days)
    return pooled


def _added(
    distribution: DemandDistribution, fed: Ints, to: Ints, held: Floats, transfer: Ints, reach_days: Ints
) -> DemandDistribution:
    """The senders' rows with the needs of the items `fed` added."""
    ends = np.cumsum(distribution.lengths_days)
    horizon = int(ends[-1])
    part = distribution.take(fed)
    days = np.unique(np.minimum(np.append(_DAYS, horizon), horizon))
    asked = np.stack(
        [part.interval(1, np.minimum(day + transfer, horizon)).expected_shortage(held) for day in days], axis=1
    )
    by_period = np.stack([np.diff(np.interp(ends, days, row, left=0.0), prepend=0.0) for row in asked])
    mean = distribution.mean.copy()
    np.add.at(mean, to, np.maximum(by_period, 0.0))

    senders = np.unique(to)
    reach = np.clip(reach_days, 1, horizon)
    own = _moments(distribution, senders, np.zeros(len(senders)), reach[senders])
    needs = _moments(distribution, fed, held, np.minimum(reach[to] + transfer, horizon))
    member = np.concatenate([senders, fed])
    place = np.searchsorted(senders, np.concatenate([senders, to]))
    expected, variance = np.append(own.mean, needs.mean), np.append(own.variance, needs.variance)
    shared = np.append(own.of_level, needs.of_level)[:, None] * distribution.exposure[member]
    total = np.bincount(place, weights=variance).astype(np.float64)
    for factor, label in enumerate((None, distribution.market, distribution.category)):
        named = np.zeros(len(member), dtype=np.int64) if label is None else pd.factorize(label[member])[0]
        labels = int(named.max(initial=0)) + 1
        group = place * labels + named
        amount = shared[:, factor]
        both = np.square(np.bincount(group, weights=amount)) - np.bincount(group, weights=np.square(amount))
        at = np.arange(len(both)) // labels
        total = total + np.bincount(at, weights=both, minlength=len(total)).astype(np.float64)
    weight = np.maximum(np.bincount(place, weights=expected), 1e-12)
    dispersion = distribution.dispersion.copy()
    dispersion[senders] = np.maximum(
        np.bincount(place, weights=expected * distribution.dispersion[member]) / weight, 1.0
    )
    order_steps = distribution.order_steps.copy()
    order_steps[senders] = np.bincount(place, weights=expected * distribution.order_steps[member]) / weight
    pooled = replace(distribution, mean=mean, dispersion=dispersion, order_steps=order_steps)
    return _with_variance(pooled, senders, reach[senders], total)


@dataclass(frozen=True)
class _Moments:
    """(items,) mean and variance of a need, and the standard deviation that one unit of level error puts into it."""

    mean: Floats
    variance: Floats
    of_level: Floats


def _moments(distribution: DemandDistribution, rows: Ints, held: Floats, days: Ints) -> _Moments:
    """Moments of (D - held)+ over the first `days`; E[Y^2] = 2 * integral of E[(D - y)+] from `held` on."""
    part = distribution.take(rows)
    total = part.interval(1, days)
    width = np.maximum(total.mean + _TAIL_SDS * total.sd - held, part.unit_step)
    grid = np.linspace(0.0, 1.0, _CELLS + 1) ** 2
    short = total.expected_shortage(held[:, None] + width[:, None] * grid)
    second = 2 * (0.5 * (short[:, 1:] + short[:, :-1]) * np.diff(width[:, None] * grid, axis=1)).sum(axis=1)
    mean = short[:, 0]
    variance = np.where(held > 0, np.maximum(second - np.square(mean), 0.0), np.square(total.sd))
    share = np.divide(np.sqrt(variance), total.sd, out=np.zeros(len(rows)), where=total.sd > 0)
    return _Moments(mean, variance, total.mean * part.level_sd * np.minimum(share, 1.0))


def _with_variance(distribution: DemandDistribution, rows: Ints, days: Ints, variance: Floats) -> DemandDistribution:
    """The distribution whose `rows` have the given variance over their first `days`, by the error of their level."""
    level = distribution.level_sd.copy()
    mean = distribution.take(rows).expected(1, days)
    noise = distribution.dispersion[rows] * distribution.unit_step[rows] * mean
    wanted = np.maximum(variance - noise, 0.0)
    ratio = np.divide(wanted, np.square(mean), out=np.zeros(len(rows)), where=mean > 0)
    level[rows] = np.minimum(np.sqrt(np.log1p(ratio)), _WIDEST_LEVEL)
    for _ in range(_FITTINGS):
        found = np.square(replace(distribution, level_sd=level).take(rows).interval(1, days).sd) - noise
        factor = np.sqrt(np.divide(wanted, found, out=np.ones(len(rows)), where=(found > 1e-12) & (wanted > 0)))
        level[rows] = np.minimum(level[rows] * np.clip(factor, 0.5, 2.0), _WIDEST_LEVEL)
    return replace(distribution, level_sd=level)
