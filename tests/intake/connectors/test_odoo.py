"""Odoo's list exports become our tables, under any of their shapes and headers."""

import csv
import io

import pandas as pd
import pytest

from data_contracts.judging.accepted import load_accepted, load_rejected
from intake.connectors import EXPORTS
from settings import DataRefused
from tests.data_contracts.company import accepted, rejected, warnings_of, write
from tests.intake.connectors.checking import made, taken_in, united
from tests.intake.connectors.sample_companies import SAMPLES

COMPANY = """
[company]
timezone = "Europe/Berlin"
default_location = "WH"
[data]
today = 2026-07-01
[sources.sales]
path = "sale_order_line.csv"
connector = "odoo_sale_lines"
constants = { channel = "shop" }
[sources.inventory]
path = "stock_quant.csv"
connector = "odoo_stock"
constants = { as_of = "2026-06-30" }
[sources.purchase_orders]
path = "purchase_order_line.csv"
connector = "odoo_purchase_lines"
[sources.receipts]
path = "purchase_order_line.csv"
connector = "odoo_purchase_lines"
[sources.planning_parameters]
path = "stock_warehouse_orderpoint.csv"
connector = "odoo_reordering_rules"
[sources.products]
path = "product_product.csv"
connector = "odoo_products"
[sources.supply_terms]
path = "product_supplierinfo.csv"
connector = "odoo_vendor_prices"
constants = { location = "WH" }
"""


def csv_text(*rows: dict[str, object]) -> str:
    """An export with a column for each name of the first row, all fields quoted as Odoo does."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), quoting=csv.QUOTE_ALL, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def sale_line(**fields: object) -> dict[str, object]:
    """One sale order line, headed by field."""
    return {
        "order_id/name": "S00001", "order_id/date_order": "2026-03-02 10:00:00", "product_id/default_code": "A",
        "product_id": "[A] Assam tea", "product_uom_qty": "2.00", "qty_delivered": "2.00", "price_subtotal": "20.00",
        "currency_id": "EUR", "state": "sale", **fields,
    }  # fmt: skip


def purchase_line(**fields: object) -> dict[str, object]:
    """One purchase order line, headed by field."""
    return {
        "order_id/name": "P00001", "order_id/partner_id": "Wood Corner", "order_id/date_approve": "2026-03-02 10:00:00",
        "order_id/effective_date": "", "product_id/default_code": "A", "product_qty": "10.00", "qty_received": "0.00",
        "date_planned": "2026-03-20 00:00:00", "state": "purchase", **fields,
    }  # fmt: skip


def vendor_price(**fields: object) -> dict[str, object]:
    """One line of a vendor's price list, headed by field."""
    return {
        "partner_id": "Wood Corner", "product_tmpl_id/default_code": "A", "min_qty": "1.00", "price": "10.00",
        "currency_id": "EUR", "delay": "14", **fields,
    }  # fmt: skip


def rows_of(table, connector, *rows):
    """What a connector makes of an export, before the contract."""
    return made(table, connector, csv_text(*rows))


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The sample company, as tonight's run takes it in: settings, intake of each table, folder."""
    root = tmp_path_factory.mktemp("odoo")
    return *taken_in(root, "odoo", COMPANY), root


def test_the_sample_company_is_taken_in_whole(company):
    settings, taken, _ = company

    inputs = united(settings, taken).inputs

    assert sum(len(load_rejected(intake)) for intake in taken.values()) == 0
    assert len(inputs.items) == 12
    assert set(inputs.items["location"]) == {"WH"}


def test_sales_of_the_sample(company):
    _, taken, root = company
    rows = load_accepted(taken["sales"]).set_index("source_line")
    delivered = pd.read_csv(root / "sale_order_line.csv")

    assert len(rows) == len(delivered) - 2
    assert rows.loc[2, ["date", "sku", "units", "net_revenue", "currency", "order", "customer", "location"]].tolist() == [
        pd.Timestamp("2026-01-01"), "LAMP-FLOOR", 2.0, 198.0, "EUR", "S00001", "Lumber Inc", "WH",
    ]  # fmt: skip
    assert rows.loc[6, ["sku", "units", "net_revenue"]].tolist() == ["PEN-HOLDER", 24.0, 288.0]  # 2 dozens
    assert rows["status"].value_counts().to_dict() == {"completed": len(rows) - 1, "cancelled": 1}
    assert rows.loc[9, "status"] == "cancelled"


