"""Backtest scores of each item and model, the table `forecast_scores`."""

import numpy as np
import pandas as pd

from features.arrays import Floats
from models.demand.backtesting.backtest import LOSS_WINDOW, Backtest
from models.demand.calibration.calibration import Calibration
from models.demand.distribution.intervals import lognormal_counts
from models.demand.means.expected_demand import COMBINED

LARGEST_LOSS = 1e3
"""A loss of so many times the mean demand has no meaning: there was next to no demand to scale it by."""


def forecast_scores(backtest: Backtest, calibration: Calibration) -> pd.DataFrame:
    """One row per item and model that was run, sorted by sku, location, model.

    Columns: sku, location, model, chosen (bool: it is the one used), origin_count, wape and bias (of steps, fractions
    of demand), mase (against successive steps), scaled_pinball and loss (of four steps' demand over its mean),
    coverage_90 (share of outcomes below the P90 of four steps' demand), value_added (1 - loss over seasonal naive's),
    fallback_reason ("" where none). Figures are NaN where nothing was scored.
    """
    items, models = backtest.loss.shape
    chosen = np.broadcast_to(backtest.models == COMBINED, (items, models))
    units = backtest.step_units[:, None]
    count = np.maximum(backtest.scored * 4, 1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        wape = np.where(units > 0, backtest.step_errors[:, :, 0] / units, np.nan)
        bias = np.where(units > 0, backtest.step_errors[:, :, 1] / units, np.nan)
        naive = backtest.naive_error[:, None]
        mase = np.where(naive > 0, backtest.step_errors[:, :, 0] / count / naive, np.nan)
        loss = backtest.loss
        value_added = np.where(loss[:, :1] > 0, 1 - loss / loss[:, :1], np.nan)
    ran = np.isfinite(backtest.forecast[:, :, :, LOSS_WINDOW]).any(axis=2) | chosen
    loss = np.where(loss < LARGEST_LOSS, loss, np.nan)
    scored = np.isfinite(loss)
    frame = pd.DataFrame(
        {
            "sku": np.repeat(backtest.items["sku"].to_numpy(object), models),
            "location": np.repeat(backtest.items["location"].to_numpy(object), models),
            "model": np.tile(backtest.models, items),
            "chosen": chosen.ravel(),
            "origin_count": np.repeat(backtest.scored.astype(np.int64), models),
            "wape": np.where(scored, wape, np.nan).ravel(),
            "bias": np.where(scored, bias, np.nan).ravel(),
            "mase": np.where(scored, mase, np.nan).ravel(),
            "scaled_pinball": loss.ravel(),
            "coverage_90": _coverage(backtest, calibration).ravel(),
            "value_added": value_added.ravel(),
            "loss": loss.ravel(),
            "fallback_reason": np.where(chosen, backtest.failures[:, None], "").astype(object).ravel(),
        }
    )
    shown: pd.DataFrame = frame[ran.ravel()]
    return shown.sort_values(["sku", "location", "model"], kind="stable", ignore_index=True)


def _coverage(backtest: Backtest, calibration: Calibration) -> Floats:
    """(I, M) share of the origins' outcomes at or below P90, the outcome's jump taken in its middle."""
    known = backtest.items[["sku", "location"]].merge(calibration.items, on=["sku", "location"], how="left")
    dispersion = known["dispersion"].to_numpy(np.float64)
    variance = np.expm1(known["level_variance"].to_numpy(np.float64))
    dormant = known["dormant_probability"].to_numpy(np.float64)
    step = backtest.items["unit_step"].to_numpy(np.float64)
    order = known["order_units"].to_numpy(np.float64) / step
    items, models = backtest.loss.shape
    below = np.zeros((items, models))
    counted = np.zeros((items, models))
    for o in range(backtest.actual.shape[1]):
        actual = backtest.actual[:, o, LOSS_WINDOW] / step
        for m in range(models):
            mean = backtest.forecast[:, m, o, LOSS_WINDOW] / step
            rows = np.flatnonzero(np.isfinite(actual) & np.isfinite(mean))
            if not len(rows):
                continue
            squared = variance[rows] * mean[rows] ** 2
            counts = lognormal_counts(mean[rows], squared, dispersion[rows], dormant[rows], order[rows])
            below[rows, m] += counts.mid_pit(actual[rows]) <= 0.9
            counted[rows, m] += 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counted > 0, below / counted, np.nan)
