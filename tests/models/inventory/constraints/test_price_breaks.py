"""Every price break is a quantity that a limit may leave, not the first ones alone."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.inventory.constraints import CouplingRules, couple
from tests.models.inventory.company import decided, parameter, stock, terms
from tests.models.inventory.constraints.factories import budget, frame, supplier


def offered(breaks, **company):
    """Options of an item whose supplier grants `breaks`: (units, unit cost)."""
    text = "all_units: " + "; ".join(f"{units:g}={cost:.4f}" for units, cost in breaks)
    supply = [terms(order_multiple=6, price_breaks=text)]
    return decided(inventory=[stock(10)], supply=supply, scenarios=64, **company).options


def left_by(options, amount):
    """The row of the quantity that an order budget leaves."""
    found = couple(
        options,
        pd.DataFrame([supplier()]),
        frame([budget(amount)], []),
        pd.DataFrame(columns=["location", "capacity_m3", "taken_m3"]),
        pd.DataFrame([terms()]),
        CouplingRules("EUR", 180.0, 0.0),
    )
    units = (
        found.choices["order_units"].item()
        if len(found.choices)
        else options.set_index("is_chosen").loc[True, "order_units"]
    )
    return options.set_index("order_units").loc[units]


def test_a_budget_leaves_the_third_break_where_that_is_cheapest():
    options = offered([(24, 5.9), (30, 5.8), (72, 1.2), (300, 1.0)])
    chosen = options.loc[options["is_chosen"], "order_units"].item()

    assert chosen >= 300
    assert left_by(options, 72 * 1.2).name == 72


def test_a_budget_waits_where_the_next_order_gets_a_far_better_price():
    """72 at 3.00 would cost 144 more than the same units at the next order's 1.00, which lost sales do not outweigh."""
    options = offered([(24, 5.9), (30, 5.8), (72, 3.0), (300, 1.0)])

    assert left_by(options, 72 * 3.0).name == 0


def test_breaks_beyond_what_an_item_may_order_are_no_options():
    options = offered([(24, 5.9), (30, 5.8), (72, 3.0), (300, 1.0)], parameters=[parameter("maximum_stock_units", 100)])

    assert options["order_units"].max() <= 90


@given(
    steps=st.lists(st.integers(2, 8), min_size=3, max_size=5),
    falls=st.lists(st.floats(0.4, 0.9), min_size=5, max_size=5),
    last=st.integers(2, 4),
)
@settings(max_examples=8, deadline=None)
def test_no_break_within_a_budget_costs_less_than_what_the_budget_leaves(steps, falls, last):
    units, cost, breaks = 0.0, 6.0, []
    for step, fall in zip(steps, falls, strict=False):
        units, cost = units + 6 * step, cost * fall
        breaks.append((units, cost))
    breaks.append((units + 300, cost / 8))
    options = offered(breaks)
    at_last = breaks[min(last, len(breaks) - 2)]
    # Lines are rounded to the cent.
    amount = round(at_last[0] * round(at_last[1], 4), 2) + 0.005

    left = left_by(options, amount)

    for at_break, unit_cost in breaks:
        if round(at_break * round(unit_cost, 4), 2) <= amount and at_break <= options["most_units"].iloc[0]:
            asked = offered(breaks, parameters=[parameter("minimum_stock_units", 10 + at_break, sku="A")])
            priced = asked.set_index("order_units")["expected_cost_base"]
            assert left["expected_cost_base"] <= priced[at_break] + 1e-4 * max(abs(priced[at_break]), 1.0)
    assert left["order_value_base"] <= amount + 1e-6


def test_a_break_between_packs_is_reached_by_the_next_whole_pack():
    options = offered([(13, 5.9), (61, 5.8), (121, 5.7), (181, 5.6)])

    assert {18.0, 66.0, 126.0, 186.0} <= set(options["order_units"])
    assert options.set_index("order_units").loc[186.0, "order_value"] == pytest.approx(186 * 5.6)
