"""Lines that gain less than they cost to handle wait, until they gain more."""

import numpy as np
import pytest

from models.inventory.recommendations.reasons import Reasons
from tests.models.inventory.company import decided, only, parameter, stock, terms


def line(on_hand, minimum=5.0, **company):
    return only(decided(inventory=[stock(on_hand)], order_line_gain_minimum=minimum, review_days=1, **company))


def test_a_line_that_gains_too_little_waits_and_says_what_it_would_order_and_gain():
    eager, patient = line(26, minimum=0.0, dispersion=1.5), line(26, dispersion=1.5)

    assert eager["order_units"] > 0
    assert 0 < eager["money_at_stake"] < 5
    reasons = Reasons.from_json(patient["reasons"])
    assert (patient["action"], patient["order_units"]) == ("none", 0)
    assert patient["binding_constraint"] == "gain below minimum"
    assert reasons.waiting_units == eager["order_units"]
    assert reasons.waiting_gain_base == pytest.approx(eager["money_at_stake"], abs=0.006)
    assert "less than the 5.00 EUR a line must gain: it waits" in reasons.sentence


def test_what_costs_more_now_than_at_the_next_review_waits_and_says_so_at_any_minimum():
    supply = [terms(order_multiple=4, minimum_order_quantity=40, fixed_cost_per_line=5.0, lead_time_days=8)]
    row = line(400, minimum=0.0, daily=8.0, dispersion=1.5, level_sd=0.8, supply=supply)

    assert row["inventory_position"] < row["reorder_point"]
    assert (row["order_units"], row["binding_constraint"]) == (0, "gain below minimum")
    reasons = Reasons.from_json(row["reasons"])
    assert reasons.waiting_gain_base < 0
    assert f"now costs {-reasons.waiting_gain_base:.2f} EUR more than waiting: it waits" in reasons.sentence


def test_what_waits_is_ordered_before_much_of_its_sales_is_lost():
    ordered = [on_hand for on_hand in range(30, -1, -1) if line(on_hand, minimum=1e6, daily=0.3)["order_units"] > 0]

    assert 0 in ordered  # no gain of one review is ever so large, and yet nothing is left out of stock
    assert ordered == list(range(ordered[0], -1, -1))  # what is ordered is ordered with less stock too


def test_what_a_person_or_a_target_requires_never_waits():
    required = [parameter("minimum_stock_units", 30)]

    assert line(26, minimum=1e6, parameters=required)["order_units"] > 0
    assert line(18, minimum=1e6, service_by="cycle_service")["order_units"] > 0


def test_an_order_is_the_way_to_the_level_or_its_constraint_says_why():
    for on_hand in range(0, 40, 3):
        row = line(on_hand, minimum=0.0, dispersion=1.5, supply=[terms(order_multiple=1, lead_time_days=30)])
        if row["order_units"] > 0 and row["binding_constraint"] in {"none", "pack"}:
            assert row["inventory_position"] + row["order_units"] == pytest.approx(row["order_up_to_level"])
        assert np.isfinite(row["reorder_point"])
