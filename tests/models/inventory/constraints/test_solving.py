"""The program's solution against every choice there is, and what more room may never do."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from models.inventory.constraints import solving
from models.inventory.constraints.exact import GAP
from models.inventory.constraints.program import Containers, Program, SharedOrders
from models.inventory.constraints.solving import solve


def random_program(seed):
    """A few items, orders with fixed costs, minimums, free freight and paid containers, a budget and a room."""
    rng = np.random.default_rng(seed)
    items, choices, orders = rng.integers(1, 6), rng.integers(2, 6), rng.integers(1, 4)
    item = np.repeat(np.arange(items), choices)
    units = np.tile(np.arange(choices), items).astype(float)
    demand = rng.integers(0, 6, items)[item]
    cost = rng.uniform(1, 10, items)[item] * np.maximum(demand - units, 0)
    cost += rng.uniform(0, 2, items)[item] * np.maximum(units - demand, 0) + (units > 0) * rng.uniform(0, 3)
    value, volume = units * rng.integers(1, 20, items)[item], units * rng.uniform(0.1, 1, items)[item]
    order = np.sort(rng.integers(0, orders, items))
    boxes = orders * rng.integers(0, 2)
    return Program(
        item=item,
        cost=cost,
        is_nothing=units == 0,
        order=order,
        orders=SharedOrders(
            rng.uniform(0, 8, orders),
            rng.integers(0, 60, orders).astype(float),
            np.where(rng.random(orders) < 0.5, rng.integers(20, 100, orders), np.inf),
        ),
        measure=value,
        freight=np.minimum(units, demand) * rng.uniform(0, 1, items)[item],
        volume_m3=volume,
        weight_kg=volume * 0,
        containers=Containers(
            rng.uniform(1, 8, boxes),
            rng.uniform(1, 4, boxes),
            np.full(boxes, np.inf),
            np.arange(boxes),
            order.copy() if boxes else np.full(items, -1),
        ),
        uses=csr_array(np.vstack([value, volume])),
        amounts=np.array([rng.integers(0, 150), rng.uniform(1, 20)], dtype=float),
    )


def cheapest(program):
    """The least cost of all choices that obey the limits."""
    groups = [np.flatnonzero(program.item == number) for number in range(program.items)]
    kept = (choice for choice in map(np.array, itertools.product(*groups)) if program.keeps(choice))
    return min(program.costs_of(choice).sum() for choice in kept)


def allowed(cost):
    return GAP * max(abs(cost), 1.0) + 1e-6


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_no_choice_that_obeys_the_limits_costs_less(seed):
    program = random_program(seed)

    found = solve(program)

    least = cheapest(program)
    assert program.keeps(found.choice)
    assert found.cost == pytest.approx(least, abs=allowed(least))
    assert found.bound <= least + allowed(least)


@given(st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_a_small_core_of_options_still_finds_a_choice_and_tells_how_far_it_may_be(seed):
    program = random_program(seed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solving, "CORE", 1)
        patched.setattr(solving, "LARGEST", 2)
        found = solve(program)

    assert program.keeps(found.choice)
    assert found.bound <= cheapest(program) + allowed(found.cost)


@given(st.integers(0, 10**6), st.integers(0, 1), st.floats(0.0, 50.0))
@settings(max_examples=40, deadline=None)
def test_more_of_a_limit_never_costs_more_than_the_gap(seed, limit, more):
    program = random_program(seed)
    wider = program.amounts.copy()
    wider[limit] += more

    before, after = solve(program), solve(replace(program, amounts=wider))

    assert after.cost <= before.cost + allowed(before.cost)


@given(st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_without_shared_costs_and_limits_every_item_takes_its_own_best(seed):
    program = random_program(seed)
    count = len(program.orders.minimum)
    free = replace(
        program,
        orders=SharedOrders(np.zeros(count), np.zeros(count), np.full(count, np.inf)),
        containers=replace(program.containers, group=np.full(program.items, -1)),
        amounts=np.full(2, 1e9),
    )

    assert solve(free).cost == pytest.approx(np.minimum.reduceat(program.cost, program.starts).sum())
