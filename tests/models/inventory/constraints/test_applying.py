"""Decided rows, their sentences and exceptions agree with the quantities that the limits leave."""

import numpy as np
import pandas as pd
import pytest

from models.inventory.constraints import CouplingRules, couple, with_orders
from tests.models.inventory.company import decided, item, only, order, parameter, stock, terms
from tests.models.inventory.constraints.factories import budget, frame, supplier

ITEMS = [item("A", category="Tea"), item("B", category="Tea")]
TERMS = [terms(sku, order_multiple=12) for sku in "AB"]


def coupled(minimum=0.0, budgets=(), **given_all):
    decisions = decided(ITEMS, inventory=[stock(20, "A"), stock(58, "B")], supply=TERMS, **given_all)
    found = couple(
        decisions.options,
        pd.DataFrame([supplier(minimum_order_value=minimum)]),
        frame(budgets, ["month", "category", "amount_base", "committed_base"]),
        pd.DataFrame(columns=["location", "capacity_m3", "taken_m3"]),
        pd.DataFrame(TERMS),
        CouplingRules("EUR", 180.0, 0.0),
    )
    return decisions, with_orders(decisions, found.choices, "EUR"), found


def test_rows_that_no_limit_touches_stay_as_they_are():
    before, after, _ = coupled()

    assert after is before


def test_a_raised_line_says_its_new_quantity_value_and_why():
    before, after, found = coupled(minimum=800)

    lines = after.recommendations.set_index("sku")
    assert lines["order_units"].gt(before.recommendations.set_index("sku")["order_units"]).any()
    assert lines["order_value_base"].sum() >= 800
    assert lines["order_value_base"].sum() == found.prices["used"].item()
    for sku in found.choices["sku"]:
        row = lines.loc[sku]
        packs = row["order_units"] / 12
        assert row["action"] == "order"
        assert row["binding_constraint"] == row["reasons"]["binding_constraint"] == "supplier minimum"
        assert f"{packs:.0f} packs of 12" in row["reasons"]["sentence"]
        assert "raised to reach Acme's minimum of 800 EUR" in row["reasons"]["sentence"]
        assert row["reasons"]["order_units"] == row["order_units"]
        assert after.policies.set_index("sku").loc[sku, "binding_constraint"] == "supplier minimum"


def test_a_line_that_must_wait_is_no_order_and_says_when_to_look_again():
    before, after, found = coupled(budgets=[budget(0)])

    changed = after.recommendations[after.recommendations["sku"].isin(found.choices["sku"])]
    assert before.recommendations["order_units"].sum() > 0
    assert after.recommendations["order_units"].sum() == 0
    for row in changed.to_dict("records"):
        assert (row["action"], row["order_value"], row["binding_constraint"]) == ("none", 0.0, "order budget")
        assert row["order_by"] == row["placed_on"] + pd.Timedelta(days=7)
        assert "the order budget of April leaves nothing for it now: next review on" in row["reasons"]["sentence"]
        assert row["money_at_stake"] == 0.0
    held = after.exceptions[after.exceptions["kind"] == "held_back"]
    assert set(held["sku"]) <= set(found.choices["sku"])
    assert (held["figures"].map(lambda figures: figures["lost_more_units"]) >= 0.5).all()
    assert len(held) >= 1


def test_columns_and_their_types_stay_the_same():
    before, after, _ = coupled(budgets=[budget(0)])

    pd.testing.assert_series_equal(before.recommendations.dtypes, after.recommendations.dtypes)
    assert np.array_equal(before.recommendations["sku"], after.recommendations["sku"])


