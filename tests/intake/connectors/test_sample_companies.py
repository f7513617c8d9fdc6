"""Companies that export from one system are taken in whole: `samples/` holds a folder of files for each."""

import csv
import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.acceptance.accepted import TableIntake, load_accepted, load_rejected
from flows.inputs import Reading, assemble, decision_day, ingest_one
from intake.connectors import EXPORTS
from settings import DataRefused, load_settings
from tests.data_contracts.company import write
from tests.intake.connectors.sample_companies import SAMPLES, orders, sample_files


def toml(base_currency: str, timezone: str, location: str, **sources: str) -> str:
    """A restock.toml; of each source the connector, the file, and what else is said of it."""
    tables = (f"[sources.{table}]\n{_source(*said.split(maxsplit=2))}" for table, said in sources.items())
    return (
        f'[company]\nbase_currency = "{base_currency}"\ntimezone = "{timezone}"\ndefault_location = "{location}"\n'
        f"[data]\ntoday = 2026-07-01\n{''.join(tables)}"
    )


def _source(connector: str, file: str, more: str = "") -> str:
    named = "" if connector == "-" else f'connector = "{connector}"\n'
    return f'path = "{file}"\n{named}{more}\n'


SHOPIFY = {
    "sales": "shopify_orders orders_export.csv",
    "products": 'shopify_products products_export.csv constants = { currency = "USD" }',
    "supply_terms": "shopify_products products_export.csv "
    'constants = { location = "Warehouse", currency = "USD", lead_time_days = "21" }',
    "inventory": 'shopify_inventory inventory_export.csv constants = { as_of = "2026-06-30" }',
}
STOCKY = SHOPIFY | {
    "inventory": 'stocky_stock_on_hand stock_on_hand.csv constants = { as_of = "2026-06-30" }',
    "purchase_orders": "stocky_purchase_orders purchase_orders.csv",
    "receipts": "stocky_purchase_orders purchase_orders.csv",
}
WOOCOMMERCE = {
    "sales": 'woocommerce_orders orders-export.csv constants = { currency = "USD" }',
    "products": 'woocommerce_products wc-product-export.csv constants = { currency = "USD" }',
    "supply_terms": "- supply_terms.csv",
    "inventory": "woocommerce_products wc-product-export.csv "
    'constants = { as_of = "2026-06-30", location = "Warehouse" }',
}
WOOCOMMERCE_REST = WOOCOMMERCE | {"sales": "woocommerce_orders_json orders.json"}
AMAZON = {
    "sales": 'amazon_orders all_orders.txt separator = "\\t"',
    "inventory": 'amazon_fba_inventory fba_inventory.txt constants = { as_of = "2026-06-30", location = "FBA" }',
    "products": 'amazon_fba_inventory fba_inventory.txt constants = { category = "Tea" }',
    "stock_levels": "amazon_ledger_summary ledger_summary.csv "
    'date_format = "%m/%d/%Y"\nconstants = { location = "FBA" }',
    "supply_terms": "- supply_terms.csv",
}
ODOO = {
    "sales": 'odoo_sale_lines sale_order_line.csv constants = { channel = "shop" }',
    "inventory": 'odoo_stock stock_quant.csv constants = { as_of = "2026-06-30" }',
    "purchase_orders": "odoo_purchase_lines purchase_order_line.csv",
    "receipts": "odoo_purchase_lines purchase_order_line.csv",
    "planning_parameters": "odoo_reordering_rules stock_warehouse_orderpoint.csv",
    "products": "odoo_products product_product.csv",
    "supply_terms": 'odoo_vendor_prices product_supplierinfo.csv constants = { location = "WH" }',
}
COMPANIES = {
    "shopify": toml("USD", "America/New_York", "Warehouse", **SHOPIFY),
    "stocky": toml("USD", "America/New_York", "Warehouse", **STOCKY),
    "woocommerce": toml("USD", "America/New_York", "Warehouse", **WOOCOMMERCE),
    "woocommerce_rest": toml("USD", "America/New_York", "Warehouse", **WOOCOMMERCE_REST),
    "amazon": toml("EUR", "Europe/Berlin", "FBA", **AMAZON),
    "odoo": toml("EUR", "Europe/Berlin", "WH", **ODOO),
}
ACCEPTED = {
    "shopify": {"sales": 767, "products": 12, "supply_terms": 11, "inventory": 23},
    "stocky": {"sales": 767, "products": 12, "supply_terms": 11, "inventory": 12, "purchase_orders": 70, "receipts": 61},
    "woocommerce": {"sales": 767, "products": 12, "supply_terms": 12, "inventory": 11},
    "woocommerce_rest": {"sales": 767, "products": 12, "supply_terms": 12, "inventory": 11},
    "amazon": {"sales": 700, "inventory": 12, "products": 12, "stock_levels": 732, "supply_terms": 12},
    "odoo": {
        "sales": 909, "inventory": 12, "purchase_orders": 73, "receipts": 66, "planning_parameters": 20, "products": 12,
        "supply_terms": 12,
    },
}  # fmt: skip
LEFT_OUT = {
    "shopify": {"inventory": 1, "products": 1, "supply_terms": 2},
    "stocky": {"products": 1, "purchase_orders": 2, "receipts": 11, "supply_terms": 2},
    "woocommerce": {"inventory": 3, "products": 2},
    "woocommerce_rest": {"inventory": 3, "products": 2},
    "amazon": {"sales": 3, "stock_levels": 61},
    "odoo": {"inventory": 2, "planning_parameters": 1, "products": 1, "purchase_orders": 1, "receipts": 8, "sales": 2},
}
ITEMS = {"shopify": 24, "stocky": 24, "woocommerce": 12, "woocommerce_rest": 12, "amazon": 12, "odoo": 12}


