"""One row per item: its demand distribution in arrays."""

from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Json
from database.tables.base import Base


class Forecast(Base):
    """One row per item: its demand distribution in arrays."""

    __tablename__ = "forecasts"
    __table_args__ = (
        {"comment": "One row per planned item.", "info": {"run_rows": True, "pack_rest_into": "distribution"}},
    )

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    sku: Mapped[str] = mapped_column(primary_key=True, comment="Stock-keeping unit")
    location: Mapped[str] = mapped_column(primary_key=True, comment="Stocking location")
    distribution: Mapped[Json] = mapped_column(comment="Columns of the stored demand distribution, by name")
