"""How good predicted distributions of whole days were."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.common import bootstrap_interval
from features.arrays import Floats, Ints

LEVELS = np.round(np.arange(0.05, 0.96, 0.05), 2)
COVERED = (0.05, 0.25, 0.50, 0.75, 0.90, 0.95)


def scores(pmf: Floats, outcome: Ints) -> pd.DataFrame:
    """How good each prediction was.

    Returns
    -------
    One row per prediction: pinball (mean over 5, 10 ... 95 %, days), crps (days), and for each quantile of `COVERED`
    a column with the probability that the randomised PIT of the outcome lies below it.
    """
    until = np.cumsum(pmf, axis=1)
    outcome = np.clip(outcome, 0, pmf.shape[1] - 1)
    rows = np.arange(len(pmf))
    result: dict[str, Floats] = {"pinball": np.zeros(len(pmf))}
    for level in LEVELS:
        quantile = (until >= level - 1e-9).argmax(axis=1)
        error = outcome - quantile
        result["pinball"] += np.where(error >= 0, level * error, (level - 1.0) * error) / len(LEVELS)
    happened = np.arange(pmf.shape[1]) >= outcome[:, None]
    result["crps"] = ((until - happened) ** 2).sum(axis=1)
    up_to = until[rows, outcome]
    before = up_to - pmf[rows, outcome]
    for level in COVERED:
        share_below = (before < level).astype(np.float64)
        inside = np.divide(level - before, up_to - before, out=share_below, where=up_to > before)
        result[f"{level:g}"] = np.clip(inside, 0.0, 1.0)
    return pd.DataFrame(result)


def by_order(scored: pd.DataFrame) -> pd.DataFrame:
    """Mean scores of each method and order: an order weighs as much as another, however many lines it has."""
    return scored.groupby(["method", "order_number"], sort=False).mean(numeric_only=True).reset_index()


def figures(scored: pd.DataFrame, ours: str) -> dict[str, Any]:
    """Mean scores by method, and our pinball loss and CRPS over each other's with a 95 % interval over orders.

    Parameters
    ----------
    scored: rows of `scores` with method and order_number.
    """
    orders = by_order(scored)
    found: dict[str, Any] = {}
    for method, part in orders.groupby("method", sort=False):
        mean = part.drop(columns=["method", "order_number"]).mean()
        coverage = {f"{level:g}": mean[f"{level:g}"] for level in COVERED}
        found[str(method)] = {"pinball_days": mean["pinball"], "crps_days": mean["crps"], "coverage": coverage}
    ratios: dict[str, Any] = {}
    for measure in ("pinball", "crps"):
        wide = orders.set_index(["order_number", "method"])[measure].unstack()  # noqa: PD010 - each pair is there once
        own = wide[ours].to_numpy()
        for method in wide.columns.drop(ours):
            other = wide[method].to_numpy()
            low, high = bootstrap_interval(_ratio_of(own, other), len(own))
            ratio = {"ratio": float(own.sum() / other.sum()), "low": low, "high": high}
            ratios.setdefault(str(method), {})[measure] = ratio
    rows = len(scored) // max(len(found), 1)
    return {"methods": found, "ours_over": ratios, "orders": int(orders["order_number"].nunique()), "rows": rows}


def _ratio_of(own: Floats, other: Floats) -> Callable[[Ints], float]:
    return lambda rows: float(own[rows].sum() / other[rows].sum())
