"""Every table of the database, one class each."""

from sqlalchemy import Table

from database.tables.base import Base
from database.tables.budget import BudgetForecast, Kpi
from database.tables.decisions import DecisionRow, PlannedOrderLine, PlannedOrderLineEvent, PurchaseOrderExport
from database.tables.forecasts import Forecast, ForecastScore, ItemHistory
from database.tables.inputs import BundleComponent, DataQuality, InputPart, RejectedRow
from database.tables.people import Session, User
from database.tables.recommendations import ConstraintPrice, ExceptionRow, PolicyRow, Recommendation
from database.tables.runs import CurrentRun, Run, RunBatch, RunLock
from database.tables.simulations import Simulation, SimulationResult, Tuning

__all__ = [
    "RUN_TABLES",
    "TABLES",
    "Base",
    "BudgetForecast",
    "BundleComponent",
    "ConstraintPrice",
    "CurrentRun",
    "DataQuality",
    "DecisionRow",
    "ExceptionRow",
    "Forecast",
    "ForecastScore",
    "InputPart",
    "ItemHistory",
    "Kpi",
    "PlannedOrderLine",
    "PlannedOrderLineEvent",
    "PolicyRow",
    "PurchaseOrderExport",
    "Recommendation",
    "RejectedRow",
    "Run",
    "RunBatch",
    "RunLock",
    "Session",
    "Simulation",
    "SimulationResult",
    "Tuning",
    "User",
]

TABLES: dict[str, Table] = dict(sorted(Base.metadata.tables.items()))
"""Name to table."""

RUN_TABLES: dict[str, Table] = {name: table for name, table in TABLES.items() if table.info.get("run_rows")}
"""Tables whose rows belong to a run: written under its id, audited, swept."""
