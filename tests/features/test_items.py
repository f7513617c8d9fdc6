import datetime as dt

import pandas as pd

from data_contracts.contract import empty_frame
from data_contracts.tables import CONTRACTS
from features.history import planned_items
from tests.features.factories import AS_OF, demand_lines


def planned(*sold, within=730, **tables):
    skus = ("A", "B", "C", "D", "E", "F")
    catalogue = pd.DataFrame({"sku": skus, "category": "Tea", "unit_price_base": 10.0, "unit_cost_base": 4.0})
    frames = {"products": catalogue, "demand_lines": demand_lines(*sold)} | tables
    return planned_items(frames, as_of=AS_OF, planned_if_sold_within_days=within)


def names(found):
    return list(zip(found["sku"], found["location"], strict=True))


def terms(sku, location="BER", supplier="S", valid_from="1990-01-01", cost=3.0, preferred=None):
    row = {"sku": sku, "location": location, "supplier": supplier, "valid_from": pd.Timestamp(valid_from)}
    return row | {"unit_cost_base": cost, "is_preferred": preferred}


def test_items_are_what_has_terms_stock_orders_a_source_or_sales():
    found = planned(
        {"sku": "F"},
        supply_terms=pd.DataFrame([terms("A")]),
        inventory=pd.DataFrame({"sku": ["B"], "location": ["BER"], "on_hand": [3.0]}),
        purchase_orders=pd.DataFrame(
            {"order_number": ["1"], "line_number": ["1"], "sku": ["C"], "location": ["BER"], "ordered_units": [9.0]}
        ),
        transfer_terms=pd.DataFrame({"sku": ["D"], "from_location": ["BER"], "to_location": ["FBA"]}),
        transfers=pd.DataFrame({"sku": ["E"], "to_location": ["FBA"], "received_on": [pd.NaT]}),
    )

    assert names(found) == [("A", "BER"), ("B", "BER"), ("C", "BER"), ("D", "FBA"), ("E", "FBA"), ("F", "BER")]
    assert found["has_terms"].tolist() == [True, False, False, False, False, False]
    assert found["has_inventory"].tolist() == [False, True, False, False, False, False]
    assert found["has_source"].tolist() == [True, False, False, True, False, False]


def test_old_sales_received_orders_and_empty_shelves_make_no_item():
    order = {"order_number": ["1"], "line_number": ["1"]}

    found = planned(
        {"sku": "A", "date": "2024-03-31"},
        inventory=pd.DataFrame({"sku": ["B"], "location": ["BER"], "on_hand": [0.0]}),
        purchase_orders=pd.DataFrame(order | {"sku": ["C"], "location": ["BER"], "ordered_units": [9.0]}),
        receipts=pd.DataFrame(order | {"received_units": [9.0]}),
    )

    assert names(found) == []


def test_a_sale_on_the_first_day_counted_makes_an_item():
    assert names(planned({"sku": "A", "date": "2024-04-01"})) == [("A", "BER")]


def test_terms_of_the_future_are_no_terms_yet():
    found = planned(supply_terms=pd.DataFrame([terms("A", valid_from="2026-04-01")]))

    assert found["has_terms"].tolist() == [False]


def test_cost_is_that_of_the_preferred_terms_then_the_cheapest_then_the_products():
    table = pd.DataFrame(
        [
            terms("A", supplier="S1", cost=2.0),
            terms("A", supplier="S2", cost=3.0, preferred=True),
            terms("B", supplier="S1", cost=5.0),
            terms("B", supplier="S2", cost=4.5),
            terms("B", supplier="S2", cost=9.0, valid_from="2026-05-01"),
        ]
    )

    found = planned({"sku": "C"}, {"sku": "B", "location": "FBA"}, supply_terms=table)

    costs = dict(zip(names(found), found["unit_cost_base"], strict=True))
    assert costs == {("A", "BER"): 3.0, ("B", "BER"): 4.5, ("B", "FBA"): 4.5, ("C", "BER"): 4.0}


def test_cost_is_landed_with_duty_and_freight():
    table = pd.DataFrame([terms("A", cost=10.0), terms("B", cost=3.0)])
    table = table.assign(duty_rate=[0.12, None], freight_per_unit_base=[0.5, None])

    found = planned({"sku": "A", "location": "FBA"}, supply_terms=table)

    costs = dict(zip(names(found), found["unit_cost_base"].round(9), strict=True))
    assert costs == {("A", "BER"): 11.7, ("A", "FBA"): 11.7, ("B", "BER"): 3.0}


def test_the_market_is_the_country_that_buys_most_else_the_locations():
    locations = pd.DataFrame({"location": ["BER", "FBA"], "country": ["DE", "FR"]})

    found = planned(
        {"sku": "A", "market": "United Kingdom", "units": 3.0},
        {"sku": "A", "market": "FR", "units": 2.0},
        {"sku": "B", "market": "marketplace", "location": "FBA"},
        locations=locations,
    )

    assert found["market"].tolist() == ["GB", "FR"]


def test_a_successor_knows_its_predecessor():
    catalogue = pd.DataFrame({"sku": ["A", "B"], "successor_sku": ["B", None], "category": "Tea"})

    found = planned({"sku": "A"}, {"sku": "B"}, products=catalogue)

    assert found["successor_sku"].tolist() == ["B", None]
    assert found["predecessor_sku"].tolist() == [None, "A"]


def test_empty_tables_of_the_contracts_make_no_items():
    tables = {name: empty_frame(contract) for name, contract in CONTRACTS.items()} | {"demand_lines": demand_lines()}
    tables["supply_terms"] = tables["supply_terms"].assign(unit_cost_base=pd.Series(dtype="float64"))

    found = planned_items(tables, as_of=dt.date(2026, 3, 31), planned_if_sold_within_days=730)

    assert found.empty
