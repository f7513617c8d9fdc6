"""The settings that are drafted for a folder: which table each file is, how columns map, and what is asked."""

import shutil

import pytest

from onboarding.answers import ColumnSource, FileTable
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


def test_stock_of_one_day_is_inventory_and_of_several_days_is_history_that_feeds_both(tmp_path):
    one, several = tmp_path / "one", tmp_path / "several"
    folder(one, stock__csv="Date,Item,Stock\n2026-06-30,A-1,5\n")
    folder(several, stock__csv="Date,Item,Stock\n2026-06-29,A-1,6\n2026-06-30,A-1,5\n")

    of_one, of_several = drafted(one, given()), drafted(several, given())

    assert [draft.table for draft in of_one.tables if not draft.derived] == ["inventory"]
    assert table(of_several, "stock_levels").derived is False
    assert mapping(of_several, "inventory") == {"as_of": "Date", "sku": "Item", "on_hand": "Stock"}


def test_what_no_file_tells_is_asked_with_its_flag(tmp_path):
    folder(tmp_path, sales__csv=SALES, stock__csv="Item,Stock\nTEA-1,5\nTEA-2,0\n")

    settings_draft = drafted(tmp_path)

    assert asked(settings_draft) == {
        "--currency", "--country", "--location", "--as-of", "--supplier", "--unit-cost", "--lead-time-days",
    }  # fmt: skip


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


def test_a_state_of_a_country_is_no_status(tmp_path):
    folder(tmp_path, sales__csv="Date,SKU,Qty,Revenue,State\n2026-06-29,A-1,1,7,TX\n2026-06-30,A-1,1,7,CA\n")

    settings_draft = drafted(tmp_path, given())

    assert "State" in table(settings_draft, "sales").unused
    assert not any("status" in question.flag for question in settings_draft.questions)


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


def test_a_file_of_stock_and_terms_is_both_where_no_other_file_is_either(tmp_path):
    stock = "Item code,Available,Unit cost,Vendor,Lead time (days)\nTEA-1,14,5.00,Bolt,12\nTEA-2,3,1.20,Nut,20\n"
    folder(tmp_path, sales__csv=SALES, stock_list__csv=stock)

    settings_draft = drafted(tmp_path, given())

    assert {each.table for each in settings_draft.tables if each.delivered.name == "stock_list.csv"} == {
        "inventory",
        "products",
        "supply_terms",
    }
    assert asked(settings_draft) == {"--as-of"}
    assert mapping(settings_draft, "supply_terms")["lead_time_days"] == "Lead time (days)"
