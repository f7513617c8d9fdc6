"""Public data sets as their publishers deliver them, taken in by `restock.toml` alone, against plain pandas."""

from pathlib import Path

import pandas as pd
import pytest

from data_contracts.acceptance.accepted import TableIntake, load_accepted, load_rejected
from data_contracts.acceptance.parts import PartStore
from data_contracts.tables import CONTRACTS
from intake.ingest import ingest_table
from settings import load_settings
from tests.data_contracts.company import warnings_of

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not DATA.is_dir(), reason="the public data sets are not there")]


def intake_of(folder: Path, settings_text: str, table: str) -> TableIntake:
    """Intake of one table of a company that is nothing but its `restock.toml`."""
    (folder / "restock.toml").write_text(settings_text.replace("DATA", str(DATA)), encoding="utf-8")
    settings = load_settings(folder)
    source, data = settings.sources[table], settings.data
    return ingest_table(CONTRACTS[table], source, settings.root, PartStore(folder / "parts"), data)


VN1 = """
[sources.sales]
path = "DATA/vn1/Phase 1 - Sales.csv.gz"
columns = { sku = "{Client}-{Product}", location = "Warehouse", net_revenue = "= units * price" }
constants = { channel = "clients", currency = "USD" }
unpivot = { columns = 're:\\d{4}-\\d{2}-\\d{2}', into = "date", values = "units", drop_zeros = true }

[[sources.sales.joined]]
path = "DATA/vn1/Phase 1 - Price.csv.gz"
on = ["Client", "Warehouse", "Product"]
unpivot = { columns = 're:\\d{4}-\\d{2}-\\d{2}', into = "date", values = "price" }

[sources.products]
path = "DATA/vn1/Phase 1 - Sales.csv.gz"
columns = { sku = "{Client}-{Product}", name = "Product {Product} of client {Client}", category = "Client {Client}" }
distinct = true
"""


def test_vn1_s_wide_sales_and_prices_become_sales_with_revenue(tmp_path):
    key = ["Client", "Warehouse", "Product"]
    wide, prices = (pd.read_csv(DATA / "vn1" / f"Phase 1 - {name}.csv.gz") for name in ("Sales", "Price"))
    long = wide.melt(key, value_name="units").merge(prices.melt(key, value_name="price"), on=[*key, "variable"])
    long = long[long["units"] != 0]

    intake = intake_of(tmp_path, VN1, "sales")

    sales = load_accepted(intake)
    assert (len(sales), sales["units"].sum()) == (len(long), long["units"].sum())
    assert sales["net_revenue"].sum() == pytest.approx((long["units"] * long["price"]).sum(), rel=1e-12)
    assert sorted(sales["date"].unique()) == sorted(pd.to_datetime(long["variable"]).unique())
    assert sales["sku"].nunique() == len(long[["Client", "Product"]].drop_duplicates())
    assert warnings_of(intake) == {"sales.net_revenue.not_zero": (long["price"] == 0).sum()}


def test_vn1_s_products_are_drawn_from_its_sales(tmp_path):
    wide = pd.read_csv(DATA / "vn1" / "Phase 1 - Sales.csv.gz")

    products = load_accepted(intake_of(tmp_path, VN1, "products"))

    assert len(products) == len(wide[["Client", "Product"]].drop_duplicates())
    assert products["name"].iloc[0] == f"Product {wide['Product'].iloc[0]} of client {wide['Client'].iloc[0]}"


