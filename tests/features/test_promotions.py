import numpy as np
import pandas as pd
import pytest

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
