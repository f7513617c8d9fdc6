"""Every table of the database, one file each."""

from sqlalchemy import Table

from database.tables.base import Base
from database.tables.budget_forecast import BudgetForecast
from database.tables.constraint_prices import ConstraintPrice
from database.tables.current_runs import CurrentRun
from database.tables.data_quality import DataQuality
from database.tables.decisions import DecisionRow
from database.tables.demand_history import ItemHistory
from database.tables.exceptions import ExceptionRow
from database.tables.forecast_scores import ForecastScore
from database.tables.forecasts import Forecast
from database.tables.input_parts import InputPart
from database.tables.kpis import Kpi
from database.tables.planned_order_line_events import PlannedOrderLineEvent
from database.tables.planned_order_lines import PlannedOrderLine
from database.tables.policies import PolicyRow
from database.tables.purchase_order_exports import PurchaseOrderExport
from database.tables.recommendations import Recommendation
from database.tables.rejected_rows import RejectedRow
from database.tables.run_batches import RunBatch
from database.tables.run_locks import RunLock
from database.tables.runs import Run
from database.tables.sessions import Session
from database.tables.simulation_results import SimulationResult
from database.tables.simulations import Simulation
from database.tables.tunings import Tuning
from database.tables.users import User

__all__ = [
    "RUN_TABLES",
    "TABLES",
    "Base",
    "BudgetForecast",
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
