"""Amazon's reports become our tables, line by line, and what is left out is told."""

import shutil

import pandas as pd
import pytest

from data_contracts.judging.accepted import load_accepted, load_rejected
from flows.inputs import ingest_one
from intake.connectors import EXPORTS
from settings import load_settings
from tests.data_contracts.company import warnings_of, write
from tests.intake.connectors.checking import made, taken_in, united
from tests.intake.connectors.sample_companies import SAMPLES

ORDER_HEADER = (
    "amazon-order-id", "purchase-date", "order-status", "fulfillment-channel", "sales-channel", "sku", "item-status",
    "quantity", "currency", "item-price", "item-tax", "item-promotion-discount", "ship-country",
)  # fmt: skip

COMPANY = """
[company]
timezone = "Europe/Berlin"
default_location = "FBA"
[data]
today = 2026-07-01
[sources.sales]
path = "all_orders.txt"
connector = "amazon_orders"
separator = "\\t"
[sources.inventory]
path = "fba_inventory.txt"
connector = "amazon_fba_inventory"
constants = { as_of = "2026-06-30", location = "FBA" }
[sources.products]
path = "fba_inventory.txt"
connector = "amazon_fba_inventory"
constants = { category = "Tea" }
[sources.stock_levels]
path = "ledger_summary.csv"
connector = "amazon_ledger_summary"
date_format = "%m/%d/%Y"
constants = { location = "FBA" }
[sources.supply_terms]
path = "supply_terms.csv"
"""

JOINED = """
columns = { reserved = "reserved_customerorders" }
[[sources.inventory.joined]]
path = "reserved_inventory.txt"
on = ["sku"]
"""


def order_line(
    order="302-1", date="2026-03-02T10:22:33+00:00", status="Shipped", fulfilled_by="Amazon", channel="Amazon.de", sku="A",
    item_status="Shipped", quantity="1", currency="EUR", price="10.00", tax="", discount="", country="DE",
):  # fmt: skip
    """One line of an all-orders report."""
    return (
        order, date, status, fulfilled_by, channel, sku, item_status, quantity, currency, price, tax, discount, country
    )  # fmt: skip


def report(*lines):
    """A tab-separated all-orders report."""
    return "\n".join("\t".join(fields) for fields in (ORDER_HEADER, *lines)) + "\n"


def rows_of(table, connector, header, *lines, **source):
    """What a connector makes of one report, before the contract."""
    return made(table, connector, "\n".join(map(_quoted, (header, *lines))), **source)


def _quoted(fields):
    return ",".join(f'"{field}"' for field in fields)


def sales_of(*lines, connector="amazon_orders", header=ORDER_HEADER, **source):
    return rows_of("sales", connector, header, *lines, **source)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The sample company, as tonight's run takes it in: settings, intake of each table, folder."""
    root = tmp_path_factory.mktemp("amazon")
    return *taken_in(root, "amazon", COMPANY), root


def test_the_sample_company_is_taken_in_whole(company):
    settings, taken, _ = company

    inputs = united(settings, taken).inputs

    assert sum(len(load_rejected(intake)) for intake in taken.values()) == 0
    assert len(inputs.items) == 12
    assert set(inputs.items["location"]) == {"FBA"}


def test_sales_of_the_sample_report(company):
    _, taken, root = company
    delivered = pd.read_csv(root / "all_orders.txt", sep="\t")
    rows = load_accepted(taken["sales"]).set_index("source_line")

    assert len(rows) == len(delivered) - 3  # two of another shop, one cancelled with quantity 0
    first = rows.loc[2]
    assert (first["sku"], first["channel"], first["market"], first["units"], first["net_revenue"]) == (
        delivered["sku"][0], delivered["sales-channel"][0], delivered["ship-country"][0], delivered["quantity"][0],
        pytest.approx(delivered["item-price"][0] - delivered["item-tax"][0]),
    )  # fmt: skip
    assert rows.loc[10, "channel"] == "Amazon.de (merchant)"
    assert set(rows["order"].dropna()) <= set(delivered["amazon-order-id"])


def test_what_is_left_out_of_the_sample_report_is_counted_and_told(company):
    _, taken, _ = company

    told = taken["sales"].rule_results.query("rule == 'sales.connector.left_out'").set_index("rows_failed")

    assert sorted(told.index) == [1, 2]
    assert "Non-Amazon" in told.loc[2, "first_example"]
    assert "the first is line 8" in told.loc[2, "first_example"]
    assert 'connector = "amazon_orders_with_non_amazon" keeps them' in told.loc[2, "first_example"]
    assert "cancelled with quantity 0" in told.loc[1, "first_example"]
    assert "the first is line 7" in told.loc[1, "first_example"]


