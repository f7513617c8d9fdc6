"""Shopify's exports become sales, products, terms and inventory, and nothing of them is lost unsaid."""

import csv

import pytest

from data_contracts.judging.accepted import load_accepted, load_rejected
from intake.connectors import EXPORTS, shopify
from intake.connectors.shopify import orders as shopify_orders
from settings import DataRefused
from tests.data_contracts.company import ingest, write
from tests.intake.connectors.checking import check, converted, csv_of, made, reasons
from tests.intake.connectors.sample_companies import SAMPLES, orders, sample_files

HEADER = (
    "Name,Created at,Cancelled at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Lineitem taxable,Location,Source,Shipping Country"
)


def line(name="#1", created="2026-03-02 10:22:33 -0500", order="", quantity="1", item="Mug", price="10.00", sku="MUG",
         discount="0.00", taxable="true", cancelled="", place=",web,US"):  # fmt: skip
    """A row of an orders export; `order` is Subtotal, Shipping, Taxes, Total and Discount Amount."""
    money = order or ",,,,"
    return f"{name},{created},{cancelled},{'USD' if order else ''},{money},{quantity},{item},{price},{sku},{discount},{taxable},{place}"


def sales(*rows, **source):
    return made("sales", "shopify_orders", csv_of(HEADER, *rows), **source)


def test_order_fields_of_the_first_row_hold_for_the_orders_other_rows():
    rows = sales(
        line("#7", order="30.00,0,0,30.00,0.00", quantity="2"),
        line("#7", created="", sku="BOWL", place=",,"),
        line("#8", order="10.00,0,0,10.00,0.00", place="Hoboken,pos,CA"),
    )

    assert rows["order"].tolist() == ["#7", "#7", "#8"]
    assert rows["line"].tolist() == ["1", "2", "1"]
    assert rows["date"].tolist() == ["2026-03-02 10:22:33 -0500"] * 3
    assert rows["currency"].tolist() == ["USD"] * 3
    assert rows["market"].tolist() == ["US", "US", "CA"]
    assert rows["channel"].tolist() == ["web", "web", "pos"]
    assert rows["location"].tolist() == ["", "", "Hoboken"]
    assert rows["file_line"].tolist() == [2, 3, 4]


def test_rows_that_repeat_the_orders_fields_or_leave_out_its_name_are_read_alike():
    repeated = sales(line(order="27.00,0,0,27.00,3.00"), line(order="27.00,0,0,27.00,3.00", sku="BOWL", price="20.00"))
    blank = sales(line(order="27.00,0,0,27.00,3.00"), line("", created="", sku="BOWL", price="20.00", place=",,"))

    assert blank.drop(columns="file_line").equals(repeated.drop(columns="file_line"))


def test_the_price_is_of_one_unit_and_the_orders_discount_is_shared_by_value():
    rows = sales(
        line(order="54.00,5.00,0,59.00,6.00", quantity="3"), line(created="", sku="BOWL", price="30.00", place=",,")
    )

    assert rows["net_revenue"].tolist() == ["27", "27"]
    assert rows["unit_price"].tolist() == ["9", "27"]


@pytest.mark.parametrize(
    ("order", "revenue"),
    [
        ("25.00,0,0,25.00,3.00", ["7.1429", "17.8571"]),  # 2 off the first line, then 3 off the order
        ("28.00,0,0,28.00,2.00", ["8", "20"]),  # the amount is the line's own discount again
        ("28.00,0,0,28.00,5.00", ["8", "20"]),  # the amount is of shipping
    ],
)
def test_the_subtotal_tells_what_the_discount_amount_is_of(order, revenue):
    rows = sales(line(order=order, discount="2.00"), line(created="", sku="BOWL", price="20.00", place=",,"))

    assert rows["net_revenue"].tolist() == revenue


def test_tax_is_taken_out_where_prices_include_it():
    included = sales(
        line(order="132.80,5.95,22.15,138.75,10.00", price="119.00"),
        line(created="", quantity="2", price="11.90", sku="BOWL", place=",,"),
    )
    on_top = sales(line(order="100.00,0,19.00,119.00,0.00", quantity="2", price="50.00"))

    assert included["net_revenue"].astype(float).round(2).tolist() == [93.0, 18.6]
    assert on_top["net_revenue"].tolist() == ["100"]


