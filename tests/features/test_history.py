import datetime as dt
import time

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.features.factories import AS_OF, demand_lines, history, items, stock

NAN = float("nan")


def tail(array, count=5):
    """Last periods of the only item, unknown ones as None."""
    return [None if np.isnan(value) else float(value) for value in array[0, -count:]]


def days(*numbers):
    return [f"2026-03-{number:02}" for number in numbers]


def test_the_grid_is_complete_and_zero_where_nothing_was_sold():
    found = history(demand_lines({"date": "2026-03-27", "units": 2.0}, {"date": "2026-03-30", "units": 3.0}))

    assert found.period_starts[[0, -1]].astype(str).tolist() == ["2026-03-22", "2026-03-31"]
    assert found.future_starts[[0, -1]].astype(str).tolist() == ["2026-04-01", "2026-04-10"]
    assert tail(found.units) == [2, 0, 0, 3, 0]


def test_demand_before_the_first_sale_is_unknown():
    found = history(demand_lines({"date": "2026-03-29"}))

    assert tail(found.units) == [None, None, 1, 0, 0]
    assert found.alive[0, -5:].tolist() == [False, False, True, True, True]
    assert found.estimated[0, -5:].tolist() == [0, 0, 1, 0, 0]


def test_life_begins_at_launch_or_at_an_earlier_sale():
    launched = items("A", launched_on="2026-03-28")

    assert tail(history(demand_lines({"date": "2026-03-30"}), launched).units) == [None, 0, 0, 1, 0]
    assert tail(history(demand_lines({"date": "2026-03-27"}), launched).units) == [1, 0, 0, 0, 0]


def test_a_launch_elsewhere_is_no_life_before_the_first_stock_here():
    launched = items("A", launched_on="2020-01-01")
    levels = stock(dict.fromkeys(days(29, 30, 31), 4.0))

    assert tail(history(demand_lines(), launched, stock_levels=levels).units) == [None, None, 0, 0, 0]


def test_life_ends_with_discontinuation_or_a_later_sale():
    ended = items("A", discontinued_on="2026-03-29")

    assert tail(history(demand_lines({"date": "2026-03-27"}), ended).units) == [1, 0, 0, None, None]
    assert tail(history(demand_lines({"date": "2026-03-27"}, {"date": "2026-03-30"}), ended).units) == [
        1,
        0,
        0,
        1,
        None,
    ]


def test_an_item_that_never_was_has_no_life():
    found = history(demand_lines())

    assert np.isnan(found.units).all()
    assert not found.alive.any()
    assert found.estimated.sum() == 0


def test_zero_at_the_end_of_a_day_without_sales_hides_demand():
    levels = stock({"2026-03-28": 2.0, "2026-03-29": 0.0, "2026-03-30": 0.0, "2026-03-31": 5.0})

    found = history(demand_lines({"date": "2026-03-27"}), stock_levels=levels)

    assert tail(found.units) == [1, 0, None, None, 0]


def test_zero_at_the_end_of_a_day_with_sales_is_at_least_so_many():
    levels = stock({"2026-03-29": 5.0, "2026-03-30": 0.0, "2026-03-31": 0.0})

    found = history(demand_lines({"date": "2026-03-30", "units": 3.0}, {"date": "2026-03-31"}), stock_levels=levels)

    assert tail(found.units, 3) == [0, 3, 1]
    assert found.censored[0, -3:].tolist() == [False, True, True]
    assert (found.estimated[0, -2:] > [3, 1]).all()


def test_the_flag_wins_over_the_count():
    rows = dict.fromkeys(days(28, 29, 30, 31), 0.0)
    flags = {"2026-03-29": True, "2026-03-30": False}
    lines = demand_lines({"date": "2026-03-28"}, {"date": "2026-03-30"})

    found = history(lines, stock_levels=stock(rows, flags=flags))

    assert tail(found.units, 4) == [1, 0, 1, None]
    assert found.censored[0, -4:].tolist() == [True, False, True, False]


def test_a_flag_needs_no_count_and_no_day_before():
    levels = stock({"2026-03-30": NAN}, flags={"2026-03-30": False})

    assert tail(history(demand_lines({"date": "2026-03-28"}), stock_levels=levels).units, 4) == [1, 0, None, 0]


def test_a_share_in_stock_wins_over_flag_and_count():
    rows = dict.fromkeys(days(28, 29, 30, 31), 0.0)
    flags = dict.fromkeys(days(28, 29, 30), False)
    shares = dict(zip(days(28, 29, 30), (1.0, 0.5, 0.0), strict=True))
    lines = demand_lines({"date": "2026-03-22", "units": 4.0}, {"date": "2026-03-28"})

    found = history(lines, stock_levels=stock(rows, flags=flags, shares=shares))

    assert tail(found.units, 4) == [1, 0, None, None]
    assert found.censored[0, -4:].tolist() == [False, True, False, False]


