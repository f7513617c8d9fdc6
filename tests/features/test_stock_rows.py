"""What the rows of stock leave open is counted and said."""

import datetime as dt

import pandas as pd

from features.stock_rows import COUNTED_LATER_RULE, NO_ROW_RULE, counted_later_results, no_row_results
from tests.features.factories import demand_lines, items

AS_OF = dt.date(2026, 3, 31)


def rows(sku, *days, location="BER", on_hand=5.0):
    return pd.DataFrame({"date": pd.to_datetime(list(days)), "sku": sku, "location": location, "on_hand": on_hand})


def no_rows(stock, *sales, period="day"):
    tables = {"demand_lines": demand_lines(*sales), "stock_levels": stock}
    return no_row_results(tables, items("A", "B"), AS_OF, period=period, week_starts_on="monday")


def test_days_without_a_row_of_stock_or_a_sale_are_counted_from_the_first_that_is_known():
    stock = pd.concat([rows("A", "2026-03-22", "2026-03-23", "2026-03-31"), rows("B", "2026-03-30", "2026-03-31")])

    found = no_rows(stock, {"date": "2026-03-25", "sku": "A"}, {"date": "2026-03-01", "sku": "A"})

    assert found[["table", "part", "rule", "outcome", "rows_failed"]].to_numpy().tolist() == [
        ["stock_levels", "BER", NO_ROW_RULE, "warn", 1]
    ]
    assert (
        found["first_example"].iloc[0].startswith("BER: 6 of 12 days of items have neither a row of stock nor a sale")
    )


def test_weeks_count_by_their_period():
    found = no_rows(rows("A", "2026-03-02", "2026-03-23"), period="week")

    assert found["first_example"].iloc[0].startswith("BER: 3 of 5 weeks")


def test_rows_of_every_day_and_no_rows_at_all_are_no_question():
    days = pd.date_range("2026-03-20", "2026-03-31").astype(str)

    assert no_rows(pd.concat([rows("A", *days), rows("B", *days)])).empty
    assert no_rows(rows("A"), {"date": "2026-03-01", "sku": "A"}).empty


def test_stock_dated_after_the_last_complete_period_is_said():
    inventory = pd.DataFrame(
        {
            "as_of": pd.to_datetime(["2026-03-31", "2026-04-02", "2026-04-03"]),
            "sku": ["A", "B", "C"],
            "location": ["BER", "BER", "BER"],
        }
    )

    found = counted_later_results(inventory, AS_OF, "week")

    assert found[["rule", "part", "rows_failed"]].to_numpy().tolist() == [[COUNTED_LATER_RULE, "BER", 2]]
    assert (
        "the stock of 2 items is dated 2026-04-02 to 2026-04-03, after the last complete week, which ended on 2026-03-31"
        in found["first_example"].iloc[0]
    )
    assert counted_later_results(inventory.iloc[:1], AS_OF, "week").empty
