"""Fair shares of scarce stock: every claimant runs out with the same probability, and nobody gives anything back.

Source: fair-share rationing, e.g. Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains, 4th
ed., ch. 11; Eppen & Schrage (1981), centralized ordering policies in a multi-warehouse system.
"""

import numpy as np

from features.arrays import Floats, Ints
from models.demand.distribution.counts import CountMixture
from models.inventory.position.interval_demand import demand_quantiles
from models.inventory.terms.order_limits import packs_down

_HALVINGS = 40
_HIGHEST = 1 - 1e-9
_ROUNDING = 1e-9


def fair_shares(
    demand: CountMixture, position: Floats, wanted: Floats, pack: Floats, pool: Ints, available: Floats
) -> Floats:
    """Share out stock in whole packs so that each pool's claimants run out with equal probability, up to a pack.

    Where there is enough for all, everybody gets what is wanted. Else the common probability is found by halving;
    packs that are left over go to whoever is then most likely to run out.

    Parameters
    ----------
    demand: (claimants,) over the time that a share must last.
    position: (claimants,) units that a claimant has already; wanted: the most that it takes; pack: in steps of this.
    pool: (claimants,) which stock each claims, 0..; available: (pools,) units of it.

    Returns
    -------
    (claimants,) units, whole packs, within `wanted`; their sum within a pool is never above `available`.
    """
    most = packs_down(np.maximum(wanted, 0.0), pack)
    pools = len(available)

    def total(units: Floats) -> Floats:
        return np.bincount(pool, weights=units, minlength=pools).astype(np.float64)

    room = np.maximum(np.nan_to_num(available), 0.0)
    scarce = np.flatnonzero((total(most) > room + _ROUNDING)[pool])
    units = most.copy()
    if not len(scarce):
        return units
    part, low, high = demand.take(scarce), np.zeros(pools), np.full(pools, _HIGHEST)

    def shares(service: Floats) -> Floats:
        level = demand_quantiles(part, service[pool[scarce]][:, None])[:, 0]
        return np.minimum(packs_down(level - position[scarce], pack[scarce]), most[scarce])

    units[scarce] = 0.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        trial = np.zeros(len(pool))
        trial[scarce] = shares(middle)
        fits = total(trial) <= room + _ROUNDING
        units[scarce] = np.where(fits[pool[scarce]], trial[scarce], units[scarce])
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return _topped_up(part, units, position, most, pack, pool, room - total(units), scarce)


def _topped_up(
    part: CountMixture,
    units: Floats,
    position: Floats,
    most: Floats,
    pack: Floats,
    pool: Ints,
    left: Floats,
    scarce: Ints,
) -> Floats:
    """`units` with what is left of each pool handed out pack by pack to the one most likely to run out."""
    result, rest = units.copy(), left.copy()
    while True:
        open_to = scarce[
            (result[scarce] + pack[scarce] <= most[scarce] + _ROUNDING)
            & (pack[scarce] <= rest[pool[scarce]] + _ROUNDING)
        ]
        if not len(open_to):
            return result
        risk = 1 - part.take(np.searchsorted(scarce, open_to)).cdf(position[open_to] + result[open_to])
        ranked = open_to[np.lexsort((open_to, -risk))]
        first = ranked[np.unique(pool[ranked], return_index=True)[1]]
        result[first] += pack[first]
        rest[pool[first]] -= pack[first]
