"""The settings that are drafted for a folder: which table each file is, how columns map, and what is asked."""

import datetime as dt
import shutil

import pytest

from onboarding.answers import ColumnSource, CompanyFact, FileTable
from onboarding.questions import Guess
from settings import UsageError
from tests.intake.connectors.sample_companies import SAMPLES
from tests.onboarding.draft.folders import SALES, asked, drafted, folder, given, mapping, table


def test_tables_are_recognised_by_headings_in_other_words_and_languages(tmp_path):
    folder(
        tmp_path,
        verkaeufe__csv="Bestelldatum;Artikelnummer;Menge;Umsatz\n2026-06-30;A-1;2;13,90\n",
        artikel__csv="Artikelnummer;Bezeichnung;Warengruppe;EK\nA-1;Tee;Tees;5,10\n",
        bestand__csv="Artikelnummer;Lager;Bestand\nA-1;Berlin;17\n",
    )

    settings_draft = drafted(tmp_path, given(as_of="2026-06-30", location="Berlin"))

    assert [draft.table for draft in settings_draft.tables if not draft.derived] == ["sales", "products", "inventory"]
    assert mapping(settings_draft, "sales") == {
        "date": "Bestelldatum", "sku": "Artikelnummer", "units": "Menge", "net_revenue": "Umsatz",
    }  # fmt: skip
    assert mapping(settings_draft, "inventory") == {"sku": "Artikelnummer", "location": "Lager", "on_hand": "Bestand"}
    assert table(settings_draft, "sales").keys["decimal"].value == ","


def test_a_similar_heading_is_likely_and_never_more(tmp_path):
    folder(tmp_path, sales__csv="Order date,Item codes,Qty,Revenue\n2026-06-30,A-1,2,13.90\n")

    settings_draft = drafted(tmp_path, given())

    assert table(settings_draft, "sales").columns["sku"].certainty == "likely"
    assert [question.key for question in settings_draft.likely] == [ColumnSource("sales", "sku")]


def test_orders_with_a_supplier_are_purchase_orders_and_orders_without_are_sales(tmp_path):
    folder(
        tmp_path,
        a__csv="PO number,Item,Order date,Qty,Supplier,ETA\nP1,A-1,2026-06-01,48,Leaf,2026-07-01\n",
        b__csv="Order number,Item,Order date,Qty,Revenue\nW1,A-1,2026-06-01,1,7.00\n",
    )

    settings_draft = drafted(tmp_path, given())

    assert table(settings_draft, "purchase_orders").delivered.name == "a.csv"
    assert table(settings_draft, "sales").delivered.name == "b.csv"


def test_stock_of_one_day_is_inventory_and_of_several_days_is_history_that_feeds_both(tmp_path):
    one, several = tmp_path / "one", tmp_path / "several"
    folder(one, stock__csv="Date,Item,Stock\n2026-06-30,A-1,5\n")
    folder(several, stock__csv="Date,Item,Stock\n2026-06-29,A-1,6\n2026-06-30,A-1,5\n")

    of_one, of_several = drafted(one, given()), drafted(several, given())

    assert [draft.table for draft in of_one.tables if not draft.derived] == ["inventory"]
    assert table(of_several, "stock_levels").derived is False
    assert mapping(of_several, "inventory") == {"as_of": "Date", "sku": "Item", "on_hand": "Stock"}


def test_a_date_that_could_be_read_two_ways_is_asked_and_the_answer_holds(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue\n03/04/2026,A-1,1,7.00\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(date_order="day-first"))

    assert "--date-order" in asked(before)
    assert "date_format" not in table(before, "sales").keys
    assert table(after, "sales").keys["date_format"].value == "%d/%m/%Y"


