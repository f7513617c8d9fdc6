"""Made-up bundles in stock and on order count as units of their components, as far as the bundle itself sells them."""

import datetime as dt

import pandas as pd
import pytest

from features.items import planned_items
from identity.resolve import resolve_identity
from tests.identity.demand_factories import inventory, products, sales, settings

AS_OF = dt.date(2026, 3, 31)
DAYS = [str(day.date()) for day in pd.date_range(end="2026-03-31", periods=91)]


def bundles(*rows):
    return pd.DataFrame(rows or [("FIVE", "A", 5.0)], columns=["bundle_sku", "component_sku", "units"])


def stock(**on_hand):
    return inventory(*on_hand).assign(on_hand=[float(units) for units in on_hand.values()])


def daily(sku, units=1.0, **more):
    return [{"date": day, "sku": sku, "units": units, **more} for day in DAYS]


def order(sku="FIVE", units=40.0, number="P1", expected="2026-04-03", status="open", location="BER"):
    dates = {"ordered_on": pd.Timestamp("2026-03-25"), "expected_on": pd.Timestamp(expected)}
    line = {"order_number": number, "line_number": "1", "sku": sku, "location": location, "supplier": "S"}
    return line | dates | {"ordered_units": units, "status": status}


def resolved(sold, *, of=None, **tables):
    """A company that sells `sold`, with products A, B, FIVE and SET."""
    given = {
        "sales": sales(*sold),
        "products": products("A", "B", "FIVE", "SET"),
        "bundles": bundles() if of is None else of,
        "inventory": stock(A=20),
        "supply_terms": pd.DataFrame({"sku": ["A", "B"], "location": "BER", "supplier": "S", "lead_time_days": 10.0,
                                      "currency": "EUR", "unit_cost": 3.0, "valid_from": pd.NaT, "is_preferred": None}),
    }  # fmt: skip
    return resolve_identity(given | tables, settings(), AS_OF)


def on_hand(found):
    return found.tables["inventory"].set_index("sku")["on_hand"].to_dict()


def orders(*rows):
    return pd.DataFrame(list(rows))


def receipts(*rows):
    frame = pd.DataFrame(list(rows), columns=["order_number", "line_number", "received_on", "received_units"])
    return frame.assign(received_on=pd.to_datetime(frame["received_on"]))


def test_forty_made_up_fives_are_two_hundred_singles_where_nobody_buys_the_single():
    found = resolved(daily("FIVE"), inventory=stock(A=20, FIVE=40))

    assert on_hand(found) == {"A": 220}


def test_an_order_for_forty_fives_is_two_hundred_singles_on_order():
    found = resolved(daily("FIVE"), purchase_orders=orders(order()), receipts=receipts())

    line = found.tables["purchase_orders"].iloc[0]
    assert (line["sku"], line["order_number"], line["line_number"], line["ordered_units"]) == ("A", "P1", "1", 200)


def test_a_bundle_is_no_planned_item_whatever_is_stocked_ordered_moved_or_agreed_of_it():
    terms = pd.DataFrame({"sku": ["FIVE"], "location": ["BER"], "supplier": ["S"], "lead_time_days": [10.0],
                          "currency": ["EUR"], "unit_cost": [9.0], "valid_from": [pd.NaT], "is_preferred": None})  # fmt: skip
    moved = pd.DataFrame([{"transfer_number": "T1", "line_number": "1", "sku": "FIVE", "from_location": "BER",
                           "to_location": "FBA", "shipped_on": pd.Timestamp("2026-03-30"), "units": 4.0,
                           "expected_on": pd.NaT, "received_on": pd.NaT}])  # fmt: skip
    found = resolved(
        daily("FIVE"),
        inventory=stock(A=20, FIVE=40),
        purchase_orders=orders(order()),
        receipts=receipts(),
        transfers=moved,
        supply_terms=terms,
    )

    planned = planned_items(found.tables, as_of=AS_OF, planned_if_sold_within_days=365)
    assert set(planned["sku"]) == {"A"}
    assert found.tables["transfers"][["sku", "units"]].to_numpy().tolist() == [["A", 20.0]]
    assert len(found.tables["supply_terms"]) == 0
    told = found.results.set_index("rule")
    assert told.loc["supply_terms.bundle.terms", "rows_failed"] == 1
    assert "400 units count and 0 do not" in told.loc["inventory.bundle.made_up", "first_example"]


def test_singles_that_people_buy_alone_are_not_served_by_more_bundles_than_the_bundle_sells():
    # One five a day and 20 singles a day beside: within the ten days' lead time bundles use 50 singles.
    found = resolved([*daily("FIVE"), *daily("A", 20.0)], inventory=stock(A=20, FIVE=40))

    assert on_hand(found) == {"A": 70}
    row = found.tables["bundle_components"].set_index("location").loc["BER"]
    assert row[["sku", "component_sku"]].tolist() == ["FIVE", "A"]
    assert row[["units_in_bundle", "sold_units", "stock_units", "stock_counted"]].tolist() == [5, 455, 200, 50]
    assert (
        "50 units count and 150 do not"
        in found.results.set_index("rule").loc["inventory.bundle.made_up", "first_example"]
    )


def test_what_is_in_stock_is_used_first_and_what_is_on_order_counts_for_the_rest():
    found = resolved(
        [*daily("FIVE"), *daily("A", 20.0)],
        inventory=stock(A=20, FIVE=6),
        purchase_orders=orders(order(units=3.0, number="P1"), order(units=30.0, number="P2", expected="2026-05-01")),
        receipts=receipts(),
    )

    assert on_hand(found) == {"A": 50}
    ordered = found.tables["purchase_orders"].set_index("order_number")["ordered_units"].to_dict()
    assert ordered == {"P1": 15, "P2": pytest.approx(5)}
    row = found.tables["bundle_components"].iloc[0]
    assert row[["stock_counted", "order_units", "order_counted"]].tolist() == pytest.approx([30, 165, 20])


