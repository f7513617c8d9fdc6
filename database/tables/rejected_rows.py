"""Rows in quarantine: where each stands, which rule it failed and with what."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import RowId
from database.tables.base import Base


class RejectedRow(Base):
    """Rows in quarantine: where each stands, which rule it failed and with what."""

    __tablename__ = "rejected_rows"
    __table_args__ = (
        Index("ix_rejected_rows_run_id_table_source_line", "run_id", "table", "source", "line"),
        {"comment": "One row per rejected row and rule.", "info": {"run_rows": True}},
    )

    id: Mapped[RowId] = mapped_column(primary_key=True, comment="Number of the row")
    run_id: Mapped[str] = mapped_column(comment="The run that wrote the row")
    table: Mapped[str] = mapped_column(comment="Input table")
    source: Mapped[str] = mapped_column(comment="File or query")
    line: Mapped[int | None] = mapped_column(comment="Line of the file, counted from 1 with the header")
    rule: Mapped[str] = mapped_column(comment="Rule that it failed")
    column: Mapped[str | None] = mapped_column(comment="Column that failed")
    value: Mapped[str | None] = mapped_column(comment="Text that was found there")
    message: Mapped[str | None] = mapped_column(comment="What is wrong, in words")
