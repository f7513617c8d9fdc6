"""Boosted trees over all items, beside the local models.

global_rows (by bucket) -> fit_global_model (once per day that is forecast from) -> forecast_level (by bucket)
"""

from models.demand.global_model.averaging import (
    GlobalModel,
    GlobalRows,
    fit_global_model,
    forecast_level,
    global_rows,
)

__all__ = ["GlobalModel", "GlobalRows", "fit_global_model", "forecast_level", "global_rows"]
