"""Which candidates run where, how they are scored, and what is chosen."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.demand import backtest, forecast_scores, pool_effects, summarise
from models.demand.backtesting.backtest import CHOICE_WINDOW
from models.demand.candidates.local_models import Candidate, default_candidates
from tests.models.demand.factories import (
    AS_OF,
    classes,
    company,
    filled,
    fitted,
    history,
    raising,
)


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


def test_a_year_of_a_monthly_company_is_twelve_months():
    """An item that sold ten a month until 14 months ago: in its year before the newest origin lie two such months."""
    units = np.vstack([np.r_[np.full(46, 10.0), np.zeros(14)], np.full((11, 60), 10.0)])
    demand = history(units, period="month")
    _, proof, _ = fitted(demand, refit_on=dt.date(2026, 6, 30))

    assert proof.baseline_rate[0, 0] == pytest.approx(10 * 2 / 12)
    assert proof.baseline_rate[1, 0] == pytest.approx(10)


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