def test_notes_and_quotations_are_left_out_counted_and_told(company):
    _, taken, _ = company
    told = taken["sales"].rule_results.query("rule == 'sales.connector.left_out'")["first_example"].tolist()

    assert len(told) == 2
    assert "1 of 911 rows are left out: a section or note" in told[0]
    assert "the first is line 7" in told[0]
    assert "a quotation" in told[1]
    assert "the first is line 8" in told[1]


def test_stock_is_summed_by_warehouse_without_other_places(company):
    _, taken, _ = company
    rows = load_accepted(taken["inventory"]).set_index("sku")

    assert rows.loc["DESK-OAK", ["location", "on_hand", "reserved", "source_line"]].tolist() == ["WH", 18.0, 1.0, 2]
    assert rows.loc["DESK-WHITE", "on_hand"] == 23.0
    assert set(rows["as_of"]) == {pd.Timestamp("2026-06-30")}
    assert warnings_of(taken["inventory"])["inventory.connector.left_out"] == 2


def test_purchase_orders_of_the_sample(company):
    _, taken, root = company
    rows = load_accepted(taken["purchase_orders"]).set_index("source_line")
    delivered = pd.read_csv(root / "purchase_order_line.csv")

    assert len(rows) == len(delivered) - 1  # a request for quotation
    first = rows.loc[2, ["order_number", "sku", "supplier", "location", "ordered_units", "status"]].tolist()
    assert first == ["P00001", "DESK-OAK", "Wood Corner", "WH", 24.0, "received"]
    assert rows["status"].value_counts()[["partly_received", "cancelled"]].tolist() == [1, 1]
    dozens = rows[rows["sku"] == "PEN-HOLDER"]
    assert (dozens["ordered_units"] == delivered.loc[dozens.index - 2, "Total Quantity"].to_numpy()).all()
    assert dozens["ordered_units"].iloc[0] == 12 * delivered.loc[dozens.index[0] - 2, "Quantity"]


def test_receipts_are_in_the_products_unit_and_of_the_orders_arrival(company):
    _, taken, root = company
    rows = load_accepted(taken["receipts"]).set_index("source_line").sort_index()
    delivered = pd.read_csv(root / "purchase_order_line.csv")

    received = delivered[delivered["Received Qty"] > 0]
    assert rows.index.tolist() == (received.index + 2).tolist()
    assert rows["received_on"].dt.strftime("%Y-%m-%d").tolist() == received["Order Reference/Arrival"].str[:10].tolist()
    dozens = received[received["Unit of Measure"] == "Dozens"].index[0]
    assert rows.loc[dozens + 2, "received_units"] == 12 * received.loc[dozens, "Received Qty"]
    assert "receipts.order.known" not in warnings_of(taken["receipts"])


def test_reordering_rules_become_minimum_and_maximum(company):
    _, taken, _ = company
    rows = load_accepted(taken["planning_parameters"])
    of = {sku: dict(zip(each["name"], each["value"], strict=True)) for sku, each in rows.groupby("sku")}

    assert of["DESK-OAK"] == {"minimum_stock_units": "2", "maximum_stock_units": "60"}
    assert of["CHAIR-GUEST"] == {"minimum_stock_units": "5"}  # a maximum of 0 is none
    assert of["CABLE-BOX"] == {"maximum_stock_units": "105"}
    assert "SHELF-5" not in of
    assert warnings_of(taken["planning_parameters"])["planning_parameters.connector.left_out"] == 1
    assert rows.loc[0, ["location", "who", "why", "source_line"]].tolist() == ["WH", "Odoo", "OP/00001", 2]


def test_products_of_the_sample(company):
    _, taken, _ = company
    rows = load_accepted(taken["products"]).set_index("sku")

    assert "DELIVERY" not in rows.index
    row = rows.loc["DESK-OAK", ["name", "category", "unit_price", "unit_cost", "weight_kg", "volume_m3"]].tolist()
    assert row == ["Desk, oak", "Furniture / Desks", 349.0, 180.0, 1.0, 0.05]
    assert rows.loc["BIN-PAPER", ["unit_cost", "volume_m3"]].isna().all()  # 0 is what nobody entered
    assert warnings_of(taken["products"])["products.connector.left_out"] == 1


