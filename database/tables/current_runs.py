"""The switch: for each date the run that readers see."""

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant
from database.tables.base import Base


class CurrentRun(Base):
    """The switch: for each date the run that readers see."""

    __tablename__ = "current_runs"
    __table_args__ = ({"comment": "One row per date that has a plan."},)

    as_of: Mapped[dt.date] = mapped_column(primary_key=True, comment="Date of the plan")
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), comment="Run that readers see for that date")
    switched_at: Mapped[Instant] = mapped_column(comment="When it became visible")
