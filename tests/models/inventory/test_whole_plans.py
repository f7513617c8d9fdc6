"""Rules that hold for every line of a plan: figures, levels, limits and proposals agree with each other."""

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.inventory.constraints import CouplingRules, couple, with_orders
from tests.models.inventory.company import decided, item, order, parameter, stock, terms
from tests.models.inventory.constraints.factories import supplier
from tests.models.inventory.plan_rules import faults

QUICK = settings(max_examples=10, deadline=None)


def coupled(decisions, supply, minimum):
    """The plan with the orders of a supplier that has a minimum."""
    found = couple(
        decisions.options,
        pd.DataFrame([supplier(minimum_order_value=minimum)]),
        pd.DataFrame(columns=["month", "category", "amount_base", "committed_base"]),
        pd.DataFrame(columns=["location", "capacity_m3", "taken_m3"]),
        pd.DataFrame(supply),
        CouplingRules("EUR", 120.0, 5.0),
    )
    return with_orders(decisions, found.choices, "EUR")


@QUICK
@example(on_hand=[0, 0, 0], on_order=[(1, 11)], daily=[0.0] * 3, pack=1, lead=5, dispersion=1.0, minimum=0, most=None)
@given(
    on_hand=st.lists(st.integers(0, 500), min_size=3, max_size=3),
    on_order=st.lists(st.tuples(st.integers(1, 400), st.integers(3, 90)), min_size=0, max_size=4),
    daily=st.lists(st.sampled_from([0.0, 0.05, 0.6, 4.0]), min_size=3, max_size=3),
    pack=st.sampled_from([1, 12]),
    lead=st.sampled_from([5, 40]),
    dispersion=st.sampled_from([1.0, 4.0]),
    minimum=st.sampled_from([0, 800]),
    most=st.none() | st.integers(0, 200),
)
def test_every_line_of_a_plan_agrees_with_itself(on_hand, on_order, daily, pack, lead, dispersion, minimum, most):
    names = ["A", "B", "C"]
    supply = [terms(name, order_multiple=pack, lead_time_days=lead, fixed_cost_per_line=4.0) for name in names]
    orders = [
        order(f"P{number}", units=units, promise=promise, sku=names[number % 3])
        for number, (units, promise) in enumerate(on_order)
    ]
    decisions = decided(
        [item(name) for name in names],
        inventory=[stock(units, name) for units, name in zip(on_hand, names, strict=True)],
        supply=supply,
        daily=daily,
        orders=orders,
        dispersion=dispersion,
        parameters=[] if most is None else [parameter("maximum_stock_units", most, sku="A")],
        price=30.0,
    )

    plan = coupled(decisions, supply, minimum)

    assert faults(plan.recommendations, plan.exceptions) == []


def test_what_never_sold_is_not_ordered_to_fill_an_order():
    sold, never = item("A", last_sale_on=pd.Timestamp("2026-03-30")), item("B", last_sale_on=pd.NaT)
    supply = [terms("A", unit_cost=20.0), terms("B", unit_cost=20.0)]
    decisions = decided(
        [sold, never], inventory=[stock(8, "A"), stock(40, "B")], supply=supply, daily=[2.0, 0.4], price=40.0
    )

    rows = coupled(decisions, supply, 1500).recommendations.set_index("sku")

    assert rows.loc["A", "order_units"] > 0
    assert rows.loc["B", "order_units"] == 0


@pytest.mark.parametrize("on_hand", [0, 40])
def test_a_filled_order_is_no_overstock(on_hand):
    supply = [terms("A", unit_cost=20.0), terms("B", unit_cost=20.0)]
    items = [item(name, last_sale_on=pd.Timestamp("2026-03-30")) for name in "AB"]
    decisions = decided(
        items, inventory=[stock(8, "A"), stock(on_hand, "B")], supply=supply, daily=[2.0, 0.5], price=40.0
    )

    rows = coupled(decisions, supply, 1500).recommendations

    assert (rows["order_units"] > 0).any()
    assert (rows["days_of_supply_after"] <= 130).all()
