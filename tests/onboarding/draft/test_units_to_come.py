"""What of open orders is still to come, where the file of orders says how much came in."""

import pytest

from onboarding.answers import ColumnSource
from tests.onboarding.draft.folders import drafted, folder, given, mapping, table

HEAD = "Bestellnummer;Bestelldatum;Lieferant;Artikelnummer;Menge;Liefertermin"
ORDERS = (
    "B1;2026-06-01;Leaf;A-1;100;2026-07-10;{};teilgeliefert",
    "B2;2026-06-03;Leaf;A-2;100;2026-07-12;{};offen",
    "B3;2026-05-10;Leaf;A-1;50;2026-06-01;{};geliefert",
)


def orders(path, heading, cells, answers=None, **files):
    """A draft of orders with one more column."""
    rows = "\n".join(order.format(cell) for order, cell in zip(ORDERS, cells, strict=True))
    folder(path, bestellungen__csv=f"{HEAD};{heading};Status\n{rows}\n", **files)
    return drafted(path, answers or given())


@pytest.mark.parametrize("heading", ["Geliefert", "gelieferte Menge", "WE-Menge", "Qty received"])
def test_units_that_came_in_are_taken_off_what_was_ordered(tmp_path, heading):
    settings_draft = orders(tmp_path, heading, (80, "", 50))

    ordered = table(settings_draft, "purchase_orders").columns["ordered_units"]
    assert (ordered.value, ordered.certainty) == (f"= {{Menge}} - {{{heading} or 0}}", "likely")
    assert "Menge less" in next(each.prompt for each in settings_draft.likely if "ordered_units" in each.flag)
    assert table(settings_draft, "purchase_orders").keys["meanings"].value["status"]["teilgeliefert"] == "open"


@pytest.mark.parametrize("heading", ["Offen", "Restmenge", "Outstanding", "Qty open"])
def test_units_that_are_still_open_are_those_to_come(tmp_path, heading):
    assert mapping(orders(tmp_path, heading, (20, 100, 0)), "purchase_orders")["ordered_units"] == heading


def test_a_delivery_of_too_much_leaves_nothing_to_come(tmp_path):
    folder(tmp_path)
    rows = "\n".join(f"B{n};2026-06-01;Leaf;A-{n};10;2026-07-10;{12 if n == 1 else 4}" for n in range(1, 21))
    folder(tmp_path, bestellungen__csv=f"{HEAD};Geliefert\n{rows}\n")

    ordered = mapping(drafted(tmp_path, given()), "purchase_orders")["ordered_units"]

    left = "{Menge} - {Geliefert or 0}"
    assert ordered == f"= ({left} + abs({left})) / 2"


def test_what_people_say_is_ordered_stays_and_receipts_by_day_are_receipts(tmp_path):
    said = orders(tmp_path, "Geliefert", (80, 0, 50), given(source={"purchase_orders.ordered_units": "Menge"}))
    days = orders(
        tmp_path,
        "Geliefert",
        (80, 0, 50),
        receipts__csv="Order number;Line;Received date;Qty received\nB1;A-1;2026-06-20;80\n",
    )

    assert mapping(said, "purchase_orders")["ordered_units"] == "Menge"
    assert mapping(days, "purchase_orders")["ordered_units"] == "Menge"


def test_received_units_without_a_day_are_noted(tmp_path):
    rows = "B1;2026-06-01;Leaf;A-1;100;2026-07-10;80;2026-06-20\nB2;2026-06-01;Leaf;A-2;100;2026-07-10;30;\n"
    folder(tmp_path, bestellungen__csv=f"{HEAD};Geliefert;Wareneingangsdatum\n{rows}")

    notes = table(drafted(tmp_path, given()), "receipts").notes

    assert any(note.startswith("Geliefert is filled and Wareneingangsdatum is empty in 1 rows") for note in notes)


def test_the_question_is_answered_by_the_column(tmp_path):
    questions = orders(tmp_path, "Geliefert", (80, 0, 50)).likely

    question = next(each for each in questions if each.key == ColumnSource("purchase_orders", "ordered_units"))
    confirmed = orders(tmp_path, "Geliefert", (80, 0, 50), given().with_answer(question.key, question.suggested))
    assert confirmed.likely == tuple(each for each in questions if each != question)
    assert table(confirmed, "purchase_orders").keys["meanings"].value["status"]["teilgeliefert"] == "open"
