"""Net demand: demand less the returns that can be sold again, which is what stock must cover.

How many units come back, and when, is `features.resellable_returns`; which order lines are returns,
`data_contracts.line_kinds`.

Expected returns are taken off the mean of each period. What comes back is a Poisson count on its own: its variance adds
to that of demand, and so does the error of the level, which is that of all that is sold, not of the net.

    mean' = m - r,   noise: phi' (m - r) = phi m + r,   level: (m - r)^2 (exp(sd'^2) - 1) = m^2 (exp(sd^2) - 1)

This leaves out that a larger demand brings more returns later (a few per cent of a few per cent), and that returns
also come while nothing is in stock.

Source: docs/method.md, Returns.
"""

from dataclasses import replace

import numpy as np

from features.arrays import Floats
from features.resellable_returns import ExpectedReturns
from models.demand.distribution.demand_distribution import DemandDistribution

MOST_RETURNED = 0.9
"""Share of a period's mean demand that returns can cover at most."""
_WEIGHED_DAYS = 91


def returns_by_period(distribution: DemandDistribution, returns: ExpectedReturns) -> Floats:
    """(items, periods) expected units that come back fit to sell: of what is sold already, and of what will be sold.

    Raises
    ------
    ValueError: `returns` is of other items.
    """
    if len(returns.rate) != len(distribution):
        raise ValueError(f"returns_by_period: returns of {len(returns.rate)} items for {len(distribution)}")
    ends = np.cumsum(distribution.lengths_days)
    days = np.arange(1, returns.of_past_sales.shape[1] + 1)
    past = np.cumsum(returns.of_past_sales, axis=1)
    sold = np.cumsum(distribution.mean, axis=1) * returns.rate[:, None]
    at = np.append(0, ends)
    total = np.empty(distribution.mean.shape)
    for row in range(len(distribution)):
        of_future = np.interp(ends - returns.mean_delay_days, at, np.append(0.0, sold[row]), left=0.0)
        total[row] = of_future + np.interp(ends, days, past[row], left=0.0)
    return np.diff(total, axis=1, prepend=0.0)


def net_of_returns(distribution: DemandDistribution, coming: Floats) -> DemandDistribution:
    """Demand that stock must cover beside what comes back.

    Parameters
    ----------
    distribution: gross demand.
    coming: (items, periods) expected returns.
    """
    mean = distribution.mean
    coming = np.clip(coming, 0.0, MOST_RETURNED * mean)
    near = max(int(np.searchsorted(np.cumsum(distribution.lengths_days), _WEIGHED_DAYS)) + 1, 1)
    sold, back = mean[:, :near].sum(axis=1), coming[:, :near].sum(axis=1)
    share = np.divide(back, sold, out=np.zeros(len(sold)), where=sold > 0)
    changed = share > 0
    level = np.sqrt(np.log1p(np.expm1(np.square(distribution.level_sd)) / np.square(1 - share)))
    dispersion = (distribution.dispersion + share) / (1 - share)
    return replace(
        distribution,
        mean=mean - coming,
        dispersion=np.where(changed, dispersion, distribution.dispersion),
        level_sd=np.where(changed, level, distribution.level_sd),
    )
