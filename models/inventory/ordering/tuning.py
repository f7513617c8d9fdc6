"""Tuning on the company's own past: the quantile at which each class is ordered.

Theory says: at the critical ratio. Where forecasts are off in the tail that orders use, or a rule leaves something out,
another quantile costs less. It is moved by a shift of the ratio's normal score, per ABC class, found on what happened
after past forecasts, shrunk to none, and taken only when the gain is beyond chance.

Source: docs/decisions/0011; Kohavi (1995) for choosing and judging on different folds.
"""

import numpy as np
import pandas as pd

from features.arrays import Floats, Ints, Texts
from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.position.interval_demand import demand_quantiles
from models.inventory.terms.service_targets import BY_COST, HIGHEST_TARGET, shifted_ratio

SHIFTS = np.array([-0.9, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.9])
"""Shifts tried, in standard normal scores; 0 is theory."""

PARAMETER = "quantile_shift"
ITEMS_OF_THEORY = 40.0
"""Items as which theory counts: with so many of its own, a class is moved half the way."""

FEWEST_ITEMS = 20
COLUMNS = [
    "abc", "parameter", "theory", "best", "tuned", "gain_share", "low", "high", "items", "windows", "accepted", "text",
]  # fmt: skip
_THEORY = int(np.flatnonzero(SHIFTS == 0.0)[0])


def window_costs(
    distribution: DemandDistribution,
    policies: pd.DataFrame,
    demand: Floats,
    protection_days: Ints,
) -> Floats:
    """What ordering up to each shifted quantile would have cost over one protection interval.

    Parameters
    ----------
    distribution: of I items, as forecast then.
    policies: of the same items in the same order: target (the ratio ordered at), service_by, underage_cost.
    demand: (I,) units that were really asked for over the interval; NaN where unknown.
    protection_days: (I,) length of the interval.

    Returns
    -------
    (I, shifts) underage times units short plus overage times units left; NaN for items that are not steered by cost, or
    whose demand is unknown.
    """
    ratio = policies["target"].to_numpy(np.float64)
    underage = policies["underage_cost"].to_numpy(np.float64)
    usable = (policies["service_by"] == BY_COST).to_numpy(bool) & np.isfinite(demand)
    usable &= (ratio > 1 - HIGHEST_TARGET) & (ratio < HIGHEST_TARGET) & (underage > 0) & (protection_days >= 1)
    costs = np.full((len(ratio), len(SHIFTS)), np.nan)
    rows = np.flatnonzero(usable)
    if not len(rows):
        return costs
    total = distribution.take(rows).interval(1, np.minimum(protection_days[rows], int(distribution.lengths_days.sum())))
    level = demand_quantiles(total, shifted_ratio(ratio[rows][:, None], SHIFTS[None, :]))
    overage = underage[rows] * (1 - ratio[rows]) / ratio[rows]
    short = np.maximum(demand[rows][:, None] - level, 0.0)
    left = np.maximum(level - demand[rows][:, None], 0.0)
    costs[rows] = underage[rows][:, None] * short + overage[:, None] * left
    return costs


def tune(even: Floats, odd: Floats, abc: Texts, windows: Ints, *, draws: int = 1000, seed: int = 0) -> pd.DataFrame:
    """The shift of each class, and whether it is to be used.

    The best shift of one half of the windows is judged on the other half and the other way round, so that the gain
    is not that of a lucky choice. What is used is the best of both halves, shrunk to theory.

    Parameters
    ----------
    even, odd: (I, shifts) cost of each item summed over the even, and the odd, windows; 0 where it has none.
    abc: (I,) class.
    windows: (I,) number of windows of each item.
    draws, seed: of the bootstrap over items.

    Returns
    -------
    One row per class, sorted: abc, parameter, theory (0), best (of all windows), tuned (shrunk), gain_share (of cost,
    judged across halves), low, high (95 %), items, windows, accepted, text.
    """
    rows = [
        _tuned(str(name), even[abc == name], odd[abc == name], windows[abc == name], draws, seed)
        for name in sorted({str(label) for label in abc if pd.notna(label)})
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _tuned(name: str, even: Floats, odd: Floats, windows: Ints, draws: int, seed: int) -> dict[str, object]:
    used = windows > 0
    even, odd, items = even[used], odd[used], int(used.sum())
    row: dict[str, object] = {
        "abc": name, "parameter": PARAMETER, "theory": 0.0, "best": 0.0, "tuned": 0.0, "gain_share": 0.0,
        "low": 0.0, "high": 0.0, "items": items, "windows": int(windows.sum()), "accepted": False,
    }  # fmt: skip
    if items < FEWEST_ITEMS or not even[:, _THEORY].sum() > 0 or not odd[:, _THEORY].sum() > 0:
        return row | {"text": f"{name}: too few items and weeks to tell; ordered at the critical ratio"}
    trust = items / (items + ITEMS_OF_THEORY)
    best = float(SHIFTS[np.argmin((even + odd).sum(axis=0))])
    gain = _gain(odd, trust * _best(even)) + _gain(even, trust * _best(odd))
    at_theory = even[:, _THEORY] + odd[:, _THEORY]
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, items, (draws, items))
    shares = gain[drawn].sum(axis=1) / np.maximum(at_theory[drawn].sum(axis=1), 1e-12)
    low, high = (float(value) for value in np.quantile(shares, [0.025, 0.975]))
    share = float(gain.sum() / at_theory.sum())
    tuned = round(trust * best, 3)
    accepted = low > 0 and tuned != 0.0
    row |= {"best": best, "tuned": tuned, "gain_share": share, "low": low, "high": high, "accepted": accepted}
    return row | {"text": _text(name, tuned, share, low, high, accepted=accepted)}


def _best(costs: Floats) -> float:
    return float(SHIFTS[np.argmin(costs.sum(axis=0))])


def _gain(costs: Floats, shift: float) -> Floats:
    """(I,) cost saved by a shift, between those tried."""
    place = int(np.clip(np.searchsorted(SHIFTS, shift, side="right") - 1, 0, len(SHIFTS) - 2))
    share = (shift - SHIFTS[place]) / (SHIFTS[place + 1] - SHIFTS[place])
    there = (1 - share) * costs[:, place] + share * costs[:, place + 1]
    return np.asarray(costs[:, _THEORY] - there)


def _text(name: str, tuned: float, share: float, low: float, high: float, *, accepted: bool) -> str:
    """The finding in words."""
    if tuned == 0.0:
        return f"{name}: the critical ratio was the best quantile to order at; nothing is changed"
    way = "more" if tuned > 0 else "less"
    words = f"{abs(share):.1%} {'less' if share > 0 else 'more'} ({low:.1%} to {high:.1%} saved)"
    if accepted:
        return (
            f"{name}: ordering {way} (quantile shifted by {tuned:+.2f}) would have cost {words}; used from this run on"
        )
    return (
        f"{name}: ordering {way} (quantile shifted by {tuned:+.2f}) would have cost {words}; not beyond chance, unused"
    )