def taken_in(root, sample: str, settings_text: str):
    """The sample folder copied to `root`, with a restock.toml: its settings, and the intake of each table."""
    shutil.copytree(SAMPLES / sample, root, dirs_exist_ok=True)
    settings = load_settings(write(root, "restock.toml", settings_text))
    return settings, {table: ingest_one(settings, table) for table in settings.sources}


def left_out(intakes: Mapping[str, TableIntake]) -> dict[str, int]:
    """Rows that the connectors left out, by table."""
    results = pd.concat([intake.rule_results for intake in intakes.values()])
    found = results[results["rule"].str.endswith("connector.left_out")]
    return found.groupby("table")["rows_failed"].sum().to_dict()


@pytest.fixture(scope="module", params=COMPANIES)
def company(request, tmp_path_factory):
    """A sample company as a run takes it in: its name, settings and the intake of each table."""
    return request.param, *taken_in(tmp_path_factory.mktemp(request.param), request.param, COMPANIES[request.param])


def test_no_row_is_rejected_and_what_is_left_out_is_counted(company):
    name, _, intakes = company

    assert sum(len(load_rejected(intake)) for intake in intakes.values()) == 0
    assert {table: len(load_accepted(intake)) for table, intake in intakes.items()} == ACCEPTED[name]
    assert left_out(intakes) == LEFT_OUT[name]


def test_the_tables_fit_together_and_the_day_is_that_of_the_stock(company):
    name, settings, intakes = company
    reading = Reading(intakes, from_manifest=False)
    day = decision_day(reading, settings, None)

    inputs = assemble(reading, settings, day)

    assert inputs.rejected.empty
    assert len(inputs.items) == ITEMS[name]
    assert day == dt.date(2026, 6, 30)


@pytest.mark.parametrize("company", ["shopify", "woocommerce", "woocommerce_rest"], indirect=True)
def test_the_lines_of_a_shops_orders_are_its_sales(company):
    name, _, intakes = company
    placed, sign = orders(), "#" if name == "shopify" else ""

    sales = load_accepted(intakes["sales"])
    sales = sales.assign(number=sales["order"].str.removeprefix("#").astype(int))
    sales = sales.sort_values(["number", "source_line", "line"])

    assert list(zip(sales["order"], sales["sku"], sales["units"], strict=True)) == [
        (f"{sign}{number}", sku, float(units)) for number, _, sold, *_ in placed for sku, units in sold
    ]
    assert sales["status"].eq("cancelled").sum() == sum(len(sold) for _, _, sold, _, _, gone in placed if gone)
    days = {number: instant.date() for number, instant, *_ in placed}  # late in the evening it is the next day in UTC
    assert sales["date"].dt.date.tolist() == [days[number] for number in sales["number"]]


def test_the_stock_history_of_amazons_ledger_ends_at_todays_stock(tmp_path):
    _, intakes = taken_in(tmp_path, "amazon", COMPANIES["amazon"])
    levels, stock = load_accepted(intakes["stock_levels"]), load_accepted(intakes["inventory"]).set_index("sku")

    last = levels[levels["date"] == levels["date"].max()].set_index("sku")

    assert last["on_hand"].to_dict() == stock["on_hand"].to_dict()


