"""Which rows are sold, cancelled, taken back or totals: each text is known, or asked about by itself."""

import re
import tomllib

import pytest

from onboarding.answers import ColumnConstant, TextMeaning
from onboarding.draft.settings_file import settings_text
from settings import UsageError
from tests.onboarding.draft.folders import SALES, drafted, folder, given, mapping, table


def lines(heading, texts, *, rows=4):
    """Sales with a column of these texts, so many rows of each."""
    numbered = enumerate((text for text in texts for _ in range(rows)), start=1)
    body = "".join(f"2026-01-{1 + n % 28:02},S{n},{text},AB-{n % 3},10,100.00\n" for n, text in numbered)
    return f"Date,Order No,{heading},SKU,Qty,Net Amount\n{body}"


def drafted_sales(path, text, answers=None):
    folder(path, sales__csv=text)
    settings_draft = drafted(path, answers or given())
    return settings_draft, table(settings_draft, "sales")


def asked_texts(questions):
    return [question.key.text for question in questions if isinstance(question.key, TextMeaning)]


@pytest.mark.parametrize(
    ("heading", "shipped", "cancelled"),
    [
        ("Order Status", "Shipped", "Cancelled"),
        ("Status", "Versendet", "Storniert"),
        ("Statut", "Exp\u00e9di\u00e9e", "Annul\u00e9e"),
        ("Estado", "Entregado", "Cancelado"),
        ("Stato", "Spedito", "Annullato"),
        ("Bestelstatus", "Verzonden", "Geannuleerd"),
    ],
)
def test_each_state_of_an_order_is_mapped_to_one_of_ours(tmp_path, heading, shipped, cancelled):
    settings_draft, sales = drafted_sales(tmp_path, lines(heading, (shipped, cancelled)))

    assert sales.columns["status"].value == heading
    assert sales.keys["meanings"].value["status"][shipped] == "completed"
    assert sales.keys["meanings"].value["status"].get(cancelled, cancelled.casefold()) == "cancelled"
    assert asked_texts(settings_draft.questions) == []


def test_what_was_refunded_likely_came_back_and_what_is_not_known_is_asked_text_by_text(tmp_path):
    text = lines("Order Status", ("Shipped", "Refunded", "Pending", "Zurueckgestellt", "Draft"))

    settings_draft, sales = drafted_sales(tmp_path, text)

    assert asked_texts(settings_draft.likely) == ["Refunded"]
    assert asked_texts(settings_draft.ambiguous) == ["Pending", "Zurueckgestellt"]
    question = next(
        each for each in settings_draft.ambiguous if each.key == TextMeaning("sales", "Order Status", "Pending")
    )
    assert question.choices == ("sale", "cancelled", "returned", "return", "none")
    assert question.prompt.startswith("sales.csv: Order Status is 'Pending' in 4 rows; what does that say of them?")
    assert question.flag == '--meaning "sales.Order Status:Pending=sale|cancelled|returned|return|none"'
    assert sales.keys["meanings"].value["status"] == {
        "Shipped": "completed", "Refunded": "returned", "Draft": "cancelled",
    }  # fmt: skip


def test_what_each_text_says_is_kept_with_how_sure_it_is(tmp_path):
    text = lines("Order Status", ("Shipped", "Cancelled", "Refunded", "Partially refunded", "Gutschrift", "Swap"))
    answers = given().with_answer(TextMeaning("sales", "Order Status", "Swap"), "return")

    settings_draft, sales = drafted_sales(tmp_path, text, answers)
    written = tomllib.loads(settings_text(settings_draft, "Acme"))["sources"]["sales"]

    assert {each.text: (each.meaning, each.certainty, each.rows) for each in sales.texts} == {
        "Shipped": ("sold", "sure", 4),
        "Cancelled": ("cancelled, never demand", "sure", 4),
        "Refunded": ("sold, and all of it came back", "likely", 4),
        "Partially refunded": ("sold", "likely", 4),
        "Gutschrift": ("takes back what other rows sold", "likely", 4),
        "Swap": ("takes back what other rows sold", "given", 4),
    }
    assert written["meanings"] == {"status": sales.keys["meanings"].value["status"]}
    assert written["returns"] == {"Order Status": ["Gutschrift", "Swap"]}
    assert sales.keys["returns"].certainty == sales.keys["meanings"].certainty == "likely"
    assert re.search('Refunded = "returned" +# likely: sold, and all of it', settings_text(settings_draft, "Acme"))


