"""The nightly run's orders against the exact optimum of random single-item problems whose demand process is known.

    python -m benchmarks.optimality --json FILE

Each problem is solved by dynamic programming: what every order of every review costs when all later orders are the best
there are. Each rule is followed from tonight on, over the reviews of the problem's horizon (a month, or as long as an
economic order lasts, at least), along the same paths of demand; each review it is asked anew. The gap is what its
orders cost more than the best ones, over what the optimal policy costs in the weeks that these orders decide. Losses
are exact; only where the paths lead is sampled.

`nightly` is `models.inventory.decide` on the known demand distribution and lead times. The rivals are (s,S) with normal
safety stock, and the same with the factor on the safety stock that loses least on each kind of these very problems.
Figures by kind are means. Nothing was chosen on these problems.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks.common import Outcome, Shown, run
from benchmarks.optimality import backorders, lost_sales, perishable
from benchmarks.optimality.problems import KINDS, Problem, make_problems
from benchmarks.optimality.reviews import Visit, drawn_demand, follow
from benchmarks.optimality.rules import nightly_orders, textbook_orders
from benchmarks.optimality.solution import Solution
from features.arrays import Floats

FACTORS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5)
OURS = "nightly"
NORMAL = "normal_safety_stock"
BEST_FACTOR = "best_factor_in_hindsight"


def measure(arguments: argparse.Namespace) -> Outcome:
    """Gaps of the nightly decision and of its rivals, over all problems and by kind."""
    problems = make_problems(arguments.seed, arguments.each)
    demand = [
        drawn_demand(problem, arguments.paths, np.random.default_rng([arguments.seed, len(KINDS), row]))
        for row, problem in enumerate(problems)
    ]
    nightly = follow(nightly_orders, problems, demand)
    textbook = [follow(partial(textbook_orders, factor=factor), problems, demand) for factor in FACTORS]
    gaps = np.empty((len(problems), 1 + len(FACTORS)))
    tonight = []
    for row, problem in enumerate(problems):
        followed = [nightly[row], *(visits[row] for visits in textbook)]
        solution = solve(problem, [visit for paths in followed for visits in paths for visit in visits])
        gaps[row] = [np.mean([solution.gap(visits) for visits in paths]) for paths in followed]
        tonight.append(_tonight(solution, nightly[row][0][0]))
    kinds = np.array([problem.kind for problem in problems])
    by_rule = {
        OURS: gaps[:, 0],
        NORMAL: gaps[:, 1 + FACTORS.index(1.0)],
        BEST_FACTOR: _best_factor(gaps[:, 1:], kinds),
    }
    return outcome(kinds.tolist(), by_rule, tonight)


def solve(problem: Problem, visits: Sequence[Visit]) -> Solution:
    """The exact cost of every order, by the problem's recursion; `visits` are what its grid must hold."""
    if problem.shelf_weeks:
        return perishable.solve(problem, visits)
    if problem.is_lost:
        return lost_sales.solve(problem, visits)
    return backorders.solve(problem, visits)


def outcome(kinds: Sequence[str], gaps: dict[str, Floats], tonight: Sequence[dict[str, Any]]) -> Outcome:
    """Figures and tables of the gaps of each rule, (problems,) each; `tonight` is told beside the nightly rule's."""
    of_kind = np.array(kinds)
    summed = {name: _summary(values, of_kind) for name, values in gaps.items()}
    figures: dict[str, Any] = {
        **summed[OURS],
        "problems": len(kinds),
        "rivals": {name: summed[name] for name in (NORMAL, BEST_FACTOR)},
        "by_problem": [
            {"kind": kind, "gap": gap, **found} for kind, gap, found in zip(kinds, gaps[OURS], tonight, strict=True)
        ],
    }
    by_kind = [
        [kind, str(int((of_kind == kind).sum())), *(f"{summed[name]['gap_by_kind'][kind]:.1%}" for name in gaps)]
        for kind in summed[OURS]["gap_by_kind"]
    ]
    over = [
        [title, str(len(kinds)), *(f"{summed[name][key]:.1%}" for name in gaps)]
        for title, key in (("median", "gap_median"), ("P95", "gap_p95"))
    ]
    table = Shown("Cost beyond the optimal policy's, mean of each kind", ["kind", "problems", *gaps], [*by_kind, *over])
    return Outcome(figures, [table])


def _tonight(solution: Solution, visit: Visit) -> dict[str, Any]:
    """What is ordered tonight, what is best, and what that loses."""
    best = solution.tonight.best
    return {"order_tonight": visit.order, "best_tonight": best, "gap_tonight": solution.gap([visit])}


def _summary(gaps: Floats, kinds: "np.ndarray[Any, Any]") -> dict[str, Any]:
    return {
        "gap_median": float(np.median(gaps)),
        "gap_p95": float(np.quantile(gaps, 0.95)),
        "gap_by_kind": {kind: float(gaps[kinds == kind].mean()) for kind in KINDS if (kinds == kind).any()},
    }


def _best_factor(gaps: Floats, kinds: "np.ndarray[Any, Any]") -> Floats:
    """(problems,) gaps at the factor whose mean over each kind is least; `gaps` is (problems, factors)."""
    best = np.empty(len(gaps))
    for kind in np.unique(kinds):
        rows = kinds == kind
        best[rows] = gaps[rows][:, gaps[rows].mean(axis=0).argmin()]
    return best


if __name__ == "__main__":
    run(
        "optimality",
        __doc__,
        measure,
        needs_data=False,
        seed=(2026, "of the problems"),
        each=(20, "problems of each kind"),
        paths=(8, "paths of demand along which each rule is followed"),
    )
