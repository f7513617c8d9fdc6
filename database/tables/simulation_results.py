"""What each policy served, held and cost in a replay, by class and in all."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.tables.base import Base


class SimulationResult(Base):
    """What each policy served, held and cost in a replay, by class and in all."""

    __tablename__ = "simulation_results"
    __table_args__ = ({"comment": "One row per replay, days, scope, policy and measure."},)

    simulation_id: Mapped[str] = mapped_column(
        ForeignKey("simulations.simulation_id"), primary_key=True, comment="The replay"
    )
    days: Mapped[str] = mapped_column(primary_key=True, comment="all days, or days of known demand")
    scope: Mapped[str] = mapped_column(primary_key=True, comment="ABC class, or all")
    policy: Mapped[str] = mapped_column(primary_key=True, comment="restock, your orders, or a naive rule")
    measure: Mapped[str] = mapped_column(primary_key=True, comment="Name of the figure, such as fill_rate")
    items: Mapped[int] = mapped_column(comment="Items of the scope")
    value: Mapped[float | None] = mapped_column(comment="The figure")
    low: Mapped[float | None] = mapped_column(comment="Lower end of its 95 % interval, by resampling items")
    high: Mapped[float | None] = mapped_column(comment="Upper end of it")
    difference: Mapped[float | None] = mapped_column(comment="The figure less that of restock")
    difference_low: Mapped[float | None] = mapped_column(comment="Lower end of the interval of the difference")
    difference_high: Mapped[float | None] = mapped_column(comment="Upper end of it")
    ratio: Mapped[float | None] = mapped_column(comment="The figure over that of restock")
    ratio_low: Mapped[float | None] = mapped_column(comment="Lower end of the interval of the ratio")
    ratio_high: Mapped[float | None] = mapped_column(comment="Upper end of it")
