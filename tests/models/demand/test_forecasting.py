"""Forecasts of companies whose truth is known, and of the histories that break forecasters."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.demand import backtest, forecast_scores, pool_calibration, pool_effects, predict, summarise
from models.demand.backtesting.backtest import CHOICE_WINDOW
from models.demand.candidates.local_models import Candidate, TimeLimit, default_candidates, forecast_safely
from models.demand.effects.known_effects import multipliers
from tests.models.demand import factories
from tests.models.demand.factories import AS_OF, WEEKDAYS, company, history


def classes(demand, name="smooth"):
    return demand.items[["sku", "location"]].assign(demand_class=name)


def fitted(demand, *, refit_on=AS_OF, slow=False, demand_class="smooth", **options):
    effects = pool_effects([summarise(demand, refit_on)])
    proof = backtest(
        demand, effects, refit_on, classes(demand, demand_class), np.full(len(demand.items), slow), **options
    )
    return effects, proof, pool_calibration([proof])


def distribution_of(*given, **options):
    return predict(*given, **options).distribution


def planned(units, **shape):
    demand = history(np.atleast_2d(np.asarray(units, dtype=float)), **shape)
    effects, _, calibration = fitted(demand)
    return predict(demand, effects, calibration, AS_OF)


def test_weekdays_season_and_promotions_are_recovered():
    demand, _ = company(60)

    effects = pool_effects([summarise(demand, AS_OF)])

    week = effects.weekday[effects.weekday["category"] == "*"]["multiplier"].to_numpy()
    np.testing.assert_allclose(week, WEEKDAYS / WEEKDAYS.mean(), rtol=0.03)
    uplift = effects.promotion.set_index("category").loc["*"]
    assert np.exp(uplift["at_any"] + 0.25 * uplift["per_discount"]) == pytest.approx(2.5, rel=0.05)
    season = effects.season[effects.season["category"] == "C1"]["multiplier"].to_numpy()
    truth = 1 + 0.4 * np.cos(2 * np.pi * (np.arange(52) * 7 + 3 - 350) / 365.25)
    assert np.abs(season - truth).mean() < 0.06


def test_effects_do_not_depend_on_how_items_are_bucketed():
    demand, _ = company(30)
    halves = [
        history(
            demand.units[rows],
            items={"sku": demand.items["sku"].to_numpy()[rows], "category": demand.items["category"].to_numpy()[rows]},
            discount=demand.discount[rows],
        )
        for rows in (slice(0, 13), slice(13, 30))
    ]

    whole = pool_effects([summarise(demand, AS_OF)])
    split = pool_effects([summarise(half, AS_OF) for half in halves])

    for name in ("weekday", "season", "promotion", "holiday", "launch", "levels"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(split, name), rtol=1e-9)


def test_a_company_without_seasons_gets_none():
    demand, _ = company(40, season=0.0, uplift=1.0)

    effects = pool_effects([summarise(demand, AS_OF)])

    assert effects.season["multiplier"].std() < 0.04
    assert np.abs(multipliers(demand, effects)[demand.discount > 0].mean() - 1) < 0.12


def test_holidays_are_learned_by_market():
    rng = np.random.default_rng(3)
    items, periods = 40, 730
    holiday = np.zeros((items, periods + 540))
    holiday[:20, ::37] = 1.0
    mean = 5.0 * np.where(holiday[:, :periods] > 0, 0.4, 1.0)
    demand = history(rng.poisson(mean).astype(float), holiday=holiday, items={"market": ["DE"] * 20 + ["FR"] * 20})

    effects = pool_effects([summarise(demand, AS_OF)]).holiday.set_index("market")["multiplier"]

    assert effects["DE"] == pytest.approx(0.4, abs=0.05)
    assert "FR" not in effects.index


def test_price_changes_are_learned_apart_from_promotions():
    rng = np.random.default_rng(4)
    price = np.zeros((40, 730 + 540))
    price[:, 200:230] = price[:, 500:530] = 0.2
    demand = history(rng.poisson(6 * np.exp(-2 * price[:, :730])).astype(float), log_relative_price=price)

    effects = pool_effects([summarise(demand, AS_OF)])

    assert effects.price["elasticity"].iloc[0] == pytest.approx(-2, abs=0.4)


@pytest.mark.parametrize(("period", "periods", "first", "last"), [("day", 760, 730, 758), ("week", 160, 156, 160)])
def test_forecasts_are_calibrated(period, periods, first, last):
    """Cumulative demand of four weeks after the origin lies below P50 and P90 about as often as they say."""
    whole, _ = company(400, periods, period=period, seed=11, drift=0.05, dispersion=2.0)
    cut = history(
        whole.units[:, :first],
        period=period,
        items={"category": whole.items["category"].to_numpy()},
        discount=whole.discount[:, : first + 540 // (1 if period == "day" else 7)],
        as_of=AS_OF - dt.timedelta(days=(periods - first) * (1 if period == "day" else 7)),
    )
    as_of = AS_OF - dt.timedelta(days=(periods - first) * (1 if period == "day" else 7))
    effects, _, calibration = fitted(cut, refit_on=as_of)

    demand = distribution_of(cut, effects, calibration, as_of)
    outcome = whole.units[:, first:last].sum(axis=1)
    middle = demand.interval(1, 28).mid_pit(outcome)

    assert np.mean(middle <= 0.5) == pytest.approx(0.5, abs=0.09)
    assert np.mean(middle <= 0.9) == pytest.approx(0.9, abs=0.05)
    assert demand.expected(1, 28).sum() == pytest.approx(outcome.sum(), rel=0.06)


def test_the_choice_beats_the_benchmark_and_is_marked():
    demand, _ = company(60, uplift=1.5)
    _, proof, calibration = fitted(demand)

    scores = forecast_scores(proof, calibration)

    chosen = scores[scores["chosen"]]
    assert len(chosen) == len(demand.items)
    assert chosen["value_added"].mean() > 0.2
    assert {"seasonal_naive", "window_average_8"} <= set(scores["model"])
    assert chosen["coverage_90"].mean() == pytest.approx(0.9, abs=0.06)
    assert (scores["origin_count"] == 4).all()
    assert scores.equals(scores.sort_values(["sku", "location", "model"], ignore_index=True))


def test_wape_and_bias_are_those_of_the_definition():
    units = np.full((1, 400), 7.0)
    demand = history(units)
    _, proof, calibration = fitted(demand)

    naive = forecast_scores(proof, calibration).set_index("model").loc["seasonal_naive"]

    assert naive["wape"] == 0
    assert naive["bias"] == 0


def test_out_of_stock_days_are_scored_on_neither_side():
    rng = np.random.default_rng(8)
    units = rng.poisson(5.0, (30, 400)).astype(float)
    emptied = units.copy()
    emptied[:, -14:-7] = np.nan

    _, proof, _ = fitted(history(emptied))

    assert proof.actual[:, 0, CHOICE_WINDOW].mean() == pytest.approx(5 * 21, rel=0.05)
    model = list(proof.models).index("window_average_26")
    assert proof.forecast[:, model, 0, CHOICE_WINDOW].mean() == pytest.approx(5 * 21, rel=0.05)


def raising(series, horizon):
    raise ArithmeticError("no convergence")


def filled(value):
    return lambda series, horizon: np.full(horizon, value)


@pytest.mark.parametrize(
    ("forecast", "reason"),
    [
        (raising, "raised ArithmeticError"),
        (filled(np.nan), "unknown values"),
        (filled(np.inf), "infinite"),
        (filled(-5.0), "negative"),
        (filled(1e6), "explodes"),
    ],
)
def test_a_model_that_fails_falls_back_and_is_counted(forecast, reason):
    demand = history(np.full((3, 400), 4.0))
    pool = [*default_candidates()[:2], Candidate("broken", forecast)]

    _, proof, calibration = fitted(demand, candidates=pool)
    scores = forecast_scores(proof, calibration)

    broken = scores[scores["model"] == "broken"]
    assert (broken["fallback_reason"] == reason).all()
    assert np.isfinite(broken["loss"]).all()
    assert (scores[scores["model"] != "broken"]["fallback_reason"] == "").all()


def test_a_model_that_fails_at_the_forecast_falls_back_then():
    demand = history(np.full((1, 400), 4.0))
    effects, _, calibration = fitted(demand)
    calibration.choices["model"] = "broken"

    found = predict(demand, effects, calibration, AS_OF, candidates=[Candidate("broken", raising)])

    assert found.items["fallback_reason"].tolist() == ["raised ArithmeticError"]
    assert found.items["model"].tolist() == ["window_average_8"]
    assert found.distribution.expected(1, 28)[0] == pytest.approx(4 * 28, rel=0.05)


def test_slow_models_past_the_time_limit_fall_back_and_are_labelled():
    ticks = iter(range(1000))
    limit = TimeLimit(2.5, clock=lambda: float(next(ticks)))
    slow = Candidate("slow", filled(3.0), "slow")

    found, reasons = forecast_safely([slow], np.full((5, 10), 3.0), np.zeros(5, int), np.ones((5, 1), bool), 2, limit)

    assert reasons[:, 0].tolist() == ["", "", "", "time limit", "time limit"]
    assert limit.exceeded
    np.testing.assert_array_equal(found, 3.0)


def test_slow_models_run_on_slow_items_alone():
    demand = history(np.random.default_rng(1).poisson(5.0, (4, 400)).astype(float))
    effects = pool_effects([summarise(demand, AS_OF)])

    proof = backtest(demand, effects, AS_OF, classes(demand), np.array([True, False, False, True]))

    column = list(proof.models).index("auto_ets")
    ran = np.isfinite(proof.forecast[:, column, :, CHOICE_WINDOW]).any(axis=1)
    assert ran.tolist() == [True, False, False, True]


def test_intermittent_methods_compete_for_intermittent_items():
    demand = history(np.random.default_rng(1).poisson(0.05, (30, 730)).astype(float))

    _, proof, _ = fitted(demand, demand_class="intermittent")
    _, other, _ = fitted(demand, demand_class="smooth")

    column = list(proof.models).index("croston_sba")
    assert np.isfinite(proof.forecast[:, column, 0, CHOICE_WINDOW]).all()
    assert np.isnan(other.forecast[:, column, 0, CHOICE_WINDOW]).all()


def test_croston_and_its_correction_are_those_of_the_books():
    """Case croston-1: recursion of Croston (1972), first demand and first interval, alpha 0.1; SBA factor 0.95."""
    from statsforecast.models import CrostonClassic

    series = np.array([0, 0, 3, 0, 0, 0, 5, 0, 2, 0, 0, 4], dtype=float)
    ours = next(c for c in default_candidates() if c.name == "croston_sba")

    assert CrostonClassic().forecast(y=series, h=1)["mean"][0] == pytest.approx(1.060514877967235, rel=1e-6)
    assert ours.forecast(series, 1)[0] == pytest.approx(1.0074891340688732, rel=1e-6)


@pytest.mark.parametrize(
    ("series", "low", "high"),
    [
        (np.zeros(400), 0.0, 0.2),
        (np.full(400, 4.0), 3.9, 4.1),
        (np.r_[np.zeros(399), 1.0], 0.0, 0.5),
        (np.r_[np.zeros(200), 500.0, np.zeros(199)], 0.0, 40.0),
        (np.r_[np.full(300, 2.0), np.full(100, 10.0)], 6.0, 11.0),
        (np.array([3.0]), 0.0, 6.0),
        (np.full(400, np.nan), 0.0, 1.0),
    ],
    ids=["zeros", "constant", "one sale", "one huge order", "step", "one observation", "never in stock"],
)
def test_awkward_histories_get_a_sane_plan(series, low, high):
    """Warnings are errors here: none of these may give one."""
    demand = planned(series).distribution

    daily = demand.expected(1, 28)[0] / 28
    assert low <= daily <= high
    assert np.isfinite(demand.quantile(0.95, 1, 28)).all()
    assert np.isfinite(demand.paths(32)).all()


def test_no_items_and_no_history_are_no_error():
    nobody = history(np.zeros((0, 100)))
    effects, proof, calibration = fitted(nobody)

    assert len(distribution_of(nobody, effects, calibration, AS_OF)) == 0
    assert forecast_scores(proof, calibration).empty


def test_an_item_sold_no_longer_is_forecast_to_its_last_day():
    units = np.full((1, 400), 5.0)
    ends = pd.Timestamp(AS_OF) + pd.Timedelta(days=10)

    demand = planned(units, items={"discontinued_on": ends}).distribution

    assert demand.expected(1, 10)[0] == pytest.approx(50, rel=0.05)
    assert demand.expected(11, 500)[0] == 0


def test_an_item_not_yet_launched_starts_on_its_day():
    alive = np.zeros((2, 400), bool)
    alive[0] = True
    starts = [pd.NaT, pd.Timestamp(AS_OF) + pd.Timedelta(days=21)]
    units = np.where(alive, 6.0, np.nan)
    demand = history(units, alive=alive, items={"launched_on": starts, "similar_sku": [None, "S0000"]})
    effects, _, calibration = fitted(demand)

    found = distribution_of(demand, effects, calibration, AS_OF)

    assert found.expected(1, 20)[1] == 0
    assert found.expected(21, 48)[1] == pytest.approx(6 * 28, rel=0.1)


def test_new_items_start_from_the_similar_one_and_move_to_their_own_sales():
    periods = 400

    def forecast_after(own_days, own_rate):
        alive = np.ones((3, periods), bool)
        alive[2, : periods - own_days] = False
        units = np.vstack([np.full(periods, 20.0), np.full(periods, 1.0), np.full(periods, own_rate)])
        similar = {"similar_sku": [None, None, "S0000"]}
        demand = history(np.where(alive, units, np.nan), alive=alive, items=similar)
        effects, _, calibration = fitted(demand)
        prediction = predict(demand, effects, calibration, AS_OF)
        assert bool(prediction.items["is_new"][2])
        return prediction.distribution.expected(1, 28)[2] / 28

    assert 10 < forecast_after(7, 2.0) < 20
    assert forecast_after(42, 2.0) < forecast_after(7, 2.0)
    assert forecast_after(49, 2.0) < 10


def test_a_young_company_is_forecast_from_its_own_few_weeks():
    """All items are new and a third of them sell now and then: none is forecast at zero, each moves to its own rate."""
    rng = np.random.default_rng(6)
    rate = np.repeat([2.0, 0.15], [40, 20])

    def forecast_after(days):
        units = rng.poisson(rate[:, None], (60, days)).astype(float)
        seen = units.cumsum(axis=1) > 0
        seen[:, -1] = True
        demand = history(np.where(seen, units, np.nan), alive=seen)
        effects, _, calibration = fitted(demand)
        return distribution_of(demand, effects, calibration, AS_OF).expected(1, 28) / 28

    for days, slow in ((14, 1.2), (42, 0.6)):
        expected = forecast_after(days)
        assert expected.min() > 0
        assert expected[:40].mean() == pytest.approx(2.0, rel=0.15)
        assert 0.1 < expected[40:].mean() < slow


def test_a_year_of_a_monthly_company_is_twelve_months():
    """An item that sold ten a month until 14 months ago: in its year before the newest origin lie two such months."""
    units = np.vstack([np.r_[np.full(46, 10.0), np.zeros(14)], np.full((11, 60), 10.0)])
    demand = history(units, period="month")
    _, proof, _ = fitted(demand, refit_on=dt.date(2026, 6, 30))

    assert proof.baseline_rate[0, 0] == pytest.approx(10 * 2 / 12)
    assert proof.baseline_rate[1, 0] == pytest.approx(10)


def test_a_new_item_is_ordered_in_its_own_size_as_often_as_similar_ones():
    """Similar items sell 100 at a time every tenth week, the new one has sold 2 at once, in its first week."""
    weeks = 104
    units = np.zeros((21, weeks))
    for i in range(20):
        units[i, i % 10 :: 10] = 100.0
    alive = np.ones(units.shape, bool)
    units[20, -5], alive[20, :-5] = 2.0, False
    demand = history(np.where(alive, units, np.nan), period="week", alive=alive)
    effects, _, calibration = fitted(demand)

    found = distribution_of(demand, effects, calibration, AS_OF).expected(1, 70)

    assert 80 < found[:20].mean() < 130
    # About one order in ten weeks; similar items count as much as one own order on its size.
    assert 2 < found[20] < 2 * np.sqrt(100 / 2)


def test_a_new_item_is_less_certain_than_an_old_one():
    alive = np.ones((30, 500), bool)
    alive[0, :480] = False
    units = np.random.default_rng(2).poisson(3.0, (30, 500)).astype(float)
    demand = history(np.where(alive, units, np.nan), alive=alive)
    effects, _, calibration = fitted(demand)

    found = distribution_of(demand, effects, calibration, AS_OF)

    assert found.level_sd[0] > 2 * np.median(found.level_sd[1:])


def test_the_fit_does_not_look_beyond_the_refit_date():
    demand, _ = company(20)
    refit_on = AS_OF - dt.timedelta(days=6)
    later = demand.units.copy()
    later[:, -6:] = 50.0
    changed = history(later, items={"category": demand.items["category"].to_numpy()}, discount=demand.discount)

    before, after = fitted(demand, refit_on=refit_on), fitted(changed, refit_on=refit_on)

    for name in vars(before[0]):
        if name != "period":
            pd.testing.assert_frame_equal(getattr(before[0], name), getattr(after[0], name))
    for name in vars(before[2]):
        pd.testing.assert_frame_equal(getattr(before[2], name), getattr(after[2], name))


def test_levels_are_brought_up_to_the_last_day():
    demand, _ = company(5, uplift=1.0)
    refit_on = AS_OF - dt.timedelta(days=6)
    effects, _, calibration = fitted(demand, refit_on=refit_on)
    later = demand.units.copy()
    later[:, -6:] += 30
    changed = history(later, items={"category": demand.items["category"].to_numpy()}, discount=demand.discount)

    assert np.all(
        distribution_of(changed, effects, calibration, AS_OF).expected(1, 28)
        > distribution_of(demand, effects, calibration, AS_OF).expected(1, 28)
    )


def test_buckets_and_order_of_items_do_not_change_a_forecast():
    demand, _ = company(12, 400)

    def part(rows):
        table = {"sku": demand.items["sku"].to_numpy()[rows], "category": demand.items["category"].to_numpy()[rows]}
        return history(demand.units[rows], items=table, discount=demand.discount[rows])

    effects = pool_effects([summarise(demand, AS_OF)])
    slow = np.zeros(12, bool)
    whole = pool_calibration([backtest(demand, effects, AS_OF, classes(demand), slow)])
    parts = [part(slice(0, 5)), part(slice(5, 12))]
    split = pool_calibration([backtest(p, effects, AS_OF, classes(p), slow[: len(p.items)]) for p in parts])

    pd.testing.assert_frame_equal(whole.items, split.items)
    pd.testing.assert_frame_equal(whole.choices, split.choices)
    np.testing.assert_array_equal(
        distribution_of(demand, effects, whole, AS_OF).mean[5:], distribution_of(parts[1], effects, whole, AS_OF).mean
    )


def test_monthly_companies_are_forecast_in_months():
    demand, mean = company(30, 60, period="month", mean_units=40)
    as_of = dt.date(2026, 6, 30)
    effects = pool_effects([summarise(demand, as_of)])
    proof = backtest(demand, effects, as_of, classes(demand), np.zeros(30, bool))

    found = distribution_of(demand, effects, pool_calibration([proof]), as_of)

    assert found.lengths_days[:3].tolist() == [31, 31, 30]
    assert found.expected(1, 92).sum() == pytest.approx(mean[:, 60:63].sum(), rel=0.25)


def test_weekly_companies_are_forecast_in_weeks_then_months():
    demand, _ = company(10, 160, period="week")
    effects, _, calibration = fitted(demand)

    found = distribution_of(demand, effects, calibration, AS_OF)

    assert found.lengths_days[:26].tolist() == [7] * 26
    assert found.lengths_days[27] in (30, 31)
    assert found.lengths_days.sum() >= 365


def test_a_trend_of_a_big_seller_does_not_run_away():
    rng = np.random.default_rng(3)
    units = rng.poisson(np.exp(np.linspace(1, 4, 400)), (1, 400)).astype(float)
    demand = history(units)
    effects, proof, _ = fitted(demand, slow=True)
    calibration = pool_calibration([proof])
    calibration.choices["model"] = "auto_ets"

    found = distribution_of(demand, effects, calibration, AS_OF)

    assert found.expected(300, 400)[0] / 101 < 3 * units[0, -28:].mean()


def test_factories_agree_with_the_class_of_features():
    demand = factories.history(np.ones((2, 30)))

    assert demand.discount.shape == (2, 30 + 540)


def test_demand_counted_in_steps_is_calibrated_in_steps():
    rng = np.random.default_rng(6)
    pieces = rng.poisson(3.0, (40, 400)).astype(float)

    whole = fitted(history(pieces))[2]
    fractions = fitted(history(pieces * 0.25, items={"unit_step": 0.25}))[2]

    np.testing.assert_allclose(fractions.items["dispersion"], whole.items["dispersion"], rtol=0.02)
    np.testing.assert_allclose(fractions.items["level_variance"], whole.items["level_variance"], rtol=0.2)
