"""The classical policies, by setting."""

import numpy as np
import pytest

from models.inventory.ordering.classical import CLASSICAL, classical_levels, order_units, policies_of
from models.inventory.terms.service_targets import Targets
from tests.models.inventory.company import decided, demand, item, only, stock, terms

FIXED = {"supply": [terms(fixed_cost_per_line=20)], "service_by": "cycle_service", "cycle_service_target": 0.95}


def levels(policy, position, *, economic=0.0):
    distribution = demand([item()], 2.0)
    return classical_levels(
        np.array([policy], dtype=object),
        np.array([float(position)]),
        targets=Targets(np.array(["cycle_service"], dtype=object), np.array([0.95])),
        until_arrival=distribution.interval(1, 10),
        protection=distribution.interval(1, 17),
        economic_units=np.array([economic]),
    )


def test_all_start_from_the_smallest_level_that_reaches_the_service():
    level = demand([item()], 2.0).quantile(0.95, 1, 17).item()

    assert all(levels(policy, 0).reorder_point.item() == level - 1 for policy in CLASSICAL)


@pytest.mark.parametrize("policy", CLASSICAL)
@pytest.mark.parametrize("below", [0, 5, 60])
def test_orders_are_the_textbook_functions(policy, below):
    point = levels(policy, 0).reorder_point.item()
    found = levels(policy, point - below, economic=40.0)

    quantity = 40.0
    expected = order_units(
        policy,
        point - below,
        reorder_point=point,
        order_up_to_level=point + 1 if policy in {"(R,S)", "(S-1,S)"} else point + quantity,
        order_quantity=quantity,
    )

    assert found.wanted.item() == expected
    assert levels(policy, point + 1, economic=40.0).wanted.item() == 0


def test_without_an_economic_quantity_a_fixed_one_is_a_reviews_demand():
    point = levels("(s,Q)", 0).reorder_point.item()

    assert levels("(s,Q)", point).wanted.item() == 14


def test_unknown_stock_wants_nothing():
    assert levels("(s,S)", np.nan).wanted.item() == 0


def test_the_setting_decides_and_the_policy_is_told():
    up_to, fixed = (
        decided(inventory=[stock(18)], policy="(R,S)", **FIXED),
        decided(inventory=[stock(18)], policy="(s,Q)", **FIXED),
    )
    economic = np.sqrt(2 * 20 * 2 / (6 * 0.20 / 365))

    assert up_to.policies["policy"].item() == "(R,S)"
    assert only(up_to)["inventory_position"] + only(up_to)["order_units"] == only(up_to)["order_up_to_level"]
    assert fixed.policies["policy"].item() == "(s,Q)"
    assert only(fixed)["order_units"] == np.ceil(economic)


def test_a_policy_by_class_holds_for_its_class():
    classes = np.array(["A", "B", "C"], dtype=object)
    spread = np.array(["X", "Y", "Z"], dtype=object)

    found = policies_of("cost", {"C": "(R,S)", "CZ": "(s,S)", "Y": "(s,Q)"}, classes, spread)

    assert found.tolist() == ["cost", "(s,Q)", "(s,S)"]


def test_a_classical_policy_counts_backorders_where_demand_is_lost():
    # 16 days of 2 a day pass before the order arrives: textbook levels replace these sales, the cost curve does not.
    by_cost, classical = only(decided(inventory=[stock(0)])), only(decided(inventory=[stock(0)], policy="(R,S)"))

    assert classical["order_units"] > by_cost["order_units"] + 20


def test_what_only_the_policy_asks_for_is_told():
    row = only(decided(inventory=[stock(55)], policy="(R,S)", supply=[terms(fixed_cost_per_line=20)]))

    assert row["order_units"] > 0
    assert "required by the (R,S) policy, on cost alone it could wait" in row["reasons"]["sentence"]
