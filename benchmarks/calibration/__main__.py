"""Coverage of predicted quantiles of demand over protection intervals, on real data that nothing was fitted to.

    python -m benchmarks.calibration --data DIR --json FILE

For every set (benchmarks/calibration/sets.py) and origin, everything is fitted on what lies before the origin: effects,
backtests, choice of models, level correction, uncertainty. Then the totals of 1, 2, 4 and 8 weeks, and of the third
week alone, are compared with what came (1, 2, 4 months and the third for monthly data). Periods out of stock are
left out of both sides; a window that is mostly unknown is not scored.

Integer demand: the share of outcomes below a quantile is that of the randomised probability integral transform, summed
without its randomness (Czado, Gneiting & Held 2009, Biometrics 65), so that a perfect forecast has exactly the
nominal shares. Mean excess: what outcomes exceed a predicted quantile by, over what was predicted, each item in
its own standard deviations. Peers in the same run, about the same mean forecasts: a normal distribution whose deviation
is that of past weeks and grows with the square root of time, and a Poisson distribution.

`coverage` pools all sets, each with the same weight. Constants of models/demand (priors, limits) were chosen on the
origins `earlier` of the sets, which lie before all origins scored here.
"""

import argparse
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.calibration.measures import PROBABILITIES, Scores, measured, normal_scores, poisson_scores, total_scores
from benchmarks.calibration.sets import SETS, sampled
from benchmarks.calibration.windows import scored_windows
from benchmarks.common import Outcome, Shown, bootstrap_interval, run

METHODS = {"ours": total_scores, "normal": normal_scores, "poisson": poisson_scores}
LEAST_WINDOWS = 200
"""Groups with fewer windows are not shown: their shares say nothing."""


def measure(arguments: argparse.Namespace) -> Outcome:
    scores: dict[str, list[Scores]] = {name: [] for name in METHODS}
    for name in arguments.sets.split(","):
        company = sampled(SETS[name](arguments.data), arguments.share)
        for origin in company.earlier if arguments.earlier else company.scored:
            windows = scored_windows(company, origin)
            for method, score in METHODS.items():
                scores[method].append(score(windows))
    found = {method: Scores.joined(parts) for method, parts in scores.items()}
    figures = {method: _figures(of) for method, of in found.items()}
    ours = found["ours"]
    figures["ours"]["interval_90"] = _interval(ours)
    return Outcome(
        figures={"coverage": figures["ours"]["all"]["coverage"], "pooled": arguments.sets, **figures},
        tables=[_table(method, figures[method]) for method in METHODS],
    )


def _figures(scores: Scores) -> dict[str, Any]:
    """Measures by group: all, set, set and window, set and ABC-XYZ class, intermittent items."""
    rows = scores.windows
    groups = {"all": np.ones(len(rows), bool)}
    slow = rows["demand_class"].isin(["intermittent", "lumpy"]).to_numpy()
    groups |= {"intermittent or lumpy": slow, "smooth or erratic": ~slow}
    groups |= {f"class {name}": (rows["abc_xyz"] == name).to_numpy() for name in sorted(rows["abc_xyz"].unique())}
    for name in rows["set"].unique():
        own = (rows["set"] == name).to_numpy()
        groups[name] = own
        for window in rows.loc[own, "window"].unique():
            groups[f"{name}, {window}"] = own & (rows["window"] == window).to_numpy()
        for label in sorted(rows.loc[own, "abc_xyz"].unique()):
            groups[f"{name}, class {label}"] = own & (rows["abc_xyz"] == label).to_numpy()
        groups[f"{name}, intermittent or lumpy"] = own & slow
    return {name: measured(scores, own) for name, own in groups.items() if own.sum() >= LEAST_WINDOWS}


def _interval(scores: Scores) -> tuple[float, float]:
    """95 % interval of the share below P90, items of all sets resampled with all their windows."""
    place = PROBABILITIES.index(0.9)
    code = pd.factorize(scores.windows["set"] + "/" + scores.windows["item"].astype(str))[0]
    weight = scores.weights(np.ones(len(code), bool))
    hits = np.bincount(code, weight * scores.below[:, place])
    total = np.bincount(code, weight)
    return bootstrap_interval(lambda drawn: float(hits[drawn].sum() / total[drawn].sum()), len(total))


def _table(method: str, figures: Mapping[str, Any]) -> Shown:
    columns = [
        "group",
        "windows",
        "bias",
        *(f"P{100 * p:g}" for p in PROBABILITIES),
        "excess 75",
        "90",
        "95",
        "99",
        "PIT",
    ]
    rows = []
    for name, found in figures.items():
        if not isinstance(found, Mapping):
            continue
        excess = found["excess_ratio"]
        rows.append(
            [
                name,
                f"{found['windows']:,}",
                f"{found['bias']:+.0%}",
                *(f"{100 * found['coverage'][f'{p:g}']:.1f}" for p in PROBABILITIES),
                *(f"{excess[p]:.2f}" for p in ("0.75", "0.9", "0.95", "0.99")),
                f"{found['pit_distance']:.3f}",
            ]
        )
    return Shown(
        f"{method}: share of outcomes below each quantile, %; excess over predicted; PIT distance", columns, rows
    )


if __name__ == "__main__":
    run(
        "calibration",
        __doc__.splitlines()[0],
        measure,
        sets=(",".join(SETS), "sets, separated by commas"),
        share=(1.0, "share of the items of each set, by hash"),
        earlier=(0, "1: the origins on which constants were chosen, in place of those reported"),
    )