def test_orders_with_tips_are_read_as_the_files_other_orders_are():
    rows = sales(
        line("#1", order="11.90,0,1.90,11.90,0", price="11.90"), line("#2", order="11.90,0,1.90,14.90,0", price="11.90")
    )

    assert rows["net_revenue"].astype(float).round(1).tolist() == [10.0, 10.4]


def test_lines_that_bear_no_tax_keep_their_price():
    rows = sales(
        line(order="31.90,0,1.90,31.90,0", price="11.90"),
        line(created="", price="20.00", sku="BOOK", taxable="false", place=",,"),
    )

    assert rows["net_revenue"].tolist() == ["10", "20"]


def test_cancelled_orders_are_cancelled_and_refunds_are_no_returned_units():
    rows = sales(line(order="10,0,0,10,0", cancelled="2026-03-03 09:00:00 -0500"), line("#2", order="10,0,0,10,0"))

    assert rows["status"].tolist() == ["cancelled", "completed"]
    assert "returned_units" not in rows


def test_serial_numbers_of_spreadsheets_are_dates():
    rows = sales(line(created="46083.4323", order="10,0,0,10,0"), line("#2", created="46084", order="10,0,0,10,0"))

    assert rows["date"].tolist() == ["2026-03-02", "2026-03-03"]


def test_decimal_commas_are_read_and_written_as_declared():
    text = csv_of(HEADER, line(order='"17,50",0,0,"17,50","2,50"', quantity="2", price='"10,00"', discount='"0,00"'))

    rows = made("sales", "shopify_orders", text, decimal=",")

    assert rows["net_revenue"].tolist() == ["17,5"]
    assert rows["unit_price"].tolist() == ["8,75"]


def test_tips_and_rows_of_payments_are_left_out_and_said():
    raw = converted(
        "sales",
        "shopify_orders",
        csv_of(
            HEADER,
            line(order="10,0,0,13,0"),
            line(item="Tip", price="3.00", sku="", place=",,"),
            line(item="", price="", sku="", quantity="", place=",,"),
        ),
    )

    assert raw.rows.num_rows == 1
    assert reasons(raw) == {shopify_orders.TIP: 1, shopify_orders.NO_ITEM: 1}


def test_lines_without_sku_and_unreadable_prices_are_rejected_by_name(tmp_path):
    write(
        tmp_path,
        "sales.csv",
        csv_of(
            HEADER,
            line(order="10,0,0,10,0", sku=""),
            line("#2", order="10,0,0,10,0", price="ten"),
            line("#3", order="10,0,0,10,free"),
            line("#4", order="10,0,0,10,0"),
        ),
    )

    rows = load_rejected(ingest(tmp_path, connector="shopify_orders", constants={"location": "W"}))

    assert dict(zip(rows["line"], rows["rule"], strict=True)) == {
        2: "sales.sku.present",
        3: "sales.net_revenue.number",
        4: "sales.net_revenue.number",
    }
    assert rows["value"].tolist()[1:] == ["ten", "free"]


def test_a_file_that_is_no_orders_export_is_refused_with_the_column_it_lacks():
    text = csv_of(HEADER.replace("Lineitem sku", "Lineitem code"), line(order="10,0,0,10,0"))

    with pytest.raises(DataRefused, match=r"column 'Lineitem sku' of a Shopify orders export is missing; the closest"):
        made("sales", "shopify_orders", text)


PRODUCTS = "Handle,Title,Vendor,Product Category,Type,Option1 Value,Variant SKU,Variant Grams,Variant Price,Cost per item,Variant Barcode,Gift Card,Status"


