"""WooCommerce's orders and products, from a plug-in's export, the REST interface and its own product export."""

import json

import numpy as np
import pyarrow as pa
import pytest

from data_contracts.judging.accepted import load_accepted, load_rejected
from intake.connectors import EXPORTS, woocommerce
from intake.connectors.woocommerce import products as woocommerce_products
from intake.sources.json_file import read_json_file
from intake.sources.raw import RawTable
from settings import DataRefused, TableSource
from tests.data_contracts.company import ingest, write
from tests.intake.connectors.checking import check, converted, csv_of, frame_of, made, reasons
from tests.intake.connectors.sample_companies import orders

HEADER = (
    "Order Number,Order Status,Order Date,Country Code (Billing),Country Code (Shipping),Cart Discount Amount,"
    "Order Total Amount,SKU,Item #,Item Name,Quantity,Item Cost"
)


def sales(*rows, header=HEADER, **source):
    return made("sales", "woocommerce_orders", csv_of(header, *rows), **source)


def test_item_cost_is_the_price_of_one_unit_with_the_coupon_taken_off_already():
    rows = sales("7,Completed,2026-03-02 10:22,DE,AT,5.00,45.00,MUG,1,Mug,3,15.00")

    assert rows["net_revenue"].tolist() == ["45"]
    assert rows["unit_price"].tolist() == ["15"]
    assert rows.loc[0, ["date", "market", "channel", "order", "line"]].tolist() == [
        "2026-03-02 10:22", "AT", "woocommerce", "7", "1"
    ]  # fmt: skip
    assert "currency" not in rows


def test_the_lines_own_total_wins_over_the_rounded_price_and_the_currency_is_read():
    rows = sales(
        "7,Completed,2026-03-02 10:22,DE,,0,10.00,MUG,1,Mug,3,3.33,10.00,EUR",
        header=f"{HEADER},Order Line Total,Currency",
    )

    assert rows.loc[0, ["net_revenue", "unit_price", "currency", "market"]].tolist() == ["10", "3.3333", "EUR", "DE"]


def test_order_fields_of_the_first_row_hold_for_the_others():
    rows = sales("7,Completed,2026-03-02 10:22,DE,AT,0,25.00,MUG,1,Mug,1,15.00", ",,,,,,,BOWL,2,Bowl,1,10.00")

    assert rows["order"].tolist() == ["7", "7"]
    assert rows["date"].tolist() == ["2026-03-02 10:22"] * 2
    assert rows["market"].tolist() == ["AT", "AT"]


@pytest.mark.parametrize(
    ("written", "status"),
    [("Completed", "completed"), ("Processing", "completed"), ("On hold", "completed"), ("Refunded", "completed"),
     ("Shipped", "completed"), ("Cancelled", "cancelled"), ("wc-failed", "cancelled"),
     ("Pending payment", "cancelled"), ("checkout-draft", "cancelled")],
)  # fmt: skip
def test_orders_that_are_never_carried_out_are_cancelled(written, status):
    assert sales(f"7,{written},2026-03-02,DE,,0,1,MUG,1,Mug,1,1.00")["status"].tolist() == [status]


def test_rows_of_coupons_are_left_out_and_lines_without_sku_are_rejected(tmp_path):
    text = csv_of(HEADER, "7,Completed,2026-03-02,DE,,0,1,,1,Mug,1,1.00", "7,Completed,2026-03-02,DE,,0,1,,,,,",
                  "8,Completed,2026-03-02,DE,,0,1,MUG,1,Mug,1,free")  # fmt: skip
    write(tmp_path, "sales.csv", text)

    raw = converted("sales", "woocommerce_orders", text)
    rows = load_rejected(
        ingest(tmp_path, connector="woocommerce_orders", constants={"currency": "EUR", "location": "W"})
    )

    assert reasons(raw) == {woocommerce.NO_ITEM: 1}
    assert dict(zip(rows["line"], rows["rule"], strict=True)) == {2: "sales.sku.present", 4: "sales.net_revenue.number"}


def order(number="1", lines=(), **more):
    """An order as the REST interface answers it."""
    return {
        "id": 9, "number": number, "status": "processing", "currency": "EUR", "date_created": "2026-03-02T23:30:00",
        "date_created_gmt": "2026-03-02T22:30:00", "billing": {"country": "DE"}, "shipping": {"country": ""},
        "line_items": list(lines),
    } | more  # fmt: skip