def with_open_order(minimum):
    """A has much stock and an order about to come that nobody needs; B needs an order below the minimum."""
    supply = [
        terms("A", order_multiple=12, unit_cost=6.0),
        terms("B", order_multiple=12, unit_cost=60.0, lead_time_days=35),
    ]
    decisions = decided(
        ITEMS,
        inventory=[stock(200, "A"), stock(20, "B")],
        supply=supply,
        orders=[order("P1", units=400, promise=10, sku="A"), order("P2", units=400, promise=60, sku="B", offset=-40)],
        price=100.0,
        overstock_days=400,
    )
    found = couple(
        decisions.options,
        pd.DataFrame([supplier(minimum_order_value=minimum)]),
        pd.DataFrame(columns=["month", "category", "amount_base", "committed_base"]),
        pd.DataFrame(columns=["location", "capacity_m3", "taken_m3"]),
        pd.DataFrame(supply),
        CouplingRules("EUR", 365.0, 0.0),
    )
    return with_orders(decisions, found.choices, "EUR").recommendations


def actions(rows, sku):
    return rows.loc[rows["sku"] == sku, "action"].tolist()


def test_an_item_that_a_limit_orders_keeps_no_proposal_to_turn_its_open_order_away():
    rows = with_open_order(minimum=3000)

    assert actions(rows, "A") == ["order"]
    assert rows.loc[rows["sku"] == "A", "order_units"].item() > 0


def test_an_item_that_stays_without_an_order_keeps_its_proposal():
    assert actions(with_open_order(minimum=2000), "A") == ["none", "postpone"]


def test_a_raised_item_keeps_a_proposal_to_have_its_open_order_sooner():
    assert actions(with_open_order(minimum=3000), "B") == ["order", "expedite"]


def alternatives_of(row):
    names = (
        "cost_if_nothing",
        "cost_if_pack_more",
        "cost_if_pack_less",
        "cost_if_later",
        "later_days",
        "later_lost_units",
    )
    return {name: row["reasons"][name] for name in names}


def one_item(minimum, **company):
    """The line that a supplier's minimum leaves of one item."""
    supply = [terms(order_multiple=12, **company.pop("terms", {}))]
    decisions = decided(inventory=[stock(20)], supply=supply, **company)
    found = couple(
        decisions.options,
        pd.DataFrame([supplier(minimum_order_value=minimum)]),
        pd.DataFrame(columns=["month", "category", "amount_base", "committed_base"]),
        pd.DataFrame(columns=["location", "capacity_m3", "taken_m3"]),
        pd.DataFrame(supply),
        CouplingRules("EUR", 180.0, 0.0),
    )
    return only(with_orders(decisions, found.choices, "EUR"))


def test_alternatives_of_a_raised_line_are_those_of_the_same_quantity_asked_for_by_a_person():
    raised = one_item(36 * 6)
    asked = only(
        decided(
            inventory=[stock(20)],
            supply=[terms(order_multiple=12)],
            parameters=[parameter("minimum_stock_units", 50, sku="A")],
        )
    )

    assert raised["binding_constraint"] == "supplier minimum"
    assert raised["order_units"] == asked["order_units"] == 36
    found, expected = alternatives_of(raised), alternatives_of(asked)
    assert None not in found.values()
    assert found == pytest.approx(expected, abs=0.005)


def test_alternatives_beyond_the_options_are_not_told():
    far = one_item(120 * 6)

    assert far["order_units"] >= 120
    assert far["binding_constraint"] == "supplier minimum"
    assert far["reasons"]["cost_if_pack_more"] is None
    assert far["reasons"]["cost_if_later"] is not None


def test_under_daily_orders_what_a_moved_line_costs_a_week_later_is_not_known():
    row = one_item(48 * 6, review_days=1)
    moved = alternatives_of(row)

    assert row["binding_constraint"] == "supplier minimum"

    assert (moved["cost_if_later"], moved["later_days"]) == (None, None)


def test_a_line_that_must_wait_tells_what_the_smallest_order_would_cost():
    before, after, _ = coupled(budgets=[budget(0)])
    own = before.options[before.options["sku"] == "A"].set_index("order_units")["expected_cost_base"]
    row = after.recommendations.iloc[0]

    assert row["reasons"]["cost_if_pack_more"] == pytest.approx(own[12.0] - own[0.0])
    assert row["reasons"]["cost_if_pack_less"] is None