def test_a_date_that_values_decide_is_not_asked(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue\n03/04/2026,A-1,1,7.00\n04/25/2026,A-1,1,7.00\n")

    settings_draft = drafted(tmp_path, given())

    assert "--date-order" not in asked(settings_draft)
    assert table(settings_draft, "sales").keys["date_format"].value == "%m/%d/%Y"


def test_two_orders_of_day_and_month_in_one_file_are_asked_about(tmp_path):
    rows = "P1,A-1,25/04/2026,48,Leaf,04/30/2026\n"
    folder(tmp_path, po__csv="PO number,Item,Order date,Qty,Supplier,ETA\n" + rows)

    settings_draft = drafted(tmp_path, given())

    question = next(question for question in settings_draft.ambiguous if "two orders" in question.prompt)
    answered = drafted(tmp_path, given().with_answer(question.key, "expected_on"))
    assert (question.flag, question.choices) == ("--map purchase_orders.COLUMN=none", ("ordered_on", "expected_on"))
    assert question not in answered.ambiguous
    assert table(answered, "purchase_orders").keys["date_format"].value == "%d/%m/%Y"


def test_a_number_that_could_be_thousands_is_asked_unless_the_file_decides(tmp_path):
    folder(tmp_path / "open", sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1;1.234\n")
    folder(tmp_path / "decided", sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1,5;1.234\n")

    is_open, decided = drafted(tmp_path / "open", given()), drafted(tmp_path / "decided", given())

    assert "--decimal" in asked(is_open)
    assert "--decimal" not in asked(decided)
    keys = table(decided, "sales").keys
    assert (keys["decimal"].value, keys["thousands"].value) == (",", ".")


def test_the_answer_about_decimals_makes_the_other_sign_one_of_thousands(tmp_path):
    folder(tmp_path, sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1;1.234\n")

    keys = table(drafted(tmp_path, given(decimal="comma")), "sales").keys

    assert (keys["decimal"].value, keys["thousands"].value) == (",", ".")


def test_what_no_file_tells_is_asked_with_its_flag(tmp_path):
    folder(tmp_path, sales__csv=SALES, stock__csv="Item,Stock\nTEA-1,5\nTEA-2,0\n")

    settings_draft = drafted(tmp_path)

    assert asked(settings_draft) == {
        "--currency", "--country", "--location", "--as-of", "--supplier", "--unit-cost", "--lead-time-days",
    }  # fmt: skip


def test_currency_is_read_from_a_column_or_a_heading(tmp_path):
    folder(tmp_path / "column", sales__csv="Date,Item,Qty,Revenue,Currency\n2026-06-30,A-1,1,7.00,CHF\n")
    folder(tmp_path / "heading", sales__csv="Date,Item,Qty,Revenue (GBP)\n2026-06-30,A-1,1,7.00\n")

    by_column, by_heading = drafted(tmp_path / "column"), drafted(tmp_path / "heading")

    assert by_column.company["base_currency"].value == "CHF"
    assert by_heading.company["base_currency"].value == "GBP"
    assert table(by_heading, "sales").constants["currency"].value == "GBP"


def test_several_currencies_are_asked_about(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue,Currency\n2026-06-30,A-1,1,7,CHF\n2026-06-30,A-1,1,7,EUR\n")

    assert "--currency" in asked(drafted(tmp_path))


def test_a_dollar_sign_is_no_currency(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue ($)\n2026-06-30,A-1,1,7.00\n")

    assert "--currency" in asked(drafted(tmp_path))


def test_instants_with_an_offset_ask_for_the_time_zone_and_plain_days_do_not(tmp_path):
    folder(tmp_path / "zoned", sales__csv="Date,Item,Qty,Revenue\n2026-06-30 23:30:00 +0000,A-1,1,7.00\n")
    folder(tmp_path / "plain", sales__csv=SALES)

    assert "--timezone" in asked(drafted(tmp_path / "zoned", given()))
    assert "--timezone" not in asked(drafted(tmp_path / "plain", given()))


def test_units_of_a_heading_become_the_contracts(tmp_path):
    terms = "Item,Supplier,Unit cost,Lead time (weeks)\nA-1,Leaf,5.10,3\n"
    folder(tmp_path, terms__csv=terms, products__csv="Item,Name,Category,Weight (g)\nA-1,Tea,Tea,280\n")

    settings_draft = drafted(tmp_path, given())

    assert mapping(settings_draft, "supply_terms")["lead_time_days"] == "= {Lead time (weeks)} * 7"
    assert mapping(settings_draft, "products")["weight_kg"] == "= {Weight (g)} * 0.001"


def test_a_unit_that_no_heading_tells_is_asked_where_it_is_needed_and_else_not_used(tmp_path):
    terms = "Item,Supplier,Unit cost,Lead time\nA-1,Leaf,5.10,3\n"
    folder(tmp_path, terms__csv=terms, products__csv="Item,Name,Category,Weight\nA-1,Tea,Tea,280\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(lead_time_unit="weeks"))

    assert "--lead-time-unit" in asked(before)
    assert "Weight" in table(before, "products").unused
    assert mapping(after, "supply_terms")["lead_time_days"] == "= {Lead time} * 7"


def test_revenue_is_units_times_unit_price_where_no_column_holds_it(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Unit price\n2026-06-30,A-1,2,7.00\n")

    assert mapping(drafted(tmp_path, given()), "sales")["net_revenue"] == "= {Qty} * {Unit price}"


def priced(growing):
    prices = [7.0 * (qty if growing else 1) for qty in range(1, 41)]
    rows = (f"2026-06-{1 + qty % 28:02},A-1,{qty},{price}\n" for qty, price in enumerate(prices, 1))
    return "Date,Item,Qty,Price\n" + "".join(rows)


def test_a_price_is_of_the_line_where_it_grows_with_units_and_of_the_unit_where_it_does_not(tmp_path):
    folder(tmp_path / "line", sales__csv=priced(growing=True))
    folder(tmp_path / "unit", sales__csv=priced(growing=False))

    line, unit = drafted(tmp_path / "line", given()), drafted(tmp_path / "unit", given())

    assert mapping(line, "sales")["net_revenue"] == "Price"
    assert mapping(unit, "sales")["net_revenue"] == "= {Qty} * {Price}"
    assert table(line, "sales").columns["net_revenue"].certainty == "likely"


def test_a_price_of_which_lines_tell_nothing_is_asked_about(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Price\n2026-06-30,A-1,2,7.00\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(price_is="line"))

    assert "--price-is" in asked(before)
    assert mapping(after, "sales")["net_revenue"] == "Price"


def test_tax_that_a_heading_names_is_taken_out_at_a_rate_that_people_tell(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue incl. VAT\n2026-06-30,A-1,1,11.90\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(tax_rate="0.19"))

    assert "--tax-rate" in asked(before)
    assert "net_revenue" not in mapping(before, "sales")
    assert mapping(after, "sales")["net_revenue"] == "= {Revenue incl. VAT} * 0.8403361345"


def test_terms_are_made_from_the_file_with_costs_and_from_what_people_tell(tmp_path):
    folder(tmp_path, sales__csv=SALES, products__csv="Item,Name,Category,Cost\nTEA-1,Assam,Tea,3.10\n")

    terms = table(drafted(tmp_path, given(supplier="Leaf", lead_time_days="14")), "supply_terms")

    assert terms.derived
    assert terms.delivered.name == "products.csv"
    assert {name: guess.value for name, guess in terms.constants.items()} == {
        "location": "MAIN", "supplier": "Leaf", "currency": "EUR", "lead_time_days": 14.0,
    }  # fmt: skip
    assert terms.columns["unit_cost"].value == "Cost"


def test_sold_units_are_never_taken_for_stock(tmp_path):
    folder(tmp_path, sales__csv=SALES)

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(on_hand="0", as_of="2026-06-30"))

    assert "--on-hand" in asked(before)
    assert table(after, "inventory").constants["on_hand"].value == 0


def test_products_are_drawn_from_sales_one_row_for_each(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Title,Qty,Unit price\n2026-06-30,A-1,,1,7\n2026-06-30,A-1,Tea,1,7\n")

    products = table(drafted(tmp_path, given()), "products")

    assert products.derived
    assert products.keys["distinct"].value is True
    assert products.keys["only"].value == {"Title": "re:.+"}
    assert products.constants["category"].certainty == "assumed"


def test_receipts_are_drawn_from_orders_that_say_when_they_came(tmp_path):
    rows = "P1,A-1,2026-06-01,48,Leaf,2026-06-20\nP2,A-1,2026-06-10,48,Leaf,\n"
    folder(tmp_path, po__csv="PO number,Item,Order date,Qty,Supplier,Received date\n" + rows)

    receipts = table(drafted(tmp_path, given()), "receipts")

    assert receipts.keys["only"].value == {"Received date": "re:.+"}
    assert receipts.columns["line_number"].value == "Item"


def test_rows_without_a_needed_date_are_left_out_only_where_people_say_so(tmp_path):
    rows = "P1,A-1,2026-06-01,48,Leaf\nP2,A-1,Date Not Captured,48,Leaf\n"
    folder(tmp_path, po__csv="PO number,Item,Order date,Qty,Supplier\n" + rows)

    before = drafted(tmp_path, given())
    after = drafted(tmp_path, given(leave_out=["purchase_orders.ordered_on"]))

    assert "--leave-out" in asked(before)
    assert "only" not in table(before, "purchase_orders").keys
    assert table(after, "purchase_orders").keys["only"].value == {"Order date": "re:.+"}
    assert table(after, "purchase_orders").keys["missing_values"].value == ["Date Not Captured"]


def test_two_files_that_could_be_one_table_are_asked_about(tmp_path):
    folder(tmp_path, sales__csv=SALES, sales_shop__csv=SALES.replace("Revenue", "Umsatz"))

    before = drafted(tmp_path, given())
    after = drafted(tmp_path, given(table={"sales.csv": "none"}))

    assert "--table" in asked(before)
    assert table(after, "sales").delivered.name == "sales_shop.csv"


def test_what_people_say_of_files_and_columns_holds(tmp_path):
    folder(tmp_path, x__csv="Day,Code,Ref,Qty,Revenue\n2026-06-30,A-1,Z-9,1,7\n")

    answers = given(
        table={"x.csv": "sales"},
        source={"sales.sku": "Ref", "sales.customer": "none"},
        constant={"sales.channel": "till"},
    )
    sales = table(drafted(tmp_path, answers), "sales")

    assert sales.columns["sku"].value == "Ref"
    assert sales.constants["channel"].value == "till"


def test_a_file_that_is_no_table_is_left(tmp_path):
    folder(tmp_path, sales__csv=SALES, letters__csv="to,text\nyou,dear\n")

    assert [name for name, _ in drafted(tmp_path, given()).unused_files] == ["letters.csv"]


def test_codes_that_differ_by_case_are_asked_about(tmp_path):
    folder(tmp_path, sales__csv=SALES + "2026-06-30;tea-1;1;6,95\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(sku_case="upper"))

    assert "--sku-case" in asked(before)
    assert after.data["sku_case"].value == "upper"


def test_cancellations_and_codes_that_are_no_products_are_seen_in_order_lines(tmp_path):
    lines = [
        f"2026-06-{day:02},{number},TEA-{day:02},1,7.00"
        for day, number in zip(range(1, 29), range(500, 528), strict=True)
    ]
    cancelled = [
        f"2026-06-{day:02},C{number},TEA-{day:02},-1,-7.00"
        for day, number in zip(range(1, 7), range(600, 606), strict=True)
    ]
    rows = [*lines, *cancelled, "2026-06-30,700,POST,1,4.90"]
    folder(tmp_path, sales__csv="Date,Invoice,Item,Qty,Revenue\n" + "\n".join(rows) + "\n")

    keys = table(drafted(tmp_path, given()), "sales").keys

    assert (keys["cancelled_order_prefix"].value, keys["not_products"].value) == ("C", ["POST"])
    assert keys["cancelled_order_prefix"].certainty == "likely"


def test_old_stock_sets_the_day_and_new_stock_does_not(tmp_path):
    folder(tmp_path, stock__csv="Item,Stock\nTEA-1,5\n")

    old, new = (drafted(tmp_path, given(as_of=day)) for day in ("2026-03-31", "2026-06-30"))

    assert str(old.data["today"].value) == "2026-04-01"
    assert "today" not in new.data


@pytest.mark.parametrize("name", ["stock-2026-06-30.csv", "stock_20260630.csv"])
def test_a_date_in_the_name_of_a_stock_file_is_its_day(tmp_path, name):
    (tmp_path / name).write_text("Item,Stock\nTEA-1,5\n")

    assert table(drafted(tmp_path, given()), "inventory").constants["as_of"].value == dt.date(2026, 6, 30)


def test_a_bare_quantity_is_stock_only_as_a_likely_guess(tmp_path):
    folder(tmp_path, stock__csv="Item,Qty\nA-1,5\n")

    settings_draft = drafted(tmp_path, given(as_of="2026-06-30"))

    assert mapping(settings_draft, "inventory")["on_hand"] == "Qty"
    assert [question.key for question in settings_draft.likely] == [ColumnSource("inventory", "on_hand")]


def test_a_table_that_a_connector_does_not_feed_is_made_from_its_file_by_mapping(tmp_path):
    header = (
        "amazon-order-id\tpurchase-date\torder-status\tsales-channel\tsku\tproduct-name\tquantity\tcurrency\titem-price"
    )
    row = "1-2-3\t2026-06-30T10:00:00+00:00\tShipped\tAmazon.de\tTEA-1\tAssam tea\t1\tEUR\t13.90"
    folder(tmp_path, orders__txt=f"{header}\n{row}\n")

    settings_draft = drafted(tmp_path, given())

    assert table(settings_draft, "sales").connector == "amazon_orders"
    products = table(settings_draft, "products")
    assert (products.connector, products.derived) == (None, True)
    assert mapping(settings_draft, "products") == {"sku": "sku", "name": "product-name", "currency": "currency"}
    assert table(settings_draft, "inventory").derived
    assert ColumnSource("inventory", "on_hand") in [question.key for question in settings_draft.questions]


def test_a_report_that_completes_another_is_joined_to_it(tmp_path):
    for name in ("all_orders.txt", "fba_inventory.txt", "reserved_inventory.txt", "supply_terms.csv"):
        shutil.copy(SAMPLES / "amazon" / name, tmp_path)

    found = drafted(tmp_path)

    inventory = next(draft for draft in found.tables if draft.table == "inventory")
    assert inventory.keys["joined"].value == [{"path": "reserved_inventory.txt", "on": ["sku"]}]
    assert inventory.columns["reserved"].value == "reserved_customerorders"
    assert found.unused_files == ()


def test_a_report_that_completes_one_that_is_not_there_is_left(tmp_path):
    for name in ("all_orders.txt", "reserved_inventory.txt"):
        shutil.copy(SAMPLES / "amazon" / name, tmp_path)

    found = drafted(tmp_path)

    assert [name for name, _ in found.unused_files] == ["reserved_inventory.txt"]


@pytest.mark.parametrize(
    "heading",
    [
        "Bestell-Nr.",
        "Bestellnr",
        "Auftragsnr",
        "Rechnungsnr.",
        "Auftrag",
        "Belegnummer",
        "Order no.",
        "Order #",
        "Order num",
    ],
)
def test_each_way_to_write_order_number_is_known(tmp_path, heading):
    folder(tmp_path, sales__csv=f"Date,Artikelnr.,Qty,Revenue,{heading}\n2026-06-30,A-1,1,7.00,W-1\n")

    sales = mapping(drafted(tmp_path, given()), "sales")

    assert (sales["order"], sales["sku"]) == (heading, "Artikelnr.")


def test_a_column_that_tells_repeated_rows_apart_is_asked_for_as_the_order_number(tmp_path):
    rows = "2026-06-30,A-1,1,7.00,B71\n2026-06-30,A-1,1,7.00,B72\n2026-06-30,A-1,1,7.00,B73\n"
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue,Kennung\n" + rows)

    before = drafted(tmp_path, given())
    after = drafted(tmp_path, given(source={"sales.order": "Kennung"}))
    none = drafted(tmp_path, given(source={"sales.order": "none"}))

    question = next(each for each in before.ambiguous if each.key == ColumnSource("sales", "order"))
    assert question.flag == '--map "sales.order=Kennung"'
    assert "2 of 3 rows repeat another's Date, Item; without order numbers they count once" in question.prompt
    assert mapping(after, "sales")["order"] == "Kennung"
    assert "--map" not in asked(after) | asked(none)


def test_a_column_that_does_not_tell_repeated_rows_apart_is_no_order_number(tmp_path):
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue,Till\n" + "2026-06-30,A-1,1,7.00,T1\n" * 3)

    assert "--map" not in asked(drafted(tmp_path, given()))


def test_a_column_with_both_orders_of_day_and_month_is_refused_whatever_was_said(tmp_path):
    rows = "25/03/2026,A-1,1,7.00\n04/25/2026,A-1,1,7.00\n"
    folder(tmp_path, sales__csv="Date,Item,Qty,Revenue\n" + rows)

    with pytest.raises(UsageError, match=r"25/03/2026 is day first and 04/25/2026 is month first.*split it"):
        drafted(tmp_path, given(date_order="day-first"))


def test_what_is_likely_advises_something_else_than_itself(tmp_path):
    folder(tmp_path, x__csv="Order date,Item codes,Qty,Revenue\n2026-06-30,A-1,2,13.90\n")

    flags = [question.flag for question in drafted(tmp_path, given()).likely]

    assert flags == ['--table "x.csv=none"', '--map "sales.sku=COLUMN"']


def test_verkaeufe_are_sales_and_vpe_is_what_orders_are_multiples_of(tmp_path):
    folder(
        tmp_path,
        verkaeufe__csv=SALES,
        konditionen__csv="Artikelnummer,Lieferant,EK,VPE\nTEA-1,Leaf,5.10,6\n",
    )

    settings_draft = drafted(tmp_path, given())

    assert table(settings_draft, "sales").kind.certainty == "sure"
    assert mapping(settings_draft, "supply_terms")["order_multiple"] == "VPE"


@pytest.mark.parametrize(("country", "zone"), [("DE", "Europe/Berlin"), ("US", "UTC")])
def test_a_country_with_one_zone_tells_it(tmp_path, country, zone):
    folder(tmp_path, sales__csv=SALES)

    assert drafted(tmp_path, given(country=country)).company["timezone"].value == zone


def test_an_empty_file_is_named_once(tmp_path):
    folder(tmp_path, sales__csv=SALES, retouren__csv="")

    assert drafted(tmp_path, given()).unused_files == (("retouren.csv", "the file is empty; deliver it again"),)


def test_one_odd_value_does_not_hide_a_column_of_numbers_with_a_known_heading(tmp_path):
    folder(
        tmp_path, sales__csv=SALES, bestand__csv="Artikelnummer;Lager;Bestand\nTEA-1;Berlin;17,5\nTEA-2;Berlin;5 Stk\n"
    )

    settings_draft = drafted(tmp_path, given(as_of="2026-06-30"))

    inventory = table(settings_draft, "inventory")
    assert inventory.derived is False
    assert inventory.keys["decimal"].value == ","
    assert inventory.notes == ("Bestand has no number in 1 of 2 rows, such as 5 Stk; see the check",)
    assert "--on-hand" not in asked(settings_draft)


def test_a_given_decimal_sign_is_written_to_every_file_with_numbers(tmp_path):
    folder(tmp_path, sales__csv=SALES, stock__csv="Item;Stock\nTEA-1;17\nTEA-2;5\n")

    settings_draft = drafted(tmp_path, given(decimal="comma", as_of="2026-06-30"))

    assert table(settings_draft, "inventory").keys["decimal"] == Guess(",", "given", "given")


def test_a_few_rows_with_the_other_decimal_sign_are_a_fault_and_thousands_stay(tmp_path):
    rows = "".join(f"2026-06-30;A-{number};1;1.013,90\n" for number in range(40))
    folder(tmp_path, sales__csv=f"Date;Item;Qty;Revenue\n{rows}2026-06-30;A-1;1.5;7,00\n")

    settings_draft = drafted(tmp_path, given())

    sales = table(settings_draft, "sales")
    assert "--decimal" not in asked(settings_draft)
    assert (sales.keys["decimal"].value, sales.keys["thousands"].value) == (",", ".")
    assert sales.notes == ("Qty has 1.5 in 1 of 41 rows; taken as a fault",)


def test_two_decimal_signs_are_asked_about_with_real_examples_and_thousands_of_the_answer_stay(tmp_path):
    folder(tmp_path, sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1;1.013,90\n2026-06-30;A-2;1;7.50\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(decimal="comma"))

    question = next(each for each in before.ambiguous if each.key == CompanyFact.DECIMAL)
    assert "Revenue has 1.013,90 in 1 rows and Revenue has 7.50 in 1 rows" in question.prompt
    keys = table(after, "sales").keys
    assert (keys["decimal"].value, keys["thousands"].value) == (",", ".")


def test_columns_that_each_have_their_own_decimal_sign_are_read_one_by_one(tmp_path):
    folder(tmp_path, sales__csv="Date;Item;Qty;Revenue\n2026-06-30;A-1;1.0;1.013,90\n2026-06-30;A-2;2.0;7,00\n")

    sales = table(drafted(tmp_path, given()), "sales")

    assert "decimal" not in sales.keys
    assert sales.notes == ("Qty has 1.0 and Revenue has 1.013,90: each column is read with its own decimal sign",)


def test_a_file_of_sales_is_known_by_values_that_are_skus_of_the_products(tmp_path):
    rows = "1,1,2026-06-29,TEA-1,2,13.90,EUR\n2,1,2026-06-30,TEA-2,1,6.20,EUR\n"
    folder(
        tmp_path,
        order_lines__csv="order_id,line,sold_at,code,qty,amount,cur\n" + rows,
        products__csv="sku,name\nTEA-1,Assam\nTEA-2,Mint\n",
    )

    sales = mapping(drafted(tmp_path, given()), "sales")

    assert (sales["sku"], sales["date"], sales["order"], sales["currency"]) == ("code", "sold_at", "order_id", "cur")


def test_an_unused_file_named_as_stock_is_asked_about_and_no_stock_is_made_up(tmp_path):
    folder(tmp_path, sales__csv=SALES, bestand__csv="Artikelnummer;Regal\nTEA-1;R5\nTEA-2;R6\n")

    before, after = drafted(tmp_path, given()), drafted(tmp_path, given(table={"bestand.csv": "none"}))

    question = next(each for each in before.ambiguous if each.key == FileTable("bestand.csv"))
    assert question.flag == '--table "bestand.csv=inventory|none"'
    assert "inventory needs sku, on_hand" in question.prompt
    assert "--on-hand" not in asked(before)
    assert "--on-hand" in asked(after)


def test_a_file_that_is_no_table_is_left_with_the_nearest_one_and_what_it_lacks(tmp_path):
    folder(tmp_path, sales__csv=SALES, lieferanten__csv="Lieferant;Farbe\nLeaf;rot\n")

    (left,) = drafted(tmp_path, given()).unused_files

    assert left[0] == "lieferanten.csv"
    assert "nearest is suppliers, of which it lacks name or country" in left[1]
    assert '--table "lieferanten.csv=suppliers"' in left[1]


def test_the_days_of_sales_are_no_days_of_a_stock_count(tmp_path):
    folder(tmp_path, sales__csv="Date,SKU,Qty,Net Amount\n2026-06-29,A-1,1,7\n2026-06-30,A-2,1,7\n")

    inventory = table(drafted(tmp_path, given(on_hand="100", as_of="2026-06-30")), "inventory")

    assert "as_of" not in inventory.columns
    assert {name: str(guess.value) for name, guess in inventory.constants.items()} == {
        "as_of": "2026-06-30", "location": "MAIN", "on_hand": "100.0",
    }  # fmt: skip


def test_the_name_of_a_product_is_no_location_and_a_flag_goes_before_a_guess(tmp_path):
    rows = "".join(f"2026-06-{day:02};{day};R-{day % 3};Th\u00e9 {day % 3};2;25,00\n" for day in range(1, 25))
    folder(
        tmp_path,
        ventes__csv="Date;Commande;R\u00e9f\u00e9rence;D\u00e9signation;Quantit\u00e9;Chiffre d'affaires\n" + rows,
    )

    settings_draft = drafted(tmp_path, given(on_hand="0", as_of="2026-06-30", supplier="Acme", unit_cost="4"))

    for name in ("sales", "supply_terms", "inventory"):
        assert "location" not in table(settings_draft, name).columns
    assert settings_draft.company["default_location"].value == "MAIN"
    assert mapping(settings_draft, "products")["name"] == "D\u00e9signation"


def test_german_sales_are_no_inventory(tmp_path):
    rows = "2026-06-29;TEE-1;2;4,50\n2026-06-30;TEE-1;1;4,50\n"
    folder(tmp_path, export__csv="Belegdatum;Artikelnummer;Menge;Einzelpreis netto\n" + rows)

    settings_draft = drafted(tmp_path, given(on_hand="0", as_of="2026-06-30"))

    assert table(settings_draft, "sales").delivered.name == "export.csv"
    assert mapping(settings_draft, "sales")["net_revenue"] == "= {Menge} * {Einzelpreis netto}"


def test_a_needed_column_that_is_not_found_is_always_asked_for(tmp_path):
    folder(tmp_path, x__csv="Product_Code,Moment,Quantity,Amount\nA-1,first,1,7\nA-2,second,2,14\n")

    settings_draft = drafted(tmp_path, given(table={"x.csv": "sales"}))

    question = next(each for each in settings_draft.ambiguous if each.key == ColumnSource("sales", "date"))
    assert question.flag == '--map "sales.date=COLUMN"'
    assert "Moment (first)" in question.prompt


def test_a_column_of_dates_is_never_proposed_as_the_order_number(tmp_path):
    rows = "".join(f"A-{n % 3},2026-0{1 + n % 6}/{n},1,7\n" for n in range(1, 30))
    folder(tmp_path, demand__csv="Product_Code,Date,Quantity,Amount\n" + rows)

    settings_draft = drafted(tmp_path, given(table={"demand.csv": "sales"}))

    assert not any(each.key == ColumnSource("sales", "order") for each in settings_draft.questions)


def test_a_state_of_a_country_is_no_status(tmp_path):
    folder(tmp_path, sales__csv="Date,SKU,Qty,Revenue,State\n2026-06-29,A-1,1,7,TX\n2026-06-30,A-1,1,7,CA\n")

    settings_draft = drafted(tmp_path, given())

    assert "State" in table(settings_draft, "sales").unused
    assert not any("status" in question.flag for question in settings_draft.questions)


@pytest.mark.parametrize(
    "heading",
    ["Min. stock", "Discount", "Shipping", "VAT", "Mindestbestand", "Lagerwert", "Stock minimum", "Frais de port", "Coste de env\u00edo", "Commissione", "Verzendkosten", "Koszt dostawy", "Frete", "Fraktkostnad", "\u9001\u6599", "\u5b89\u5168\u5728\u5eab"],
)  # fmt: skip
def test_columns_of_other_numbers_are_no_units_stock_or_revenue(tmp_path, heading):
    folder(tmp_path, x__csv=f"Date,SKU,{heading}\n2026-06-29,A-1,4\n2026-06-30,A-1,5\n")

    settings_draft = drafted(tmp_path, given(table={"x.csv": "sales"}))

    taken = mapping(settings_draft, "sales")
    assert heading not in {taken.get(name) for name in ("units", "net_revenue", "unit_price", "sku", "order")}


def test_the_question_for_a_price_lists_the_columns_of_numbers_and_why_each_is_none(tmp_path):
    folder(tmp_path, sales__csv="Date,SKU,Qty,Points\n2026-06-30,A-1,2,9\n")

    question = next(each for each in drafted(tmp_path, given()).ambiguous if each.key == CompanyFact.UNIT_PRICE)

    assert "Qty is the units" in question.prompt
    assert "Points has a heading of no known net revenue" in question.prompt


def test_when_rows_of_stock_were_changed_says_the_day_of_the_count_by_the_newest(tmp_path):
    rows = "A-1,5,2026-06-28 09:00:00\nA-2,3,2026-06-30 10:00:00\n"
    folder(tmp_path / "several", sales__csv=SALES, stock__csv="SKU,Stock,updated_at\n" + rows)
    same_day = folder(tmp_path / "same", stock__csv="SKU,Stock,updated_at\n" + rows.replace("06-28", "06-30"))

    inventory = table(drafted(tmp_path / "several", given()), "inventory")

    assert inventory.constants["as_of"].value == "2026-06-30"
    assert inventory.constants["as_of"].certainty == "likely"
    assert mapping(drafted(same_day, given()), "inventory")["as_of"] == "updated_at"


def test_goods_without_codes_are_known_by_their_names_as_a_likely_answer(tmp_path):
    folder(tmp_path, sales__csv="Date,Product name,Qty,Revenue\n2026-06-30,Assam tea,2,14.00\n")

    settings_draft = drafted(tmp_path, given())

    assert mapping(settings_draft, "sales")["sku"] == "Product name"
    assert ColumnSource("sales", "sku") in {question.key for question in settings_draft.likely}


def test_an_export_of_orders_alone_takes_the_stock_and_the_terms_that_people_give(tmp_path):
    shutil.copy(SAMPLES / "shopify" / "orders_export.csv", tmp_path / "orders.csv")

    settings_draft = drafted(tmp_path, given(on_hand="7", as_of="2026-06-30", supplier="Leaf", unit_cost="3"))

    assert table(settings_draft, "inventory").constants["on_hand"].value == 7
    terms = table(settings_draft, "supply_terms").constants
    assert (terms["supplier"].value, terms["unit_cost"].value) == ("Leaf", 3)
