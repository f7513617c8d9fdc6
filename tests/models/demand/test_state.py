"""Fitted state survives the disk."""

import dataclasses

import numpy as np
import pandas as pd

from models.demand import Backtest, Calibration, Effects, Summary, predict, summarise
from models.demand.state import read_state, write_state
from tests.models.demand.factories import AS_OF, company
from tests.models.demand.test_forecasting import fitted


def test_state_read_back_gives_the_same_forecast(tmp_path):
    demand, _ = company(6, 400)
    effects, proof, calibration = fitted(demand)
    kept = {Summary: summarise(demand, AS_OF), Effects: effects, Backtest: proof, Calibration: calibration}

    for kind, state in kept.items():
        write_state(state, tmp_path / kind.__name__)
        back = read_state(kind, tmp_path / kind.__name__)
        for field in dataclasses.fields(kind):
            before, after = getattr(state, field.name), getattr(back, field.name)
            if isinstance(before, pd.DataFrame):
                pd.testing.assert_frame_equal(before, after, check_dtype=not before.empty)
            else:
                np.testing.assert_array_equal(before, after)

    back = read_state(Effects, tmp_path / "Effects"), read_state(Calibration, tmp_path / "Calibration")
    np.testing.assert_array_equal(predict(demand, *back, AS_OF).mean, predict(demand, effects, calibration, AS_OF).mean)
