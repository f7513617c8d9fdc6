"""Demand forecasting: known effects, candidates, backtest and choice, calibration, the demand distribution.

summarise (by bucket) -> pool_effects -> backtest (by bucket) -> pool_calibration -> predict (by bucket)
training_rows (by bucket) -> fit, for each origin of the backtest and for the forecast itself
"""

from models.demand.backtest import Backtest, backtest, origin_dates
from models.demand.calibration import Calibration, pool_calibration
from models.demand.counts import CountMixture
from models.demand.distribution import DemandDistribution, concatenate
from models.demand.effect_fitting import pool_effects
from models.demand.effects import Effects
from models.demand.global_model import GlobalModel, TrainingRows, fit, train, training_rows
from models.demand.prediction import Prediction, explain, predict
from models.demand.scores import forecast_scores
from models.demand.summary import Summary, summarise

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
    "explain",
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