def test_price_lists_become_terms_with_price_breaks_and_units(company):
    _, taken, _ = company
    rows = load_accepted(taken["supply_terms"]).set_index("sku")

    assert len(rows) == 12
    oak = rows.loc["DESK-OAK", ["supplier", "unit_cost", "currency", "lead_time_days", "price_breaks", "supplier_sku"]]
    assert oak.tolist() == ["Wood Corner", 180.0, "EUR", 28.0, "all_units: 50=162", "V-100"]
    assert rows.loc["DESK-WHITE", "minimum_order_quantity"] == 6.0
    pens = rows.loc["PEN-HOLDER", ["unit_cost", "purchase_unit", "minimum_order_quantity"]].tolist()
    assert pens == [3.5, 12.0, 12.0]


def test_lines_headed_by_field_are_read_alike():
    rows = rows_of("sales", "odoo_sale_lines_technical", sale_line(id="__export__.l_7"))

    assert rows.loc[0, ["date", "sku", "units", "net_revenue", "order", "line", "status"]].tolist() == [
        "2026-03-02 10:00:00", "A", "2", "20.00", "S00001", "__export__.l_7", "completed",
    ]  # fmt: skip


ORDER_FIELDS = {"name": "S00001", "date_order": "2026-03-02 10:00:00", "partner_id": "Ready Mat", "state": "sale"}
LABELLED = {
    "name": "Order Reference", "date_order": "Order Date", "partner_id": "Customer", "state": "Status",
    "order_line/product_id/default_code": "Order Lines/Product/Internal Reference",
    "order_line/product_uom_qty": "Order Lines/Quantity", "order_line/price_subtotal": "Order Lines/Subtotal",
}  # fmt: skip


@pytest.mark.parametrize("labelled", [False, True])
def test_an_orders_fields_on_its_first_line_hold_for_all_of_its_lines(labelled):
    def line(sku, **order):
        fields = {**dict.fromkeys(ORDER_FIELDS, ""), **order, "order_line/product_id/default_code": sku}
        fields |= {"order_line/product_uom_qty": "1.00", "order_line/price_subtotal": "9.00"}
        return {LABELLED[name]: value for name, value in fields.items()} if labelled else fields

    lines = (line("A", **ORDER_FIELDS), line("B"), line("C", **{**ORDER_FIELDS, "name": "S00002", "state": "cancel"}))
    rows = rows_of("sales", "odoo_sale_orders" if labelled else "odoo_sale_orders_technical", *lines)

    assert rows["order"].tolist() == ["S00001", "S00001", "S00002"]
    assert rows["sku"].tolist() == ["A", "B", "C"]
    assert rows["customer"].tolist() == ["Ready Mat"] * 3
    assert rows["status"].tolist() == ["completed", "completed", "cancelled"]


def test_a_line_of_another_order_that_leaves_fields_empty_does_not_take_those_above():
    lines = (
        sale_line(order_partner_id="Ready Mat"),
        sale_line(**{"order_id/name": "S00002", "order_id/date_order": ""}),
    )

    rows = rows_of("sales", "odoo_sale_lines_technical", *lines)

    assert rows["date"].tolist() == ["2026-03-02 10:00:00", ""]


def test_the_code_is_found_in_the_products_name():
    line = {name: value for name, value in sale_line().items() if name != "product_id/default_code"}

    assert rows_of("sales", "odoo_sale_lines_technical", line)["sku"].tolist() == ["A"]


def test_a_product_without_internal_reference_is_rejected_by_rule(tmp_path):
    line = sale_line(**{"product_id/default_code": "", "product_id": "Assam tea"})
    write(tmp_path, "lines.csv", csv_text(line, sale_line()))

    rows = rejected(
        tmp_path, path="lines.csv", connector="odoo_sale_lines_technical", constants={"channel": "shop"}
    )  # fmt: skip

    assert rows[["line", "rule"]].to_numpy().tolist() == [[2, "sales.sku.present"]]


@pytest.mark.parametrize(
    ("unit", "product_unit", "factor"), [("product_uom", "factor_inv", "12.0"), ("product_uom_id", "factor", "12.0")]
)
def test_other_units_are_converted_before_and_after_18_1(unit, product_unit, factor):
    line = sale_line(
        **{
            unit: "Dozens", "product_id/uom_id": "Units", f"{unit}/{product_unit}": factor,
            f"product_id/uom_id/{product_unit}": "1.0",
        }
    )  # fmt: skip

    assert rows_of("sales", "odoo_sale_lines_technical", line)["units"].tolist() == ["24"]


