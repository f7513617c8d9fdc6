"""Input parts that were ever ingested, by content."""

from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant
from database.tables.base import Base


class InputPart(Base):
    """Input parts that were ever ingested, by content."""

    __tablename__ = "input_parts"
    __table_args__ = ({"comment": "One row per part and content."},)

    table: Mapped[str] = mapped_column(primary_key=True, comment="Input table")
    month: Mapped[str] = mapped_column(
        primary_key=True, comment="Month of the rows as YYYY-MM, or * where rows have no date"
    )
    content_hash: Mapped[str] = mapped_column(primary_key=True, comment="Hash of the canonical rows")
    rows_read: Mapped[int] = mapped_column(comment="Rows in the source")
    rows_accepted: Mapped[int] = mapped_column(comment="Rows that passed validation")
    rows_rejected: Mapped[int] = mapped_column(comment="Rows that were quarantined")
    path: Mapped[str] = mapped_column(comment="Parquet file of the accepted rows, relative to the company's run folder")
    ingested_at: Mapped[Instant] = mapped_column(comment="When the part was first seen")
