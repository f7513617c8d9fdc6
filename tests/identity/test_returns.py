import hypothesis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.parsing import is_non_product
from identity.returns import separate_returns
from tests.identity.demand_factories import sales


def line(order, units, date="2026-03-02", customer="c1", **more):
    return {"order": order, "units": units, "date": date, "customer": customer, **more}


def separated(*rows, prefix="C", **arguments):
    return separate_returns(sales(*rows), cancelled_order_prefix=prefix, **arguments)


def units_of(result, *columns):
    return result.lines[list(columns or ("units", "cancelled_units", "returned_units"))].to_numpy().tolist()


def test_a_cancelled_status_never_was_demand():
    result = separated({"units": 3.0, "status": "cancelled"}, {"units": 2.0, "status": "completed"})

    assert units_of(result) == [[0, 3, 0], [2, 0, 0]]
    assert result.lines["net_revenue"].tolist() == [0, 20]


def test_a_returned_status_was_demand_that_came_back_and_was_paid_back():
    result = separated(
        {"units": 3.0, "status": "returned"},
        {"units": 2.0, "status": "returned", "returned_units": 1.0},
        {"units": -2.0, "status": "returned"},
        prefix=None,
    )

    assert units_of(result) == [[3, 0, 3], [2, 0, 1], [0, 0, 2]]
    assert result.lines["net_revenue"].tolist() == [0, 10, -20]


def test_negative_units_are_a_return_on_their_own_date():
    result = separated({"units": 3.0}, {"units": -2.0, "date": "2026-03-20"}, prefix=None)

    assert units_of(result) == [[3, 0, 0], [0, 0, 2]]
    assert result.lines["gross_revenue"].tolist() == [30, 0]
    assert result.lines["net_revenue"].tolist() == [30, -20]


def test_a_prefixed_order_cancels_an_earlier_line():
    result = separated(line("1", 5.0), line("C2", -5.0, "2026-03-04"))

    assert units_of(result) == [[0, 5, 0]]
    assert result.lines["net_revenue"].tolist() == [0]
    assert (result.cancelled_lines, result.returned_lines) == (1, 0)


def test_part_of_a_larger_line_can_be_cancelled():
    result = separated(line("1", 5.0), line("C2", -2.0), line("C3", -2.0), line("C4", -2.0))

    assert units_of(result) == [[1, 4, 0], [0, 0, 2]]  # the third finds one unit left, too few: a return


def test_the_line_with_as_many_units_is_cancelled_first():
    result = separated(line("1", 2.0), line("2", 9.0, "2026-03-03"), line("C3", -2.0, "2026-03-04"))

    assert units_of(result) == [[0, 2, 0], [9, 0, 0]]


def test_of_equal_lines_the_latest_is_cancelled():
    result = separated(line("1", 2.0), line("2", 2.0, "2026-03-03"), line("C3", -2.0, "2026-03-04"))

    assert units_of(result) == [[2, 0, 0], [0, 2, 0]]


@pytest.mark.parametrize(
    "other",
    [
        {"customer": "c2"},
        {"sku": "B"},
        {"channel": "amazon"},
        {"units": -6.0},
        {"date": "2026-04-02"},
        {"date": "2026-03-01"},
    ],
)
def test_what_cancels_no_earlier_line_is_a_return(other):
    result = separated(line("1", 5.0), line("C2", -5.0) | other)

    assert result.lines["units"].tolist() == [5, 0]
    assert result.lines["returned_units"].tolist() == [0, -(other.get("units", -5.0))]
    assert result.unmatched_cancellations == 1


def test_the_last_day_allowed_is_still_a_cancellation():
    result = separated(line("1", 5.0, "2026-03-02"), line("C2", -5.0, "2026-04-01"))

    assert units_of(result) == [[0, 5, 0]]


def test_unknown_customers_are_not_taken_for_one():
    result = separated(line("1", 5.0, customer=None), line("C2", -5.0, customer=None), line("3", 1.0))

    assert units_of(result) == [[5, 0, 0], [0, 0, 5], [1, 0, 0]]


def test_without_any_customer_sku_and_channel_decide():
    result = separated({"order": "1", "units": 5.0}, {"order": "C2", "units": -5.0})

    assert units_of(result) == [[0, 5, 0]]


def test_write_offs_are_left_out_where_cancellations_have_a_prefix():
    result = separated(line("1", 5.0), line("2", -40.0, customer=None, net_revenue=0.0))

    assert units_of(result) == [[5, 0, 0]]
    assert result.adjusted_lines == 1


def test_units_returned_beside_a_sale_are_paid_back_at_its_price():
    result = separated({"units": 4.0, "returned_units": 1.0, "resellable_units": 1.0}, prefix=None)

    assert units_of(result, "units", "returned_units", "resellable_units") == [[4, 1, 1]]
    assert result.lines[["gross_revenue", "net_revenue"]].to_numpy().tolist() == [[40, 30]]


def test_units_returned_on_a_day_without_sales_are_paid_back_at_list_price():
    row = {"units": 0.0, "returned_units": 2.0}

    result = separate_returns(sales(row), list_prices=pd.Series([7.0]))

    assert result.lines["net_revenue"].tolist() == [-14]


def test_codes_that_are_no_products_are_recognised_by_code_and_pattern():
    skus = pd.Series(["post", "POSTCARD", "gift_0001", "BANK CHARGES", "85048"])

    assert is_non_product(skus, ["POST", "re:gift_.*", "BANK CHARGES"]).tolist() == [True, False, True, True, False]


@hypothesis.settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1, 20), st.sampled_from(["S", "C"]), st.integers(1, 28), st.sampled_from(["c1", "c2"])),
        min_size=1,
        max_size=30,
    )
)
def test_units_and_revenue_balance(rows):
    lines = [
        line(f"{kind}{n}", float(units if kind == "S" else -units), f"2026-03-{day:02}", customer)
        for n, (units, kind, day, customer) in enumerate(rows)
    ]

    result = separated(*lines)

    sold = sum(units for units, kind, *_ in rows if kind == "S")
    taken_back = sum(units for units, kind, *_ in rows if kind == "C")
    kept = result.lines
    assert kept["units"].sum() + kept["cancelled_units"].sum() == sold
    assert kept["cancelled_units"].sum() + kept["returned_units"].sum() == taken_back
    assert kept["net_revenue"].sum() == pytest.approx(10 * (sold - taken_back))
    assert (kept[["units", "cancelled_units", "returned_units", "gross_revenue"]] >= 0).all(axis=None)
