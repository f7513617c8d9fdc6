"""`restock check` as a person sees it: what it prints and writes, and how it ends."""

import csv
import json
import re

import pytest

from tests.faults.shop import AS_OF, day, sale, shop
from tests.running import restock_here

FIGURES = {
    "good_enough", "refused", "as_of", "items", "rejected_rows", "tables", "problems", "incomplete", "notes", "rules",
    "page", "workbook", "data_docs", "proposals", "sales_history", "stock_history", "date_of_the_stock",
    "periods_without_a_row_of_stock",
}  # fmt: skip


def check(folder, *options):
    return restock_here("check", "--settings", folder, *options)


def test_good_data_are_counted_by_table_and_the_page_is_named(tmp_path):
    code, out, err = check(shop(tmp_path))

    assert code == 0, err
    assert out.startswith(f"The data are good enough to plan 3 items as of {AS_OF}.")
    assert re.search(
        r"table +rows read +rejected +warnings\ninventory +3 +0 +0\nproducts +3 +0 +0\nsales +210 +0 +0\n", out
    )
    assert f"Full report: {tmp_path / '.restock' / 'check' / 'check.html'}" in out
    assert "Rows to correct" not in out


def test_a_rejected_row_is_shown_with_its_place_its_worth_and_what_to_do(tmp_path):
    code, out, err = check(shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x")]))

    assert code == 0, err
    assert "To look at:\n\n1. sales: units is not a number; 1 row rejected: 20 EUR net revenue" in out
    assert 'sales.csv line 212: units is "1.5x", not a number; rejected (rule sales.units.number)' in out
    assert f"Rows to correct: {tmp_path / '.restock' / 'check' / 'rejected.xlsx'}" in out
    assert f"then: restock correct {tmp_path / '.restock' / 'check' / 'rejected.xlsx'} --settings {tmp_path}" in out


def test_more_than_three_problems_are_left_to_the_page(tmp_path):
    bad = {"units": "x", "net_revenue": "y", "currency": "EURO", "date": "2026-02-31", "sku": ""}
    rows = [sale(**{"sku": "CUP", "channel": f"shop {name}", name: value}) for name, value in bad.items()]

    code, out, err = check(shop(tmp_path, sales=rows))

    assert code == 0, err
    assert "The worst:" in out
    assert len(re.findall(r"^\d\. sales:", out, re.MULTILINE)) == 3
    assert "and 2 more problems in the page below." in out


def test_refused_data_end_with_3_and_every_reason_is_numbered(tmp_path):
    code, out, err = check(shop(tmp_path, inventory_csv="", supply_terms_csv=""))

    assert code == 3
    assert out.startswith("Not good enough to plan, for 2 reasons:\n1. inventory.csv: the file is empty")
    assert re.search(r"^inventory +refused$", out, re.MULTILINE)
    assert "2. supply_terms.csv: the file is empty" in out
    assert "inventory.csv: the file is empty; deliver it again" in err


def test_items_that_cannot_be_planned_in_full_are_named_with_what_to_do(tmp_path):
    terms = "sku,location,supplier,unit_cost,currency,lead_time_days\nTEA,BER,NORD,4,EUR,7\nCUP,BER,NORD,4,EUR,7\n"

    code, out, err = check(shop(tmp_path, supply_terms_csv=terms))

    assert code == 0, err
    assert "1 item (POT at BER): no supplier's terms and no transfer terms" in out
    assert "What to do: add a row to supply_terms" in out


def test_identity_that_is_likely_missing_is_said_and_written_to_paste(tmp_path):
    rows = [sale(day(before), "tea", units="1", net_revenue="10") for before in range(20)]

    code, out, err = check(shop(tmp_path, sales=rows))

    folder = tmp_path / ".restock" / "proposals"
    assert code == 0, err
    assert "Likely missing: 1 line about what is the same product" in out
    assert "written alike: 'tea' differs from 'TEA' by letter case only" in out
    assert f"To review and paste: {folder}" in out
    with (folder / "sku_aliases.csv").open() as file:
        assert list(csv.DictReader(file)) == [{"alias": "tea", "sku": "TEA"}]


def test_figures_for_a_program_keep_their_keys(tmp_path):
    code, out, err = check(shop(tmp_path, sales=[sale(day(3), "CUP", channel="shop", units="1.5x")]), "--json")

    figures = json.loads(out)
    assert code == 0, err
    assert set(figures) == FIGURES
    assert (figures["good_enough"], figures["as_of"], figures["items"]) == (True, str(AS_OF), 3)
    assert figures["rejected_rows"] == 1
    assert {row["table"]: row["rejected"] for row in figures["tables"]}["sales"] == 1
    assert figures["rules"][0]["rule"] == "sales.units.number"


def test_figures_of_refused_data_are_printed_too(tmp_path):
    code, out, _ = check(shop(tmp_path, inventory_csv=""), "--json")

    figures = json.loads(out)
    assert code == 3
    assert (figures["good_enough"], figures["items"]) == (False, None)
    assert figures["refused"] == ["inventory.csv: the file is empty; deliver it again"]


def test_a_day_in_the_past_is_checked_as_of_then(tmp_path):
    inventory = f"as_of,sku,location,on_hand\n{day(10)},TEA,BER,30\n{day(0)},TEA,BER,20\n"

    code, out, err = check(shop(tmp_path, inventory_csv=inventory), "--as-of", day(10))

    assert code == 0, err
    assert f"as of {day(10)}" in out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--settings", "nowhere/restock.toml"], "no such file"),
        (["--as-of", "31.03.2026"], "write it as 2026-03-31"),
    ],
)
def test_wrong_use_ends_with_2(options, says):
    code, _, err = restock_here("check", *options)

    assert code == 2
    assert says in err