VN2 = """
[company]
period = "week"

[sources.sales]
path = "DATA/vn2/Week 0 - 2024-04-08 - Sales.csv"
columns = { sku = "P{Product:03}", location = "S{Store:03}", net_revenue = "= 11 * units" }
constants = { channel = "store", currency = "EUR" }
unpivot = { columns = 're:\\d{4}-\\d{2}-\\d{2}', into = "date", values = "units", drop_zeros = true }

[sources.stock_levels]
path = "DATA/vn2/Week 0 - In Stock.csv"
columns = { sku = "P{Product:03}", location = "S{Store:03}" }
constants = { on_hand = "1" }
# The published flags go on for eight weeks after the last known one.
unpivot = { columns = ['re:202[123]-\\d{2}-\\d{2}', 're:2024-0[123]-\\d{2}', "2024-04-01", "2024-04-08"], into = "date", values = "in_stock" }

[sources.products]
path = "DATA/vn2/Week 0 - Master.csv"
columns = { sku = "P{Product:03}", name = "Product {Product}", category = "Department {Department}" }
distinct = true

[sources.locations]
path = "DATA/vn2/Week 0 - Master.csv"
columns = { location = "S{Store:03}", name = "Store {Store}" }
constants = { kind = "store", country = "FR", currency = "EUR" }
distinct = true

[sources.inventory]
path = "DATA/vn2/Week 0 - 2024-04-08 - Initial State.csv"
columns = { sku = "P{Product:03}", location = "S{Store:03}", on_hand = "End Inventory" }
constants = { as_of = "2024-04-14" }

[sources.purchase_orders]
path = "DATA/vn2/Week 0 - 2024-04-08 - Initial State.csv"
columns = { order_number = "arrives", line_number = "{Store}-{Product}", sku = "P{Product:03}", location = "S{Store:03}" }
constants = { supplier = "CENTRAL" }
unpivot = { columns = 're:In Transit.*', into = "arrives", values = "ordered_units", drop_zeros = true }
joined = [{ path = "arrivals.csv", on = ["arrives"] }]
"""

ARRIVALS = (
    "arrives,ordered_on,expected_on\nIn Transit W+1,2024-03-31,2024-04-14\nIn Transit W+2,2024-04-07,2024-04-21\n"
)


def test_vn2_s_wide_sales_and_flags_become_sales_and_stock_levels(tmp_path):
    wide, flags = (pd.read_csv(DATA / "vn2" / f"Week 0 - {name}.csv") for name in ("2024-04-08 - Sales", "In Stock"))
    units = wide.melt(["Store", "Product"], value_name="units")
    known = flags[list(wide.columns)].melt(["Store", "Product"], value_name="in_stock")

    sales = load_accepted(intake_of(tmp_path, VN2, "sales"))
    levels = load_accepted(intake_of(tmp_path, VN2, "stock_levels"))

    assert (len(sales), sales["units"].sum()) == ((units["units"] != 0).sum(), units["units"].sum())
    assert sales["net_revenue"].sum() == 11 * units["units"].sum()
    assert sales["date"].max() == pd.Timestamp("2024-04-08")
    assert (len(levels), levels["in_stock"].sum()) == (len(known), known["in_stock"].sum())
    assert levels["date"].nunique() == 157


def test_vn2_s_master_and_state_become_products_stock_and_open_orders(tmp_path):
    (tmp_path / "arrivals.csv").write_text(ARRIVALS)
    master, state = (
        pd.read_csv(DATA / "vn2" / f"Week 0 - {name}.csv") for name in ("Master", "2024-04-08 - Initial State")
    )

    tables = {
        table: load_accepted(intake_of(tmp_path, VN2, table))
        for table in ("products", "locations", "inventory", "purchase_orders")
    }

    assert sorted(tables["products"]["sku"]) == sorted("P" + f"{p:03}" for p in master["Product"].unique())
    assert len(tables["locations"]) == master["Store"].nunique()
    assert (len(tables["inventory"]), tables["inventory"]["on_hand"].sum()) == (599, state["End Inventory"].sum())
    by_day = tables["purchase_orders"].groupby("expected_on")["ordered_units"].sum()
    assert state["In Transit W+1"].sum() == 0
    assert by_day.to_dict() == {pd.Timestamp("2024-04-21"): state["In Transit W+2"].sum()}


ONLINE_RETAIL = """
[company]
timezone = "Europe/London"
default_location = "GB"

[sources.sales]
path = "DATA/online_retail/year_2009_2010.parquet"
cancelled_order_prefix = "C"
not_products = ["POST", "DOT", "D", "M"]
columns = { order = "invoice", sku = "stock_code", units = "quantity", date = "invoice_date", customer = "customer_id", market = "country", net_revenue = "= quantity * unit_price" }
constants = { channel = "webshop", currency = "GBP" }

[sources.products]
path = "DATA/online_retail/year_2009_2010.parquet"
columns = { sku = "stock_code", name = "description", unit_price = "unit_price" }
constants = { category = "Gifts", currency = "GBP" }
# Codes that no line describes are those of write-offs.
only = { description = 're:.+' }
distinct = true
"""


