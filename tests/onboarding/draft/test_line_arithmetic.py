"""Net revenue by the arithmetic between the columns: right, or asked about, and never silently wrong."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from intake.mapping.expressions import evaluate, is_expression, parse
from onboarding.answers import ColumnSource, CompanyFact
from tests.onboarding.draft.folders import drafted, folder, given, mapping, table
from tests.onboarding.draft.shops import WORDS, Layout, layouts, shop

REVENUE = ColumnSource("sales", "net_revenue")
LAYOUTS = list(layouts())


def revenue(text, formula):
    """A formula's number on each line of a file."""
    rows = pd.read_csv(io.StringIO(text)).fillna(0.0)
    if not is_expression(formula):
        return rows[formula].to_numpy("float64")
    parsed = parse(formula, formula)
    return evaluate(parsed, [rows[name].to_numpy("float64") for name in parsed.columns])


def questions(settings_draft):
    return {question.key: question for question in settings_draft.questions}


def is_right(text, formula, units, net):
    return bool((np.abs(revenue(text, formula) - net) <= 0.02 + 0.006 * np.abs(units)).all())


@hypothesis_given(st.sampled_from(LAYOUTS), st.sampled_from(sorted(WORDS)), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_net_revenue_is_the_true_one_on_every_line_or_it_is_asked(tmp_path, layout, language, seed):
    text, units, net = shop(Layout(**{**vars(layout), "language": language}), seed)
    folder(tmp_path, sales__csv=text)

    settings_draft = drafted(tmp_path, given())

    question = questions(settings_draft).get(REVENUE)
    if question is None:
        assert is_right(text, mapping(settings_draft, "sales")["net_revenue"], units, net)
    else:
        assert question.options
        assert question.suggested == question.options[0]
        assert all(f"{revenue(text, formula).sum():,.2f}" in question.prompt for formula in question.options)


@pytest.mark.parametrize(
    "layout",
    [
        Layout("net", "net", "fraction", None),
        Layout("net", "gross", "percent", "percent"),
        Layout("net", "gross", "unit", "amount"),
        Layout("net", "gross", "line", "fraction"),
        Layout("net", "gross", "negative line", "amount"),
        Layout("gross", "net", None, "percent"),
        Layout("gross", "net", "percent", "amount"),
        Layout("net", "shipped", None, "amount"),
        Layout("net", "shipped", "fraction", "amount"),
        Layout(None, "gross", None, "percent and amount"),
        Layout(None, "net", None, "amount", named=True),
        Layout(None, "gross", None, "percent", named=True),
        Layout("gross", "gross", None, "percent", named=True),
        Layout("net", "net", "line", None, returns=True),
    ],
    ids=lambda layout: "-".join(str(value) for value in vars(layout).values()),
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_where_arithmetic_or_headings_decide_nothing_is_asked(tmp_path, layout, language):
    text, units, net = shop(Layout(**{**vars(layout), "language": language}))
    folder(tmp_path, sales__csv=text)

    settings_draft = drafted(tmp_path, given())

    assert not {REVENUE, CompanyFact.TAX_RATE} & set(questions(settings_draft))
    assert table(settings_draft, "sales").columns["net_revenue"].certainty == "sure"
    assert is_right(text, mapping(settings_draft, "sales")["net_revenue"], units, net)


ROWS = "".join(f"W{day},2026-01-{day:02},A-{day % 3},4,10.00,{{discount}}\n" for day in range(1, 21))
HEADER = "Order ID,Order Date,SKU,Quantity,Unit Price,Discount\n"


def test_a_discount_that_would_be_too_small_as_money_is_likely_a_fraction(tmp_path):
    folder(tmp_path, sales__csv=HEADER + ROWS.format(discount="0.25"))

    settings_draft = drafted(tmp_path, given())

    found = table(settings_draft, "sales").columns["net_revenue"]
    assert (found.value, found.certainty) == ("= {Quantity} * {Unit Price} * (1 - {Discount or 0})", "likely")
    assert REVENUE in {question.key for question in settings_draft.likely}
    assert revenue(HEADER + ROWS.format(discount="0.25"), found.value).sum() == pytest.approx(600)


@pytest.mark.parametrize("discount", ["2.50", "0.80"])
def test_a_discount_that_may_be_money_or_a_share_is_asked_with_what_each_would_give(tmp_path, discount):
    folder(tmp_path, sales__csv=HEADER + ROWS.format(discount=discount))

    settings_draft = drafted(tmp_path, given())

    question = next(each for each in settings_draft.ambiguous if each.key == REVENUE)
    assert (
        f"{20 * 4 * (10 - float(discount)):,.2f} in all rows, where Discount is money of each unit" in question.prompt
    )
    assert f"{20 * (40 - float(discount)):,.2f} in all rows, where Discount is money of the line" in question.prompt
    assert "800.00 in all rows, where Unit Price is after the discount" in question.prompt
    answered = drafted(tmp_path, given().with_answer(REVENUE, question.options[1]))
    assert mapping(answered, "sales")["net_revenue"] == question.options[1]
    assert REVENUE not in questions(answered)


def test_a_price_that_was_not_paid_is_not_the_price_of_the_sale(tmp_path):
    folder(tmp_path, sales__csv=HEADER + ROWS.format(discount="0.25"))

    assert "unit_price" not in mapping(drafted(tmp_path, given()), "sales")


def test_products_made_from_sales_have_the_price_without_the_tax_that_is_in_it(tmp_path):
    text, _, _ = shop(Layout("gross", "net", None, "percent"))
    folder(tmp_path, sales__csv=text)

    products = mapping(drafted(tmp_path, given()), "products")

    assert products["unit_price"] == "= {Unit Price} / (1 + {VAT rate or 0} / 100)"


def test_an_amount_of_the_whole_order_is_no_revenue_of_a_line(tmp_path):
    rows = "".join(
        f"W{order},2026-01-{1 + order:02},A-{line},{line + 1},10.00,60.00\n" for order in range(12) for line in range(3)
    )
    text = "Order,Date,SKU,Quantity,Unit Price,Total\n" + rows + "W99,2026-01-20,A-1,1,10.00,10.00\n"
    folder(tmp_path, sales__csv=text)

    sales = table(drafted(tmp_path, given()), "sales")

    assert sales.columns["net_revenue"].value == "= {Quantity} * {Unit Price}"
    assert sales.why_unused["Total"] == "the same on all lines of an order, so it is of the order"


def test_a_total_above_units_times_price_is_asked_where_no_column_says_why(tmp_path):
    rows = "".join(f"W{day},2026-01-{day:02},A-{day % 3},{day},10.00,{day * 11.9:.2f}\n" for day in range(1, 21))
    folder(tmp_path, sales__csv="Order,Date,SKU,Quantity,Unit Price,Total\n" + rows)

    question = questions(drafted(tmp_path, given()))[REVENUE]

    assert set(question.options) == {"Total", "= {Quantity} * {Unit Price}"}
    assert not question.likely
