"""Figures of all items, and intervals of differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.simulation import compare, measures, simulate
from models.inventory.simulation.measures import MEASURES, resampled
from tests.models.inventory.simulation.factories import Scripted, world
from tests.oracles.policies import base_stock


def ledgers(items=40, periods=30, levels=(6, 9), seed=3):
    """Items of very different size, each with `levels` days of its mean demand as level."""
    rng = np.random.default_rng(seed)
    mean = rng.lognormal(0.5, 1.0, items)
    tried = world(
        rng.poisson(mean[:, None], (items, periods)),
        on_hand=8,
        holding_per_unit_day=0.1,
        underage=2.0,
        unit_cost=5.0,
        fixed_cost_per_order=0.5,
        lead=1,
    )
    return {f"S={level}": simulate(tried, base_stock(level * mean, periods)) for level in levels}


def test_figures_of_two_items_by_hand():
    """Item 1 sells 3 of 4 and ends days with 2 and 0; item 2 sells 2 of 2 and ends with 9 and 8; a year is 4 days."""
    tried = world([[1, 3], [1, 1]], on_hand=[3, 10], unit_cost=[2.0, 10.0], holding_per_unit_day=1.0, underage=4.0)

    found = measures(simulate(tried, Scripted([[0, 0], [0, 0]])), periods_per_year=4).iloc[0]

    assert found["fill_rate"] == pytest.approx(5 / 6)
    assert (found["lost_units"], found["stockout_days"], found["orders"]) == (1, 1, 0)
    assert found["stock_value"] == 2 * (2 + 0) / 2 + 10 * (9 + 8) / 2
    assert found["turns"] == pytest.approx((3 * 2 + 2 * 10) / 2 * 4 / 87)
    assert found["cost"] == 2 + 17 + 4
    assert np.isnan(found["cycle_service"])


def test_a_shortage_ends_the_cycle_before_an_arrival():
    """Arrivals on days 2 and 4; only the cycle that ends on day 2 saw a shortage."""
    tried = world([[2, 2, 1, 1, 1]], on_hand=3, lead=1)

    found = measures(simulate(tried, Scripted([[4, 0, 3, 0, 0]]))).iloc[0]

    assert found["cycle_service"] == 0.5


def test_the_interval_of_a_difference_leaves_out_what_policies_share():
    found = compare(ledgers(), "S=6").set_index(["policy", "measure"])

    own = found.loc[("S=9", "cost")]
    assert own["difference_low"] <= own["difference"] <= own["difference_high"]
    assert own["difference_high"] - own["difference_low"] < own["high"] - own["low"]
    assert found.loc[("S=6", "fill_rate"), ["difference", "ratio", "ratio_low"]].tolist() == [0.0, 1.0, 1.0]
    assert list(found.loc["S=9"].index) == list(MEASURES)


def test_a_policy_against_itself_differs_by_nothing():
    same = ledgers(levels=(6,))["S=6"]

    found = compare({"a": same, "b": same}, "a", draws=50).set_index(["policy", "measure"]).loc["b"]

    assert (found[["difference", "difference_low", "difference_high"]].fillna(0) == 0).all(axis=None)


def test_the_comparison_does_not_depend_on_chance():
    once, again = compare(ledgers(), "S=6", draws=60), compare(ledgers(), "S=6", draws=60)

    assert once.equals(again)


def test_a_base_of_other_items_is_refused():
    with pytest.raises(ValueError, match="different numbers of items"):
        compare({"a": ledgers(items=3)["S=6"], "b": ledgers(items=4)["S=6"]}, "a")


@given(items=st.integers(1, 30), draws=st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_as_many_items_are_drawn_as_there_are(items, draws):
    weights = resampled(items, draws, np.random.default_rng(0))

    assert (weights.sum(axis=1) == items).all()
    assert measures(ledgers(items=items, levels=(6,))["S=6"], weights).shape == (draws, len(MEASURES))
