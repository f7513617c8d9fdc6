"""One row per item and candidate model: how it did in the backtest."""

from sqlalchemy.orm import Mapped, mapped_column

from database.tables.base import Base


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
