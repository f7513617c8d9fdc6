"""The exact program: HiGHS on the options that are left, items with one option set aside as constants."""

import contextlib
import os
import sys
from collections.abc import Iterator

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from models.inventory.constraints.model import model_of
from models.inventory.constraints.program import TOLERANCE, Floats, Ints, Program

GAP = 1e-4
"""Relative gap at which a solution counts as optimal: of the cost that the limits add."""
NODES = 300
"""Branches at most: a bound that does not depend on the machine's speed, as a time limit would."""
_ATTEMPTS = 4


def solve_exact(program: Program) -> tuple[Ints, float] | None:
    """The best choice and a lower bound of its cost; None where nothing obeys all limits.

    Returns
    -------
    choice: (I,) option of each item. bound: no choice costs less, base currency.

    Raises
    ------
    RuntimeError: HiGHS failed for another reason than that there is no solution.

    Source: Kellerer, Pferschy & Pisinger (2004), Knapsack Problems, chapter 11 (multiple choice); HiGHS through SciPy.
    """
    amounts = program.amounts.copy()
    for _ in range(_ATTEMPTS):
        found = _solved(program, amounts)
        if found is None:
            return None
        choice, bound = found
        over = program.uses[:, choice].sum(axis=1) - program.amounts
        broken = over > TOLERANCE * np.maximum(np.abs(program.amounts), 1.0)
        if not broken.any():
            return choice, bound
        # HiGHS takes 0.999999 for 1: a limit that it passes by that is drawn tighter.
        amounts[broken] -= over[broken] + 1e-6 * np.maximum(np.abs(amounts[broken]), 1.0)
    return None


def _solved(program: Program, amounts: Floats) -> tuple[Ints, float] | None:
    model, columns = model_of(program, amounts)
    with _quiet():
        result = milp(
            model.gain,
            integrality=model.is_integral,
            bounds=Bounds(model.lower, model.upper),
            constraints=LinearConstraint(model.matrix, model.least, model.most),
            options={"mip_rel_gap": GAP, "node_limit": NODES},
        )
    # 1: the branches allowed are used up; 2: nothing obeys all limits.
    if result.x is None and result.status in {1, 2}:
        return None
    if result.x is None:
        raise RuntimeError(f"HiGHS: {result.message}")
    free, fixed = columns.free, columns.fixed
    choice = np.empty(program.items, dtype=np.int64)
    choice[program.item[fixed]] = fixed
    likeliest = free[np.lexsort((-result.x[: len(free)], program.item[free]))]
    items, first = np.unique(program.item[likeliest], return_index=True)
    choice[items] = likeliest[first]
    constant = np.minimum.reduceat(program.cost, program.starts).sum() - program.container_share()[fixed].sum()
    dual = result.mip_dual_bound if result.mip_dual_bound is not None else result.fun
    return choice, float(dual + constant)


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
