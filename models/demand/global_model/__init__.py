"""One gradient-boosted model over all items, beside the local ones.

training_rows (by bucket) -> fit (once per day that is forecast from) -> forecast (by bucket)
"""

from models.demand.global_model.boosting import ROWS_BOUND, GlobalModel, fit, train
from models.demand.global_model.forecasting import forecast
from models.demand.global_model.panel import AHEAD_STEPS
from models.demand.global_model.training_rows import TrainingRows, training_rows

__all__ = ["AHEAD_STEPS", "ROWS_BOUND", "GlobalModel", "TrainingRows", "fit", "forecast", "train", "training_rows"]
