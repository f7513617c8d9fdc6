"""Demand forecasting: known effects, candidates, backtest and choice, calibration, the demand distribution.

summarise (by bucket) -> pool_effects -> backtest (by bucket) -> pool_calibration -> predict (by bucket)
training_rows (by bucket) -> fit, for each origin of the backtest and for the forecast itself
"""

from models.demand.backtesting.backtest import Backtest, backtest, origin_dates
from models.demand.calibration.calibration import Calibration, pool_calibration
from models.demand.calibration.forecast_scores import forecast_scores
from models.demand.distribution.counts import CountMixture
from models.demand.distribution.demand_distribution import DemandDistribution, concatenate
from models.demand.effects.fitting import pool_effects
from models.demand.effects.known_effects import Effects
from models.demand.effects.summary import Summary, summarise
from models.demand.global_model import GlobalModel, TrainingRows, fit, train, training_rows
from models.demand.prediction import Prediction, predict

__all__ = [
    "Backtest",
    "Calibration",
    "CountMixture",
    "DemandDistribution",
    "Effects",
    "GlobalModel",
    "Prediction",
    "Summary",
    "TrainingRows",
    "backtest",
    "concatenate",
    "fit",
    "forecast_scores",
    "origin_dates",
    "pool_calibration",
    "pool_effects",
    "predict",
    "summarise",
    "train",
    "training_rows",
]
