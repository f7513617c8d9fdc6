"""The program's solution against every choice there is, and what more room may never do."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult
from scipy.sparse import csr_array

from models.inventory.constraints import exact, solving
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
        orders_nothing=units == 0,
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
    kept = (choice for choice in map(np.array, itertools.product(*groups)) if program.is_feasible(choice))
    return min(program.costs_of(choice).sum() for choice in kept)


def allowed(cost):
    return GAP * max(abs(cost), 1.0) + 1e-6


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_no_choice_that_obeys_the_limits_costs_less(seed):
    program = random_program(seed)

    found = solve(program)

    least = cheapest(program)
    assert program.is_feasible(found.choice)
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

    assert program.is_feasible(found.choice)
    assert found.bound <= cheapest(program) + allowed(found.cost)


def test_what_the_relaxation_leaves_open_is_searched_however_large_the_core_is():
    searched, asked = [], 0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(solving, "CORE", 1)
        patched.setattr(solving, "LARGEST", -99)
        patched.setattr(solving, "solve_exact", lambda program: searched.append(program) or exact.solve_exact(program))
        for seed in range(150):
            program = random_program(seed)
            nothing = program.costs_of(np.flatnonzero(program.orders_nothing)).sum()
            found = solving.solve_relaxation(program)
            if not program.is_feasible(found.choice) and nothing > found.bound + 1e-6:
                asked += 1
                solving._solve_part(program)
                assert len(searched) >= asked

    assert asked > 5


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


def ended(x=None, dual=None, status=4):
    """What SciPy hands back of HiGHS: 4 is what it calls the end of all branches allowed."""
    return OptimizeResult(x=x, status=status, message="stopped", fun=None, mip_dual_bound=dual)


@given(st.integers(0, 10**6), st.sampled_from([1, 4]))
@settings(max_examples=60, deadline=None)
def test_a_search_that_ends_without_an_answer_leaves_the_best_choice_known_and_says_so(seed, status):
    program = random_program(seed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exact, "milp", lambda *_, **__: ended(status=status))
        found = solve(program)

    nothing = program.costs_of(np.flatnonzero(program.orders_nothing)).sum()
    assert program.is_feasible(found.choice)
    assert found.cost <= nothing + 1e-9
    assert found.bound <= cheapest(program) + 1e-6
    assert found.unsearched.any() or found.cost == pytest.approx(cheapest(program))


def test_no_branches_and_no_time_still_give_an_answer():
    milp = exact.milp

    def hurried(*given, options, **named):
        return milp(*given, options=options | {"time_limit": 1e-9, "node_limit": 0, "presolve": False}, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exact, "milp", hurried)
        for seed in range(40):
            program = random_program(seed)
            assert program.is_feasible(solve(program).choice)


def test_without_an_answer_the_list_orders_what_saves_most_of_what_fits():
    program = two_items(minimum=0.0, budget=50.0)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exact, "milp", lambda *_, **__: ended())
        found = solve(program)

    assert program.measure[found.choice].tolist() == [0.0, 50.0]
    assert found.unsearched.tolist() == [True, True]


def test_a_search_with_an_answer_is_not_called_failed():
    assert not any(solve(random_program(seed)).unsearched.any() for seed in range(20))


def two_items(minimum, budget, value=(20.0, 50.0), cost=((10.0, 0.0), (22.0, 0.0))):
    """Two items of one order, each ordered or not."""
    none = np.zeros(4)
    return Program(
        item=np.array([0, 0, 1, 1]),
        cost=np.concatenate(cost),
        orders_nothing=np.array([True, False, True, False]),
        order=np.zeros(2, dtype=np.int64),
        orders=SharedOrders(np.zeros(1), np.array([minimum]), np.full(1, np.inf)),
        measure=np.array([0.0, value[0], 0.0, value[1]]),
        freight=none,
        volume_m3=none,
        weight_kg=none,
        containers=Containers(none[:0], none[:0], none[:0], np.zeros(0, dtype=np.int64), np.full(2, -1)),
        uses=csr_array(np.array([[0.0, value[0], 0.0, value[1]]])),
        amounts=np.array([budget]),
    )


def stubbed(program, *choices):
    """HiGHS stubbed to hand back whole choices one after the other, then nothing: options, order placed, ..."""
    results = [ended(np.concatenate([np.isin(np.arange(4), choice), [1.0, 0.0, 0.0]]), 1e9, 0) for choice in choices]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exact, "milp", lambda *_, **__: results.pop(0) if results else ended())
        return exact.solve_exact(program)


def test_a_choice_that_rounding_leaves_below_the_minimum_is_solved_again():
    program = two_items(minimum=50.00001, budget=100.0)

    found = stubbed(program, [0, 3], [1, 3])

    assert program.shortfall(np.array([0, 3])).tolist() == pytest.approx([0.00001])
    assert found.choice.tolist() == [1, 3]


def test_a_choice_that_never_reaches_the_minimum_is_none():
    assert stubbed(two_items(minimum=50.00001, budget=100.0), *[[0, 3]] * 9).choice is None


def test_a_minimum_missed_by_less_than_highs_tolerance_is_missed():
    program = two_items(minimum=1000.0, budget=999.99999, value=(300.0, 999.9995), cost=((0.0, 9.0), (22.0, 0.0)))

    found = solve(program)

    assert program.is_feasible(found.choice)
    assert program.measure[found.choice].sum() == 0.0


def test_the_bound_is_of_the_program_as_it_is_not_of_the_one_drawn_tighter():
    program = two_items(minimum=50.00001, budget=100.0)
    bounds = iter([-3.0, 8.0])
    answers = iter([[0, 3], [1, 3]])

    def milp(*_, **__):
        return ended(np.concatenate([np.isin(np.arange(4), next(answers)), [1.0, 0.0, 0.0]]), next(bounds), 0)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(exact, "milp", milp)
        assert exact.solve_exact(program).bound == -3.0