def test_online_retail_s_order_lines_become_sales(tmp_path):
    lines = pd.read_parquet(DATA / "online_retail" / "year_2009_2010.parquet")

    intake = intake_of(tmp_path, ONLINE_RETAIL, "sales")

    sales = load_accepted(intake)
    revenue = (lines["quantity"] * lines["unit_price"]).sum()
    assert len(load_rejected(intake)) == 0
    assert (len(sales), sales["units"].sum()) == (len(lines), lines["quantity"].sum())
    assert sales["net_revenue"].sum() == pytest.approx(revenue, rel=1e-9)
    assert sales["date"].nunique() == lines["invoice_date"].dt.normalize().nunique()
    assert sales["market"].nunique() == 40


def test_online_retail_s_products_are_drawn_from_its_order_lines(tmp_path):
    lines = pd.read_parquet(DATA / "online_retail" / "year_2009_2010.parquet")
    named = lines[lines["description"].fillna("").str.strip() != ""]
    first = named.drop_duplicates("stock_code").set_index("stock_code")["description"].str.strip()

    intake = intake_of(tmp_path, ONLINE_RETAIL, "products")

    products = load_accepted(intake).set_index("sku")
    assert len(load_rejected(intake)) == 0
    assert products["name"].to_dict() == first.to_dict()
    assert warnings_of(intake)["products.only.left_out"] == len(lines) - len(named)
    assert warnings_of(intake)["products.distinct.differs"] > 100_000


LEAD_TIMES = """
[data]
# 328 of the 4,920 orders have no day on which they were sent.
max_rejected_share = 0.07

[sources.purchase_orders]
path = "DATA/supplier_lead_times/SCMS_Delivery_History_Dataset.csv.gz"
only = { "Fulfill Via" = "Direct Drop" }
date_format = ["%m/%d/%y", "%d-%b-%y"]
missing_values = ["Date Not Captured", "re:Pre-PQ.*"]

[sources.purchase_orders.columns]
order_number = "PO / SO #"
line_number = "ID"
sku = "{Molecule/Test Type}, {Dosage Form}, {Unit of Measure (Per Pack)}"
location = "Country"
supplier = "Vendor"
ordered_on = "PO Sent to Vendor Date"
expected_on = "Scheduled Delivery Date"
ordered_units = "Line Item Quantity"

[sources.receipts]
path = "DATA/supplier_lead_times/SCMS_Delivery_History_Dataset.csv.gz"
only = { "Fulfill Via" = "Direct Drop" }
date_format = "%d-%b-%y"

[sources.receipts.columns]
order_number = "PO / SO #"
line_number = "ID"
received_on = "Delivered to Client Date"
received_units = "Line Item Quantity"
"""


def test_orders_and_receipts_with_dates_in_mixed_formats_and_text_in_their_place(tmp_path):
    file = DATA / "supplier_lead_times" / "SCMS_Delivery_History_Dataset.csv.gz"
    lines = pd.read_csv(file, encoding="cp1252")
    lines = lines[lines["Fulfill Via"] == "Direct Drop"]
    sent = pd.to_datetime(lines["PO Sent to Vendor Date"], format="%m/%d/%y", errors="coerce")
    delivered = pd.to_datetime(lines["Delivered to Client Date"], format="%d-%b-%y")

    intake = intake_of(tmp_path, LEAD_TIMES, "purchase_orders")
    receipts = load_accepted(intake_of(tmp_path, LEAD_TIMES, "receipts"))

    orders, rejected = load_accepted(intake), load_rejected(intake)
    assert (len(orders), orders["ordered_units"].sum()) == (
        sent.notna().sum(),
        lines.loc[sent.notna(), "Line Item Quantity"].sum(),
    )
    assert rejected["rule"].value_counts().to_dict() == {"purchase_orders.ordered_on.present": sent.isna().sum()}
    assert warnings_of(intake)["purchase_orders.only.left_out"] == 10_324 - len(lines)
    assert (len(receipts), receipts["received_units"].sum()) == (len(lines), lines["Line Item Quantity"].sum())
    both = orders.merge(receipts, on=["order_number", "line_number"])
    days = (both["received_on"] - both["ordered_on"]).dt.days
    assert days.sum() == (delivered - sent).dt.days.sum()
    assert len(days) == 4_592
