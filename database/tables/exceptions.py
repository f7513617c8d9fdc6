"""What a person should look at."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Json, RowId
from database.tables.base import Base


class ExceptionRow(Base):
    """What a person should look at."""

    __tablename__ = "exceptions"
    __table_args__ = (
        Index("ix_exceptions_run_id_kind_severity", "run_id", "kind", "severity"),
        Index("ix_exceptions_run_id_sku_location", "run_id", "sku", "location"),
        {"comment": "One row per exception.", "info": {"run_rows": True}},
    )

    id: Mapped[RowId] = mapped_column(primary_key=True, comment="Number of the row")
    run_id: Mapped[str] = mapped_column(comment="The run that wrote the row")
    sku: Mapped[str | None] = mapped_column(comment="Stock-keeping unit; null for what concerns no item")
    location: Mapped[str | None] = mapped_column(comment="Stocking location")
    kind: Mapped[str] = mapped_column(comment="What it is, such as no_terms, at_risk or overdue_order")
    severity: Mapped[str] = mapped_column(comment="info, warning or critical")
    message: Mapped[str] = mapped_column(comment="What, where, why and what to do")
    figures: Mapped[Json | None] = mapped_column(comment="The figures of the message")