def test_variants_take_what_stands_on_their_products_first_row():
    text = csv_of(
        PRODUCTS,
        "mug,Mug,Potter,,Mugs,Blue,M-B,380,18.00,6.20,'400000000001,false,active",
        "mug,,,,,Green,M-G,,18.00,,,,",
        "tee,Tee,Weaver,Apparel > Shirts,,Default Title,T,100,20.00,7,,false,active",
        "odd,Odd,,,,Default Title,,100,20.00,7,,false,active",
    )

    rows = made("products", "shopify_products", text)

    assert rows["sku"].tolist() == ["M-B", "M-G", "T", ""]
    assert rows["name"].tolist() == ["Mug / Blue", "Mug / Green", "Tee", "Odd"]
    assert rows["category"].tolist() == ["Mugs", "Mugs", "Apparel > Shirts", shopify.NO_CATEGORY]
    assert rows["brand"].tolist() == ["Potter", "Potter", "Weaver", ""]
    assert rows["barcode"].tolist() == ["400000000001", "", "", ""]
    assert rows["weight_kg"].tolist() == ["0.38", "", "0.1", "0.1"]


def test_pictures_and_gift_cards_are_no_products_and_archived_ones_have_no_terms():
    text = csv_of(
        PRODUCTS,
        "mug,Mug,Potter,,Mugs,Default Title,MUG,380,18.00,6.20,,false,active",
        "mug,,,,,,,,,,,,",
        "old,Old,Potter,,Mugs,Default Title,OLD,380,18.00,6.20,,false,archived",
        "gift,Gift,Us,,,Default Title,GIFT,0,50.00,,,true,active",
    )

    products = converted("products", "shopify_products", text)
    terms = converted("supply_terms", "shopify_products", text)

    assert products.rows.column("sku").to_pylist() == ["MUG", "OLD"]
    assert reasons(products) == {shopify.PICTURE: 1, shopify.GIFT_CARD: 1}
    assert terms.rows.to_pylist() == [{"sku": "MUG", "supplier": "Potter", "unit_cost": "6.20"}]
    assert reasons(terms)[shopify.NOT_ORDERED] == 1


def test_the_import_templates_columns_are_the_same_products():
    text = csv_of("Title,URL handle,Vendor,Type,Status,SKU,Barcode,Option1 value,Price,Cost per item,Weight value (grams)",
                  "Mug,mug,Potter,Mugs,Active,MUG,4001,Blue,18.00,6.20,380")  # fmt: skip

    rows = made("products", "shopify_product_template", text)

    assert rows.drop(columns="file_line").to_dict("records") == [
        {"sku": "MUG", "name": "Mug / Blue", "category": "Mugs", "brand": "Potter", "barcode": "4001",
         "unit_price": "18.00", "unit_cost": "6.20", "weight_kg": "0.38"}
    ]  # fmt: skip


INVENTORY = "Handle,Title,Option1 Name,Option1 Value,SKU,Location,Incoming,Unavailable,Committed,Available,On hand"


@pytest.mark.parametrize(
    ("counts", "on_hand", "reserved", "backordered"),
    [
        ("9,2,3,15,20", "18", "3", "0"),  # committed units are in stock, unavailable ones cannot be sold
        ("0,0,3,-3,0", "0", "0", "3"),  # oversold: nothing there, three owed
        ("0,1,4,-2,3", "2", "2", "2"),  # part of it covered
        ("0,,,5,5", "5", "0", "0"),
    ],
)
def test_stock_on_hand_less_what_is_unavailable_and_committed_is_promised(counts, on_hand, reserved, backordered):
    rows = made("inventory", "shopify_inventory", csv_of(INVENTORY, f"m,M,Size,S,MUG,Hall,{counts}"))

    assert rows.loc[0, ["on_hand", "reserved", "backordered"]].tolist() == [on_hand, reserved, backordered]
    available = int(counts.split(",")[3])
    assert int(on_hand) - int(reserved) - int(backordered) == available


def test_headers_with_remarks_are_read_and_the_new_count_is_never_the_figure():
    header = INVENTORY.replace("Unavailable,Committed,Available,On hand",
                               "Unavailable (not editable),Committed (not editable),Available (not editable),On hand (new),On hand (current)")  # fmt: skip

    rows = made("inventory", "shopify_inventory", csv_of(header, "m,M,Size,S,MUG,Hall,0,2,3,15,99,20"))

    assert rows.loc[0, ["on_hand", "reserved"]].tolist() == ["18", "3"]


