"""The classical policies order what their names say."""

import numpy as np
import pytest

from models.inventory.ordering.classical import order_units
from models.inventory.simulation import LevelPolicy, OpenOrders, State
from tests.oracles.policies import FixedQuantity, base_stock, min_max


def seen(position, day=0):
    count = len(np.atleast_1d(position))
    nothing = np.zeros(0, dtype=np.int64)
    stock = np.atleast_1d(np.asarray(position, dtype=float))
    return State(
        day,
        np.maximum(stock, 0.0),
        np.maximum(-stock, 0.0),
        np.zeros(count),
        lambda: OpenOrders(nothing, np.zeros(0), nothing, nothing),
    )


POSITIONS = np.array([-7.0, 0.0, 4.0, 5.0, 6.0, 12.0, 20.0])
EVERY = np.zeros(1, dtype=np.int64)


def each(value):
    return np.full((len(POSITIONS), 1), float(value))


@pytest.mark.parametrize(
    ("policy", "name", "levels"),
    [
        (LevelPolicy(each(5), each(12), EVERY), "(s,S)", {"reorder_point": 5, "order_up_to_level": 12}),
        (LevelPolicy(each(12), each(12), EVERY), "(R,S)", {"order_up_to_level": 12}),
        (FixedQuantity(each(5), each(8), EVERY), "(s,Q)", {"reorder_point": 5, "order_quantity": 8}),
        (FixedQuantity(each(5), each(3), EVERY, True), "(s,nQ)", {"reorder_point": 5, "order_quantity": 3}),
    ],
)
def test_a_policy_orders_as_the_textbook_function_of_its_name(policy, name, levels):
    assert policy.orders(0, seen(POSITIONS)).tolist() == order_units(name, POSITIONS, **levels).tolist()


def test_levels_hold_from_their_review_on():
    policy = LevelPolicy(np.array([[1.0, 6.0]]), np.array([[9.0, 10.0]]), np.array([0, -1, 1]))

    assert [policy.orders(day, seen(3.0, day)).tolist() for day in range(3)] == [[0.0], [0.0], [7.0]]


def test_a_review_period_lets_a_policy_look_only_then():
    policy = base_stock([9.0], 8, review=3)

    assert [float(policy.orders(day, seen(2.0))[0]) for day in range(8)] == [7, 0, 0, 7, 0, 0, 7, 0]


def test_min_and_max_may_differ_by_item():
    policy = min_max([2.0, 8.0], [10.0, 20.0], 1)

    assert policy.orders(0, seen([5.0, 5.0])).tolist() == [0.0, 15.0]
