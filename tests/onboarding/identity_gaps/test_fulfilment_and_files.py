"""Channels without a location, the order of proposals, and the files to paste from."""

import csv

import pandas as pd

from data_contracts.declarations import EVERYTHING
from onboarding.identity_gaps import ALL_FILE, IdentityGap, write_identity_gaps
from tests.data_contracts.company import accepted
from tests.onboarding.identity_gaps.shop import DAYS, lines, product, proposed, sold, stocked


def unplaced(channel="amazon_de", **columns):
    return sold("A", location=None, channel=channel, **columns)


def test_the_only_location_with_stock_is_where_sales_are_taken_from():
    found = proposed([product("A")], unplaced(), inventory=stocked(("A", "BER")))

    assert lines(found) == [{"channel": "amazon_de", "location": "BER", "market": EVERYTHING}]
    assert found[0].evidence.startswith("26 sales of channel 'amazon_de' name no location")


def test_a_channel_s_other_sales_tell_where():
    placed = sold("A", location="HAM", channel="amazon_de", market="AT")

    found = proposed([product("A")], unplaced(), placed, inventory=stocked(("A", "BER"), ("A", "HAM")))

    assert lines(found) == [{"channel": "amazon_de", "location": "HAM", "market": "DE"}]


def test_the_location_that_alone_stocks_what_is_sold_is_proposed():
    found = proposed([product("A"), product("B")], unplaced(), inventory=stocked(("A", "FBA"), ("B", "BER")))

    assert lines(found) == [{"channel": "amazon_de", "location": "FBA", "market": EVERYTHING}]


def test_where_two_locations_could_be_meant_nothing_is_proposed():
    assert proposed([product("A")], unplaced(), inventory=stocked(("A", "BER"), ("A", "HAM"))) == []


def test_what_fulfilment_or_the_default_location_places_is_declared():
    rule = pd.DataFrame({"channel": ["amazon_de"], "location": ["BER"], "market": ["*"]})
    rule = rule.assign(valid_from=pd.Timestamp("1990-01-01"), valid_to=pd.NaT)

    by_rule = proposed([product("A")], unplaced(), inventory=stocked(("A", "BER")), fulfilment=rule)
    by_default = proposed([product("A")], unplaced(), inventory=stocked(("A", "BER")), default_location="BER")

    assert by_rule == by_default == []


def test_the_most_money_comes_first():
    rows = [product(code, "Assam tea") for code in ("a1", "A1", "b2", "B2")]

    found = proposed(rows, sold("a1"), sold("A1", units=9), sold("b2", units=5), sold("B2", units=9))

    assert [proposal.line["alias"] for proposal in found] == ["b2", "a1"]


def test_a_currency_is_compared_at_its_newest_rate():
    rates = pd.DataFrame(
        {"date": pd.to_datetime(["2025-01-01", "2026-01-01"]), "currency": "USD", "rate_to_base": [2.0, 0.5]}
    )

    found = proposed(
        [product("a1", "Tea"), product("A1", "Tea")], sold("a1", currency="USD"), sold("A1", units=9), fx_rates=rates
    )

    assert found[0].money == 260.0


def test_cancelled_orders_are_no_sales():
    cancelled = sold("a1", order="C1")

    assert proposed([product("a1", "Tea"), product("A1", "Tea")], cancelled, sold("A1", order="1")) == []


def alias(code, money=10.0):
    return IdentityGap("written alike", "sku_aliases", {"alias": code, "sku": "A1"}, "because", 1.0, money, 0.9)


def test_the_lines_of_a_file_are_accepted_as_rows_of_its_table(tmp_path):
    found = proposed(
        [product("a,1", "Tea"), product("A,1", "Tea"), product("TEA", "Assam 1 kg"), product("PACK", "Assam 1 kg 5-pack")],
        sold("a,1"), sold("A,1", units=9), sold("TEA"), sold("PACK", price=45.0),
    )  # fmt: skip

    write_identity_gaps(found, tmp_path)

    aliases = accepted(tmp_path, table="sku_aliases", path="sku_aliases.csv")
    bundles = accepted(tmp_path, table="bundles", path="bundles.csv")
    assert aliases[["alias", "sku", "source"]].to_dict("records") == [{"alias": "a,1", "sku": "A,1", "source": "*"}]
    assert bundles[["bundle_sku", "component_sku", "units"]].to_numpy().tolist() == [["PACK", "TEA", 5.0]]


def test_a_changed_product_is_its_whole_row(tmp_path):
    found = proposed(
        [product("K1", "Kettle Pro", unit_price=30.5, launched_on=pd.Timestamp("2024-01-01")), product("K2", "Kettle Pro")],
        sold("K1", days=DAYS[:90]), sold("K2", days=DAYS[92:]),
    )  # fmt: skip

    write_identity_gaps(found, tmp_path)

    (row,) = accepted(tmp_path, table="products", path="products.csv").to_dict("records")
    assert (row["sku"], row["name"], row["unit_price"], row["successor_sku"]) == ("K1", "Kettle Pro", 30.5, "K2")
    assert row["launched_on"] == pd.Timestamp("2024-01-01")


def test_all_of_them_stand_in_one_file_with_their_evidence(tmp_path):
    write_identity_gaps([alias("a1")], tmp_path)

    rows = list(csv.DictReader((tmp_path / ALL_FILE).read_text().splitlines()))

    assert rows == [
        {"kind": "written alike", "table": "sku_aliases", "line": "a1,A1", "evidence": "because", "units": "1", "money": "10.00", "confidence": "0.90"}
    ]  # fmt: skip


def test_files_of_earlier_proposals_are_taken_away(tmp_path):
    write_identity_gaps([alias("a1")], tmp_path)

    write_identity_gaps([], tmp_path)

    assert [file.name for file in tmp_path.iterdir()] == [ALL_FILE]


def test_a_code_that_a_spreadsheet_would_run_stands_as_text_in_the_list_alone(tmp_path):
    write_identity_gaps([alias('=HYPERLINK("x")'), alias("a1")], tmp_path)

    assert "HYPERLINK" not in (tmp_path / "sku_aliases.csv").read_text()
    assert not any(
        row["line"].startswith("=") for row in csv.DictReader((tmp_path / ALL_FILE).read_text().splitlines())
    )
