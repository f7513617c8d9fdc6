"""The exact program: HiGHS on the options that are left, items with one option set aside as constants.

HiGHS reads it as columns, rows and bounds. Columns: one for each option of an item that has several; y, an order is
placed; z, its freight is free; w, the share of its freight that is saved; n, containers paid. Each row is in shares of
its limit, since HiGHS's tolerances are absolute.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from features.arrays import Floats, Ints
from models.inventory.constraints.program import TOLERANCE, Program, sums

GAP = 1e-4
"""Relative gap at which a solution counts as optimal: of the cost that the limits add."""
NODES = 300
"""Branches at most: a bound that does not depend on the machine's speed, as a time limit would."""
_ATTEMPTS = 4
_SLACK = 1e-6 - TOLERANCE
"""What HiGHS lets a row pass by, of its limit, beyond what we do: its feasibility tolerance is 1e-6."""


@dataclass(frozen=True)
class ExactSolution:
    """What HiGHS tells of a program.

    Attributes
    ----------
    choice: (I,) option of each item, obeying every limit and minimum; None where none was found.
    bound: no choice of the program costs less, base currency; minus infinity where none was proven.
    """

    choice: Ints | None
    bound: float


@dataclass(frozen=True)
class _Model:
    """Minimise gain x within least <= matrix x <= most and lower <= x <= upper."""

    gain: Floats
    matrix: sparse.csr_array
    least: Floats
    most: Floats
    lower: Floats
    upper: Floats
    is_integral: Ints


@dataclass(frozen=True)
class _Columns:
    """Where things stand: `free` options are the first columns, `fixed` ones are constants; y, z, w, n begin there."""

    program: Program
    free: Ints
    fixed: Ints
    rows: list[sparse.csr_array] = field(default_factory=list)
    least: list[Floats] = field(default_factory=list)
    most: list[Floats] = field(default_factory=list)

    @classmethod
    def of(cls, program: Program) -> "_Columns":
        """The columns of a program."""
        several = np.bincount(program.item, minlength=program.items)[program.item] > 1
        return cls(program, np.flatnonzero(several), np.flatnonzero(~several))

    @property
    def orders(self) -> int:
        """Number of shared orders."""
        return len(self.program.orders.minimum)

    def begin(self, block: int) -> int:
        """First column of y (0), z (1), w (2) or n (3)."""
        return len(self.free) + block * self.orders

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.begin(3) + len(self.program.containers.cost)

    def block(self, values: Floats, row: Ints, column: Ints, height: int) -> sparse.csr_array:
        """Entries as rows of full width."""
        return sparse.csr_array((values, (row, column)), shape=(height, self.width))

    def flags(self, values: Floats, block: int) -> sparse.csr_array:
        """One row an order: `values` times its y, z or w."""
        each = np.arange(self.orders)
        return self.block(values, each, self.begin(block) + each, self.orders)

    def by_order(self, values: Floats) -> tuple[sparse.csr_array, Floats]:
        """(N,) values summed by order: over the free options as rows, over the fixed ones as constants."""
        order = self.program.order[self.program.item]
        part = self.block(values[self.free], order[self.free], np.arange(len(self.free)), self.orders)
        return part, sums(order[self.fixed], values[self.fixed], self.orders)

    def add(self, row: sparse.csr_array, least: Floats, most: Floats) -> None:
        """Rows with their bounds."""
        self.rows.append(row)
        self.least.append(np.broadcast_to(least, row.shape[0]))
        self.most.append(np.broadcast_to(most, row.shape[0]))


def solve_exact(program: Program) -> ExactSolution:
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
            return ExactSolution(None, bound)
        choice = _whole(result, drawn, columns)
        if program.is_feasible(choice):
            return ExactSolution(choice, bound)
        drawn = _tighter(drawn, program, choice)
    return ExactSolution(None, bound)


def _solved(program: Program) -> tuple[OptimizeResult, _Columns]:
    model, columns = _model_of(program)
    with _quiet():
        result = milp(
            model.gain,
            integrality=model.is_integral,
            bounds=Bounds(model.lower, model.upper),
            constraints=LinearConstraint(model.matrix, model.least, model.most),
            options={"mip_rel_gap": GAP, "node_limit": NODES},
        )
    return result, columns


def _bound(result: OptimizeResult, program: Program, columns: _Columns) -> float:
    """What HiGHS proved of the cost, with that of the constants; how its search ended makes no difference to it."""
    fixed = program.container_share()[columns.fixed].sum()
    constant = float(np.minimum.reduceat(program.cost, program.starts).sum() - fixed)
    proven = result.get("mip_dual_bound")
    return float(proven) + constant if proven is not None and np.isfinite(proven) else -np.inf


