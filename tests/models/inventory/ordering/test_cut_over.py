"""Going over from another process: first orders are capped, shadow plans are compared with what was ordered."""

import datetime as dt

import numpy as np
import pandas as pd

from models.inventory.ordering.cut_over import compared_with_orders, with_first_order_cap
from tests.models.inventory.company import AS_OF, day, decided, item, only, order, stock, terms

ITEMS = pd.DataFrame([item("A"), item("B")])


def capped(*orders, as_of=AS_OF, started_on=AS_OF - dt.timedelta(days=10), weeks=4, cap_days=20.0):
    found = with_first_order_cap(
        ITEMS, pd.DataFrame(list(orders)), as_of=as_of, started_on=started_on, weeks=weeks, cap_days=cap_days
    )
    return found["first_order_days"].tolist()


def test_items_not_ordered_since_the_cut_over_are_capped():
    found = capped(order(offset=-5, sku="A"), order(number="P2", offset=-30, sku="B"))

    assert np.isnan(found[0])
    assert found[1] == 20


def test_the_cap_ends_with_its_weeks():
    assert np.isnan(capped(weeks=1)).all()


def test_without_a_cap_nothing_is_capped():
    assert np.isnan(capped(cap_days=None)).all()
    assert np.isnan(capped(started_on=None)).all()


def ordered(**columns):
    return only(decided([item("A", **columns)], inventory=[stock(0)], supply=[terms(order_multiple=4.0)], daily=2.0))


def test_a_capped_first_order_is_smaller_and_says_why():
    free, first = ordered(), ordered(first_order_days=6.0)

    assert free["order_units"] > 12
    assert first["order_units"] == 12
    assert first["binding_constraint"] == "cut-over cap"
    assert "cut-over cap" in first["reasons"]["sentence"]


def test_the_cap_never_stops_an_order_below_one_pack():
    assert ordered(first_order_days=0.5)["order_units"] == 4


def test_a_cap_above_the_order_changes_nothing():
    free, wide = ordered(), ordered(first_order_days=1000.0)

    assert wide["order_units"] == free["order_units"]
    assert wide["binding_constraint"] != "cut-over cap"


def suggestion(offset, units=10.0, sku="A", value=50.0, worth=7.0):
    return {
        "as_of": day(offset), "sku": sku, "location": "BER", "order_units": units, "order_value_base": value,
        "money_at_stake": worth,
    }  # fmt: skip


def compared(suggestions, *orders):
    since = AS_OF - dt.timedelta(days=20)
    found = compared_with_orders(pd.DataFrame(suggestions), pd.DataFrame(list(orders)), since=since, until=AS_OF)
    return found.set_index("sku")


def test_a_suggestion_repeated_every_night_counts_once():
    found = compared([suggestion(-6, 10.0), suggestion(-5, 12.0), suggestion(-4, 14.0)], order(offset=-3, units=30.0))

    assert found.loc["A", "suggested_units"] == 10
    assert found.loc["A", "placed_units"] == 30
    assert found.loc["A", "placed_value_base"] == 150
    assert found.loc["A", "in_common"]


def test_lines_of_one_side_only_are_told_apart():
    found = compared([suggestion(-6, sku="A")], order(offset=-3, sku="B", units=5.0))

    assert found["in_common"].tolist() == [False, False]
    assert (found.loc["A", "placed_units"], found.loc["B", "suggested_units"]) == (0, 0)


def test_orders_before_the_first_shadow_are_not_compared():
    found = compared([suggestion(-6)], order(offset=-40, units=30.0))

    assert found.loc["A", "placed_units"] == 0
