"""One row per run, input part and rule: how many rows failed it."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import RowId
from database.tables.base import Base


class DataQuality(Base):
    """One row per run, input part and rule: how many rows failed it."""

    __tablename__ = "data_quality"
    __table_args__ = (
        Index("ix_data_quality_run_id_table_rule", "run_id", "table", "rule"),
        {"comment": "One row per part and rule.", "info": {"run_rows": True}},
    )

    id: Mapped[RowId] = mapped_column(primary_key=True, comment="Number of the row")
    run_id: Mapped[str] = mapped_column(comment="The run that wrote the row")
    table: Mapped[str] = mapped_column(comment="Input table")
    part: Mapped[str] = mapped_column(comment="Month or * for rules across parts")
    rule: Mapped[str] = mapped_column(comment="Rule of the contract")
    outcome: Mapped[str] = mapped_column(comment="What the rule does: reject, warn or stop")
    rows_checked: Mapped[int] = mapped_column(comment="Rows that were checked")
    rows_failed: Mapped[int] = mapped_column(comment="Rows that failed")
    first_example: Mapped[str | None] = mapped_column(comment="The first failing row in words")
