"""How forecasts from past days are scored against what came."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.demand import forecast_scores
from models.demand.backtesting.backtest import LOSS_WINDOW
from tests.models.demand.factories import AS_OF, company, fitted, history


def test_the_forecast_used_beats_the_benchmark_and_is_marked():
    demand, _ = company(60, uplift=1.5)
    _, proof, calibration = fitted(demand)

    scores = forecast_scores(proof, calibration)

    chosen = scores[scores["chosen"]]
    assert len(chosen) == len(demand.items)
    assert chosen["value_added"].mean() > 0.2
    assert set(scores["model"]) == {"seasonal_naive", "local", "combined"}, "no global model was given"
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

    assert proof.actual[:, 0, LOSS_WINDOW].mean() == pytest.approx(5 * 21, rel=0.05)
    assert proof.forecast[:, -1, 0, LOSS_WINDOW].mean() == pytest.approx(5 * 21, rel=0.05)


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
