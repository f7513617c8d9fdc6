"""One gradient-boosted model over all items, beside the local ones.

level_rows (by bucket) -> fit_global_model (once per day that is forecast from) -> forecast_level (by bucket)
"""

from models.demand.global_model.boosting import GlobalModel, fit_global_model
from models.demand.global_model.levels import forecast_level, level_rows
from models.demand.global_model.training_rows import TrainingRows

__all__ = ["GlobalModel", "TrainingRows", "fit_global_model", "forecast_level", "level_rows"]
