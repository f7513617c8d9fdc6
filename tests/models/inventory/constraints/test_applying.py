"""Decided rows, their sentences and exceptions agree with the quantities that the limits leave."""

import numpy as np
import pandas as pd

from models.inventory.constraints import CouplingRules, couple, with_orders
from tests.models.inventory.company import decided, item, stock, terms
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
        CouplingRules("EUR", 180.0),
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
        assert "the order budget of April leaves nothing for it tonight: look again on" in row["reasons"]["sentence"]
        assert row["money_at_stake"] == 0.0
    held = after.exceptions[after.exceptions["kind"] == "held_back"]
    assert set(held["sku"]) <= set(found.choices["sku"])
    assert (held["figures"].map(lambda figures: figures["lost_more_units"]) >= 0.5).all()
    assert len(held) >= 1


def test_columns_and_their_types_stay_the_same():
    before, after, _ = coupled(budgets=[budget(0)])

    pd.testing.assert_series_equal(before.recommendations.dtypes, after.recommendations.dtypes)
    assert np.array_equal(before.recommendations["sku"], after.recommendations["sku"])