def test_a_column_per_location_becomes_a_row_per_location():
    text = csv_of("Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Hall,Shop",
                  "m,M,Size,S,MUG,,,7,not stocked", "b,B,Size,S,BOWL,,,-2,1")  # fmt: skip

    raw = converted("inventory", "shopify_inventory", text)

    assert raw.rows.to_pylist() == [
        {"sku": "MUG", "location": "Hall", "on_hand": "7"},
        {"sku": "BOWL", "location": "Hall", "on_hand": "-2"},
        {"sku": "BOWL", "location": "Shop", "on_hand": "1"},
    ]
    assert raw.lines.tolist() == [2, 3, 3]
    assert reasons(raw) == {shopify.NOT_STOCKED: 1}
    assert raw.notes[0].example == "the first is line 2"


def test_unreadable_quantities_reach_the_contract_as_they_are_written():
    rows = made("inventory", "shopify_inventory", csv_of(INVENTORY, "m,M,Size,S,MUG,Hall,0,two,0,5,7",
                                                          "b,B,Size,S,BOWL,Hall,0,0,0,5,many"))  # fmt: skip

    assert rows["on_hand"].tolist() == ["two", "many"]


def test_samples_are_what_the_script_writes_and_are_told_by_their_headers():
    """Every sample file of another system is told by the format that reads it, and by no other as exactly."""
    files = sample_files()

    told = {}
    for path, text in files.items():
        assert (SAMPLES / path).read_text(encoding="utf-8") == text
        if path.endswith(".csv"):
            names = frozenset(next(csv.reader(text.splitlines())))
            told[path] = {export.name for export in EXPORTS.values() if export.matches(names)}
    assert told["shopify/orders_export.csv"] == {"shopify_orders"}
    assert told["shopify/products_export.csv"] == {"shopify_products"}
    assert told["shopify/inventory_export.csv"] == {"shopify_inventory"}
    assert told["stocky/stock_on_hand.csv"] == {"stocky_stock_on_hand"}
    assert told["stocky/purchase_orders.csv"] == {"stocky_purchase_orders"}
    assert told["woocommerce/orders-export.csv"] == {"woocommerce_orders"}
    assert told["woocommerce/wc-product-export.csv"] == {"woocommerce_products"}


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
path = "inventory_export.csv"
connector = "shopify_inventory"
constants = { as_of = "2026-06-30" }
"""


def test_a_folder_of_shopify_exports_is_taken_in_whole(tmp_path):
    placed = orders()
    lines = [(number, sku, units) for number, _, sold, *_ in placed for sku, units in sold]

    checked = check(tmp_path, "shopify", SOURCES)

    accepted = {table: load_accepted(intake) for table, intake in checked.reading.intakes.items()}
    sales = accepted["sales"].sort_values("source_line")
    assert checked.inputs.rejected.empty
    assert list(zip(sales["order"], sales["sku"], sales["units"], strict=True)) == [
        (f"#{number}", sku, float(units)) for number, sku, units in lines
    ]
    assert sales["source_line"].tolist() == list(range(2, len(lines) + 2))
    assert (sales["status"] == "cancelled").sum() == sum(len(sold) for _, _, sold, _, _, gone in placed if gone)
    night = next(instant for _, instant, *_ in placed if instant.hour >= 22)
    of_night = sales.loc[sales["order"] == f"#{next(n for n, i, *_ in placed if i == night)}", "date"]
    assert of_night.dt.date.unique().tolist() == [night.date()]
    assert len(accepted["products"]) == 12
    assert len(accepted["supply_terms"]) == 11  # the candle is archived
    assert set(accepted["inventory"]["location"]) == {"Warehouse", "Shop Hoboken"}
    assert len(accepted["inventory"]) == 23  # towels are not stocked in the shop
    assert str(checked.day) == "2026-06-30"
    assert len(checked.inputs.items) == 24  # every SKU is stocked or sold at both places
    told = checked.inputs.results.query("rule.str.endswith('left_out')").groupby("rule")["rows_failed"].sum()
    assert told.to_dict() == {
        "inventory.connector.left_out": 1,
        "products.connector.left_out": 1,
        "supply_terms.connector.left_out": 2,
    }
