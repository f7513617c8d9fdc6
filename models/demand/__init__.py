"""Demand forecasting: known effects, candidates, backtest and choice, calibration, the demand distribution.

summarise (by bucket) -> pool_effects -> backtest (by bucket) -> pool_calibration -> predict (by bucket)
"""

from models.demand.backtest import Backtest, backtest
from models.demand.calibration import Calibration, pool_calibration
from models.demand.counts import CountMixture
from models.demand.distribution import DemandDistribution, concatenate
from models.demand.effect_fitting import pool_effects
from models.demand.effects import Effects
from models.demand.prediction import Prediction, explain, predict
from models.demand.scores import forecast_scores
from models.demand.summary import Summary, summarise

__all__ = [
    "Backtest",
    "Calibration",
    "CountMixture",
    "DemandDistribution",
    "Effects",
    "Prediction",
    "Summary",
    "backtest",
    "concatenate",
    "explain",
    "forecast_scores",
    "pool_calibration",
    "pool_effects",
    "predict",
    "summarise",
]
