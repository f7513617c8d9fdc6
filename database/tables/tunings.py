"""Policy numbers set on the company's own past, and whether they are used."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.tables.base import Base


class Tuning(Base):
    """Policy numbers set on the company's own past, and whether they are used."""

    __tablename__ = "tunings"
    __table_args__ = ({"comment": "One row per replay, class and parameter."},)

    simulation_id: Mapped[str] = mapped_column(
        ForeignKey("simulations.simulation_id"), primary_key=True, comment="The replay"
    )
    abc: Mapped[str] = mapped_column(primary_key=True, comment="Class by revenue")
    parameter: Mapped[str] = mapped_column(
        primary_key=True, comment="quantile_shift: added to the ratio's normal score"
    )
    theory: Mapped[float] = mapped_column(comment="Its value by theory")
    best: Mapped[float] = mapped_column(comment="The value that would have cost least")
    tuned: Mapped[float] = mapped_column(comment="The same shrunk to theory")
    gain_share: Mapped[float] = mapped_column(comment="Share of the cost that it would have saved, on other weeks")
    low: Mapped[float] = mapped_column(comment="Lower end of the 95 % interval of the share, by resampling items")
    high: Mapped[float] = mapped_column(comment="Upper end of it")
    items: Mapped[int] = mapped_column(comment="Items that it was learned from")
    windows: Mapped[int] = mapped_column(comment="Protection intervals that it was learned from")
    accepted: Mapped[bool] = mapped_column(comment="Whether the gain is beyond chance, so that nightly runs use it")
    text: Mapped[str] = mapped_column(comment="The finding in words")
