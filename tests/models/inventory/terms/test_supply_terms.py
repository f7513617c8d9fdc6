"""The terms that hold, the pack, and the source of each item."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inventory.terms.supply_terms import item_terms, pack_units
from tests.models.inventory.company import AS_OF, day, item, terms

NOTHING = pd.DataFrame()


def chosen(rows, items=None, transfers=NOTHING, products=NOTHING, rates=None, as_of=AS_OF, fixed=0.0):
    supply = pd.DataFrame(rows) if rows else NOTHING
    items = pd.DataFrame([item()] if items is None else items)
    return item_terms(
        items,
        supply,
        transfers,
        products,
        placed_on=as_of,
        rates={"EUR": 1.0} if rates is None else rates,
        fixed_cost_per_line=fixed,
    )


def test_the_newest_terms_that_hold_are_taken():
    rows = [
        terms(unit_cost=5.0),
        terms(unit_cost=6.0, valid_from=day(-10)),
        terms(unit_cost=7.0, valid_from=day(1)),
    ]

    assert chosen(rows)["unit_cost"].item() == 6.0
    assert chosen(rows, as_of=AS_OF - dt.timedelta(days=20))["unit_cost"].item() == 5.0


def test_terms_of_the_future_are_none_yet():
    assert chosen([terms(valid_from=day(1))])["source"].item() is None


def test_the_preferred_supplier_wins_and_else_the_cheapest_landed():
    cheap, dear = terms(supplier="zeta", unit_cost=5.0, duty_rate=0.5), terms(supplier="acme", unit_cost=6.0)

    assert chosen([cheap, dear])["supplier"].item() == "acme"  # 7.50 landed against 6.00
    assert chosen([cheap | {"is_preferred": True}, dear | {"is_preferred": False}])["supplier"].item() == "zeta"


def test_landed_cost_has_duty_and_freight_in_base_currency():
    row = terms(unit_cost=10.0, currency="USD", duty_rate=0.05, freight_per_unit=0.5, unit_cost_base=9.0)

    found = chosen([row], rates={}).iloc[0]

    assert found["landed_cost_base"] == pytest.approx((10 * 1.05 + 0.5) * 0.9)
    assert found["rate_to_base"] == pytest.approx(0.9)
    assert chosen([row], rates={"USD": 0.8})["rate_to_base"].item() == 0.8


def test_the_pack_is_the_least_common_multiple():
    row = terms(purchase_unit=6.0, order_multiple=4.0)
    products = pd.DataFrame([{"sku": "A", "pack_size": 10.0}])

    assert chosen([row], products=products)["pack_units"].item() == 12
    assert chosen([terms()], products=products)["pack_units"].item() == 10
    assert chosen([terms()])["pack_units"].item() == 1


def test_fractional_units_are_counted_in_their_steps():
    found = pack_units(np.array([0.5]), np.array([np.nan]), np.array([np.nan]), np.array([0.2]))

    assert found.tolist() == [1.0]


def test_terms_for_any_location_serve_where_none_are_named():
    rows = [terms(location="*", unit_cost=5.0), terms(location="BER", unit_cost=6.0)]

    found = chosen(rows, [item("A", "AMS"), item("A", "BER")])

    assert found["unit_cost"].tolist() == [5.0, 6.0]


def test_the_fixed_cost_is_the_terms_own_or_the_companys():
    rows = [terms("A", fixed_cost_per_line=8.0, currency="USD", unit_cost_base=3.0), terms("B")]

    found = chosen(rows, [item("A"), item("B")], rates={}, fixed=5.0)

    assert found["fixed_cost_base"].tolist() == [4.0, 5.0]


def test_a_location_without_supplier_is_fed_from_the_one_that_its_terms_name():
    routes = pd.DataFrame(
        [
            {"from_location": "BER", "to_location": "FBA", "sku": "*", "lead_time_days": 5.0, "cost_per_unit": 0.4},
            {"from_location": "AMS", "to_location": "FBA", "sku": "A", "lead_time_days": 9.0, "cost_per_unit": 0.2},
        ]
    )
    items = [item("A", "AMS"), item("A", "BER"), item("A", "FBA"), item("B", "BER"), item("B", "FBA")]
    supply = [terms("A", "BER"), terms("A", "AMS", unit_cost=7.0), terms("B", "BER")]

    found = chosen(supply, items, routes)

    assert found["source"].tolist() == ["supplier", "supplier", "transfer", "supplier", "transfer"]
    assert found["from_location"].tolist()[2] == "AMS"  # named for the SKU
    assert found["from_location"].tolist()[4] == "BER"
    assert found["landed_cost_base"].tolist()[2] == pytest.approx(7.2)


def test_a_supplier_goes_before_a_transfer():
    routes = pd.DataFrame([{"from_location": "AMS", "to_location": "BER", "sku": "*", "lead_time_days": 1.0}])

    assert chosen([terms()], [item("A", "AMS"), item("A", "BER")], routes)["source"].tolist() == [None, "supplier"]


@given(unit=st.integers(1, 40), multiple=st.integers(1, 40))
def test_a_pack_is_a_multiple_of_both(unit, multiple):
    found = pack_units(np.array([unit * 1.0]), np.array([multiple * 1.0]), np.array([7.0]), np.array([1.0])).item()

    assert found % unit == 0
    assert found % multiple == 0
    assert found <= unit * multiple
