"""What the limits that couple items cost: each with its use, and what a little more or less of it is worth."""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Money
from database.tables.base import Base


class ConstraintPrice(Base):
    """What the limits that couple items cost."""

    __tablename__ = "constraint_prices"
    __table_args__ = ({"comment": "One row per limit that orders of several items share.", "info": {"run_rows": True}},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    kind: Mapped[str] = mapped_column(
        primary_key=True,
        comment="supplier_minimum, free_freight, container_volume, container_weight, open_to_buy or capacity",
    )
    scope: Mapped[str] = mapped_column(
        primary_key=True, comment="Supplier, location or category that the limit is about; * for the company"
    )
    month: Mapped[dt.date] = mapped_column(
        primary_key=True, comment="First day of the month of an order budget, else of the order"
    )
    unit: Mapped[str] = mapped_column(comment="Unit of the limit: a currency, m3 or kg")
    limit_value: Mapped[float] = mapped_column(comment="The limit")
    wanted: Mapped[float] = mapped_column(comment="What the orders would use without the limit")
    used: Mapped[float] = mapped_column(comment="What the orders use")
    is_binding: Mapped[bool] = mapped_column(comment="Whether the limit changes an order")
    looser_by: Mapped[float | None] = mapped_column(comment="Step by which the limit was loosened, in its unit")
    saving_if_looser: Mapped[Money | None] = mapped_column(comment="Expected cost saved by that, base currency")
    tighter_by: Mapped[float | None] = mapped_column(comment="Step by which it was tightened")
    cost_if_tighter: Mapped[Money | None] = mapped_column(comment="Expected cost added by that, base currency")
    sentence: Mapped[str] = mapped_column(comment="The price in words")
