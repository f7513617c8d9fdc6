"""One gradient-boosted model over all items, beside the local ones.

training_rows (by bucket) -> fit_global_model (once per day that is forecast from) -> forecast (by bucket)
"""

from models.demand.global_model.boosting import GlobalModel, fit_global_model
from models.demand.global_model.forecasting import forecast
from models.demand.global_model.training_rows import TrainingRows, training_rows

__all__ = ["GlobalModel", "TrainingRows", "fit_global_model", "forecast", "training_rows"]
