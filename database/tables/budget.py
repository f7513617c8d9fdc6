"""Demand turned into money, and the figures of a run."""

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Money
from database.tables.base import Base


class BudgetForecast(Base):
    """Demand turned into money: one row per month, category, channel and market, and totals."""

    __tablename__ = "budget_forecast"
    __table_args__ = ({"comment": "One row per month and group; * marks a total.", "info": {"run_rows": True}},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    month: Mapped[dt.date] = mapped_column(primary_key=True, comment="First day of the month")
    category: Mapped[str] = mapped_column(primary_key=True, comment="Category, or * for all")
    channel: Mapped[str] = mapped_column(primary_key=True, comment="Channel, or * for all")
    market: Mapped[str] = mapped_column(primary_key=True, comment="Market, or * for all")
    currency: Mapped[str] = mapped_column(comment="Currency of the amounts")
    units_p10: Mapped[float | None] = mapped_column(comment="P10 of units")
    units_p50: Mapped[float | None] = mapped_column(comment="Median of units")
    units_p90: Mapped[float | None] = mapped_column(comment="P90 of units")
    units_mean: Mapped[float | None] = mapped_column(comment="Mean of units")
    net_revenue_p10: Mapped[Money | None] = mapped_column(comment="P10 of net revenue")
    net_revenue_p50: Mapped[Money | None] = mapped_column(comment="Median of net revenue")
    net_revenue_p90: Mapped[Money | None] = mapped_column(comment="P90 of net revenue")
    net_revenue_mean: Mapped[Money | None] = mapped_column(comment="Mean of net revenue")
    cost_p10: Mapped[Money | None] = mapped_column(comment="P10 of cost of goods")
    cost_p50: Mapped[Money | None] = mapped_column(comment="Median of cost of goods")
    cost_p90: Mapped[Money | None] = mapped_column(comment="P90 of cost of goods")
    cost_mean: Mapped[Money | None] = mapped_column(comment="Mean of cost of goods")
    margin_p10: Mapped[Money | None] = mapped_column(comment="P10 of margin")
    margin_p50: Mapped[Money | None] = mapped_column(comment="Median of margin")
    margin_p90: Mapped[Money | None] = mapped_column(comment="P90 of margin")
    margin_mean: Mapped[Money | None] = mapped_column(comment="Mean of margin")


class Kpi(Base):
    """Figures of a run for its front page."""

    __tablename__ = "kpis"
    __table_args__ = ({"comment": "One row per figure.", "info": {"run_rows": True}},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    name: Mapped[str] = mapped_column(primary_key=True, comment="Name of the figure")
    value: Mapped[float | None] = mapped_column(comment="Its value")
    unit: Mapped[str | None] = mapped_column(comment="Its unit")
    text: Mapped[str | None] = mapped_column(comment="The figure in words")