def test_a_unit_that_cannot_be_converted_is_rejected_and_not_taken_as_single_units(tmp_path):
    write(tmp_path, "lines.csv", csv_text(sale_line(**{"product_uom_id": "Dozens", "product_id/uom_id": "Units"})))

    rows = rejected(tmp_path, path="lines.csv", connector="odoo_sale_lines_technical", constants={"channel": "shop"})

    assert rows[["rule", "value"]].to_numpy().tolist() == [["sales.units.number", "2.00 Dozens"]]


def test_a_state_of_another_language_is_rejected_by_rule(tmp_path):
    write(tmp_path, "lines.csv", csv_text(sale_line(state="Verkaufsauftrag")))

    rows = rejected(tmp_path, path="lines.csv", connector="odoo_sale_lines_technical", constants={"channel": "shop"})

    assert rows[["rule", "value"]].to_numpy().tolist() == [["sales.status.choice", "Verkaufsauftrag"]]


def test_an_export_without_state_is_refused():
    line = {name: value for name, value in sale_line().items() if name != "state"}

    with pytest.raises(DataRefused, match=r"column 'state'.*is missing"):
        rows_of("sales", "odoo_sale_lines_technical", line)


def test_services_and_down_payments_are_left_out():
    lines = (
        sale_line(product_type="Goods", is_downpayment="False"), sale_line(product_type="Service", is_downpayment="False"),
        sale_line(product_type="", is_downpayment="True"),
    )  # fmt: skip

    assert rows_of("sales", "odoo_sale_lines_technical", *lines)["file_line"].tolist() == [2]


def test_the_sales_team_is_the_channel_where_it_is_exported():
    rows = rows_of("sales", "odoo_sale_lines_technical", sale_line(**{"order_id/team_id": "Website"}))

    assert rows["channel"].tolist() == ["Website"]


def test_the_guard_against_formulas_is_taken_off():
    rows = rows_of("sales", "odoo_sale_lines_technical", sale_line(**{"product_id/default_code": "'-10-A"}))

    assert rows["sku"].tolist() == ["-10-A"]


@pytest.mark.parametrize(
    ("state", "received", "status"),
    [
        ("purchase", "0.00", "open"), ("purchase", "4.00", "partly_received"), ("done", "10.00", "received"),
        ("Purchase Order", "12.00", "received"), ("Locked", "0.00", "open"), ("cancel", "4.00", "cancelled"),
    ],
)  # fmt: skip
def test_the_state_of_a_line_is_told_by_its_order_and_what_came(state, received, status):
    line = purchase_line(state=state, qty_received=received)

    assert rows_of("purchase_orders", "odoo_purchase_lines_technical", line)["status"].tolist() == [status]


def test_requests_for_quotation_are_not_on_order():
    lines = [purchase_line(state=state) for state in ("draft", "RFQ", "sent", "to approve", "purchase")]

    rows = rows_of("purchase_orders", "odoo_purchase_lines_technical", *lines)

    assert rows["file_line"].tolist() == [6]


def test_lines_without_id_are_numbered_within_their_order_alike_for_orders_and_receipts():
    lines = (
        purchase_line(), purchase_line(qty_received="3.00", **{"order_id/effective_date": "2026-03-19 08:00:00"}),
        purchase_line(**{"order_id/name": "P00002"}),
    )  # fmt: skip

    orders = rows_of("purchase_orders", "odoo_purchase_lines_technical", *lines)
    receipts = rows_of("receipts", "odoo_purchase_lines_technical", *lines)

    assert orders[["order_number", "line_number"]].to_numpy().tolist() == [
        ["P00001", "1"],
        ["P00001", "2"],
        ["P00002", "1"],
    ]
    assert receipts[["order_number", "line_number", "received_on", "received_units"]].to_numpy().tolist() == [
        ["P00001", "2", "2026-03-19 08:00:00", "3"]
    ]


def test_the_location_of_an_order_is_asked_for_where_the_export_has_none(tmp_path):
    write(tmp_path, "orders.csv", csv_text(purchase_line()))

    with pytest.raises(DataRefused, match=r"required column 'location' is missing.*or give it as a constant"):
        accepted(tmp_path, table="purchase_orders", path="orders.csv", connector="odoo_purchase_lines_technical")