def item(sku="MUG", quantity=2, total="20.00", number=11):
    return {"id": number, "sku": sku, "quantity": quantity, "total": total, "total_tax": "3.80", "price": 10}


def rest_sales(tmp_path, *answers):
    raw = read_json_file(write(tmp_path, "orders.json", json.dumps(answers)))
    return EXPORTS["woocommerce_orders_json"].tables["sales"](raw, TableSource(path="orders.json"))


def test_each_line_item_is_a_row_under_its_orders_number_in_the_file(tmp_path):
    raw = rest_sales(
        tmp_path, order("1", [item(), item("BOWL", 1, "9.5", 12)]), order("2"), order("3", [item(number=13)])
    )

    rows = frame_of(raw)
    assert rows["order"].tolist() == ["1", "1", "3"]
    assert rows["sku"].tolist() == ["MUG", "BOWL", "MUG"]
    assert rows["units"].tolist() == ["2", "1", "2"]
    assert rows["net_revenue"].tolist() == ["20.00", "9.5", "20.00"]
    assert rows["unit_price"].tolist() == ["10", "9.5", "10"]
    assert rows["line"].tolist() == ["11", "12", "13"]
    assert rows["market"].tolist() == ["DE"] * 3
    assert rows["file_line"].tolist() == [1, 1, 3]


def test_the_instant_is_of_greenwich_and_becomes_the_companys_day(tmp_path):
    raw = rest_sales(tmp_path, order(lines=[item()]))
    site = rest_sales(tmp_path, order(lines=[item()], date_created_gmt=None))

    assert frame_of(raw)["date"].tolist() == ["2026-03-02T22:30:00+00:00"]
    assert frame_of(site)["date"].tolist() == ["2026-03-02T23:30:00"]


def test_line_items_without_sku_are_kept_for_the_contract_to_reject(tmp_path):
    write(tmp_path, "orders.json", json.dumps([order(lines=[item(None)])]))

    rows = load_rejected(
        ingest(tmp_path, path="orders.json", connector="woocommerce_orders_json", constants={"location": "W"})
    )

    assert rows[["line", "rule"]].to_numpy().tolist() == [[1, "sales.sku.present"]]


@pytest.mark.parametrize("written", ['{"id": 1}', "[1, 2]", "[{"])
def test_line_items_that_are_no_list_of_lines_are_refused_with_their_order(written):
    columns = {"id": ["1"], "status": [""], "line_items": [written]}
    raw = RawTable("orders.json", "hash", pa.table(columns), np.array([4]))

    with pytest.raises(DataRefused, match=r"orders.json element 4: line_items is not"):
        EXPORTS["woocommerce_orders_json"].tables["sales"](raw, TableSource(path="orders.json"))


PRODUCTS = 'ID,Type,SKU,Name,Stock,"Weight (g)",Regular price,Categories,Parent,Brands,Cost of goods'


def products(*rows):
    return made("products", "woocommerce_products", csv_of(PRODUCTS, *rows))


def test_variations_are_the_products_and_take_from_their_parent_what_they_leave_empty():
    rows = products(
        '1,variable,,Mug,,380,,"Kitchen > Cups, Sale",,Potter,',
        "2,variation,MUG-B,Mug - Blue,5,,18.00,,id:1,,6.20",
        '3,"simple, virtual",ECARD,Card,,,5.00,,,,',
    )

    assert rows.drop(columns="file_line").to_dict("records") == [
        {"sku": "MUG-B", "name": "Mug - Blue", "category": "Kitchen > Cups", "barcode": "", "unit_price": "18.00",
         "brand": "Potter", "unit_cost": "6.20", "weight_kg": "0.38"},
        {"sku": "ECARD", "name": "Card", "category": woocommerce_products.NO_CATEGORY, "barcode": "",
         "unit_price": "5.00", "brand": "", "unit_cost": "", "weight_kg": ""},
    ]  # fmt: skip