def test_a_second_state_that_says_refunded_is_asked(tmp_path):
    body = "".join(
        f"2026-01-{1 + n % 28:02},S{n},{'Refunded' if n % 4 == 0 else 'Paid'},Shipped,AB-{n % 3},10,100.00\n"
        for n in range(1, 41)
    )

    settings_draft, _ = drafted_sales(tmp_path, f"Date,Order No,Payment Status,Order Status,SKU,Qty,Net Amount\n{body}")

    assert asked_texts(settings_draft.ambiguous) == ["Refunded"]


def test_what_people_say_of_a_state_holds_and_other_words_are_refused(tmp_path):
    text = lines("Status", ("Shipped", "Pending", "Swap", "Test"))
    answers = given()
    for state, meaning in (("Pending", "cancelled"), ("Swap", "return"), ("Test", "none"), ("Shipped", "sale")):
        answers = answers.with_answer(TextMeaning("sales", "Status", state), meaning)

    settings_draft, sales = drafted_sales(tmp_path, text, answers)

    assert asked_texts(settings_draft.questions) == []
    assert sales.keys["meanings"].value["status"]["Pending"] == "cancelled"
    assert sales.keys["returns"].value == {"Status": ["Swap"]}
    assert sales.keys["leave_out"].value == {"Status": ["Test"]}
    with pytest.raises(UsageError, match=r"--meaning sales.Status:Pending is 'gone'; it is one of sale, cancelled"):
        drafted(tmp_path, given().with_answer(TextMeaning("sales", "Status", "Pending"), "gone"))


def test_a_region_is_no_state_of_an_order(tmp_path):
    _, sales = drafted_sales(tmp_path, lines("State", ("California", "Texas", "Ohio")))

    assert "status" not in {**sales.columns, **sales.constants}
    assert "State" in sales.unused


def test_one_status_for_all_that_people_give_is_noted_where_the_file_says_cancelled(tmp_path):
    answers = given().with_answer(ColumnConstant("sales", "status"), "completed")

    _, sales = drafted_sales(tmp_path, lines("Order Status", ("Shipped", "Cancelled")), answers)

    assert sales.notes == ("Order Status is Cancelled in 4 rows, which count all the same, as you gave one status",)


@pytest.mark.parametrize(
    ("heading", "sold", "returned"),
    [
        ("Type", "Sale", "Return"),
        ("Belegart", "Rechnung", "Gutschrift"),
        ("Vorgang", "Verkauf", "Retoure"),
        ("Type", "Invoice", "Credit note"),
        ("Nature", "Vente", "Avoir"),
        ("Tipo", "Venta", "Devoluci\u00f3n"),
        ("Soort", "Verkoop", "Creditnota"),
        ("Art", "Verkauf", "Storno"),
    ],
)
def test_rows_that_take_back_are_returns_in_any_language(tmp_path, heading, sold, returned):
    settings_draft, sales = drafted_sales(tmp_path, lines(heading, (sold, returned)))

    assert sales.keys["returns"].value == {heading: [returned]}
    assert heading not in sales.unused
    assert heading not in mapping(settings_draft, "products").values()
    assert asked_texts(settings_draft.questions) == []


def test_kinds_of_rows_that_are_not_known_are_asked(tmp_path):
    settings_draft, sales = drafted_sales(tmp_path, lines("Type", ("Sale", "Return", "Fee")))

    assert asked_texts(settings_draft.ambiguous) == ["Fee"]
    assert sales.keys["returns"].value == {"Type": ["Return"]}


def test_a_column_of_types_that_names_no_return_is_a_category(tmp_path):
    settings_draft, sales = drafted_sales(tmp_path, lines("Type", ("Tea", "Coffee")))

    assert "returns" not in sales.keys
    assert mapping(settings_draft, "products")["category"] == "Type"


def test_a_flag_of_cancelled_rows_leaves_them_out_and_one_of_returned_rows_is_asked(tmp_path):
    _, cancelled = drafted_sales(tmp_path, lines("Cancelled", ("yes", "no")))
    returned, _ = drafted_sales(tmp_path, lines("Returned", ("yes", "no")))

    assert cancelled.keys["leave_out"].value == {"Cancelled": ["yes"]}
    assert asked_texts(returned.ambiguous) == ["yes"]


