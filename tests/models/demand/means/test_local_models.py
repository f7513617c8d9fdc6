"""Models of single items: known answers, and what becomes of one that fails."""

import numpy as np
import pytest

from models.demand import predict
from models.demand.means.local_models import local_level
from models.demand.steps import Steps
from tests.models.demand.factories import AS_OF, fitted, history


def steps_of(*series):
    """Items whose histories end together."""
    longest = max(map(len, series))
    baseline = np.array([[np.nan] * (longest - len(own)) + list(own) for own in series], dtype=float)
    return Steps(baseline, np.array([longest - len(own) for own in series]), np.nan_to_num(baseline))


def test_the_level_is_the_mean_of_two_averages_and_two_smoothings():
    series = np.r_[np.full(20, 3.0), np.full(13, 1.0), 5.0]

    def smoothed(alpha):
        level = series[0]
        for value in series:
            level = alpha * value + (1 - alpha) * level
        return level

    wanted = np.mean([series[-8:].mean(), series[-13:].mean(), smoothed(0.1), smoothed(0.2)])
    level, failures = local_level(steps_of(series, [2.0, 4.0], [7.0]))

    assert level[0] == pytest.approx(wanted, rel=1e-9)
    assert level[1] == pytest.approx(np.mean([2.2, 2.4])), "too short for averages"
    assert np.isnan(level[2])
    assert failures.tolist() == ["", "", ""]


@pytest.mark.parametrize(
    ("forecast", "reason"),
    [(ArithmeticError, "raised ArithmeticError"), (np.nan, "returned nan"), (np.inf, "returned inf"), (-5.0, "-5.0")],
)
def test_a_model_that_fails_is_left_out_and_told(forecast, reason, monkeypatch):
    def broken(self, y, h):
        if isinstance(forecast, type):
            raise forecast
        return {"mean": np.full(h, forecast)}

    demand = history(np.full((2, 400), 4.0))
    effects, _, calibration = fitted(demand)
    monkeypatch.setattr("statsforecast.models.WindowAverage.forecast", broken)

    found = predict(demand, effects, calibration, AS_OF)

    assert all(text.startswith("window_average_13 ") and reason in text for text in found.items["fallback_reason"])
    assert found.distribution.expected(1, 28)[0] == pytest.approx(4 * 28, rel=0.02)
