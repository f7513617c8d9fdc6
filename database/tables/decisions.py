"""What people decided, with the suggestion that they saw; rows are only ever added."""

import datetime as dt

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant, Json
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
