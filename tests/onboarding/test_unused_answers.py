"""What people said and nothing took: refused with the flag and what it could apply to, never dropped."""

import shutil

import pytest

from onboarding.answers import Answers, ColumnConstant, ColumnSource, CompanyFact, EmptyRows, FileTable, TextMeaning
from onboarding.survey.sources import survey_folder
from onboarding.unused_answers import refuse_unused_answers
from settings import UsageError
from tests.onboarding.draft.folders import COMPANY, SALES, TODAY, folder
from tests.running import ROOT

SHOPIFY = ROOT / "tests" / "intake" / "connectors" / "samples" / "shopify"
STATES = "Date,Item,Qty,Revenue,Status,Note\n2026-06-25,A-1,2,13.9,Shipped,x\n2026-06-26,A-2,1,6.2,Cancelled,y\n"


def refused(path, key, text):
    """What is said of one answer beside the usual ones; None where it is used."""
    said = Answers().with_answer(key, text)
    answers = said
    for name, value in {**COMPANY, "lead_time_days": "14", "unit_cost": "3", "supplier": "Leaf"}.items():
        if CompanyFact(name) is not key:
            answers = answers.with_answer(CompanyFact(name), value)
    try:
        refuse_unused_answers(survey_folder(path), answers, said, TODAY)
    except UsageError as fault:
        return " ".join(str(fault).split())
    return None


@pytest.fixture
def shop(tmp_path):
    return folder(tmp_path, sales__csv=STATES, stock__csv="Item,Stock,As of\nA-1,5,2026-06-26\nA-2,4,2026-06-26\n")


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        (CompanyFact.ON_HAND, "5", ["--on-hand 5.0 changes nothing", "its column Stock says it"]),
        (CompanyFact.AS_OF, "2026-06-30", ["--as-of 2026-06-30", "its column As of says it"]),
        (CompanyFact.DATE_SYSTEM, "1904", ["--date-system 1904", "serial numbers of a spreadsheet"]),
        (CompanyFact.DATE_ORDER, "month-first", ["--date-order month-first", "03/04/2026"]),
        (CompanyFact.TAX_RATE, "0.19", ["--tax-rate 0.19", "include tax"]),
        (CompanyFact.LEAD_TIME_UNIT, "weeks", ["--lead-time-unit weeks"]),
        (
            ColumnSource("promotions", "starts_on"),
            "Date",
            ['--map "promotions.starts_on=Date"', "no file is promotions"],
        ),
        (ColumnConstant("bundles", "bundle_sku"), "A", ['--constant "bundles.bundle_sku=A"', "no file is bundles"]),
        (EmptyRows("sales", "date"), "yes", ["--leave-out sales.date", "hardly a row without date"]),
        (TextMeaning("sales", "State", "Sent"), "sale", ["no column 'State'", "Status"]),
        (TextMeaning("sales", "Status", "Sent"), "sale", ["is never 'Sent'; it is Shipped, Cancelled"]),
        (TextMeaning("sales", "Note", "x"), "sale", ["says of no row what it is"]),
    ],
)
def test_what_applies_to_nothing_is_refused_with_what_it_is_for(shop, key, text, says):
    told = refused(shop, key, text)

    assert told is not None
    assert [part for part in says if part not in told] == [], told


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (CompanyFact.CURRENCY, "EUR"),
        (CompanyFact.TIMEZONE, "Europe/Paris"),
        (CompanyFact.PERIOD, "week"),
        (CompanyFact.CHANNEL, "till"),
        (CompanyFact.SUPPLIER, "Twig"),
        (CompanyFact.UNIT_PRICE, "9"),
        (ColumnSource("sales", "customer"), "Note"),
        (ColumnSource("sales", "customer"), "none"),
        (ColumnConstant("sales", "status"), "completed"),
        (FileTable("stock.csv"), "none"),
        (TextMeaning("sales", "Status", "Cancelled"), "sale"),
        (TextMeaning("sales", "Status", "Shipped"), "sale"),
    ],
)
def test_what_is_used_or_holds_anyway_is_no_fault(shop, key, text):
    assert refused(shop, key, text) is None


def test_an_order_of_days_that_the_values_show_as_well_is_no_fault(tmp_path):
    folder(tmp_path, sales__csv=SALES.replace("2026-06-29", "29.06.2026").replace("2026-06-30", "30.06.2026"))

    assert refused(tmp_path, CompanyFact.DATE_ORDER, "day-first") is None
    assert "--date-order month-first" in refused(tmp_path, CompanyFact.DATE_ORDER, "month-first")


@pytest.mark.parametrize("key", [ColumnSource("sales", "channel"), ColumnConstant("sales", "channel")])
def test_columns_of_an_export_are_its_connectors_unless_people_say_what_the_file_is(tmp_path, key):
    shutil.copytree(SHOPIFY, tmp_path, dirs_exist_ok=True)

    told = refused(tmp_path, key, "Source")

    assert "orders_export.csv is read by the connector shopify_orders" in told
    assert '--table "orders_export.csv=sales"' in told


def test_the_meaning_that_people_give_to_a_known_state_of_an_order_counts(tmp_path):
    orders = "PO number,Item,Order date,Qty,Supplier,Status\nP1,A-1,2026-06-01,48,Leaf,done\n"
    folder(tmp_path, sales__csv=STATES, purchase_orders__csv=orders)

    assert refused(tmp_path, TextMeaning("purchase_orders", "Status", "done"), "open") is None


def test_what_was_asked_for_before_a_file_was_said_is_not_refused_with_that_answer(tmp_path):
    folder(
        tmp_path,
        sales__csv=SALES,
        stock__csv="Item,Stock,As of\nTEA-1,5,2026-06-30\nTEA-2,4,2026-06-30\n",
        stock_list__csv="Item,Available,Vendor,Unit cost,Lead time (days)\nTEA-1,5,Leaf,4,12\nTEA-2,4,Leaf,4,12\n",
    )
    facts = {**COMPANY, "lead_time_days": "14", "unit_cost": "3", "supplier": "Leaf"}
    said = Answers().with_answer(FileTable("stock_list.csv"), "supply_terms")
    for name, value in facts.items():
        said = said.with_answer(CompanyFact(name), value)

    told = refuse_unused_answers(survey_folder(tmp_path), said, said, TODAY)

    assert any(each.startswith("--lead-time-days 14.0 is not needed any more") for each in told)
