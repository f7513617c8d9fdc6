"""Every change of a planned line; rows are only ever added."""

import datetime as dt

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant, RowId
from database.tables.base import Base


class PlannedOrderLineEvent(Base):
    """Every change of a planned line; rows are only ever added."""

    __tablename__ = "planned_order_line_events"
    __table_args__ = (
        UniqueConstraint("line_id", "version"),
        {"comment": "One row per change of a line; append-only."},
    )

    event_id: Mapped[RowId] = mapped_column(primary_key=True, comment="Number of the event")
    line_id: Mapped[str] = mapped_column(ForeignKey("planned_order_lines.line_id"), comment="Line that changed")
    version: Mapped[int] = mapped_column(comment="Version of the line that the event made")
    happened_at: Mapped[Instant] = mapped_column(comment="When")
    who: Mapped[str] = mapped_column(comment="Who did it; restock for what the program does")
    from_state: Mapped[str | None] = mapped_column(comment="State before; null for the first event")
    to_state: Mapped[str] = mapped_column(comment="State after")
    units: Mapped[float] = mapped_column(comment="Units after")
    due_on: Mapped[dt.date | None] = mapped_column(comment="Due date after")
    supplier: Mapped[str | None] = mapped_column(comment="Supplier after")
    decision_id: Mapped[str | None] = mapped_column(comment="Decision that caused it")
    note: Mapped[str | None] = mapped_column(comment="Why, in words")
