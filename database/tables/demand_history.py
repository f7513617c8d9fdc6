"""One row per item: weekly demand, for charts."""

from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Json
from database.tables.base import Base


class ItemHistory(Base):
    """One row per item: weekly demand, for charts."""

    __tablename__ = "demand_history"
    __table_args__ = ({"comment": "One row per planned item.", "info": {"run_rows": True}},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    sku: Mapped[str] = mapped_column(primary_key=True, comment="Stock-keeping unit")
    location: Mapped[str] = mapped_column(primary_key=True, comment="Stocking location")
    week_starts: Mapped[Json] = mapped_column(comment="First days of the weeks")
    units: Mapped[Json] = mapped_column(comment="Units demanded in each week; null where unknown")
    out_of_stock_share: Mapped[Json | None] = mapped_column(comment="Share of each week's days without stock")
