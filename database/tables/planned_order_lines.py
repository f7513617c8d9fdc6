"""What people decided to order: one row per line, in its present state."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant, UnitMoney
from database.tables.base import Base


class PlannedOrderLine(Base):
    """What people decided to order: one row per line, in its present state."""

    __tablename__ = "planned_order_lines"
    __table_args__ = (
        CheckConstraint("units >= 0", name="units_not_negative"),
        UniqueConstraint("run_id", "sku", "location", "line_number"),
        Index("ix_planned_order_lines_state", "state", "sku", "location"),
        Index("ix_planned_order_lines_item", "sku", "location", "state"),
        {"comment": "One row per planned line."},
    )

    line_id: Mapped[str] = mapped_column(primary_key=True, comment="Identifier of the line; exports carry it")
    sku: Mapped[str] = mapped_column(comment="Stock-keeping unit")
    location: Mapped[str] = mapped_column(comment="Stocking location")
    supplier: Mapped[str | None] = mapped_column(comment="Supplier")
    from_location: Mapped[str | None] = mapped_column(comment="Location that a transfer takes from")
    units: Mapped[float] = mapped_column(comment="Units")
    placed_on: Mapped[dt.date | None] = mapped_column(comment="Day on which it is placed")
    due_on: Mapped[dt.date | None] = mapped_column(comment="Day on which it is expected")
    unit_cost: Mapped[UnitMoney | None] = mapped_column(comment="Cost of a unit in currency")
    currency: Mapped[str | None] = mapped_column(comment="Currency of unit_cost")
    state: Mapped[str] = mapped_column(
        comment="open, approved, exported, confirmed, received, rejected, cancelled or expired"
    )
    version: Mapped[int] = mapped_column(comment="Counts the changes, so that a stale page is noticed")
    run_id: Mapped[str | None] = mapped_column(comment="Run whose suggestion it answers; null when a person added it")
    line_number: Mapped[int | None] = mapped_column(comment="Suggestion of that run")
    created_at: Mapped[Instant] = mapped_column(comment="When it was made")
    updated_at: Mapped[Instant] = mapped_column(comment="When it last changed")
    exported_at: Mapped[Instant | None] = mapped_column(comment="When it was exported")
    export_number: Mapped[str | None] = mapped_column(comment="Number of that export")
    external_reference: Mapped[str | None] = mapped_column(comment="Order number under which the feed brought it back")
