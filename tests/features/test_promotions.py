import numpy as np
import pandas as pd
import pytest

from features.history import with_last_years_promotions
from tests.features.factories import demand_lines, history, items


def promotion(starts_on, ends_on, discount=0.2, **scope):
    row = {"starts_on": pd.Timestamp(starts_on), "ends_on": pd.Timestamp(ends_on), "discount_fraction": discount}
    return row | {"sku": None, "category": None, "location": None, "channel": None} | scope


def discounts(*rows, lines=None, of=None, **arguments):
    lines = demand_lines({"date": "2026-03-22"}) if lines is None else lines
    return history(lines, of, promotions=pd.DataFrame(rows), **arguments).discount


def test_promotions_of_the_past_and_of_the_future_are_known():
    found = discounts(promotion("2026-03-30", "2026-04-02", sku="A"))

    assert found[0, 7:14].tolist() == [0, 0.2, 0.2, 0.2, 0.2, 0, 0]  # 29 March to 4 April


def test_a_category_is_all_its_items_and_the_deepest_discount_counts():
    found = discounts(
        promotion("2026-03-31", "2026-03-31", category="Tea"),
        promotion("2026-03-31", "2026-03-31", 0.5, sku="B"),
        promotion("2026-03-31", "2026-03-31", 0.9, category="Coffee"),
        of=items("A", "B"),
    )

    assert found[:, 9].tolist() == [0.2, 0.5]


def test_a_location_and_a_channel_restrict():
    lines = demand_lines({"channel": "web", "units": 3.0}, {"channel": "amazon", "units": 1.0})

    found = discounts(
        promotion("2026-03-31", "2026-03-31", 0.4, sku="A", channel="amazon"),
        promotion("2026-03-30", "2026-03-30", 0.4, sku="A", location="FBA"),
        promotion("2026-03-29", "2026-03-29", 0.4, sku="A", channel="ebay"),
        promotion("2026-03-28", "2026-03-28", 0.4, sku="A", location="BER", channel="*"),
        lines=lines,
    )

    assert found[0, 6:10] == pytest.approx([0.4, 0, 0, 0.1])


def test_part_of_a_week_counts_by_its_days():
    found = discounts(
        promotion("2026-03-28", "2026-03-29", 0.7, sku="A"),
        period="week",
        history_days=28,
        as_of=pd.Timestamp("2026-03-29"),
    )

    assert found[0, 3] == pytest.approx(0.2)


def test_prices_are_against_the_items_median_and_zero_where_nothing_sold():
    lines = demand_lines(
        {"date": "2026-03-22", "units": 2.0, "gross_revenue_base": 20.0},
        {"date": "2026-03-25", "units": 1.0, "gross_revenue_base": 10.0},
        {"date": "2026-03-31", "units": 4.0, "gross_revenue_base": 20.0},
    )

    found = history(lines)

    assert found.items["median_price_base"].tolist() == [10.0]
    assert found.log_relative_price[0, [0, 1, 3, 9]] == pytest.approx([0, 0, 0, np.log(0.5)])
    assert found.log_relative_price.shape == found.discount.shape == (1, 20)


def test_sales_marked_as_promoted_show_the_fall_of_the_price():
    lines = demand_lines(
        {"date": "2026-03-22", "units": 1.0},
        {"date": "2026-03-24", "units": 1.0},
        {"date": "2026-03-31", "units": 1.0, "gross_revenue_base": 7.5, "on_promotion": True},
    )

    assert history(lines).discount[0, 9] == pytest.approx(0.25)


def repeated(*rows, period="day", **arguments):
    """Days ahead, or first days of weeks or months, with the discount that last year's promotions give them."""
    found = history(
        demand_lines({"date": "2026-03-22"}),
        promotions=pd.DataFrame(rows),
        period=period,
        **{"history_days": 400, "horizon_days": 400} | arguments,
    )
    again = with_last_years_promotions(found)
    past = len(found.period_starts)
    assert again.discount[:, :past].tolist() == found.discount[:, :past].tolist()
    ahead = pd.Series(again.discount[0, past:], index=found.future_starts.astype(str))
    return {day: round(float(discount), 3) for day, discount in ahead[ahead > 0].items()}


def test_last_years_promotions_come_again_on_the_same_days():
    found = repeated(promotion("2025-11-28", "2025-11-30", sku="A"))

    assert found == {"2026-11-28": 0.2, "2026-11-29": 0.2, "2026-11-30": 0.2}


def test_a_promotion_that_was_moved_does_not_come_twice():
    moved = repeated(
        promotion("2025-11-28", "2025-11-28", sku="A"), promotion("2026-11-20", "2026-11-20", 0.3, sku="A")
    )
    another = repeated(
        promotion("2025-11-28", "2025-11-28", sku="A"), promotion("2026-10-20", "2026-10-20", 0.3, sku="A")
    )

    assert moved == {"2026-11-20": 0.3}
    assert another == {"2026-10-20": 0.3, "2026-11-28": 0.2}


def test_promotions_announced_for_other_items_leave_last_years_as_they_are():
    found = repeated(
        promotion("2025-11-28", "2025-11-28", sku="A"), promotion("2026-11-20", "2026-11-20", 0.3, category="Coffee")
    )

    assert found == {"2026-11-28": 0.2}


def test_what_is_announced_comes_again_beyond_a_year():
    found = repeated(promotion("2026-04-02", "2026-04-02", sku="A"))

    assert found == {"2026-04-02": 0.2, "2027-04-02": 0.2}


def test_sales_marked_as_promoted_come_again_with_the_price_cut_that_was_seen():
    lines = demand_lines(
        {"date": "2025-06-01"},
        {"date": "2025-06-02", "net_revenue_base": 7.0, "gross_revenue_base": 7.0, "on_promotion": True},
        {"date": "2025-06-03"},
    )

    again = with_last_years_promotions(history(lines, history_days=400, horizon_days=100))

    assert again.discount[0, 400 + 62] == pytest.approx(0.3)  # 2 June 2026
    assert (again.discount[0, 400:] > 0).sum() == 1


@pytest.mark.parametrize(("period", "first"), [("week", "2026-11-23"), ("month", "2026-11-01")])
def test_weeks_and_months_take_the_one_that_holds_their_middle_a_year_before(period, first):
    as_of = pd.Timestamp("2026-03-29") if period == "week" else pd.Timestamp("2026-03-31")

    found = repeated(promotion("2025-11-24", "2025-11-30", 0.21, sku="A"), period=period, as_of=as_of)

    assert list(found) == [first]
    assert found[first] == pytest.approx(0.21 if period == "week" else 0.21 * 7 / 30, abs=0.001)


def test_a_year_before_the_history_begins_is_not_known():
    assert repeated(promotion("2025-11-28", "2025-11-30", sku="A"), history_days=100) == {}
