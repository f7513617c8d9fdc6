"""Stock of days before the first count, by hand: what was sold since is added, what came in is taken off."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.acceptance.accepted import load_accepted
from data_contracts.contract import empty_frame
from data_contracts.tables import CONTRACTS
from flows.inputs import ingest_one
from identity.past_stock import PastStock, as_it_stood, past_stock, stock_of
from settings import Settings, load_settings
from tests.faults.shop import AS_OF, sale, shop

COUNTED = "2026-03-31"


def frame(table, *rows):
    """Rows of an input table; columns that are not named are missing."""
    given = pd.DataFrame(list(rows))
    empty = empty_frame(CONTRACTS[table])
    whole = given.reindex(columns=empty.columns)
    for name in empty.columns:
        if str(empty[name].dtype).startswith("datetime"):
            whole[name] = pd.to_datetime(whole[name])
    return whole


def counts(*rows):
    return frame("inventory", *[dict(zip(("as_of", "sku", "location", "on_hand"), row, strict=True)) for row in rows])


def sold(*rows):
    names = ["date", "sku", "location", "units", "resellable_units"]
    return pd.DataFrame([*rows], columns=names).astype({"date": "datetime64[ns]"})


def stock(*, lines, inventory=((COUNTED, "A", "BER", 30),), period="day", **tables):
    return past_stock({"demand_lines": lines, "inventory": counts(*inventory), **tables}, period)


def on(past, day, counted=()):
    found = past.on(dt.date.fromisoformat(day), counted)
    return {(row.sku, row.location): row.on_hand for row in found.itertuples()}


def test_what_was_sold_since_is_added_and_what_came_back_for_sale_is_taken_off():
    past = stock(lines=sold(("2026-03-30", "A", "BER", 5, 1), ("2026-03-31", "A", "BER", 2, 0)))

    assert on(past, "2026-03-29") == {("A", "BER"): 36}
    assert on(past, "2026-03-30") == {("A", "BER"): 32}


def test_what_came_in_since_is_taken_off():
    orders = frame("purchase_orders", {"order_number": "P", "line_number": "1", "sku": "A", "location": "BER"})
    receipts = frame(
        "receipts",
        {"order_number": "P", "line_number": "1", "received_on": "2026-03-20", "received_units": 12.0},
        {"order_number": "stranger", "line_number": "1", "received_on": "2026-03-20", "received_units": 99.0},
    )
    past = stock(lines=sold(), purchase_orders=orders, receipts=receipts)

    assert on(past, "2026-03-19") == {("A", "BER"): 18}
    assert on(past, "2026-03-20") == {("A", "BER"): 30}


def test_a_transfer_left_one_place_and_came_to_the_other_later():
    moved = {"sku": "A", "from_location": "BER", "to_location": "FBA", "shipped_on": "2026-03-10", "units": 4.0}
    transfers = frame("transfers", {**moved, "received_on": "2026-03-15"}, {**moved, "received_on": None})
    past = stock(lines=sold(), inventory=((COUNTED, "A", "BER", 30), (COUNTED, "A", "FBA", 10)), transfers=transfers)

    assert on(past, "2026-03-09") == {("A", "BER"): 38, ("A", "FBA"): 6}
    assert on(past, "2026-03-12") == {("A", "BER"): 30, ("A", "FBA"): 6}


def test_stock_is_never_below_nothing():
    orders = frame("purchase_orders", {"order_number": "P", "line_number": "1", "sku": "A", "location": "BER"})
    receipts = frame(
        "receipts", {"order_number": "P", "line_number": "1", "received_on": "2026-03-20", "received_units": 99.0}
    )

    assert on(stock(lines=sold(), purchase_orders=orders, receipts=receipts), "2026-03-01") == {("A", "BER"): 0}


def test_the_first_later_count_is_gone_back_from_and_locations_that_were_counted_are_left():
    past = stock(
        lines=sold(("2026-03-10", "A", "BER", 3, 0)),
        inventory=(("2026-03-15", "A", "BER", 20), (COUNTED, "A", "BER", 99), (COUNTED, "B", "BER", 7)),
    )

    assert on(past, "2026-03-09") == {("A", "BER"): 23, ("B", "BER"): 7}
    assert on(past, "2026-03-09", counted={"BER"}) == {}
    assert on(past, COUNTED) == {}


def test_a_week_s_sales_leave_at_its_end_and_a_week_that_the_count_cuts_is_left_out():
    past = stock(lines=sold(("2026-03-16", "A", "BER", 7, 0), ("2026-03-30", "A", "BER", 50, 0)), period="week")

    assert on(past, "2026-03-15") == {("A", "BER"): 37}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 28), st.integers(0, 9)), max_size=20), st.integers(0, 500), st.integers(1, 28))
def test_going_forward_again_from_the_worked_out_stock_ends_at_the_count(sales, counted, day):
    lines = sold(*[(f"2026-03-{at:02d}", "A", "BER", units, 0) for at, units in sales])
    past = stock(lines=lines, inventory=((COUNTED, "A", "BER", counted),))

    before = on(past, f"2026-03-{day:02d}")["A", "BER"]

    assert before - sum(units for at, units in sales if at > day) == counted


def test_tables_of_a_day_before_the_first_count_get_its_stock_and_say_so():
    tables = {"inventory": counts((COUNTED, "A", "BER", 30))}
    past = PastStock(tables["inventory"], sold().assign(units=[]))

    known = as_it_stood(tables, dt.date(2026, 3, 1), Settings(), lambda: past)

    assert known.tables["inventory"][["sku", "location", "on_hand", "reserved"]].to_numpy().tolist() == [
        ["A", "BER", 30.0, 0.0]
    ]
    assert known.tables["inventory"]["as_of"].tolist() == [pd.Timestamp("2026-03-01")]
    assert known.reconstructed == (
        "inventory: worked out backwards from the count of 2026-03-31, what was sold and what came in, at BER",
    )


@pytest.mark.parametrize("day", ["2026-03-31", "2026-03-10"])
def test_a_day_that_was_counted_is_left_as_it_is(day):
    tables = {"inventory": counts(("2026-03-10", "A", "BER", 5), (COUNTED, "A", "BER", 30))}

    known = as_it_stood(tables, dt.date.fromisoformat(day), Settings())

    assert known.reconstructed == ()
    assert len(known.tables["inventory"]) == 1


def test_sales_of_days_to_come_are_no_reason_to_refuse(tmp_path):
    root = shop(tmp_path, sales=[sale("2031-01-15", currency="GBP")])
    settings = load_settings(root)
    tables = {table: load_accepted(ingest_one(settings, table)) for table in settings.sources}

    past = stock_of(tables, settings)

    assert past.movements["date"].max() == pd.Timestamp(AS_OF)
