"""Charts show weeks, whatever the period is, and unknown is not zero; fitted state keeps to Sundays."""

import datetime as dt

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.calendar import refit_date
from features.weekly import weekly_history
from tests.features.factories import demand_lines, history, items, stock


def test_weeks_add_up_their_known_days_and_give_the_share_without_stock():
    sold = demand_lines({"date": "2026-03-22", "units": 5.0}, {"date": "2026-03-24", "units": 2.0})
    shelves = stock({"2026-03-26": 0.0, "2026-03-27": 0.0, "2026-03-28": 9.0})

    row = weekly_history(history(sold, stock_levels=shelves)).iloc[0]

    assert row["week_starts"] == ["2026-03-16", "2026-03-23", "2026-03-30"]
    assert row["units"] == [5.0, 2.0, 0.0]
    assert row["out_of_stock_share"] == [0.0, round(2 / 7, 3), 0.0]


def test_a_week_of_which_nothing_is_known_is_none():
    found = weekly_history(history(demand_lines({"date": "2026-03-31"})))

    assert found.iloc[0]["units"] == [None, None, 1.0]


def test_every_item_has_a_row_in_order():
    found = weekly_history(history(demand_lines({"sku": "B"}), items("A", "B")), weeks=1)

    assert found["sku"].tolist() == ["A", "B"]
    assert [len(units) for units in found["units"]] == [1, 1]


@given(st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1)), st.sampled_from(["day", "week", "month"]))
def test_the_runs_of_a_week_share_one_refit_date(as_of, period):
    monday = as_of - dt.timedelta(days=as_of.weekday())
    nights = {refit_date(monday + dt.timedelta(days=day), period) for day in range(6)}

    assert len(nights) == 1
    assert refit_date(as_of, period) <= as_of
    assert np.datetime64(max(nights)) < np.datetime64(monday)