def test_identical_lines_of_one_order_both_count(company):
    _, taken, _ = company
    rows = load_accepted(taken["sales"]).set_index("source_line")

    assert rows.loc[5, "order"] == rows.loc[6, "order"]
    assert rows.loc[[5, 6], "units"].tolist() == [1.0, 1.0]
    assert warnings_of(taken["sales"])["sales.order.repeated_lines"] == 1


def test_pending_lines_keep_their_units_and_are_told(company):
    _, taken, _ = company
    rows = load_accepted(taken["sales"]).set_index("source_line")

    assert rows.loc[11, ["units", "net_revenue", "currency"]].tolist() == [2.0, 0.0, "EUR"]
    assert warnings_of(taken["sales"])["sales.net_revenue.not_zero"] == 2


def test_the_price_is_that_of_the_line_less_its_discount():
    rows = sales_of(order_line(quantity="3", price="30.00", discount="4.50"))

    assert rows["net_revenue"].tolist() == ["25.5"]
    assert rows["units"].tolist() == ["3"]


def test_a_discount_written_with_a_minus_is_a_discount():
    assert sales_of(order_line(price="30.00", discount="-4.50"))["net_revenue"].tolist() == ["25.5"]


@pytest.mark.parametrize(
    ("channel", "revenue"), [("Amazon.de", "100"), ("Amazon.co.uk", "100"), ("Amazon.com", "119"), ("amazon.ca", "119")]
)
def test_tax_is_taken_out_where_prices_include_it(channel, revenue):
    rows = sales_of(order_line(channel=channel, price="119.00", tax="19.00"))

    assert rows["net_revenue"].tolist() == [revenue]


def test_a_price_without_tax_is_taken_where_the_report_has_one():
    line = (*order_line(price="119.00", tax="19.00", discount="10.00"), "100.00")

    rows = sales_of(line, header=(*ORDER_HEADER, "vat-exclusive-item-price"))

    assert rows["net_revenue"].tolist() == ["90"]


def test_non_amazon_orders_are_kept_on_request():
    lines = (order_line(), order_line(order="302-2", channel="Non-Amazon DE"))

    assert sales_of(*lines)["order"].tolist() == ["302-1"]
    kept = sales_of(*lines, connector="amazon_orders_with_non_amazon")
    assert kept["channel"].tolist() == ["Amazon.de", "Non-Amazon DE"]


def test_cancelled_lines_that_still_have_units_are_no_demand():
    rows = sales_of(order_line(item_status="Cancelled", quantity="2"), order_line(order="302-2"))

    assert rows["status"].tolist() == ["cancelled", "completed"]


def test_one_report_of_all_marketplaces_is_split_by_channel_and_currency():
    rows = sales_of(
        order_line(),
        order_line(channel="Amazon.co.uk", currency="GBP", country="GB"),
        order_line(channel="Amazon.se", currency="", price="", status="Pending", country="SE"),
    )

    assert rows["channel"].tolist() == ["Amazon.de", "Amazon.co.uk", "Amazon.se"]
    assert rows["currency"].tolist() == ["EUR", "GBP", "SEK"]
    assert rows["market"].tolist() == ["DE", "GB", "SE"]


def test_a_priced_line_without_currency_is_not_given_one():
    assert sales_of(order_line(currency=""))["currency"].tolist() == [""]


def test_lines_without_sku_and_prices_that_are_no_numbers_are_rejected_by_rule(tmp_path):
    write(tmp_path, "all_orders.txt", report(order_line(sku=""), order_line(price="free"), order_line(discount="10%")))
    settings = load_settings(write(tmp_path, "restock.toml", COMPANY))
    settings = settings.model_copy(update={"data": settings.data.model_copy(update={"max_rejected_share": 1.0})})

    rejected = load_rejected(ingest_one(settings, "sales"))

    assert rejected[["line", "rule", "value"]].fillna("").to_numpy().tolist() == [
        [2, "sales.sku.present", ""],
        [3, "sales.net_revenue.number", "free"],
        [4, "sales.net_revenue.number", "10%"],
    ]


def test_instants_become_days_of_the_company(tmp_path):
    write(tmp_path, "all_orders.txt", report(order_line(date="2026-03-02T23:30:00+00:00")))
    settings = load_settings(write(tmp_path, "restock.toml", COMPANY))

    assert load_accepted(ingest_one(settings, "sales"))["date"].tolist() == [pd.Timestamp("2026-03-03")]


