"""What people decided, the lines that they planned, and the files that went to the purchasing system."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant, Json, RowId, UnitMoney
from database.tables.base import Base


class DecisionRow(Base):
    """What people decided, with the suggestion that they saw; rows are only ever added."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_item", "sku", "location", "decided_at"),
        {"comment": "One row per decision; append-only."},
    )

    decision_id: Mapped[str] = mapped_column(primary_key=True, comment="Identifier of the decision")
    client_token: Mapped[str] = mapped_column(
        unique=True, comment="Given by the page, so that a double click is one decision"
    )
    decided_at: Mapped[Instant] = mapped_column(comment="When")
    who: Mapped[str] = mapped_column(comment="Who")
    kind: Mapped[str] = mapped_column(comment="approve, change, reject, cancel, reopen, add, snooze or comment")
    sku: Mapped[str] = mapped_column(comment="Stock-keeping unit")
    location: Mapped[str] = mapped_column(comment="Stocking location")
    run_id: Mapped[str | None] = mapped_column(comment="Run whose suggestion was answered")
    line_number: Mapped[int | None] = mapped_column(comment="Suggestion of that run")
    line_id: Mapped[str | None] = mapped_column(comment="Planned line that it made or changed")
    from_units: Mapped[float | None] = mapped_column(comment="Units before: of the line, or else of the suggestion")
    to_units: Mapped[float | None] = mapped_column(comment="Units after")
    reason: Mapped[str | None] = mapped_column(comment="Why, in the person's words")
    until: Mapped[dt.date | None] = mapped_column(comment="Day until which it holds, where it does not hold for good")
    suggestion: Mapped[Json | None] = mapped_column(comment="The suggestion as it was")


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


class PurchaseOrderExport(Base):
    """Outbox of files for the purchasing system: the same file under the same number each time."""

    __tablename__ = "purchase_order_exports"
    __table_args__ = ({"comment": "One row per export."},)

    export_number: Mapped[str] = mapped_column(primary_key=True, comment="Number of the export")
    supplier: Mapped[str | None] = mapped_column(comment="Supplier that it goes to")
    location: Mapped[str | None] = mapped_column(comment="Location that it is delivered to")
    created_at: Mapped[Instant] = mapped_column(comment="When it was made")
    who: Mapped[str] = mapped_column(comment="Who exported")
    state: Mapped[str] = mapped_column(comment="written, or repeated when it was fetched again")
    file_name: Mapped[str] = mapped_column(comment="Name of the file")
    content_hash: Mapped[str] = mapped_column(comment="SHA-256 of the content")
    content: Mapped[bytes] = mapped_column(comment="The file")
    line_ids: Mapped[Json] = mapped_column(comment="Planned lines in it, in order")
    times_fetched: Mapped[int] = mapped_column(comment="How often it was fetched")