def _whole(result: OptimizeResult, program: Program, columns: _Columns) -> Ints:
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
    minimum = drawn.orders.minimum + more(program.shortfall(choice), goals)
    return replace(
        drawn,
        amounts=drawn.amounts - more(program.overuse(choice), amounts),
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


def _model_of(program: Program) -> tuple[_Model, _Columns]:
    """The model and its columns."""
    columns = _Columns.of(program)
    _choices(columns)
    freight = _orders(columns)
    _containers(columns)
    size, orders = len(columns.free), program.orders
    least_cost = np.minimum.reduceat(program.cost, program.starts)[program.item]
    offered = np.isfinite(orders.free_from)
    occupied = sums(program.order[program.item[columns.fixed]], ~program.orders_nothing[columns.fixed], columns.orders)
    many = np.full(len(program.containers.cost), np.inf)
    model = _Model(
        gain=np.concatenate(
            [
                (program.cost - least_cost - program.container_share())[columns.free],
                orders.fixed_cost,
                np.zeros(columns.orders),
                -freight,
                program.containers.cost,
            ]
        ),
        matrix=sparse.csr_array(sparse.vstack(columns.rows, format="csr")),
        least=np.concatenate(columns.least),
        most=np.concatenate(columns.most),
        lower=np.concatenate([np.zeros(size), occupied > 0, np.zeros(2 * columns.orders + len(many))]),
        upper=np.concatenate([np.ones(size + columns.orders), offered, offered, many]),
        is_integral=np.concatenate([np.ones(columns.begin(2)), np.zeros(columns.orders), np.ones(len(many))]).astype(
            np.int64
        ),
    )
    return model, columns


def _choices(columns: _Columns) -> None:
    """One option an item; limits; whoever orders anything places the order, a row an item to keep it tight."""
    program, size, amounts = columns.program, len(columns.free), columns.program.amounts
    items, place = np.unique(program.item[columns.free], return_inverse=True)
    columns.add(columns.block(np.ones(size), place, np.arange(size), len(items)), np.ones(1), np.ones(1))
    scale = 1 / np.maximum(np.abs(amounts), 1.0)
    uses = program.uses[:, columns.free].tocoo()
    limit, option = (np.asarray(place, dtype=np.int64) for place in uses.coords)
    used = columns.block(uses.data, limit, option, len(amounts))
    left = amounts - program.uses[:, columns.fixed].sum(axis=1)
    columns.add(sparse.csr_array(sparse.diags_array(scale) @ used), -np.full(len(amounts), np.inf), left * scale)
    ordering = np.flatnonzero(~program.orders_nothing[columns.free])
    link = columns.block(np.ones(len(ordering)), place[ordering], ordering, len(items))
    placed = columns.block(
        np.ones(len(items)), np.arange(len(items)), columns.begin(0) + program.order[items], len(items)
    )
    columns.add(sparse.csr_array(link - placed), np.full(1, -np.inf), np.zeros(1))


def _orders(columns: _Columns) -> Floats:
    """Minimums and free freight; returns all the freight that each order could save."""
    program, orders = columns.program, columns.program.orders
    value, constant = columns.by_order(program.measure)
    free_from = np.where(np.isfinite(orders.free_from), orders.free_from, 0.0)
    for goal, block in ((orders.minimum, 0), (free_from, 1)):
        scale = 1 / np.maximum(goal, 1.0)
        reached = sparse.csr_array(sparse.diags_array(scale) @ (value - columns.flags(goal, block)))
        columns.add(reached, -constant * scale, np.full(1, np.inf))
    most = sums(program.order, np.maximum.reduceat(program.freight, program.starts), columns.orders)
    share = np.divide(1.0, most, out=np.zeros(columns.orders), where=most > 0)
    saved, ones = columns.flags(np.ones(columns.orders), 2), np.ones(columns.orders)
    freight, constant = columns.by_order(program.freight * share[program.order[program.item]])
    columns.add(sparse.csr_array(saved - freight), np.full(1, -np.inf), constant)
    columns.add(sparse.csr_array(saved - columns.flags(ones, 1)), np.full(1, -np.inf), np.zeros(1))
    return most


def _containers(columns: _Columns) -> None:
    """Goods fit into the containers that are paid."""
    program, boxes = columns.program, columns.program.containers
    groups = len(boxes.cost)
    if not groups:
        return
    group = boxes.group[program.item]
    inside = np.flatnonzero(group[columns.free] >= 0)
    held = columns.fixed[group[columns.fixed] >= 0]
    each = np.arange(groups)
    for size, room in ((program.volume_m3, boxes.volume_m3), (program.weight_kg, boxes.weight_kg)):
        known = np.isfinite(room)
        share = np.where(known[group], size / np.where(known, room, 1.0)[group], 0.0)
        goods = columns.block(share[columns.free][inside], group[columns.free][inside], inside, groups)
        paid = columns.block(known.astype(np.float64), each, columns.begin(3) + each, groups)
        most = np.where(known, -sums(group[held], share[held], groups), np.inf)
        columns.add(sparse.csr_array(goods - paid), np.full(1, -np.inf), most)
