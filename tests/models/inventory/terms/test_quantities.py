"""From wanted to ordered units, price breaks and money."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inventory.terms.money_rounding import line_values, minor_digits, rounded_money
from models.inventory.terms.order_limits import Limits, packs_down, within_limits
from models.inventory.terms.price_breaks import order_unit_cost, parse_price_breaks, worthwhile_quantities


def cut(wanted, *, held=0.0, minimum=0.0, pack=1.0, **rooms):
    one = np.ones(1)
    limits = Limits(**{name: one * rooms.get(name, np.inf) for name in ("order", "position", "sellable", "source")})
    units, binding = within_limits(
        one * wanted, position=one * held, minimum=one * minimum, pack=one * pack, limits=limits
    )
    return units.item(), binding.item()


def test_nothing_is_cut_without_limits():
    assert cut(48.0, pack=12.0) == (48.0, None)


@pytest.mark.parametrize(
    ("room", "name"),
    [("order", "maximum order"), ("position", "maximum stock"), ("sellable", "phase-out"), ("source", "source stock")],
)
def test_a_limit_rounds_down_to_whole_packs_and_is_named(room, name):
    assert cut(48.0, pack=12.0, **{room: 40.0}) == (36.0, name)


def test_what_is_held_already_takes_room():
    assert cut(48.0, pack=12.0, held=10.0, position=40.0) == (24.0, "maximum stock")


def test_less_than_the_minimum_is_nothing():
    assert cut(48.0, pack=12.0, minimum=40.0, order=47.0) == (0.0, "maximum order")


@given(order=st.integers(0, 20), position=st.integers(0, 200), most=st.integers(0, 400), pack=st.integers(1, 24))
def test_a_hard_maximum_is_never_passed(order, position, most, pack):
    one = np.ones(1)
    limits = Limits(order=one * np.inf, position=one * most, sellable=one * np.inf, source=one * np.inf)

    found, _ = within_limits(
        one * order * pack, position=one * position, minimum=one * 0, pack=one * pack, limits=limits
    )

    units = found.item()
    assert units == 0 or position + units <= most
    assert units == packs_down(min(order * pack, max(most - position, 0)), pack)


def raised(order, text, *, cost=6.0, daily=2.0, holding=6 * 0.2 / 365, fixed=0.0):
    one = np.ones(1)
    return worthwhile_quantities(
        one * order,
        breaks=[text],
        unit_cost=one * cost,
        extra_cost=one * 0.0,
        fixed_cost=one * fixed,
        holding_per_unit_day=one * holding,
        daily_demand=one * daily,
    ).item()


def test_eoq_with_all_units_discounts():
    """inventory_cases.json, eoq-discount-1: 500 units at 450 a year's demand of 1000."""
    text = "all_units: 200=475; 500=450"

    assert raised(89.0, text, cost=500.0, daily=1000.0, holding=100.0, fixed=200.0) == 500.0


def test_eoq_with_incremental_discounts():
    """inventory_cases.json, eoq-incremental-1: 1481.9 units, rounded up to whole ones."""
    text = "incremental: 300=90; 600=80"

    assert raised(170.0, text, cost=100.0, daily=2400.0, holding=25.0, fixed=150.0) == pytest.approx(1482, abs=25)


def test_a_break_is_taken_however_long_it_lasts_where_it_saves_more_than_it_holds():
    # 1,500 units last two years: each waits for one on average, for 0.2 of its price.
    assert raised(24.0, "all_units: 1500=4.00") == 1500.0
    assert raised(24.0, "all_units: 1500=5.20") == 24.0


def test_nothing_ordered_is_not_raised():
    assert raised(0.0, "all_units: 50=1.00") == 0.0


def test_the_cost_of_a_unit_is_that_of_its_tier():
    texts = ["all_units: 100=5; 200=4", "incremental: 100=5; 200=4", None]

    cost = order_unit_cost(np.full(3, 250.0), np.full(3, 6.0), texts)

    np.testing.assert_allclose(cost, [4.0, (100 * 6 + 100 * 5 + 50 * 4) / 250, 6.0])


@pytest.mark.parametrize("text", ["", "100=5", "all_units: many=5", "bulk: 100=5"])
def test_price_breaks_that_cannot_be_read_are_named(text):
    with pytest.raises(ValueError, match="price_breaks"):
        parse_price_breaks(text)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.345", "EUR", "2.34"),
        ("2.355", "EUR", "2.36"),
        ("2.5", "JPY", "2"),
        ("3.5", "JPY", "4"),
        ("1.0005", "KWD", "1.000"),
    ],
)
def test_money_is_rounded_half_even_to_the_minor_unit(amount, currency, rounded):
    assert rounded_money(Decimal(amount), currency) == Decimal(rounded)


def test_currencies_know_their_minor_unit():
    assert [minor_digits(code) for code in ("EUR", "USD", "JPY", "BHD", None)] == [2, 2, 0, 3, 2]


def test_a_line_is_rounded_once_from_its_exact_value():
    # 0.335 x 3 is 1.005 exactly, and not the 1.00499... of binary fractions.
    assert line_values(np.array([3.0, 7.0]), np.array([0.335, 0.335]), ["EUR", "EUR"]).tolist() == [1.0, 2.34]
    assert np.isnan(line_values(np.array([3.0]), np.array([np.nan]), [None])).all()
