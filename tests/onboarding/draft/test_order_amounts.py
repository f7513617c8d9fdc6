"""Taxes and discounts of whole orders, which stand on each of their lines."""

import pytest

from tests.onboarding.draft.folders import asked, drafted, folder, given, mapping, table

HEADER = "Order,Date,SKU,Qty,Unit price"


def lines(*columns, of_order):
    """Orders of one to three lines; `of_order` gives what stands on each line of an order, by its number and sum."""
    rows = [",".join([HEADER, *columns])]
    for order in range(24):
        own = [(line + 1, 5 + (order + line) % 5) for line in range(order % 3 + 1)]
        total = sum(units * price for units, price in own)
        rows += [
            f"{order},2026-05-{order + 1:02},A-{(order + line) % 5},{units},{price},{of_order(order, total)}"
            for line, (units, price) in enumerate(own)
        ]
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("column", ["Discount amount", "Tax", "Order discount", "Rabatt", "MwSt Betrag"])
def test_money_of_the_order_is_asked_about_and_not_taken_off_line_by_line(tmp_path, column):
    folder(tmp_path, sales__csv=lines(column, of_order=lambda order, _: f"{1.1 + order * 0.13:.2f}"))

    settings_draft = drafted(tmp_path, given())

    assert "--map" in asked(settings_draft)
    (question,) = [each for each in settings_draft.ambiguous if each.flag.startswith("--map")]
    assert f"{column} ({sum(1.1 + order * 0.13 for order in range(24)):,.2f} in all orders)" in question.prompt
    assert all(column not in option for option in question.options)
    assert "of the order" in table(settings_draft, "sales").why_unused[column]


def test_where_the_orders_sum_stands_there_too_its_discount_is_shared_by_value(tmp_path):
    folder(
        tmp_path, sales__csv=lines("Subtotal,Order discount", of_order=lambda order, total: f"{total},{order / 7:.2f}")
    )
    shared = "= ({Qty} * {Unit price}) * (1 - ({Order discount or 0}) / {Subtotal})"

    (question,) = [each for each in drafted(tmp_path, given()).ambiguous if each.flag.startswith("--map")]

    assert question.options == (shared, "= {Qty} * {Unit price}")
    after = drafted(tmp_path, given(source={"sales.net_revenue": shared}))
    assert mapping(after, "sales")["net_revenue"] == shared


@pytest.mark.parametrize("column", ["Discount %", "VAT rate"])
def test_a_rate_is_the_same_on_all_lines_of_an_order_by_right(tmp_path, column):
    folder(tmp_path, sales__csv=lines(column, of_order=lambda order, _: order % 3 * 5))

    prompts = " ".join(question.prompt for question in drafted(tmp_path, given()).questions)

    assert "may not be taken off line by line" not in prompts