def test_a_bundle_that_is_nowhere_is_told_once_with_what_it_is_made_of():
    found = resolved(daily("FIVE"), of=bundles(("FIVE", "A", 5.0), ("SET", "A", 1.0), ("SET", "B", 2.0)))

    rows = found.tables["bundle_components"]
    told = rows[["sku", "component_sku", "location", "units_in_bundle", "sold_units"]].to_numpy().tolist()
    assert told == [["FIVE", "A", "BER", 5, 455], ["SET", "A", "*", 1, 0], ["SET", "B", "*", 2, 0]]


def test_a_bundle_that_nobody_buys_serves_nobody():
    found = resolved(daily("A"), inventory=stock(A=20, FIVE=40))

    assert on_hand(found) == {"A": 20}


def test_bundles_promised_to_customers_are_not_there_and_owed_ones_are_owed_units():
    promised = stock(A=20, FIVE=40).assign(reserved=[0.0, 10.0])
    owed = stock(A=20, FIVE=0).assign(backordered=[1.0, 3.0])

    assert on_hand(resolved(daily("FIVE"), inventory=promised)) == {"A": 170}
    found = resolved([*daily("FIVE"), *daily("A", 20.0)], inventory=owed).tables["inventory"].iloc[0]
    assert (found["on_hand"], found["backordered"]) == (20, 16)


def test_a_bundle_of_several_components_holds_each_and_its_lines_stay_apart():
    of = bundles(("SET", "A", 2.0), ("SET", "B", 1.0))
    part = [{"order_number": "P1", "line_number": "1", "received_on": "2026-03-30", "received_units": 4.0}]
    found = resolved(
        daily("SET"),
        of=of,
        inventory=stock(A=20, B=5, SET=10),
        purchase_orders=orders(order("SET", 10.0, status="partly_received")),
        receipts=receipts(*[tuple(row.values()) for row in part]),
    )

    assert on_hand(found) == {"A": 40, "B": 15}
    lines = found.tables["purchase_orders"]
    assert lines[["sku", "line_number", "ordered_units"]].to_numpy().tolist() == [["A", "1/A", 20], ["B", "1/B", 10]]
    assert found.tables["receipts"][["line_number", "received_units"]].to_numpy().tolist() == [["1/A", 8], ["1/B", 4]]


def test_a_bundle_of_bundles_holds_the_components_at_the_bottom():
    of = bundles(("FIVE", "A", 5.0), ("SET", "FIVE", 2.0))

    assert on_hand(resolved(daily("SET"), of=of, inventory=stock(A=1, SET=3))) == {"A": 31}


def test_bundles_count_at_their_own_location_alone():
    there = stock(FIVE=40).assign(location="FBA")
    both = pd.concat([stock(A=20), there], ignore_index=True)
    found = resolved([*daily("FIVE"), *daily("A", 20.0), *daily("A", 20.0, location="FBA")], inventory=both)

    assert found.tables["inventory"][["sku", "location", "on_hand"]].to_numpy().tolist() == [["A", "BER", 20]]


def test_a_component_that_is_kept_in_bundles_only_has_their_stock():
    assert on_hand(resolved(daily("FIVE"), inventory=stock(FIVE=40))) == {"A": 200}


def test_the_newest_count_of_the_bundle_is_added_to_the_newest_of_the_component():
    days = [stock(A=units, FIVE=fives).assign(as_of=pd.Timestamp(day)) for day, units, fives in
            (("2026-03-30", 30, 50), ("2026-03-31", 20, 40))]  # fmt: skip
    found = resolved(daily("FIVE"), inventory=pd.concat(days, ignore_index=True)).tables["inventory"]

    assert found.set_index("as_of")["on_hand"].tolist() == [30, 220]


def test_bundles_that_the_newest_counts_no_longer_name_are_gone():
    old = stock(FIVE=40).assign(as_of=pd.Timestamp("2026-03-20"))
    found = resolved(daily("FIVE"), inventory=pd.concat([old, stock(A=20)], ignore_index=True))

    assert on_hand(found) == {"A": 20}


@pytest.mark.parametrize(("sold", "hidden"), [(daily("FIVE"), True), ([*daily("FIVE"), *daily("A", 20.0)], False)])
def test_the_stock_history_of_a_bundle_is_that_of_a_component_sold_in_bundles_only(sold, hidden):
    levels = pd.DataFrame({"date": pd.to_datetime(["2026-03-30"] * 2), "sku": ["A", "FIVE"], "location": "BER",
                           "on_hand": [0.0, 7.0], "in_stock": pd.array([None, None], dtype="boolean"),
                           "in_stock_share": float("nan")})  # fmt: skip
    gone = pd.DataFrame({"sku": ["FIVE"], "location": ["BER"], "starts_on": pd.to_datetime(["2026-03-20"]),
                         "ends_on": pd.to_datetime(["2026-03-21"])})  # fmt: skip
    found = resolved(sold, stock_levels=levels, stockouts=gone).tables["stock_levels"].set_index("date")

    assert found.loc["2026-03-30", "on_hand"] == (35 if hidden else 0)
    assert ("2026-03-20" in found.index.astype(str)) == hidden


def test_a_company_without_bundles_in_stock_or_orders_is_left_as_it_is():
    found = resolved(daily("FIVE"))

    assert on_hand(found) == {"A": 20}
    assert not found.results["rule"].str.contains(".bundle.", regex=False).any()
