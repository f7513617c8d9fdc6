"""Fair shares under normal demand in closed form: what `position.allocation.fair_shares` is held against."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from features.arrays import Floats


@dataclass(frozen=True)
class FairShare:
    """allocation (claimants,) units; the common safety factor and probability of running out of those who get any."""

    allocation: Floats
    safety_factor: float
    stockout_probability: float


def fair_share_normal(demand_mean: ArrayLike, demand_sd: ArrayLike, on_hand: ArrayLike, available: float) -> FairShare:
    """Share units among claimants with normal demand: x_i = (mean_i + z sd_i - on_hand_i)+, z so that all is gone.

    Parameters
    ----------
    demand_mean, demand_sd, on_hand: (claimants,) units; sd > 0.
    available: units to share, >= 0.

    Source: fair-share rationing, e.g. Silver, Pyke & Thomas (2017), ch. 11.
    """
    mean, sd, held = (np.asarray(values, dtype=np.float64) for values in (demand_mean, demand_sd, on_hand))
    covered = (held - mean) / sd
    order = np.argsort(covered, kind="stable")
    # The worst off are served first: z with the k worst off, for each k; the largest k whose last is below its z.
    factor = (available + np.cumsum((held - mean)[order])) / np.cumsum(sd[order])
    served = np.flatnonzero(covered[order] <= factor + 1e-9)
    z = float(factor[served[-1]])
    return FairShare(np.maximum(mean + z * sd - held, 0.0), z, float(special.ndtr(-z)))
