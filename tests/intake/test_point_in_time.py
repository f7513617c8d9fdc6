import datetime as dt

import pandas as pd

from intake.point_in_time import as_known_on
from tests.identity.demand_factories import inventory, sales

AS_OF = dt.date(2026, 3, 10)


def order(number="PO-1", ordered_on="2026-03-01", status="open", units=10.0):
    row = {"order_number": number, "line_number": "1", "sku": "A", "location": "BER", "supplier": "S"}
    return row | {"ordered_on": pd.Timestamp(ordered_on), "ordered_units": units, "status": status}


def receipt(received_on, units=10.0, number="PO-1"):
    return {
        "order_number": number,
        "line_number": "1",
        "received_on": pd.Timestamp(received_on),
        "received_units": units,
    }


def orders_then(orders, receipts):
    known = as_known_on({"purchase_orders": pd.DataFrame(orders), "receipts": pd.DataFrame(receipts)}, AS_OF)
    return known.tables["purchase_orders"], known.tables["receipts"], known.reconstructed


def stock(date, on_hand, location="BER"):
    return {"date": pd.Timestamp(date), "sku": "A", "location": location, "on_hand": on_hand}


def test_what_happened_after_the_date_is_cut():
    frames = {
        "sales": sales({"date": "2026-03-10"}, {"date": "2026-03-11"}),
        "fx_rates": pd.DataFrame({"date": pd.to_datetime(["2026-03-10", "2026-03-11"]), "currency": "USD"}),
        "stock_levels": pd.DataFrame([stock("2026-03-10", 1.0), stock("2026-03-11", 2.0)]),
    }

    known = as_known_on(frames, AS_OF)

    assert {table: len(known.tables[table]) for table in frames} == dict.fromkeys(frames, 1)
    assert len(frames["sales"]) == 2


def test_an_order_placed_later_is_not_known():
    orders, _, reconstructed = orders_then([order(ordered_on="2026-03-11")], [receipt("2026-03-20")])

    assert len(orders) == 0
    assert reconstructed == ()


def test_an_order_received_later_is_open_and_said_to_be():
    orders, receipts, reconstructed = orders_then([order(status="received")], [receipt("2026-03-11")])

    assert orders["status"].tolist() == ["open"]
    assert len(receipts) == 0
    assert reconstructed == ("purchase_orders: 1 lines received after 2026-03-10 are open",)


def test_an_order_received_by_then_stays_received():
    orders, receipts, reconstructed = orders_then([order(status="received")], [receipt("2026-03-10")])

    assert orders["status"].tolist() == ["received"]
    assert len(receipts) == 1
    assert reconstructed == ()


def test_a_transfer_received_later_is_under_way():
    transfers = pd.DataFrame(
        {
            "shipped_on": pd.to_datetime(["2026-03-08", "2026-03-08", "2026-03-11"]),
            "received_on": pd.to_datetime(["2026-03-09", "2026-03-12", None]),
        }
    )

    known = as_known_on({"transfers": transfers}, AS_OF)

    assert known.tables["transfers"]["received_on"].isna().tolist() == [False, True]
    assert known.reconstructed == ("transfers: 1 lines received after 2026-03-10 are under way",)


def test_inventory_of_the_day_is_taken_as_it_is():
    frames = {
        "inventory": pd.concat([inventory("A", as_of="2026-03-09"), inventory("A", as_of="2026-03-10")]),
        "stock_levels": pd.DataFrame([stock("2026-03-10", 99.0)]),
    }

    known = as_known_on(frames, AS_OF)

    assert known.tables["inventory"]["on_hand"].tolist() == [5.0]
    assert known.reconstructed == ()


def test_inventory_is_rebuilt_from_stock_levels_of_the_day():
    frames = {
        "inventory": inventory("A", as_of="2026-03-31"),
        "stock_levels": pd.DataFrame([stock("2026-03-09", 8.0), stock("2026-03-10", 7.0)]),
    }

    known = as_known_on(frames, AS_OF)

    rebuilt = known.tables["inventory"]
    assert rebuilt[["sku", "location", "on_hand", "reserved"]].to_numpy().tolist() == [["A", "BER", 7.0, 0.0]]
    assert rebuilt["as_of"].tolist() == [pd.Timestamp(AS_OF)]
    assert known.reconstructed == ("inventory: taken from stock_levels of 2026-03-10 at BER",)


def test_only_locations_without_inventory_are_rebuilt():
    frames = {
        "inventory": inventory("A", as_of="2026-03-10"),
        "stock_levels": pd.DataFrame([stock("2026-03-10", 9.0), stock("2026-03-10", 3.0, location="FBA")]),
    }

    known = as_known_on(frames, AS_OF)

    assert known.tables["inventory"][["location", "on_hand"]].to_numpy().tolist() == [["BER", 5.0], ["FBA", 3.0]]


def test_older_stock_levels_are_not_taken_for_that_day():
    frames = {"inventory": inventory("A"), "stock_levels": pd.DataFrame([stock("2026-03-09", 8.0)])}

    assert as_known_on(frames, AS_OF).tables["inventory"].empty


def test_a_weeks_stock_row_carries_its_first_day():
    frames = {"inventory": inventory("A"), "stock_levels": pd.DataFrame([stock("2024-04-08", 4.0)])}

    known = as_known_on(frames, dt.date(2024, 4, 14), period="week")

    assert known.tables["inventory"]["on_hand"].tolist() == [4.0]


def test_the_newest_plan_knows_what_has_happened_since_its_day():
    stock_rows = pd.concat([inventory("A", as_of=f"2026-03-{day}") for day in (9, 10, 12, 14)])
    tables = {
        "purchase_orders": pd.DataFrame(
            [order(ordered_on="2026-03-12", status="received"), order("PO-2", "2026-03-14")]
        ),
        "receipts": pd.DataFrame([receipt("2026-03-13"), receipt("2026-03-14", number="PO-2")]),
        "sales": sales({"date": "2026-03-10"}, {"date": "2026-03-11"}),
        "inventory": stock_rows,
    }

    known = as_known_on(tables, AS_OF, known_until=dt.date(2026, 3, 13))

    assert known.tables["purchase_orders"][["order_number", "status"]].to_numpy().tolist() == [["PO-1", "received"]]
    assert known.tables["receipts"]["received_on"].tolist() == [pd.Timestamp("2026-03-13")]
    assert known.tables["inventory"]["as_of"].dt.day.tolist() == [10, 12]
    assert len(known.tables["sales"]) == 1
    assert known.reconstructed == ()