def test_a_variation_without_sku_is_sold_under_its_parents():
    text = csv_of(
        PRODUCTS,
        "1,variable,TEE,Tee,12,,,,,,",
        "2,variation,,Tee - S,parent,,20,,TEE,,",
        "3,grouped,SET,Set,,,,,,,",
        "4,variable,HAT,Hat,,,,,,,",
        "5,variation,HAT-S,Hat - S,3,,9,,HAT,,",
        "6,variable,CAP,Cap,,,,,,,",
        "7,variation,,Cap - S,,,9,,id:6,,",
    )

    raw = converted("products", "woocommerce_products", text)
    stock = converted("inventory", "woocommerce_products", text)

    assert raw.rows.column("sku").to_pylist() == ["TEE", "HAT-S", "CAP"]
    assert reasons(raw) == {
        woocommerce_products.GROUPED: 1,
        woocommerce_products.VARIABLE: 1,
        woocommerce_products.BORROWS: 2,
    }
    assert stock.rows.to_pylist() == [{"sku": "TEE", "on_hand": "12"}, {"sku": "HAT-S", "on_hand": "3"}]


def test_products_without_stock_of_their_own_have_no_row_of_inventory():
    text = csv_of(
        PRODUCTS,
        "1,simple,MUG,Mug,,,5,,,,",
        "2,variable,TEE,Tee,12,,,,,,",
        "3,variation,TEE-S,Tee - S,parent,,20,,TEE,,",
        "4,simple,HAT,Hat,many,,5,,,,",
    )

    raw = converted("inventory", "woocommerce_products", text)

    assert raw.rows.to_pylist() == [{"sku": "TEE", "on_hand": "12"}, {"sku": "HAT", "on_hand": "many"}]
    assert reasons(raw) == {woocommerce_products.NOT_KEPT: 1, woocommerce_products.SHARED: 1}


@pytest.mark.parametrize(("unit", "kilograms"), [("kg", "380"), ("g", "0.38"), ("lbs", "172.3651"), ("oz", "10.7728")])
def test_the_weight_is_read_in_the_unit_of_its_header(unit, kilograms):
    text = csv_of(f"ID,Type,SKU,Name,Weight ({unit}),Regular price", "1,simple,MUG,Mug,380,18")

    assert made("products", "woocommerce_products", text)["weight_kg"].tolist() == [kilograms]


SOURCES = """
[sources.sales]
path = "{path}"
connector = "{connector}"
{constants}

[sources.products]
path = "wc-product-export.csv"
connector = "woocommerce_products"
constants = {{ currency = "USD" }}

[sources.supply_terms]
path = "supply_terms.csv"

[sources.inventory]
path = "wc-product-export.csv"
connector = "woocommerce_products"
constants = {{ as_of = "2026-06-30", location = "Warehouse" }}
"""


@pytest.mark.parametrize(
    ("sample", "path", "connector", "constants"),
    [
        ("woocommerce", "orders-export.csv", "woocommerce_orders", 'constants = { currency = "USD" }'),
        ("woocommerce_rest", "orders.json", "woocommerce_orders_json", ""),
    ],
)
def test_a_folder_of_woocommerce_files_is_taken_in_whole(tmp_path, sample, path, connector, constants):
    placed = orders()
    lines = [(str(number), sku, units) for number, _, sold, *_ in placed for sku, units in sold]

    checked = check(tmp_path, sample, SOURCES.format(path=path, connector=connector, constants=constants))

    accepted = {table: load_accepted(intake) for table, intake in checked.reading.intakes.items()}
    sales = accepted["sales"].assign(number=accepted["sales"]["order"].astype(int))
    sales = sales.sort_values(["number", "source_line", "line"])
    assert checked.inputs.rejected.empty
    assert list(zip(sales["order"], sales["sku"], sales["units"], strict=True)) == [
        (number, sku, float(units)) for number, sku, units in lines
    ]
    first, last = placed[0][1], placed[-1][1]
    assert (sales["date"].min().date(), sales["date"].max().date()) == (first.date(), last.date())
    assert sales["status"].eq("cancelled").sum() == sum(len(sold) for _, _, sold, _, _, gone in placed if gone)
    assert set(sales["market"]) == {"US", "CA"}
    assert len(accepted["products"]) == 12
    assert len(accepted["inventory"]) == 11
    assert len(checked.inputs.items) == 12
