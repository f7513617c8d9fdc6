"""The exact program: HiGHS on the options that are left, items with one option set aside as constants."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from features.arrays import Floats, Ints
from models.inventory.constraints.model import Columns, model_of
from models.inventory.constraints.program import TOLERANCE, Program

GAP = 1e-4
"""Relative gap at which a solution counts as optimal: of the cost that the limits add."""
NODES = 300
"""Branches at most: a bound that does not depend on the machine's speed, as a time limit would."""
_ATTEMPTS = 4
_SLACK = 1e-6 - TOLERANCE
"""What HiGHS lets a row pass by, of its limit, beyond what we do: its feasibility tolerance is 1e-6."""


@dataclass(frozen=True)
class Exact:
    """What HiGHS tells of a program.

    Attributes
    ----------
    choice: (I,) option of each item, obeying every limit and minimum; None where none was found.
    bound: no choice of the program costs less, base currency; minus infinity where none was proven.
    """

    choice: Ints | None
    bound: float


def solve_exact(program: Program) -> Exact:
    """The best choice that HiGHS finds within `NODES` branches, and a lower bound of the cost of all.

    HiGHS takes 0.999999 for 1, so that whole options may pass a limit or stay below a minimum by that: such a one is
    drawn tighter and the program solved again. The bound is of the first, untightened program: of a tighter one it
    would hold for fewer choices than there are.

    Source: Kellerer, Pferschy & Pisinger (2004), Knapsack Problems, chapter 11 (multiple choice); HiGHS through SciPy.
    """
    bound, drawn = -np.inf, program
    for attempt in range(_ATTEMPTS):
        result, columns = _solved(drawn)
        if attempt == 0:
            bound = _bound(result, drawn, columns)
        if result.x is None:
            return Exact(None, bound)
        choice = _whole(result, drawn, columns)
        if program.keeps(choice):
            return Exact(choice, bound)
        drawn = _tighter(drawn, program, choice)
    return Exact(None, bound)


def _solved(program: Program) -> tuple[OptimizeResult, Columns]:
    model, columns = model_of(program)
    with _quiet():
        result = milp(
            model.gain,
            integrality=model.is_integral,
            bounds=Bounds(model.lower, model.upper),
            constraints=LinearConstraint(model.matrix, model.least, model.most),
            options={"mip_rel_gap": GAP, "node_limit": NODES},
        )
    return result, columns


def _bound(result: OptimizeResult, program: Program, columns: Columns) -> float:
    """What HiGHS proved of the cost, with that of the constants; how its search ended makes no difference to it."""
    fixed = program.container_share()[columns.fixed].sum()
    constant = float(np.minimum.reduceat(program.cost, program.starts).sum() - fixed)
    proven = result.get("mip_dual_bound")
    return float(proven) + constant if proven is not None and np.isfinite(proven) else -np.inf


def _whole(result: OptimizeResult, program: Program, columns: Columns) -> Ints:
    """(I,) the option of each item that HiGHS gives the greatest part of 1."""
    free, fixed = columns.free, columns.fixed
    choice = np.empty(program.items, dtype=np.int64)
    choice[program.item[fixed]] = fixed
    likeliest = free[np.lexsort((-result.x[: len(free)], program.item[free]))]
    items, first = np.unique(program.item[likeliest], return_index=True)
    choice[items] = likeliest[first]
    return choice


def _tighter(drawn: Program, program: Program, choice: Ints) -> Program:
    """The program with what a choice breaks of the original drawn tighter, by as much as it is broken at least."""

    def more(broken: Floats, limits: Floats) -> Floats:
        return np.where(broken > 0, np.maximum(broken, _SLACK * np.maximum(np.abs(limits), 1.0)), 0.0)

    goals, amounts = program.orders.minimum, program.amounts
    minimum = drawn.orders.minimum + more(program.short(choice), goals)
    return replace(
        drawn,
        amounts=drawn.amounts - more(program.over(choice), amounts),
        orders=replace(drawn.orders, minimum=minimum),
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Standard output switched off: HiGHS 1.12 writes a line of its own making there, which no option silences."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
