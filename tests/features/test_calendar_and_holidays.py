import datetime as dt

import numpy as np
import pytest

from features.calendar import period_index, period_lengths_days, period_range
from features.public_holidays import country_code, holiday_shares
from tests.features.factories import demand_lines, history, items


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_a_range_has_no_gaps_and_lengths_fill_it(period):
    starts = period_range(dt.date(2023, 11, 20), dt.date(2026, 3, 31), period)

    ends = starts + period_lengths_days(starts, period).astype("timedelta64[D]")
    assert (ends[:-1] == starts[1:]).all()


def test_years_with_53_weeks_and_leap_days_are_whole():
    weeks = period_range(dt.date(2020, 12, 28), dt.date(2021, 1, 10), "week")

    assert weeks.astype(str).tolist() == ["2020-12-28", "2021-01-04"]
    assert period_lengths_days(np.array(["2024-02-01"], "M8[D]"), "month").tolist() == [29]


def test_dates_outside_the_grid_have_no_place():
    starts = period_range(dt.date(2026, 1, 1), dt.date(2026, 3, 31), "month")
    dates = np.array(["2025-12-31", "2026-01-31", "2026-03-31", "2026-04-01", "NaT"], "M8[ns]")

    assert period_index(dates, starts, "month").tolist() == [-1, 0, 2, -1, -1]


def test_holidays_are_those_of_the_items_market():
    found = history(demand_lines({"sku": "A"}), items("A", "B", "C", market=["DE", "SE", None]), default_country="US")

    easter = dt.date(2026, 4, 3) - dt.date(2026, 3, 22)  # Good Friday
    assert found.holiday[:, easter.days].tolist() == [1, 1, 0]


def test_a_weeks_share_is_its_holidays_over_seven():
    weeks = np.array(["2025-12-22", "2025-12-29"], "M8[D]")

    shares = holiday_shares(np.array(["DE"], dtype=object), weeks, "week")

    assert shares == pytest.approx(np.array([[2 / 7, 1 / 7]]))


def test_countries_are_understood_by_code_and_by_name():
    markets = ["de", "GBR", "UK", "United Kingdom", "EIRE", "webshop", None, "unknown"]
    assert [country_code(market) for market in markets] == ["DE", "GB", "GB", "GB", "IE", None, None, None]


def test_an_unknown_calendar_has_no_holidays():
    assert holiday_shares(np.array(["ZZ", None], dtype=object), np.array(["2025-12-25"], "M8[D]"), "day").sum() == 0
