"""Figures of a run for its front page."""

from sqlalchemy.orm import Mapped, mapped_column

from database.tables.base import Base


class Kpi(Base):
    """Figures of a run for its front page."""

    __tablename__ = "kpis"
    __table_args__ = ({"comment": "One row per figure.", "info": {"run_rows": True}},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the row")
    name: Mapped[str] = mapped_column(primary_key=True, comment="Name of the figure")
    value: Mapped[float | None] = mapped_column(comment="Its value")
    unit: Mapped[str | None] = mapped_column(comment="Its unit")
    text: Mapped[str | None] = mapped_column(comment="The figure in words")
