"""Times without any sale, as where an export is missing, are reported; holidays and slow sellers are not."""

import datetime as dt

import pandas as pd
import pytest

from app.check.history_gaps import print_history_gaps
from data_contracts.contract import empty_frame
from data_contracts.tables import CONTRACTS
from features.sales_gaps import EVERYWHERE, gap_results, sales_gaps
from tests.features.factories import demand_lines

AS_OF = dt.date(2026, 3, 31)
NONE = empty_frame(CONTRACTS["stockouts"])


def sold(location="BER", first="2025-01-01", last="2026-03-31", without=(), every="D", units=2.0):
    """Sales on all days but those from `without[0]` to `without[1]`."""
    days = pd.date_range(first, last, freq=every)
    if without:
        days = days[(days < without[0]) | (days > without[1])]
    return [{"date": str(day.date()), "location": location, "units": units} for day in days]


def gaps(*lines, stockouts=NONE, period="day"):
    rows = [row for each in lines for row in each]
    found = sales_gaps(demand_lines(*rows), stockouts, AS_OF, period=period, week_starts_on="monday")
    return [
        (each.location, str(each.starts_on.date()), str(each.ends_on.date()), each.units) for each in found.itertuples()
    ]


HALF_A_YEAR = ("2025-07-01", "2025-12-31")


def test_half_a_year_without_any_sale_is_reported_with_its_units():
    assert gaps(sold(without=HALF_A_YEAR)) == [(EVERYWHERE, *HALF_A_YEAR, pytest.approx(2 * 184))]


def test_a_time_that_lasts_until_the_plans_day_is_reported():
    assert gaps(sold(last="2026-02-28")) == [(EVERYWHERE, "2026-03-01", "2026-03-31", pytest.approx(62))]


def test_a_location_of_its_own_is_reported_once():
    both = gaps(sold(without=HALF_A_YEAR), sold("HAM", without=HALF_A_YEAR))
    one = gaps(sold(), sold("HAM", without=HALF_A_YEAR))

    assert [gap[0] for gap in both] == [EVERYWHERE]
    assert [gap[:3] for gap in one] == [("HAM", *HALF_A_YEAR)]


@pytest.mark.parametrize("lines", [
    sold(last="2026-03-31"),
    sold(without=("2025-12-24", "2026-01-05")),
    sold(every="20D"),
    sold(every="W-MON"),
    [],
])  # fmt: skip
def test_holidays_and_slow_sellers_are_not_reported(lines):
    assert gaps(lines) == []


@pytest.mark.parametrize(("period", "every"), [("week", "W-MON"), ("month", "MS")])
def test_weeks_and_months_are_reported_too(period, every):
    found = gaps(sold(every=every, without=("2025-07-01", "2025-10-31")), period=period)

    assert len(found) == 1
    assert found[0][2] in ("2025-10-31", "2025-11-02")


def test_a_time_in_which_nothing_could_be_bought_is_no_gap_where_a_stockout_says_so():
    closed = pd.DataFrame(
        {"sku": ["*"], "location": ["*"], "starts_on": [pd.Timestamp("2025-06-30")], "ends_on": [pd.NaT]}
    )

    assert gaps(sold(without=HALF_A_YEAR), stockouts=closed) == []


def test_the_sentence_gives_from_when_to_when_and_what_is_missing():
    found = sales_gaps(demand_lines(*sold(without=HALF_A_YEAR)), NONE, AS_OF, period="day", week_starts_on="monday")

    results = gap_results(found, "day")

    assert results["rows_failed"].tolist() == [1]
    assert results["first_example"].iloc[0] == (
        "no sale at all from 2025-07-01 to 2025-12-31 (184 days), which counts as no demand: at the rate around it, about "
        "370 units are missing; deliver these rows, or say in stockouts that nothing could be bought"
    )


def test_many_times_are_summed_up_as_the_worst_three_and_a_sum(capsys):
    day = pd.Timestamp("2025-01-01")
    units = [10.0, 400.0, 20.0, 300.0, 200.0]
    found = pd.DataFrame(
        {"location": EVERYWHERE, "starts_on": day, "ends_on": day, "periods": 14, "units": units},
    )

    print_history_gaps(gap_results(found, "day"))

    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("about ")[2][:9] for line in lines[2:5]] == ["400 units", "300 units", "200 units"]
    assert lines[5] == "  and 2 more such times, in which about 30 units are missing"
