"""Odoo's exports under the labels of its versions: recognised, and read as the same rows."""

import pytest

from data_contracts.tables import CONTRACTS
from intake.connectors import EXPORTS
from intake.connectors.conversion import text_frame
from intake.sources.files import read_files
from settings import TableSource

ORDER_LINE = {
    "External ID": "x1", "Order Reference/Order Reference": "S1", "Order Reference/Order Date": "2026-01-01 18:25:26",
    "Product/Internal Reference": "LAMP", "Product": "[LAMP] Floor lamp", "Quantity": "2.00", "Subtotal": "198.00",
    "Currency": "EUR", "Order Status": "Sales Order",
}  # fmt: skip
PURCHASE_LINE = {
    "External ID": "x1", "Order Reference/Order Reference": "P1", "Order Reference/Vendor": "Wood", "Order Reference/Order Deadline":
    "2026-01-05 10:12:00", "Product/Internal Reference": "LAMP", "Product": "[LAMP] Floor lamp", "Quantity": "24.00",
    "Received Qty": "0.00", "Expected Arrival": "2026-02-02 00:00:00", "Status": "Purchase Order",
}  # fmt: skip
QUANT = {
    "Product/Internal Reference": "LAMP", "Product": "[LAMP] Floor lamp", "Location": "WH/Stock", "Quantity": "9.00",
    "Reserved Quantity": "1.00",
}  # fmt: skip
RULE = {
    "Product/Internal Reference": "LAMP", "Product": "[LAMP] Floor lamp", "Location": "WH/Stock", "Min Quantity": "2.00",
    "Max Quantity": "60.00",
}  # fmt: skip


def converted(tmp_path, name, table, cells):
    """The connector that recognises a file of one row, and the row that it makes of it."""
    (tmp_path / "export.csv").write_text(",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    (export,) = [each for each in EXPORTS.values() if each.matches(frozenset(cells))]
    assert export.name == name
    source = TableSource(path="export.csv", connector=name)
    (raw,) = read_files(CONTRACTS[table], source, tmp_path)
    return text_frame(export.tables[table](raw, source)).to_dict("records")


def relabelled(cells, labels):
    """The same cells with other labels; without those that are labelled None."""
    return {labels.get(label, label): cell for label, cell in cells.items() if labels.get(label, label) is not None}


@pytest.mark.parametrize(
    ("name", "table", "cells", "labels"),
    [
        ("odoo_sale_lines", "sales", ORDER_LINE, {"Quantity": "Ordered Quantity"}),
        ("odoo_sale_lines", "sales", ORDER_LINE, {"Product/Internal Reference": None}),
        ("odoo_sale_lines", "sales", ORDER_LINE, {"Quantity": "Ordered Quantity", "Product/Internal Reference": None}),
        ("odoo_sale_lines", "sales", ORDER_LINE, {"Order Status": "Order Reference/Status"}),
        ("odoo_sale_lines", "sales", ORDER_LINE, {"Order Reference/Order Reference": "Order Reference"}),
        ("odoo_purchase_lines", "purchase_orders", PURCHASE_LINE, {"Product/Internal Reference": None}),
        ("odoo_purchase_lines", "purchase_orders", PURCHASE_LINE, {"Expected Arrival": "Delivery Date"}),
        ("odoo_purchase_lines", "purchase_orders", PURCHASE_LINE, {"Expected Arrival": "Scheduled Date"}),
        ("odoo_purchase_lines", "purchase_orders", PURCHASE_LINE, {"Expected Arrival": "Order Reference/Receipt Date"}),
        ("odoo_purchase_lines", "purchase_orders", PURCHASE_LINE,
         {"Order Reference/Vendor": "Partner", "Order Reference/Order Reference": "Order Reference"}),
        ("odoo_stock", "inventory", QUANT, {"Product/Internal Reference": None}),
        ("odoo_stock", "inventory", QUANT, {"Quantity": "Inventoried Quantity"}),
        ("odoo_reordering_rules", "planning_parameters", RULE, {"Product/Internal Reference": None}),
        ("odoo_reordering_rules", "planning_parameters", RULE,
         {"Min Quantity": "Minimum Quantity", "Max Quantity": "Maximum Quantity"}),
    ],
)  # fmt: skip
def test_labels_of_other_versions_are_recognised_and_give_the_same_rows(tmp_path, name, table, cells, labels):
    usual = converted(tmp_path, name, table, cells)

    assert converted(tmp_path, name, table, relabelled(cells, labels)) == usual
    assert usual[0]["sku"] == "LAMP"


def test_an_order_deadline_stands_for_the_day_of_an_order_also_where_orders_are_listed_with_their_lines(tmp_path):
    cells = {
        "Order Reference": "P1", "Vendor": "Wood", "Order Deadline": "2026-01-05 10:12:00", "Status": "Purchase Order",
        "Order Lines/Product/Internal Reference": "LAMP", "Order Lines/Quantity": "24.00", "Order Lines/Received Qty": "0.00",
    }  # fmt: skip

    (row,) = converted(tmp_path, "odoo_purchase_orders", "purchase_orders", cells)

    assert row["ordered_on"] == "2026-01-05 10:12:00"
