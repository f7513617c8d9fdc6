"""Batches of rows that are in the database for certain, so that a repeated write adds nothing."""

from sqlalchemy.orm import Mapped, mapped_column

from database.tables.base import Base


class RunBatch(Base):
    """Batches of rows that are in the database for certain, so that a repeated write adds nothing."""

    __tablename__ = "run_batches"
    __table_args__ = ({"comment": "One row per batch written."},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the batch")
    table: Mapped[str] = mapped_column(primary_key=True, comment="Table written to")
    part: Mapped[str] = mapped_column(primary_key=True, comment="Frame that the batch is a piece of")
    batch: Mapped[int] = mapped_column(primary_key=True, comment="Number of the batch within the part")
    rows: Mapped[int] = mapped_column(comment="Rows in the batch")