def test_stock_that_cannot_be_added_stays_for_the_contract():
    def quant(sku, quantity, location="WH/Stock"):
        return {
            "product_id/default_code": sku, "location_id": location, "quantity": quantity, "reserved_quantity": "0.00",
        }  # fmt: skip

    rows = rows_of(
        "inventory", "odoo_stock_technical",
        quant("A", "3.00"), quant("A", "2.00", "WH/Stock/B"), quant("A", "7.00", "W2/Stock"), quant("", "5.00"),
        quant("B", "some"),
    )  # fmt: skip

    assert rows[["sku", "location", "on_hand", "file_line"]].to_numpy().tolist() == [
        ["A", "WH", "5", 2], ["A", "W2", "7", 4], ["", "WH", "5.00", 5], ["B", "WH", "some", 6],
    ]  # fmt: skip


def test_a_reordering_rule_without_sku_does_not_hold_for_all(tmp_path):
    rule = {
        "product_id/default_code": "",
        "product_min_qty": "5.00",
        "product_max_qty": "0.00",
        "location_id": "WH/Stock",
    }
    write(tmp_path, "rules.csv", csv_text(rule))

    rows = rejected(
        tmp_path, table="planning_parameters", path="rules.csv", connector="odoo_reordering_rules_technical"
    )  # fmt: skip

    assert rows["rule"].tolist() == ["planning_parameters.value.setting"]
    assert rows["value"].tolist() == ["5.00 for a product without internal reference"]


def test_the_level_ordered_up_to_is_never_below_the_minimum():
    rule = {
        "product_id/default_code": "A",
        "product_min_qty": "9.00",
        "product_max_qty": "5.00",
        "location_id": "WH/Stock",
    }

    rows = rows_of("planning_parameters", "odoo_reordering_rules_technical", rule)

    assert rows[["name", "value"]].to_numpy().tolist() == [
        ["minimum_stock_units", "9.00"],
        ["maximum_stock_units", "9"],
    ]


def test_a_discount_and_the_first_vendor_of_a_price_list():
    lines = (
        vendor_price(sequence="2"), vendor_price(partner_id="Lumber Inc", sequence="1", discount="5.00"),
        vendor_price(**{"product_tmpl_id/default_code": "B"}, sequence="1"),
    )  # fmt: skip
    lines = tuple({**dict.fromkeys(("sequence", "discount"), ""), **line} for line in lines)

    rows = rows_of("supply_terms", "odoo_vendor_prices_technical", *lines)

    assert rows["unit_cost"].tolist() == ["10", "9.5", "10"]
    assert rows["is_preferred"].tolist() == ["false", "true", "true"]


def test_two_prices_for_one_quantity_are_a_conflict(tmp_path):
    write(tmp_path, "prices.csv", csv_text(vendor_price(), vendor_price(price="11.00")))

    rows = rejected(
        tmp_path, table="supply_terms", path="prices.csv", connector="odoo_vendor_prices_technical",
        constants={"location": "WH"},
    )  # fmt: skip

    assert rows[["line", "rule"]].to_numpy().tolist() == [
        [2, "supply_terms.key.conflict"],
        [3, "supply_terms.key.conflict"],
    ]


SHAPES = {
    "sale_order_line.csv": "odoo_sale_lines",
    "stock_quant.csv": "odoo_stock",
    "purchase_order_line.csv": "odoo_purchase_lines",
    "stock_warehouse_orderpoint.csv": "odoo_reordering_rules",
    "product_product.csv": "odoo_products",
    "product_supplierinfo.csv": "odoo_vendor_prices",
}


@pytest.mark.parametrize(("file", "name"), SHAPES.items())
def test_each_export_is_told_from_all_other_formats(file, name):
    columns = frozenset(pd.read_csv(SAMPLES / "odoo" / file, nrows=1).columns)

    assert [export.name for export in EXPORTS.values() if export.matches(columns)] == [name]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("odoo_sale_lines_technical", sale_line()),
        ("odoo_purchase_lines_technical", purchase_line()),
        ("odoo_vendor_prices_technical", vendor_price()),
    ],
)
def test_exports_headed_by_field_are_told_too(name, line):
    assert [each.name for each in EXPORTS.values() if each.matches(frozenset(line))] == [name]