def test_a_partial_day_is_estimated_at_its_sales_and_the_rest_of_a_typical_day():
    lines = demand_lines(
        *[{"date": f"2026-03-{day}", "units": 8.0} for day in range(22, 31)], {"date": "2026-03-31", "units": 5.0}
    )
    half, nearly_whole = (
        history(lines, stock_levels=stock({"2026-03-31": 0.0}, shares={"2026-03-31": share})) for share in (0.5, 0.9)
    )

    assert half.estimated[0, -1] == pytest.approx(9, abs=0.3)
    assert nearly_whole.estimated[0, -1] == pytest.approx(5.8, abs=0.2)


def test_a_week_of_daily_shares_has_their_mean():
    week = [str(day.date()) for day in pd.date_range("2026-03-23", "2026-03-29")]
    lines = demand_lines(
        *[{"date": f"2026-03-{day:02}", "units": 70.0} for day in (2, 9, 16)], {"date": "2026-03-23", "units": 30.0}
    )
    levels = stock(dict.fromkeys(week, 9.0), shares=dict.fromkeys(week[3:], 0.0))

    found = history(lines, stock_levels=levels, period="week", as_of=dt.date(2026, 3, 29), history_days=28)

    assert found.censored[0].tolist() == [False, False, False, True]
    assert found.estimated[0, -1] == pytest.approx(30 + 4 / 7 * 65, rel=0.1)


def test_a_first_day_without_stock_hides_demand_also_without_a_row_before():
    levels = stock({"2026-03-29": 0.0, "2026-03-31": 0.0})

    found = history(demand_lines({"date": "2026-03-27"}), stock_levels=levels)

    assert tail(found.units) == [1, 0, None, None, None]


def test_days_without_rows_between_two_without_stock_are_hidden_unless_something_was_sold():
    weekdays = [f"2026-03-{day:02}" for day in (19, 20, 23, 24, 25, 26, 27, 30, 31)]
    levels = stock(dict.fromkeys(weekdays, 0.0) | {"2026-03-31": 4.0})

    found = history(demand_lines({"date": "2026-03-18"}, {"date": "2026-03-22"}), stock_levels=levels, history_days=14)

    # The 21st and 22nd, and the 28th and 29th, are weekends without rows; on the 22nd something was sold.
    assert tail(found.units, 14) == [1, None, None, None, 1, *[None] * 8, 0]


def test_a_day_without_a_row_after_or_before_stock_is_assumed_in_stock():
    levels = stock({"2026-03-27": 0.0, "2026-03-29": 5.0, "2026-03-31": 0.0})

    assert tail(history(demand_lines({"date": "2026-03-20"}), stock_levels=levels).units) == [None, 0, 0, 0, None]


def test_a_week_with_daily_rows_is_hidden_when_mostly_empty():
    empty = dict.fromkeys([str(day.date()) for day in pd.date_range("2026-03-16", "2026-03-20")], 0.0)
    levels = stock(empty | {"2026-03-21": 4.0, "2026-03-22": 4.0, "2026-03-23": 4.0, "2026-03-24": 0.0})
    lines = demand_lines({"date": "2026-03-09"}, {"date": "2026-03-23", "units": 2.0})

    found = history(lines, stock_levels=levels, period="week", history_days=28, as_of=dt.date(2026, 3, 29))

    assert tail(found.units, 3) == [1, None, 2]
    assert found.censored[0, -1]


def test_wholesale_and_one_off_orders_are_no_demand():
    lines = demand_lines({"date": "2026-03-27"}, {"order_type": "wholesale", "units": 50.0}, {"order_type": "one_off"})

    assert tail(history(lines).units) == [1, 0, 0, 0, 0]


def test_sales_after_the_date_do_not_count():
    lines = demand_lines({"date": "2026-03-27"}, {"date": "2026-04-01", "units": 5.0})

    found = history(lines)

    assert np.nansum(found.units) == 1
    assert found.items["last_sale_on"].tolist() == [pd.Timestamp("2026-03-27")]


def daily_sales(units=1.0, **by_date):
    dates = pd.date_range("2026-01-01", AS_OF)
    return [{"date": day, "units": by_date.get(f"d{day:%m%d}", units)} for day in dates]


def test_one_bulk_order_is_dampened_and_counted():
    found = history(demand_lines(*daily_sales(d0328=500.0)), history_days=90)

    assert found.dampened_units.sum() == found.dampened_units[0, -4] == 499
    assert found.units[0, -4] == 500
    assert found.estimated[0, -4] == 1


def test_bulk_orders_that_come_again_and_again_are_demand():
    often = {f"d03{day:02}": 50.0 for day in range(3, 31, 5)}

    assert history(demand_lines(*daily_sales(**often)), history_days=90).dampened_units.sum() == 0


def test_a_promoted_day_is_no_bulk_order():
    rows = daily_sales(d0328=500.0)
    rows[-4]["on_promotion"] = True

    assert history(demand_lines(*rows), history_days=90).dampened_units.sum() == 0