def test_with_amazons_reserved_report_joined_only_customer_orders_are_reserved(tmp_path):
    joined = (
        'columns = { reserved = "reserved_customerorders" }\n'
        '[[sources.inventory.joined]]\npath = "reserved_inventory.txt"\non = ["sku"]\n'
    )
    shutil.copytree(SAMPLES / "amazon", tmp_path, dirs_exist_ok=True)
    text = COMPANIES["amazon"].replace("[sources.products]", joined + "[sources.products]")
    customer_orders = pd.read_csv(tmp_path / "reserved_inventory.txt", sep="\t").set_index("sku")

    stock = load_accepted(ingest_one(load_settings(write(tmp_path, "restock.toml", text)), "inventory"))
    reserved = stock.set_index("sku")["reserved"]

    listed = customer_orders["reserved_customerorders"]
    assert reserved[listed.index].to_dict() == listed.to_dict()
    assert reserved.drop(listed.index).eq(0).all()


def test_instants_of_amazons_orders_become_days_of_the_company(tmp_path):
    header = "amazon-order-id\tpurchase-date\tsales-channel\tsku\tquantity\tcurrency\titem-price"
    write(tmp_path, "all_orders.txt", f"{header}\n302-1\t2026-03-02T23:30:00+00:00\tAmazon.de\tA\t1\tEUR\t10.00\n")
    settings = load_settings(write(tmp_path, "restock.toml", COMPANIES["amazon"]))

    assert load_accepted(ingest_one(settings, "sales"))["date"].tolist() == [pd.Timestamp("2026-03-03")]


def test_the_location_of_an_odoo_order_is_asked_for_where_the_export_has_none(tmp_path):
    header = (
        "order_id/name,order_id/partner_id,order_id/date_approve,product_id/default_code,product_qty,qty_received,state"
    )
    write(tmp_path, "orders.csv", f"{header}\nP1,Wood Corner,2026-03-02,A,10,0,purchase\n")
    text = toml("EUR", "Europe/Berlin", "WH", purchase_orders="odoo_purchase_lines_technical orders.csv")

    with pytest.raises(DataRefused, match=r"required column 'location' is missing.*or give it as a constant"):
        ingest_one(load_settings(write(tmp_path, "restock.toml", text)), "purchase_orders")


RECOGNISED = {
    **{f"shopify/{kind}_export.csv": f"shopify_{kind}" for kind in ("orders", "products", "inventory")},
    **{f"stocky/{name}.csv": f"stocky_{name}" for name in ("stock_on_hand", "purchase_orders")},
    "woocommerce/orders-export.csv": "woocommerce_orders",
    "woocommerce/wc-product-export.csv": "woocommerce_products",
    "amazon/all_orders.txt": "amazon_orders",
    "amazon/fba_inventory.txt": "amazon_fba_inventory",
    "amazon/reserved_inventory.txt": "amazon_reserved_inventory",
    "amazon/ledger_summary.csv": "amazon_ledger_summary",
    "odoo/sale_order_line.csv": "odoo_sale_lines",
    "odoo/stock_quant.csv": "odoo_stock",
    "odoo/purchase_order_line.csv": "odoo_purchase_lines",
    "odoo/stock_warehouse_orderpoint.csv": "odoo_reordering_rules",
    "odoo/product_product.csv": "odoo_products",
    "odoo/product_supplierinfo.csv": "odoo_vendor_prices",
}


@pytest.mark.parametrize(("file", "name"), RECOGNISED.items())
def test_each_format_is_recognised_by_its_headers_and_taken_for_no_other(file, name):
    header = (SAMPLES / file).read_text("utf-8").splitlines()[0]
    columns = frozenset(next(csv.reader([header], delimiter="\t" if file.endswith(".txt") else ",")))

    assert [export.name for export in EXPORTS.values() if export.matches(columns)] == [name]


@pytest.mark.parametrize("name", ["sale_lines", "purchase_lines", "vendor_prices"])
def test_odoo_exports_headed_by_field_are_recognised_too(name):
    given = next((SAMPLES.parent / "cases" / f"odoo_{name}_technical").glob("*/given.csv"))
    columns = frozenset(next(csv.reader(given.read_text("utf-8").splitlines())))

    assert [export.name for export in EXPORTS.values() if export.matches(columns)] == [f"odoo_{name}_technical"]


def test_every_format_has_its_page():
    pages = {file.stem for file in (Path(__file__).parents[3] / "docs" / "connectors").glob("*.md")}

    assert {export.page for export in EXPORTS.values()} == pages


def test_the_samples_are_what_the_script_writes():
    for path, text in sample_files().items():
        assert (SAMPLES / path).read_text(encoding="utf-8") == text
