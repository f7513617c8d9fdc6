"""Demand forecasting: known effects, candidates, backtest and choice, calibration, the demand distribution.

summarise (by bucket) -> pool_effects -> backtest (by bucket) -> pool_calibration -> predict (by bucket)
level_rows (by bucket) -> fit_global_model, for each origin of the backtest and for the forecast itself
"""

from models.demand.backtesting.backtest import Backtest, backtest, origin_dates
from models.demand.calibration.calibration import Calibration, pool_calibration
from models.demand.calibration.forecast_scores import forecast_scores
from models.demand.distribution.counts import CountMixture
from models.demand.distribution.demand_distribution import DemandDistribution, concatenate
from models.demand.effects.fitting import pool_effects
from models.demand.effects.known_effects import Effects
from models.demand.effects.summary import EffectsSummary, summarise
from models.demand.global_model import GlobalModel, TrainingRows, fit_global_model, level_rows
from models.demand.prediction import Prediction, predict

__all__ = [
    "Backtest",
    "Calibration",
    "CountMixture",
    "DemandDistribution",
    "Effects",
    "EffectsSummary",
    "GlobalModel",
    "Prediction",
    "TrainingRows",
    "backtest",
    "concatenate",
    "fit_global_model",
    "forecast_scores",
    "level_rows",
    "origin_dates",
    "pool_calibration",
    "pool_effects",
    "predict",
    "summarise",
]
