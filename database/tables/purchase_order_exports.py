"""Outbox of files for the purchasing system: the same file under the same number each time."""

from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant, Json
from database.tables.base import Base


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
