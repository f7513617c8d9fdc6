"""Forecasts and their quantiles against statsforecast, mlforecast with LightGBM and the seasonal naive, on real data.

    python -m benchmarks.accuracy --data DIR --json FILE

At every origin all methods see the same history and are scored on the same windows: each of the next four steps, and
their total (`cases.py`, which says what a step is). The pinball loss is the mean over the quantiles 0.5, 0.8, 0.9 and
0.95. It and the CRPS (over 40 even quantiles) are scaled by the item's mean demand per step before the origin, times
the steps of the window; means over items and origins, single steps and totals with equal weight. Quantiles of every
method are rounded to the units that an item is sold in. `scaled_pinball` is the geometric mean over the sets;
`weighted_pinball` is the sum of the losses over the sum of their scales, so that rare items weigh what they sell.

Peers: `peers.py` says where their distributions come from. Ours is the whole pipeline with the global model, refitted
at each origin on what lies before it. Items are chosen by hash; ours and LightGBM learn from these items alone.
"""

import argparse
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.accuracy.cases import FRESH, cases, company
from benchmarks.accuracy.measures import STEPS, Scores, scored, summary
from benchmarks.accuracy.peers import peers
from benchmarks.calibration.sets import SETS
from benchmarks.common import Outcome, Shown, bootstrap_interval, run
from features.arrays import Floats, Ints

OURS = "restock"
SHOWN = ("scaled_pinball", "scaled_crps", "weighted_pinball", "wape_step", "wape_total", "bias_total")


def measure(arguments: argparse.Namespace) -> Outcome:
    """All methods on all sets."""
    found = {name: _set_scores(name, arguments) for name in arguments.sets.split(",")}
    by_set = {name: {method: summary(scores) for method, scores in of.items()} for name, (of, _) in found.items()}
    for name, (of, item) in found.items():
        for method in of:
            if method != OURS:
                ratio, low, high = _ours_over(of[OURS], of[method], item)
                by_set[name][method] |= {"ours_over": ratio, "ours_over_low": low, "ours_over_high": high}
    overall = {measure: _geometric(by_set, measure) for measure in SHOWN[:3]}
    windows = {name: int(np.isfinite(of[OURS].actual).sum()) for name, (of, _) in found.items()}
    return Outcome(
        {
            **overall,
            "by_set": by_set,
            "windows": windows,
            "items": {n: int(item.max() + 1) for n, (_, item) in found.items()},
        },
        [_overall_table(overall), *(_set_table(name, by_set[name], windows[name]) for name in by_set)],
    )


def _set_scores(name: str, arguments: argparse.Namespace) -> tuple[dict[str, Scores], Ints]:
    """Scores of every method on a set, and the item of each row."""
    parts: dict[str, list[Scores]] = {}
    items: list[pd.Index] = []
    for case in cases(company(name, arguments.data, arguments.items), arguments.origins):
        made = {OURS: case.ours} | {method: make() for method, make in peers(case).items()}
        for method, forecast in made.items():
            scores = scored(forecast, case.actual, case.known, case.mean_per_step, case.unit_step)
            parts.setdefault(method, []).append(scores)
        items.append(case.items)
    return {method: Scores.joined(of) for method, of in parts.items()}, pd.factorize(np.concatenate(items))[0]


def _ours_over(ours: Scores, peer: Scores, item: Ints) -> tuple[float, float, float]:
    """Our scaled pinball loss over a peer's, with its 95 % interval; items resampled with all their windows."""
    known = np.isfinite(ours.pinball)
    # Both kinds of window weigh the same, as in `summary`.
    weight = np.where(known, 1.0, 0.0)
    weight[:, :STEPS] /= max(1.0, weight[:, :STEPS].sum())
    weight[:, STEPS:] /= max(1.0, weight[:, STEPS:].sum())

    def by_item(scores: Scores) -> Floats:
        return np.bincount(item, (np.nan_to_num(scores.pinball) * weight).sum(axis=1)).astype(np.float64)

    mine, theirs = by_item(ours), by_item(peer)
    low, high = bootstrap_interval(lambda rows: float(mine[rows].sum() / theirs[rows].sum()), len(mine))
    return float(mine.sum() / theirs.sum()), low, high


def _geometric(by_set: Mapping[str, Mapping[str, Mapping[str, float]]], measure: str) -> dict[str, float]:
    methods = next(iter(by_set.values()))
    return {
        method: float(np.exp(np.mean([np.log(of[method][measure]) for of in by_set.values()]))) for method in methods
    }


def _overall_table(overall: Mapping[str, Mapping[str, float]]) -> Shown:
    columns = ["all sets, geometric mean", *overall]
    order = sorted(overall["scaled_pinball"], key=overall["scaled_pinball"].__getitem__)
    rows = [[method, *(f"{of[method]:.3f}" for of in overall.values())] for method in order]
    return Shown("Scaled losses", columns, rows)


def _set_table(name: str, of: Mapping[str, Mapping[str, Any]], windows: int) -> Shown:
    rows = []
    for method in sorted(of, key=lambda method: of[method]["scaled_pinball"]):
        figures = of[method]
        ratio = (
            f"{figures['ours_over']:.3f} ({figures['ours_over_low']:.3f} to {figures['ours_over_high']:.3f})"
            if method != OURS
            else ""
        )
        rows.append([method, *(f"{figures[measure]:.3f}" for measure in SHOWN), ratio])
    return Shown(f"{name}: {windows:,} windows", ["", *SHOWN, "our scaled pinball over it"], rows)


if __name__ == "__main__":
    run(
        "accuracy",
        __doc__.splitlines()[0],
        measure,
        sets=(",".join([*SETS, FRESH]), "sets, separated by commas"),
        items=(300, "items of each set, about, chosen by hash; three times as many of FreshRetailNet"),
        origins=(2, "newest origins of each set"),
    )
