import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.as_of import company_today, determine_as_of, next_period_start, period_start
from settings import DataRefused, Settings
from tests.identity.demand_factories import inventory, sales

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1))


def company(period="day", today="2026-04-01", **company_settings):
    return Settings(company={"period": period, **company_settings}, data={"today": today})


def test_the_newest_inventory_is_the_day_of_the_plan():
    tables = {"inventory": inventory("A", as_of="2026-03-31")}

    assert determine_as_of(tables, company()) == dt.date(2026, 3, 31)


def test_a_week_that_is_not_over_is_left_out():
    tables = {"inventory": inventory("A", as_of="2026-04-01")}  # a Wednesday

    assert determine_as_of(tables, company("week")) == dt.date(2026, 3, 29)
    assert determine_as_of(tables, company("week", week_starts_on="thursday")) == dt.date(2026, 4, 1)
    assert determine_as_of(tables, company("month")) == dt.date(2026, 3, 31)


def test_vn2_weeks_end_on_sunday():
    tables = {"inventory": inventory("A", as_of="2024-04-14")}

    assert determine_as_of(tables, company("week", today="2024-04-15")) == dt.date(2024, 4, 14)


def test_old_inventory_is_refused_with_both_dates():
    tables = {"inventory": inventory("A", as_of="2026-03-27")}

    with pytest.raises(DataRefused, match=r"2026-03-27, 5 days before 2026-04-01.*max_data_age_days is 4"):
        determine_as_of(tables, company())


def test_inventory_as_old_as_allowed_is_accepted():
    tables = {"inventory": inventory("A", as_of="2026-03-28")}

    assert determine_as_of(tables, company()) == dt.date(2026, 3, 28)


def test_inventory_of_the_future_is_refused():
    tables = {"inventory": inventory("A", as_of="2026-04-02")}

    with pytest.raises(DataRefused, match="after 2026-04-01 on the company's clock"):
        determine_as_of(tables, company())


def test_no_inventory_is_refused():
    with pytest.raises(DataRefused, match="inventory: no accepted row"):
        determine_as_of({"inventory": inventory("A").iloc[:0]}, company())


def test_an_old_date_that_is_asked_for_needs_no_fresh_inventory():
    tables = {"inventory": inventory("A"), "sales": sales({"date": "2026-01-01"})}

    assert determine_as_of(tables, company(today="2027-01-01"), dt.date(2026, 2, 10)) == dt.date(2026, 2, 10)


def test_a_date_without_data_is_refused():
    tables = {"inventory": inventory("A", as_of="2026-03-31"), "sales": sales({"date": "2026-01-05"})}

    with pytest.raises(DataRefused, match="newest inventory is of 2026-03-31"):
        determine_as_of(tables, company(), dt.date(2026, 4, 1))
    with pytest.raises(DataRefused, match="first sale is of 2026-01-05"):
        determine_as_of(tables, company(), dt.date(2026, 1, 4))


def test_the_clock_is_the_companys_zone():
    assert company_today(Settings(data={"today": "2026-02-28"})) == dt.date(2026, 2, 28)
    zones = {company_today(Settings(company={"timezone": zone})) for zone in ("Pacific/Kiritimati", "Etc/GMT+12")}
    assert len(zones) == 2  # 26 hours apart: never the same date


@given(DAYS, st.sampled_from(["day", "week", "month"]), st.sampled_from(["monday", "sunday", "thursday"]))
def test_every_day_lies_in_exactly_one_period(day, period, week_starts_on):
    days = np.array([day], dtype="datetime64[D]")

    start = period_start(days, period, week_starts_on)
    following = next_period_start(start, period)

    assert start[0] <= days[0] < following[0]
    assert period_start(following, period, week_starts_on)[0] == following[0]
    assert period_start(following - 1, period, week_starts_on)[0] == start[0]
    if period == "week":
        assert pd.Timestamp(start[0]).day_name().lower() == week_starts_on


def test_a_missing_date_stays_missing():
    for period in ("day", "week", "month"):
        assert np.isnat(period_start(np.array(["NaT"], dtype="M8[ns]"), period)).all()
