"""Local candidates: failures, the time limit, and a known answer."""

import numpy as np
import pytest

from models.demand.candidates.local_models import Candidate, TimeLimit, default_candidates, forecast_safely
from tests.models.demand.factories import filled


def test_slow_models_past_the_time_limit_fall_back_and_are_labelled():
    ticks = iter(range(1000))
    limit = TimeLimit(2.5, clock=lambda: float(next(ticks)))
    slow = Candidate("slow", filled(3.0), "slow")

    found, reasons = forecast_safely([slow], np.full((5, 10), 3.0), np.zeros(5, int), np.ones((5, 1), bool), 2, limit)

    assert reasons[:, 0].tolist() == ["", "", "", "time limit", "time limit"]
    assert limit.exceeded
    np.testing.assert_array_equal(found, 3.0)


def test_croston_and_its_correction_are_those_of_the_books():
    """Case croston-1: recursion of Croston (1972), first demand and first interval, alpha 0.1; SBA factor 0.95."""
    from statsforecast.models import CrostonClassic

    series = np.array([0, 0, 3, 0, 0, 0, 5, 0, 2, 0, 0, 4], dtype=float)
    ours = next(c for c in default_candidates() if c.name == "croston_sba")

    assert CrostonClassic().forecast(y=series, h=1)["mean"][0] == pytest.approx(1.060514877967235, rel=1e-6)
    assert ours.forecast(series, 1)[0] == pytest.approx(1.0074891340688732, rel=1e-6)