def test_reserved_units_are_on_hand_and_all_promised_unless_more_is_known(company):
    _, taken, root = company
    delivered = pd.read_csv(root / "fba_inventory.txt", sep="\t").set_index("sku")
    stock = load_accepted(taken["inventory"]).set_index("sku")

    on_hand = delivered["afn-fulfillable-quantity"] + delivered["afn-reserved-quantity"]
    assert stock["on_hand"].to_dict() == on_hand.to_dict()
    assert (stock["on_hand"] + delivered["afn-unsellable-quantity"]).to_dict() == delivered[
        "afn-warehouse-quantity"
    ].to_dict()
    assert stock["reserved"].to_dict() == delivered["afn-reserved-quantity"].to_dict()
    assert set(stock["as_of"]) == {pd.Timestamp("2026-06-30")}


def test_with_the_reserved_report_joined_only_customer_orders_are_promised(tmp_path):
    shutil.copytree(SAMPLES / "amazon", tmp_path, dirs_exist_ok=True)
    toml = COMPANY.replace("[sources.products]", JOINED + "[sources.products]")
    settings = load_settings(write(tmp_path, "restock.toml", toml))
    customer_orders = pd.read_csv(tmp_path / "reserved_inventory.txt", sep="\t").set_index("sku")

    stock = load_accepted(ingest_one(settings, "inventory")).set_index("sku")

    listed = customer_orders["reserved_customerorders"]
    assert stock.loc[listed.index, "reserved"].to_dict() == listed.to_dict()
    assert stock["reserved"].drop(listed.index).eq(0).all()


def test_an_unreadable_quantity_is_named_and_not_added_up():
    header = ("sku", "product-name", "afn-fulfillable-quantity", "afn-reserved-quantity")

    rows = rows_of(
        "inventory", "amazon_fba_inventory", header, ("A", "Tea", "40", "many"), ("B", "Tea", "", "2"), ("C", "Tea", "7", "")
    )  # fmt: skip

    assert rows["on_hand"].tolist() == ["many", "", "7"]


def test_products_of_the_fba_inventory(company):
    _, taken, _ = company

    row = load_accepted(taken["products"]).set_index("sku").loc["TEA-ASSAM-250"]

    assert row[["name", "category", "unit_price"]].tolist() == ["Assam tea, 250 g", "Tea", 13.9]


def test_the_ledger_is_summed_over_countries_and_leaves_out_what_cannot_be_sold(company):
    _, taken, root = company
    delivered = pd.read_csv(root / "ledger_summary.csv")
    sellable = delivered[delivered["Disposition"] == "SELLABLE"]
    levels = load_accepted(taken["stock_levels"])

    assert len(levels) == 12 * 61
    assert levels["on_hand"].sum() == sellable["Ending Warehouse Balance"].sum()
    assert levels["source_line"].min() == 2
    assert (levels["date"].min(), levels["date"].max()) == (pd.Timestamp("2026-05-01"), pd.Timestamp("2026-06-30"))
    assert warnings_of(taken["stock_levels"])["stock_levels.connector.left_out"] == 61


def test_ledger_rows_that_cannot_be_summed_stay_for_the_contract():
    header = ("Date", "MSKU", "Disposition", "Ending Warehouse Balance", "Location")
    lines = [
        ("05/01/2026", "A", "SELLABLE", "3", "DE"),
        ("05/01/2026", "A", "SELLABLE", "4", "FR"),
        ("05/01/2026", "", "SELLABLE", "9", "DE"),
        ("05/01/2026", "B", "SELLABLE", "few", "DE"),
    ]

    rows = rows_of("stock_levels", "amazon_ledger_summary", header, *lines)

    assert rows[["sku", "on_hand", "file_line"]].to_numpy().tolist() == [
        ["A", "7", 2],
        ["", "9", 4],
        ["B", "few", 5],
    ]


def test_the_newest_stock_of_the_ledger_is_that_of_the_inventory(company):
    _, taken, _ = company
    levels, stock = load_accepted(taken["stock_levels"]), load_accepted(taken["inventory"]).set_index("sku")

    last = levels[levels["date"] == levels["date"].max()].set_index("sku")

    assert last["on_hand"].to_dict() == stock["on_hand"].to_dict()


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("all_orders.txt", "amazon_orders"),
        ("fba_inventory.txt", "amazon_fba_inventory"),
        ("reserved_inventory.txt", "amazon_reserved_inventory"),
        ("ledger_summary.csv", "amazon_ledger_summary"),
    ],
)
def test_each_report_is_told_from_all_other_formats(file, name):
    columns = frozenset(pd.read_csv(SAMPLES / "amazon" / file, sep=None, engine="python", nrows=1).columns)

    assert [export.name for export in EXPORTS.values() if export.matches(columns)] == [name]


def test_numbers_are_written_as_the_source_writes_them():
    rows = sales_of(order_line(price="1.234,50", discount="4,25"), decimal=",", thousands=".")

    assert rows["net_revenue"].tolist() == ["1230,25"]
