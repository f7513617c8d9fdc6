"""Stocky-style exports become inventory, purchase orders and receipts."""

import pytest

from data_contracts.judging.accepted import load_accepted, load_rejected
from intake.connectors import stocky
from settings import DataRefused
from tests.data_contracts.company import ingest, write
from tests.intake.connectors.checking import check, converted, csv_of, made, reasons

HEADER = (
    "PO Number,Status,Supplier Name,SKU,Quantity Ordered,Location,Order Date,Expected At,Quantity Received,Received At"
)


def orders(*rows, header=HEADER):
    return made("purchase_orders", "stocky_purchase_orders", csv_of(header, *rows))


def test_lines_are_numbered_within_their_order_and_take_its_fields():
    rows = orders(
        "PO-1,Ordered,Potter,MUG,24,Hall,2026-03-02,2026-03-23,0,",
        ",,,BOWL,12,,,,0,",
        "PO-2,Open,Weaver,TEE,5,Hall,46083,,0,",
    )

    assert rows["order_number"].tolist() == ["PO-1", "PO-1", "PO-2"]
    assert rows["line_number"].tolist() == ["1", "2", "1"]
    assert rows["supplier"].tolist() == ["Potter", "Potter", "Weaver"]
    assert rows["location"].tolist() == ["Hall"] * 3
    assert rows["ordered_on"].tolist() == ["2026-03-02", "2026-03-02", "2026-03-02"]
    assert rows["expected_on"].tolist() == ["2026-03-23", "2026-03-23", ""]
    assert rows["status"].tolist() == ["open"] * 3


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Ordered", "open"),
        ("Partially Received", "partly_received"),
        ("Received", "received"),
        ("Extra received", "received"),
        ("Archived", "closed"),
        ("Canceled", "cancelled"),
        ("On the moon", "On the moon"),
    ],
)
def test_states_are_those_of_the_contract_and_unknown_ones_stay(written, status):
    rows = orders(f"PO-1,{written},Potter,MUG,24,Hall,2026-03-02,2026-03-23,0,")

    assert rows["status"].tolist() == [status]


def test_drafts_are_left_out_and_said():
    text = csv_of(HEADER, "PO-1,Draft,Potter,MUG,24,Hall,2026-03-02,,0,", "PO-2,Open,Potter,MUG,24,Hall,2026-03-02,,0,")

    raw = converted("purchase_orders", "stocky_purchase_orders", text)

    assert raw.rows.column("order_number").to_pylist() == ["PO-2"]
    assert reasons(raw) == {stocky.DRAFT: 1}


def test_what_came_in_is_a_receipt_of_the_same_line():
    text = csv_of(
        HEADER,
        "PO-1,Partially Received,Potter,MUG,24,Hall,2026-03-02,2026-03-23,0,",
        "PO-1,Partially Received,Potter,BOWL,12,Hall,2026-03-02,2026-03-23,8,2026-03-20",
    )

    raw = converted("receipts", "stocky_purchase_orders", text)

    assert raw.rows.to_pylist() == [
        {"order_number": "PO-1", "line_number": "2", "received_on": "2026-03-20", "received_units": "8"}
    ]
    assert reasons(raw) == {stocky.NOTHING_CAME: 1}


def test_units_received_on_no_day_are_rejected_by_name(tmp_path):
    write(tmp_path, "po.csv", csv_of(HEADER, "PO-1,Received,Potter,MUG,24,Hall,2026-03-02,2026-03-23,24,"))

    rows = load_rejected(ingest(tmp_path, "receipts", "po.csv", connector="stocky_purchase_orders"))

    assert rows["rule"].tolist() == ["receipts.received_on.present"]


def test_other_headings_of_the_same_columns_are_read():
    header = "P.O. Number;Line Status;Vendor;Stock Code;Qty Ordered;Receive Location;PO Date;Expected Date".replace(
        ";", ","
    )

    rows = orders("PO-7,Not received,Potter,MUG,6,Hall,2026-03-02,2026-03-25", header=header)

    assert rows.drop(columns="file_line").to_dict("records") == [
        {"order_number": "PO-7", "line_number": "1", "sku": "MUG", "location": "Hall", "supplier": "Potter",
         "ordered_on": "2026-03-02", "ordered_units": "6", "expected_on": "2026-03-25", "status": "open"}
    ]  # fmt: skip


def test_a_missing_column_is_named_and_a_location_may_be_a_constant():
    text = csv_of("SKU,Stock On Hand", "MUG,7")

    with pytest.raises(DataRefused, match=r"column 'Location' .* or give location in \[sources.inventory.constants\]"):
        made("inventory", "stocky_stock_on_hand", text)
    rows = made("inventory", "stocky_stock_on_hand", text, constants={"location": "Hall"})
    assert rows["on_hand"].tolist() == ["7"]


SOURCES = """
[sources.sales]
path = "orders_export.csv"
connector = "shopify_orders"

[sources.products]
path = "products_export.csv"
connector = "shopify_products"
constants = { currency = "USD" }

[sources.supply_terms]
path = "products_export.csv"
connector = "shopify_products"
constants = { location = "Warehouse", currency = "USD", lead_time_days = "21" }

[sources.inventory]
path = "stock_on_hand.csv"
connector = "stocky_stock_on_hand"
constants = { as_of = "2026-06-30" }

[sources.purchase_orders]
path = "purchase_orders.csv"
connector = "stocky_purchase_orders"

[sources.receipts]
path = "purchase_orders.csv"
connector = "stocky_purchase_orders"
"""


def test_a_folder_of_stocky_exports_is_taken_in_whole(tmp_path):
    checked = check(tmp_path, "stocky", SOURCES)

    accepted = {table: load_accepted(intake) for table, intake in checked.reading.intakes.items()}
    lines = accepted["purchase_orders"]
    assert checked.inputs.rejected.empty
    assert len(accepted["inventory"]) == 12
    assert len(lines) == 70  # twelve lines in each of six months, less a draft of two
    assert lines["status"].value_counts().to_dict() == {"received": 60, "open": 9, "partly_received": 1}
    assert lines["ordered_units"].eq(40).all()
    assert len(accepted["receipts"]) == 61
    part = accepted["receipts"].query("received_units == 15")
    assert part[["order_number", "line_number", "source_line"]].to_numpy().tolist() == [["PO-122", "1", 66]]
    assert str(checked.day) == "2026-06-30"