def test_a_season_is_no_bulk_order():
    season = {f"d03{day:02}": 15.0 for day in range(12, 32)}

    assert history(demand_lines(*daily_sales(**season)), history_days=90).dampened_units.sum() == 0


def test_the_peak_of_a_season_is_no_bulk_order():
    season = {f"d03{day:02}": 8.0 for day in range(12, 32)} | {"d0328": 12.0}

    assert history(demand_lines(*daily_sales(**season)), history_days=90).dampened_units.sum() == 0


def test_dampening_can_be_switched_off():
    found = history(demand_lines(*daily_sales(d0328=500.0)), history_days=90, bulk_dampening=False)

    assert found.estimated[0, -4] == 500


def test_fractional_steps_are_estimated_in_steps():
    lines = demand_lines({"date": "2026-03-25", "units": 1.5}, {"date": "2026-03-30", "units": 1.0})
    levels = stock({"2026-03-30": 0.0})

    found = history(lines, items("A", unit_step=0.5), stock_levels=levels)

    assert found.estimated[0, -2] > 1.0
    assert tail(found.units, 2) == [1.0, 0.0]


@st.composite
def companies(draw):
    """Sales and stock of three SKUs over some weeks."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dates = pd.date_range("2026-01-01", AS_OF)
    lines, levels = [], []
    for sku, rate in zip("ABC", rng.gamma(1.0, 2.0, 3), strict=True):
        units = rng.poisson(rate, len(dates)) * (1 + 60 * (rng.random(len(dates)) < 0.02))
        on_hand = np.where(rng.random(len(dates)) < 0.3, 0.0, 5.0)
        lines += [{"date": day, "sku": sku, "units": float(n)} for day, n in zip(dates, units, strict=True) if n]
        levels.append(stock(dict(zip(dates.astype(str), on_hand, strict=True)), sku=sku))
    return demand_lines(*lines), pd.concat(levels, ignore_index=True)


ARRAYS = ("units", "censored", "estimated", "alive", "dampened_units", "discount", "log_relative_price", "on_hand_end")


@hypothesis.settings(deadline=None, max_examples=25)
@given(companies())
def test_the_history_of_a_sku_does_not_depend_on_the_others(company):
    lines, levels = company
    promotions = pd.DataFrame(
        {"starts_on": [pd.Timestamp("2026-02-01")], "ends_on": [pd.Timestamp("2026-04-02")], "discount_fraction": [0.3]}
    ).assign(category="Tea", channel="web")
    arguments = {"stock_levels": levels, "promotions": promotions, "history_days": 90}

    together = history(lines, items("A", "B", "C"), **arguments)
    alone = history(lines, items("B"), **arguments)

    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(together, name)[1], getattr(alone, name)[0], err_msg=name)
    pd.testing.assert_frame_equal(together.items.iloc[[1]].reset_index(drop=True), alone.items)


@hypothesis.settings(deadline=None, max_examples=25)
@given(companies(), st.sampled_from(["day", "week", "month"]), st.sampled_from(["monday", "sunday"]))
def test_a_sum_over_any_calendar_equals_the_sum_of_its_rows(company, period, week_starts_on):
    lines, _ = company

    found = history(lines, items("A", "B", "C"), history_days=1000, period=period, week_starts_on=week_starts_on)

    inside = lines.loc[lines["date"] < found.future_starts[0]]
    assert np.nansum(found.units) == inside["units"].sum()
    assert (found.dampened_units <= np.nan_to_num(found.units)).all()


def test_a_bucket_of_100_items_and_730_days_is_quick():
    rng = np.random.default_rng(0)
    skus = [f"S{number:03}" for number in range(100)]
    dates = pd.date_range(end=AS_OF, periods=730)
    grid = {"date": np.tile(dates, 100), "sku": np.repeat(skus, 730), "location": "BER"}
    lines = (
        demand_lines({}).iloc[[0] * 73_000].reset_index(drop=True).assign(**grid, units=rng.poisson(1.0, 73_000) * 1.0)
    )
    levels = pd.DataFrame(grid).assign(on_hand=np.where(rng.random(73_000) < 0.05, 0.0, 9.0))
    history(lines.iloc[:100], items(*skus))

    begin = time.perf_counter()
    found = history(lines, items(*skus), stock_levels=levels, history_days=730, horizon_days=550)
    seconds = time.perf_counter() - begin

    assert found.units.shape == (100, 730)
    assert found.discount.shape == (100, 1280)
    assert seconds < 2.0  # 0.06 s on an idle machine


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_the_last_period_ends_at_as_of(period):
    found = history(demand_lines({}), as_of=dt.date(2026, 5, 31), period=period, history_days=400, horizon_days=550)

    assert found.future_starts[0] == np.datetime64("2026-06-01")
    assert found.future_starts[-1] >= np.datetime64("2026-05-31") + 550 - 31
