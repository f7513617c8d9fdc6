"""From the fitted state to the demand distribution: levels brought up to `as_of`, effects put back."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Days, Floats, Ints
from features.calendar import days_or, period_lengths_days
from models.demand.backtesting.backtest import NEW_STEPS
from models.demand.calibration.calibrated_forecast import calibrated_distribution
from models.demand.calibration.calibration import Calibration
from models.demand.distribution.demand_distribution import DemandDistribution
from models.demand.distribution.grid import forecast_grid, regrid
from models.demand.effects.known_effects import Effects
from models.demand.effects.origin import origin_at
from models.demand.global_model import GlobalModel
from models.demand.means import expected_demand
from models.demand.means.expected_demand import COMBINED

if TYPE_CHECKING:
    from features.history import DemandHistory


DIGITS = 7
"""Significant digits kept of a mean: more would be false precision, and the stored text is shorter."""


@dataclass(frozen=True)
class Prediction:
    """A forecast and how it was made.

    Attributes
    ----------
    distribution: demand of the bucket's items.
    items: one row per item, in order: sku, location, is_new, level_per_step (units of a step without effects),
        fallback_reason (what failed, "" for nothing).
    """

    distribution: DemandDistribution
    items: pd.DataFrame


def predict(
    history: "DemandHistory",
    effects: Effects,
    calibration: Calibration,
    as_of: dt.date,
    *,
    fine_grid_days: int = 56,
    global_model: GlobalModel | None = None,
) -> Prediction:
    """Forecast a bucket's items on all history up to `as_of`.

    Parameters
    ----------
    history: the bucket's demand; its last period ends at `as_of`.
    effects, calibration: fitted state of the company.
    as_of: last known day.
    fine_grid_days: days forecast in the company's period, at least eight weeks or the longest protection interval.
    global_model: trained up to the refit date; without one each item is forecast on its own.
    """
    origin = origin_at(history, effects, history.units.shape[1])
    lengths = origin.steps.baseline.shape[1] - origin.steps.first
    expected = expected_demand(origin, global_model, len(history.future_starts))
    is_new = lengths < NEW_STEPS
    starts = history.future_starts.astype("datetime64[D]")
    days = period_lengths_days(starts, effects.period).astype(np.int64)
    by_period = expected.by_period[COMBINED] * _alive_share(history, starts, days)
    grid = forecast_grid(as_of, effects.period, int(days.sum()), max(56, fine_grid_days))
    mean = _rounded(regrid(by_period, days, grid))
    distribution = calibrated_distribution(history, calibration, grid, mean, is_new, lengths, as_of)
    items = history.items[["sku", "location"]].copy()
    items["is_new"] = is_new
    items["level_per_step"] = expected.level_per_step
    items["fallback_reason"] = expected.failures
    return Prediction(distribution, items.reset_index(drop=True))


def _alive_share(history: "DemandHistory", starts: Days, days: Ints) -> Floats:
    """(I, H) share of each future period between an item's launch and its discontinuation, both included."""
    begins = starts.astype(np.int64)
    ends = begins + days
    launch = days_or(history.items["launched_on"], np.datetime64(-(10**8), "D")).astype(np.int64)
    close = days_or(history.items["discontinued_on"], np.datetime64(10**8, "D")).astype(np.int64) + 1
    open_days = np.minimum(ends, close[:, None]) - np.maximum(begins, launch[:, None])
    return np.asarray(np.clip(open_days, 0, None) / days)


def _rounded(values: Floats) -> Floats:
    """Values to seven significant digits."""
    with np.errstate(divide="ignore"):
        digits = DIGITS - 1 - np.floor(np.log10(np.where(values > 0, values, 1.0)))
    scale = np.power(10.0, np.clip(digits, -12, 15))
    return np.asarray(np.round(values * scale) / scale)
