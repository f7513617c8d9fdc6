"""Demand of each item: its past by week, its forecast, and how the candidate models did."""

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


class ForecastScore(Base):
    """One row per item and candidate model: how it did in the backtest."""

    __tablename__ = "forecast_scores"
    __table_args__ = ({"comment": "One row per item and candidate.", "info": {"run_rows": True}},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    sku: Mapped[str] = mapped_column(primary_key=True, comment="Stock-keeping unit")
    location: Mapped[str] = mapped_column(primary_key=True, comment="Stocking location")
    model: Mapped[str] = mapped_column(primary_key=True, comment="Candidate")
    chosen: Mapped[bool] = mapped_column(comment="Whether the item is forecast by it")
    origin_count: Mapped[int | None] = mapped_column(comment="Origins that it was compared at")
    wape: Mapped[float | None] = mapped_column(comment="Sum of absolute errors over sum of demand")
    bias: Mapped[float | None] = mapped_column(comment="Sum of errors over sum of demand; above 0 is too much")
    mase: Mapped[float | None] = mapped_column(comment="Mean absolute error over that of the seasonal naive in the fit")
    scaled_pinball: Mapped[float | None] = mapped_column(comment="Mean pinball loss over the item's scale")
    coverage_90: Mapped[float | None] = mapped_column(comment="Share of outcomes at or below P90")
    value_added: Mapped[float | None] = mapped_column(comment="1 less loss over the loss of the seasonal naive")
    loss: Mapped[float | None] = mapped_column(comment="Cost-relevant loss by which the model was chosen")
    fallback_reason: Mapped[str | None] = mapped_column(comment="Why the model was replaced, where it was")
