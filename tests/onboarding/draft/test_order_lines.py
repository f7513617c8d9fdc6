"""Order numbers, cancellations and rows that do not count."""

import pytest

from onboarding.answers import ColumnSource, TextMeaning
from settings import UsageError
from tests.onboarding.draft.folders import SALES, asked, drafted, folder, given, mapping, table


def test_orders_with_a_supplier_are_purchase_orders_and_orders_without_are_sales(tmp_path):
    folder(
        tmp_path,
        a__csv="PO number,Item,Order date,Qty,Supplier,ETA\nP1,A-1,2026-06-01,48,Leaf,2026-07-01\n",
        b__csv="Order number,Item,Order date,Qty,Revenue\nW1,A-1,2026-06-01,1,7.00\n",
    )

    settings_draft = drafted(tmp_path, given())

    assert table(settings_draft, "purchase_orders").delivered.name == "a.csv"
    assert table(settings_draft, "sales").delivered.name == "b.csv"


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


@pytest.mark.parametrize("prefix", ["GS", "GU", "CN", "AV"])
def test_order_numbers_of_credit_notes_cancel_nothing_unless_people_say_so(tmp_path, prefix):
    sold = [f"2026-06-{day:02},RE{day + 500},TEA-{day:02},1,7.00" for day in range(1, 29)]
    back = [f"2026-06-{day:02},{prefix}{day + 600},TEA-{day:02},-1,-7.00" for day in range(1, 9)]
    folder(tmp_path, sales__csv="Date,Invoice,Item,Qty,Revenue\n" + "\n".join([*sold, *back]) + "\n")
    key = TextMeaning("sales", "Invoice", f"{prefix}...")

    likely, said = drafted(tmp_path, given()), drafted(tmp_path, given().with_answer(key, "cancelled"))

    assert "cancelled_order_prefix" not in table(likely, "sales").keys
    assert "read as return" in next(each.prompt for each in likely.likely if each.key == key)
    assert table(said, "sales").keys["cancelled_order_prefix"].value == prefix
    with pytest.raises(UsageError, match="is one of return, cancelled"):
        drafted(tmp_path, given().with_answer(key, "sale"))


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


def test_a_column_of_dates_is_never_proposed_as_the_order_number(tmp_path):
    rows = "".join(f"A-{n % 3},2026-0{1 + n % 6}/{n},1,7\n" for n in range(1, 30))
    folder(tmp_path, demand__csv="Product_Code,Date,Quantity,Amount\n" + rows)

    settings_draft = drafted(tmp_path, given(table={"demand.csv": "sales"}))

    assert not any(each.key == ColumnSource("sales", "order") for each in settings_draft.questions)
