"""The global model: honest, blind to what was out of stock, the same to the last byte, scaled, modest with new items."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from models.demand.global_model import fit_global_model
from models.demand.global_model.forecasting import forecast
from models.demand.global_model.training_rows import training_rows
from models.demand.steps import AHEAD_STEPS
from tests.models.demand.factories import AS_OF, company, history

PERIODS = 150
ORIGIN = 130
ORIGIN_DAY = AS_OF - dt.timedelta(weeks=PERIODS - ORIGIN)


def train(histories, at):
    """The model of a company of few items, all rows taken."""
    items = sum(len(history.items) for history in histories)
    return fit_global_model([training_rows(history, at, items=items, bound=240_000) for history in histories], at)


def weekly(items=40, **more):
    return company(items, PERIODS, period="week", **more)[0]


def changed_after(demand, at):
    """The same history with everything that is learned from sales after the period `at` turned upside down."""
    arrays = {}
    for name in ("units", "estimated"):
        values = getattr(demand, name).copy()
        values[:, at:] = values[:, at:] * 7 + 30
        arrays[name] = values
    censored, price = demand.censored.copy(), demand.log_relative_price.copy()
    censored[::3, at:] = True
    price[:, at:] = 0.7
    return dataclasses.replace(demand, censored=censored, log_relative_price=price, **arrays)


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_nothing_after_the_origin_enters_training_or_forecast(period):
    demand, _ = company(30, {"day": 400, "week": 130, "month": 60}[period], period=period)
    at = demand.units.shape[1] - 4 * (7 if period == "day" else 1)
    day = (demand.period_starts[at] - np.timedelta64(1, "D")).astype(dt.date)
    other = changed_after(demand, at)

    model, same = train([demand], day), train([other], day)

    assert model.boosters
    assert model.boosters == same.boosters
    np.testing.assert_array_equal(forecast(model, demand, at, 12), forecast(same, other, at, 12))


def test_a_model_for_an_earlier_day_is_the_one_that_was_trained_on_that_day():
    demand = weekly()
    rows = training_rows(demand, AS_OF, items=40, bound=10**9)
    then = training_rows(demand, ORIGIN_DAY, items=40, bound=10**9)

    late, early = fit_global_model([rows], ORIGIN_DAY), fit_global_model([then], ORIGIN_DAY)

    # The older rows reach back three years from each day: with so short a history both have the same.
    assert late.boosters == early.boosters
    np.testing.assert_array_equal(forecast(late, demand, ORIGIN, 4), forecast(early, demand, ORIGIN, 4))


def test_weeks_without_stock_are_neither_targets_nor_zero_sales():
    demand = weekly()
    out = np.random.default_rng(3).random(demand.units.shape) < 0.3
    units = np.where(out, np.nan, demand.units)
    guess = np.where(out, 0.0, demand.estimated)
    wild = np.where(out, 1e6, demand.estimated)
    hidden = dataclasses.replace(demand, units=units, estimated=guess)

    predicted = forecast(train([hidden], AS_OF), hidden, PERIODS, 4)
    same = dataclasses.replace(hidden, estimated=wild)
    whole = forecast(train([demand], AS_OF), demand, PERIODS, 4)

    np.testing.assert_array_equal(forecast(train([same], AS_OF), same, PERIODS, 4), predicted)
    assert predicted.sum() == pytest.approx(whole.sum(), rel=0.1)


def test_how_items_are_cut_into_buckets_changes_no_byte():
    demand = weekly(45)
    parts = [part_of(demand, rows) for rows in (slice(0, 7), slice(7, 30), slice(30, 45))]

    whole, cut = train([demand], AS_OF), train(parts[::-1], AS_OF)

    assert cut.boosters == whole.boosters
    np.testing.assert_array_equal(
        np.concatenate([forecast(cut, part, PERIODS, 5) for part in parts]), forecast(whole, demand, PERIODS, 5)
    )


def test_rows_are_bounded_and_a_smaller_bound_takes_a_part_of_them():
    demand = weekly()
    every = training_rows(demand, AS_OF, items=40, bound=10**9).rows
    some = training_rows(demand, AS_OF, items=40, bound=5_000).rows
    keys = ["sku", "location", "end", "ahead"]

    assert 3_500 < len(some) < 5_500 < len(every)
    assert set(map(tuple, some[keys].to_numpy())) <= set(map(tuple, every[keys].to_numpy()))


def test_forecasts_are_in_the_units_of_the_item():
    demand = weekly()
    larger = dataclasses.replace(demand, units=demand.units * 8, estimated=demand.estimated * 8)

    predicted, eightfold = (forecast(train([each], AS_OF), each, PERIODS, 4) for each in (demand, larger))

    np.testing.assert_allclose(eightfold.sum(axis=0), predicted.sum(axis=0) * 8, rtol=0.02)


def test_the_season_that_items_share_is_forecast():
    demand, truth = company(60, 157, period="week", season=0.6, drift=0.0, uplift=1.0)
    at = 140
    day = (demand.period_starts[at] - np.timedelta64(1, "D")).astype(dt.date)

    predicted = forecast(train([demand], day), demand, at, 12)

    wanted = truth[:, at : at + 12]
    naive = demand.units[:, at - 8 : at].mean(axis=1)[:, None]
    assert np.abs(predicted - wanted).sum() < 0.5 * np.abs(naive - wanted).sum()
    assert predicted.sum() == pytest.approx(wanted.sum(), rel=0.1)


def test_announced_promotions_of_single_weeks_are_forecast():
    demand, truth = company(60, 157, period="week", uplift=2.5, drift=0.0)
    ahead = slice(157, 157 + AHEAD_STEPS)
    promoted = demand.discount[:, ahead] > 0

    predicted = forecast(train([demand], AS_OF), demand, 157, AHEAD_STEPS)

    ratio = predicted / truth[:, ahead]
    assert np.median(ratio[promoted]) == pytest.approx(1.0, abs=0.25)
    assert np.median(ratio[~promoted]) == pytest.approx(1.0, abs=0.15)


def test_items_too_new_or_without_a_sale_in_a_year_are_left_to_local_models():
    units = np.random.default_rng(5).poisson(4.0, (30, PERIODS)).astype(float)
    units[0, 40:] = 0.0
    alive = np.ones(units.shape, bool)
    alive[1, :-3] = False
    alive[2, :-6] = False
    demand = history(units, period="week", alive=alive)

    predicted = forecast(train([demand], AS_OF), demand, PERIODS, 3)

    assert np.isnan(predicted[:2]).all()
    assert np.isfinite(predicted[2:]).all()
    assert predicted[2:].min() >= 0


def test_nothing_is_learned_from_a_handful_of_rows():
    demand = history(np.ones((2, 20)), period="week")

    model = train([demand], AS_OF)

    assert model.boosters == ()
    assert np.isnan(forecast(model, demand, 20, 4)).all()


def test_a_bucket_without_items_changes_nothing():
    demand = weekly(20)
    nobody = part_of(demand, slice(0, 0))

    model = train([nobody, demand], AS_OF)

    assert model.boosters == train([demand], AS_OF).boosters
    assert forecast(model, nobody, PERIODS, 4).shape == (0, 4)


def test_more_steps_than_the_model_tells_are_refused():
    demand = weekly(5)

    with pytest.raises(ValueError, match="14 steps"):
        forecast(train([demand], AS_OF), demand, PERIODS, AHEAD_STEPS + 1)


def part_of(demand, rows):
    """The history of some of the items."""
    by_item = (
        "units",
        "censored",
        "estimated",
        "alive",
        "dampened_units",
        "discount",
        "log_relative_price",
        "holiday",
        "on_hand_end",
    )
    parts = {name: getattr(demand, name)[rows] for name in by_item}
    return dataclasses.replace(demand, items=demand.items.iloc[rows].reset_index(drop=True), **parts)
