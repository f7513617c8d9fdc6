"""Order options: what each quantity of an item costs, and which is chosen."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.ordering.options import COLUMNS
from tests.models.inventory.company import decided, item, only, order, parameter, stock, terms

QUICK = settings(max_examples=20, deadline=None)


def options(**given_all):
    return decided(**given_all).options


def chosen(frame):
    found = frame[frame["is_chosen"]]
    assert len(found) == 1
    return found.iloc[0]


def test_an_item_has_one_row_a_quantity_from_nothing_upwards_and_one_of_them_is_chosen():
    decisions = decided(inventory=[stock(18)], supply=[terms(order_multiple=12, minimum_order_quantity=20)])
    frame = decisions.options

    assert list(frame.columns) == list(COLUMNS)
    assert frame["order_units"].iloc[0] == 0
    assert frame["order_units"].is_monotonic_increasing
    assert (frame["order_units"] % 12 == 0).all()
    assert frame.loc[frame["order_units"] > 0, "order_units"].min() == 24
    assert chosen(frame)["order_units"] == only(decisions)["order_units"]


def test_where_nothing_is_suggested_nothing_is_chosen_and_the_next_order_is_priced():
    frame = options(inventory=[stock(200)], supply=[terms(order_multiple=12)])

    assert chosen(frame)["order_units"] == 0
    assert frame["order_units"].max() > 0
    assert (frame["money_at_stake"] <= 1e-9).all()


def test_the_chosen_quantity_costs_least_and_its_money_at_stake_is_the_rows():
    decisions = decided(inventory=[stock(18)], supply=[terms(order_multiple=12, fixed_cost_per_line=6)])
    frame = decisions.options

    assert frame["expected_cost_base"].min() == pytest.approx(chosen(frame)["expected_cost_base"])
    assert only(decisions)["money_at_stake"] == pytest.approx(chosen(frame)["money_at_stake"], abs=0.006)


def test_only_items_that_could_be_ordered_from_a_supplier_have_options():
    items = [item("A"), item("B"), item("C"), item("D")]
    frame = options(
        items=items,
        inventory=[stock(5, name) for name in "ABD"],
        supply=[terms("A"), terms("C"), terms("D")],
        parameters=[parameter("do_not_order", "true", sku="D")],
    )

    assert frame["sku"].unique().tolist() == ["A"]  # B has no terms, C no stock row, D is not to be ordered


def test_an_empty_frame_has_the_types_of_a_full_one():
    empty, full = options(inventory=[stock(5)], supply=[]), options(inventory=[stock(5)])

    assert empty.empty
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()


def test_values_know_price_breaks_currency_volume_and_weight():
    products = [{"sku": "A", "volume_m3": 0.02, "weight_kg": 1.5}]
    supply = [terms(price_breaks="all_units: 50=5.50", currency="USD", unit_cost_base=3.0)]
    frame = options(inventory=[stock(18)], supply=supply, products=products).set_index("order_units")

    assert frame.loc[50.0, "order_value"] == pytest.approx(275.0)
    assert frame.loc[50.0, "order_value_base"] == pytest.approx(137.5)
    assert frame.loc[50.0, ["volume_m3", "weight_kg"]].tolist() == pytest.approx([1.0, 75.0])
    below = frame[frame.index < 50]
    assert below["order_value"].to_numpy() == pytest.approx(6.0 * below.index.to_numpy())


def test_a_minimum_stock_is_required_and_what_cost_adds_is_not():
    low = options(inventory=[stock(3)], daily=0.0, parameters=[parameter("minimum_stock_units", 8, sku="A")])
    beyond = options(inventory=[stock(3)], parameters=[parameter("minimum_stock_units", 8, sku="A")])

    assert low.loc[low["is_required"], "order_units"].tolist() == [5.0]
    assert beyond.loc[beyond["is_required"], "order_units"].tolist() == [5.0]
    assert chosen(beyond)["order_units"] > 5
    assert not options(inventory=[stock(3)])["is_required"].any()


def test_a_service_target_and_a_classical_policy_are_required():
    by_service = options(inventory=[stock(3)], parameters=[parameter("service_target", 0.9, sku="A")])
    by_policy = options(inventory=[stock(3)], policy="(R,S)")

    for frame in (by_service, by_policy):
        assert chosen(frame)["is_required"]


def test_quantities_stay_within_the_items_own_limits():
    frame = options(inventory=[stock(18)], parameters=[parameter("maximum_stock_units", 30)])

    assert frame["order_units"].max() == 12


def test_more_units_are_never_lost_and_never_fewer_left():
    frame = options(inventory=[stock(10)], dispersion=2.0, level_sd=0.3, orders=[order(units=6, promise=12)])

    assert (np.diff(frame["lost_units"]) <= 1e-9).all()
    assert (np.diff(frame["leftover_units"]) >= -1e-9).all()
    assert pd.Series(frame["days_of_supply_after"]).is_monotonic_increasing


@QUICK
@given(
    on_hand=st.integers(0, 80),
    pack=st.sampled_from([1.0, 6.0, 24.0]),
    minimum=st.sampled_from([0.0, 30.0, 400.0]),
    fixed=st.sampled_from([0.0, 9.0]),
    daily=st.sampled_from([0.02, 0.5, 3.0]),
    maximum=st.sampled_from([None, 40]),
    unmet=st.sampled_from(["lost", "backordered"]),
)
def test_nothing_is_ordered_where_nothing_can_be_gained(on_hand, pack, minimum, fixed, daily, maximum, unmet):
    limits = [] if maximum is None else [parameter("maximum_stock_units", maximum, sku="A")]
    decisions = decided(
        inventory=[stock(on_hand)],
        supply=[terms(order_multiple=pack, minimum_order_quantity=minimum, fixed_cost_per_line=fixed)],
        daily=daily,
        parameters=limits,
        level_sd=0.2,
        dispersion=1.5,
        unmet_demand=unmet,
        scenarios=64,
    )
    frame, row = decisions.options, only(decisions)

    if row["order_units"] > 0:
        assert row["money_at_stake"] >= 0
        assert chosen(frame)["expected_cost_base"] <= frame["expected_cost_base"].iloc[0]
    if (frame["money_at_stake"].iloc[1:] < 0).all():
        assert row["order_units"] == 0


@QUICK
@given(on_hand=st.integers(0, 60), factor=st.sampled_from([2.0, 5.0]), pack=st.sampled_from([1.0, 6.0]))
def test_packs_demand_and_stock_scaled_together_scale_orders_within_a_pack(on_hand, factor, pack):
    def ordered(scale):
        return only(
            decided(
                inventory=[stock(on_hand * scale)],
                supply=[terms(order_multiple=pack * scale, unit_cost=6.0 / scale)],
                daily=2.0 * scale,
                price=10.0 / scale,
                unit_step=scale,
                level_sd=0.2,
                scenarios=64,
            )
        )["order_units"]

    assert ordered(factor) == pytest.approx(factor * ordered(1.0), abs=pack * factor)
