"""The distribution of demand about its mean, as past windows suggest."""

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.arrays import Flags, Floats, Ints
from models.demand.backtesting.backtest import NEW_STEPS
from models.demand.calibration.calibration import NEW, Calibration
from models.demand.distribution.demand_distribution import DemandDistribution
from models.demand.distribution.grid import Grid
from models.demand.effects.known_effects import COMPANY
from models.demand.steps import PERIOD_DAYS, STEP_PERIODS

if TYPE_CHECKING:
    from features.history import DemandHistory


LARGEST_SHARED = 0.9
"""Share of an item's level variance that common factors may make up."""


def calibrated_distribution(
    history: "DemandHistory",
    calibration: Calibration,
    grid: Grid,
    mean: Floats,
    is_new: Flags,
    lengths: Ints,
    as_of: dt.date,
) -> DemandDistribution:
    """The distribution of demand about the mean.

    Parameters
    ----------
    history: the bucket's demand.
    calibration: of the company.
    grid: P periods following `as_of`.
    mean: (I, P) expected units.
    is_new: (I,) items with a short history.
    lengths: (I,) steps of history.
    as_of: last known day.
    """
    items, count = history.items, len(history.items)
    known = _item_calibration(history, calibration, is_new)
    dispersion = np.maximum(known["dispersion"].to_numpy(), 1.0)
    # A new item's level is as uncertain as those of new items were, less and less while its own history grows.
    of_class = calibration.classes.set_index("demand_class")["level_variance"].astype(np.float64)
    variance = known["level_variance"].to_numpy()
    variance = np.where(is_new, np.maximum(variance, of_class[NEW] / (1 + lengths / NEW_STEPS)), variance)
    level_sd = np.sqrt(variance)
    step = items["unit_step"].fillna(1.0).to_numpy(np.float64)
    # Parameters are over four steps, the distribution's over 28 days. Only the base part of the error grows.
    shorter = 28.0 / (4 * PERIOD_DAYS[history.period] * STEP_PERIODS[history.period])
    growth = known["level_growth"].to_numpy() * np.minimum(known["base_variance"].to_numpy() / variance, 1.0)
    shared = calibration.factors.set_index("factor")["sd"][["company", "market", "category"]].to_numpy(np.float64)
    exposure = shared[None, :] / np.maximum(level_sd, 1e-9)[:, None]
    too_much = np.sqrt(np.maximum((exposure**2).sum(axis=1) / LARGEST_SHARED, 1.0))
    return DemandDistribution(
        sku=items["sku"].to_numpy(object),
        location=items["location"].to_numpy(object),
        as_of=as_of,
        period=history.period,
        starts=grid.starts,
        lengths_days=grid.lengths_days,
        mean=mean,
        dispersion=np.round(dispersion, 6),
        level_sd=np.asarray(np.round(level_sd, 6), dtype=np.float64),
        level_growth=np.round(growth * shorter, 6),
        level_autocorrelation=np.round(known["level_autocorrelation"].to_numpy() ** shorter, 6),
        exposure=np.round(exposure / too_much[:, None], 6).reshape(count, 3),
        market=items["market"].fillna("").astype(str).to_numpy(object),
        category=items["category"].fillna("").astype(str).to_numpy(object),
        factor_autocorrelation=calibration.factors["autocorrelation"].to_numpy(np.float64),
        unit_step=step,
        dormant_probability=np.round(known["dormant_probability"].to_numpy(), 6),
        order_steps=np.round(known["order_units"].to_numpy() / step, 6),
    )


def _item_calibration(history: "DemandHistory", calibration: Calibration, is_new: Flags | None = None) -> pd.DataFrame:
    """One row per item, in order: its own calibration, and its class's; the company's where it has none."""
    key = ["sku", "location"]
    own = history.items[[*key, "unit_step"]].merge(calibration.items, on=key, how="left")
    name = own["demand_class"].fillna(COMPANY)
    if is_new is not None:
        name = name.mask(is_new, NEW)
    classes = calibration.classes.set_index("demand_class").loc[name].reset_index(drop=True)
    for column in ("dispersion", "level_variance", "dormant_probability"):
        classes[column] = own[column].fillna(classes[column])
    classes["order_units"] = own["order_units"].fillna(classes["order_steps"] * own["unit_step"].fillna(1.0))
    return classes.astype(dict.fromkeys(classes.columns, np.float64))
