"""Ordered units of the classical policies, and whole multiples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inventory.ordering.classical import order_units
from models.inventory.terms.rounding import round_up


@given(st.floats(0, 1e5), st.floats(0.1, 100), st.floats(0, 1000))
def test_rounding_gives_whole_multiples_not_below_minimum_or_need(units, multiple, minimum):
    ordered = float(round_up(units, multiple, minimum))

    assert ordered / multiple == pytest.approx(round(ordered / multiple), abs=1e-6)
    if units <= 1e-9:
        assert ordered == 0
    else:
        assert ordered >= max(units, minimum) * (1 - 1e-6)
        assert ordered - multiple < max(units, minimum, multiple * 1e-6) * (1 + 1e-6)


def test_a_multiple_with_rounding_errors_is_not_one_too_many():
    assert round_up(0.1 * 3, order_multiple=0.1) == pytest.approx(0.3)


@pytest.mark.parametrize(("position", "expected"), [(31, 0), (30, 12), (19, 12), (18, 24), (6, 36), (-100, 132)])
def test_lots_lift_the_position_above_the_reorder_point(position, expected):
    assert order_units("(s,nQ)", position, reorder_point=30, order_quantity=12) == expected


def test_nothing_is_ordered_at_or_above_the_level():
    positions = np.array([72, 80, 71.0])

    assert order_units("(R,S)", positions, order_up_to_level=72).tolist() == [0, 0, 1]


def test_a_reorder_point_above_the_level_orders_nothing_negative():
    assert order_units("(s,S)", 50, reorder_point=60, order_up_to_level=40) == 0


def test_a_policy_without_its_level_is_refused():
    with pytest.raises(ValueError, match="needs reorder_point"):
        order_units("(s,S)", 50, order_up_to_level=40)


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError, match="known are"):
        order_units("(x)", 50)


def test_missing_multiples_and_minimums_mean_none():
    assert order_units("(R,S)", 1, order_up_to_level=4, order_multiple=np.nan, minimum_order_quantity=np.nan) == 3
