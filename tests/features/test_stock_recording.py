"""From which day on stock is known, and whose demand before it may be understated."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from features.items import planned_items
from features.stock_recording import RULE, stock_known_from, stock_recording, stock_recording_results
from tests.features.factories import demand_lines, history, items

AS_OF = dt.date(2026, 3, 31)
DAYS = pd.date_range("2025-10-01", "2026-03-31").strftime("%Y-%m-%d")


def daily(sku="A", gap=(), days=DAYS, units=2.0, location="BER"):
    """Sales on every day but those of the gap."""
    return [{"date": day, "sku": sku, "location": location, "units": units} for day in days if day not in set(gap)]


def at(sku, *days, location="BER", on_hand=5.0):
    return pd.DataFrame({"date": pd.to_datetime(list(days)), "sku": sku, "location": location, "on_hand": on_hand})


def known(lines, of=None, stock=None, period="day"):
    tables = {"demand_lines": demand_lines(*lines)}
    if stock is not None:
        tables["stock_levels"] = stock
    of = items("A", "B") if of is None else of
    return stock_recording(tables, of, AS_OF, period=period, week_starts_on="monday")


GAP = DAYS[60:80]


def test_a_gap_that_the_item_s_own_rate_does_not_explain_is_doubted():
    found = known([*daily("A", GAP), *daily("B")], stock=at("A", "2026-03-03"))

    place = found.iloc[0]
    assert (place["location"], place["items"], place["items_in_doubt"]) == ("BER", 2, 1)
    assert place["known_from"] == pd.Timestamp("2026-03-03")
    assert place["units_in_doubt"] == pytest.approx(40.0)


def test_a_gap_after_stock_is_known_is_not_doubted():
    found = known([*daily("A", GAP), *daily("B")], stock=at("A", DAYS[30]))

    assert found["items_in_doubt"].tolist() == [0]


def test_without_any_stock_row_the_whole_past_is_unseen():
    found = known([*daily("A", GAP), *daily("B")])

    assert found["known_from"].isna().all()
    assert found["items_in_doubt"].tolist() == [1]


def test_stock_first_counted_after_the_last_period_is_known_from_that_count():
    count = at("A", "2026-04-01").rename(columns={"date": "as_of"})
    lines = demand_lines(*daily("A", GAP), *daily("B"))

    found = stock_recording(
        {"demand_lines": lines, "inventory": count}, items("A", "B"), AS_OF, period="day", week_starts_on="monday"
    )

    assert found["items_in_doubt"].tolist() == [1]
    said = stock_recording_results(found)["first_example"].iloc[0]
    assert said.startswith("BER: its stock is known from 2026-04-01 on; stockouts before 2026-04-01 are invisible: ")


def test_a_gap_of_which_a_stockout_tells_is_not_doubted():
    found = at("A", *GAP, on_hand=0.0)

    found = known([*daily("A", GAP), *daily("B")], stock=pd.concat([found, at("A", "2026-03-03")]))

    assert found["known_from"].tolist() == [pd.Timestamp("2026-03-03")]
    assert found["items_in_doubt"].tolist() == [0]


def test_days_on_which_the_location_sold_nothing_are_no_gap():
    found = known([*daily("A", GAP), *daily("B", GAP)])

    assert found["items_in_doubt"].tolist() == [0]


def test_an_item_that_sells_once_a_week_may_well_miss_two_weeks():
    weekly = [row for place, row in enumerate(daily("A")) if place % 7 == 0 and place not in (70, 77)]

    found = known([*weekly, *daily("B")])

    assert found["items_in_doubt"].tolist() == [0]


def test_an_item_out_of_season_is_not_doubted():
    season = daily("A", days=[*DAYS[:30], *DAYS[150:]])

    found = known([*season, *daily("B")])

    assert found["items_in_doubt"].tolist() == [0]


def test_an_end_is_no_gap():
    found = known([*daily("A", days=DAYS[:60]), *daily("B")])

    assert found["items_in_doubt"].tolist() == [0]


@examples(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.floats(0.03, 0.9))
def test_sales_by_chance_alone_are_hardly_ever_doubted(seed, share):
    rng = np.random.default_rng(seed)
    skus = [f"S{number}" for number in range(20)]
    rows = [row for sku in skus for row in daily(sku, days=DAYS[rng.random(len(DAYS)) < share])]

    found = known([*rows, *daily("B")], of=items(*skus, "B"))

    assert found["items_in_doubt"].iloc[0] <= 1


def test_a_row_of_a_single_item_is_not_yet_the_location_s_stock():
    full = pd.concat([at(f"S{number}", "2026-03-03", "2026-03-04") for number in range(20)])

    first = stock_known_from(pd.concat([at("S1", "2025-05-05"), full]))

    assert first.to_dict() == {"BER": pd.Timestamp("2026-03-03")}


def test_it_is_said_by_location_with_its_effect():
    results = stock_recording_results(known([*daily("A", GAP), *daily("B")], stock=at("A", "2026-03-03")))

    row = results.iloc[0]
    assert (row["table"], row["part"], row["rule"], row["outcome"]) == ("inventory", "BER", RULE, "warn")
    assert (row["rows_checked"], row["rows_failed"]) == (0, 1)  # the parts of the inventory count its rows
    assert row["first_example"] == (
        "BER: its stock is known from 2026-03-03 on; stockouts before 2026-03-03 are invisible: demand of at least 1 "
        "item of 2 may be understated, by about 40 units in all; deliver stock_levels or stockouts of that time"
    )


def test_nothing_is_said_where_stock_is_known_from_the_first_sale():
    results = stock_recording_results(known([*daily("A", GAP), *daily("B")], stock=at("A", DAYS[0])))

    assert results["rows_failed"].tolist() == [0]
    assert results["first_example"].tolist() == [""]


def test_weeks_have_gaps_too():
    weeks = pd.date_range("2024-04-01", "2026-03-23", freq="7D").strftime("%Y-%m-%d")

    found = known([*daily("A", weeks[50:60], weeks), *daily("B", days=weeks)], period="week")

    assert found["items_in_doubt"].tolist() == [1]


def test_a_snapshot_does_not_make_an_old_product_a_new_one():
    lines, stock = demand_lines({"date": "2026-03-30", "sku": "B"}), at("A", "2026-03-30")
    product = pd.DataFrame({"sku": ["A", "B"], "category": "Tea", "launched_on": pd.Timestamp("2024-01-01")})
    tables = {
        "demand_lines": lines,
        "products": product,
        "stock_levels": stock,
        "inventory": stock.assign(reserved=0.0, backordered=0.0),
    }
    of = planned_items(tables, as_of=AS_OF, planned_if_sold_within_days=365)

    found = history(lines, of, stock_levels=stock)

    assert found.alive[0].all()