def test_states_of_purchase_orders_in_other_words_are_mapped_or_asked_one_by_one(tmp_path):
    rows = (
        "P1,A-1,2026-06-01,48,Leaf,Bestellt\nP2,A-1,2026-06-01,48,Leaf,Storniert\nP3,A-1,2026-06-01,48,Leaf,Klaerung\n"
    )
    folder(tmp_path, po__csv="PO number,Item,Order date,Qty,Supplier,Status\n" + rows)

    settings_draft = drafted(tmp_path, given())

    assert table(settings_draft, "purchase_orders").keys["meanings"].value == {
        "status": {"Bestellt": "open", "Storniert": "cancelled"}
    }
    assert [(each.text, each.meaning) for each in table(settings_draft, "purchase_orders").texts] == [
        ("Bestellt", "open"), ("Storniert", "cancelled"),
    ]  # fmt: skip
    assert asked_texts(settings_draft.ambiguous) == ["Klaerung"]


TOTALS = """\
Date,Order No,SKU,Description,Qty,Net Amount
2026-01-05,S1,A-1,Tea,2,20.00
2026-01-06,S2,A-2,Mint,3,30.00
2026-01-06,S2,{between},-,5,50.00
2026-01-07,S3,A-1,Tea,4,40.00
2026-01-07,S3,{between},-,4,40.00
2026-01-31,S3,{end},-,9,90.00
"""


@pytest.mark.parametrize(
    ("between", "end", "left_out"),
    [
        ("Subtotal", "Grand Total", ["Subtotal", "re:Grand\\b.*"]),
        ("Zwischensumme", "Summe", ["Zwischensumme", "Summe"]),
        ("Total A-1", "Total", ["re:Total\\b.*", "Total"]),
    ],
)
def test_rows_of_totals_that_lack_nothing_are_left_out_of_sales_and_of_what_is_made_from_them(
    tmp_path, between, end, left_out
):
    settings_draft, sales = drafted_sales(tmp_path, TOTALS.format(between=between, end=end))

    assert sales.keys["leave_out"].value == {"SKU": left_out}
    assert table(settings_draft, "products").keys["leave_out"].value == {"SKU": left_out}


def test_totals_that_lack_what_other_rows_have_are_left_out_beside_cancelled_ones(tmp_path):
    text = lines("Cancelled", ("yes", "no")) + ",,,Total,80,800.00\n"

    _, sales = drafted_sales(tmp_path, text)

    assert sales.keys["leave_out"].value == {"Cancelled": ["yes"], "SKU": ["Total"]}


def test_a_product_called_total_is_no_total(tmp_path):
    text = TOTALS.format(between="Total", end="Total").replace("5,50.00", "1,10.00").replace("9,90.00", "2,25.00")

    _, sales = drafted_sales(tmp_path, text)

    assert "leave_out" not in sales.keys


@pytest.mark.parametrize(
    "heading", ["Cancelled at", "cancelled_on", "Storniert am", "Fecha cancelación", "Date d'annulation"]
)
def test_a_date_of_cancellation_says_that_the_line_was_cancelled(tmp_path, heading):
    rows = "\n".join(f"2026-06-{day:02},A-1,1,5,{'2026-06-29' if day % 5 == 0 else ''}" for day in range(1, 21))
    folder(tmp_path, sales__csv=f"Date,Item,Qty,Revenue,{heading}\n{rows}\n")

    likely = drafted(tmp_path, given())
    otherwise = drafted(tmp_path, given().with_answer(TextMeaning("sales", heading, "a date"), "sale"))

    assert table(likely, "sales").keys["leave_out"].value == {heading: [r"re:.*\d.*"]}
    assert any("in 4 rows, read as cancelled" in question.prompt for question in likely.likely)
    assert mapping(likely, "sales")["date"] == "Date"
    assert "leave_out" not in table(otherwise, "sales").keys


def test_a_date_of_cancellation_of_an_open_order_counts_too(tmp_path):
    orders = "PO number,Item,Order date,Qty,Supplier,Cancelled at\nP1,A-1,2026-06-01,48,Leaf,\nP2,A-1,2026-06-02,9,Leaf,2026-06-03\n"
    folder(tmp_path, purchase_orders__csv=orders, sales__csv=SALES)

    leaves_out = table(drafted(tmp_path, given()), "purchase_orders").keys["leave_out"].value

    assert leaves_out == {"Cancelled at": [r"re:.*\d.*"]}
