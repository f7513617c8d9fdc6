"""Replays of the company's past, what each policy came to, and what was tuned on them."""

import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant, Json
from database.tables.base import Base


class Simulation(Base):
    """Replays of the company's past: when, over which weeks, and what they say."""

    __tablename__ = "simulations"
    __table_args__ = (
        Index("ix_simulations_as_of_made_at", "as_of", "made_at"),
        {"comment": "One row per replay."},
    )

    simulation_id: Mapped[str] = mapped_column(primary_key=True, comment="Identifier of the replay")
    made_at: Mapped[Instant] = mapped_column(comment="When it was recorded")
    key: Mapped[str] = mapped_column(comment="Hash of all that its results depend on")
    as_of: Mapped[dt.date] = mapped_column(comment="Last day replayed")
    first_day: Mapped[dt.date] = mapped_column(comment="First day scored; the warm-up is before it")
    weeks: Mapped[int] = mapped_column(comment="Weeks scored")
    items: Mapped[int] = mapped_column(comment="Items replayed")
    items_left_out: Mapped[int] = mapped_column(comment="Items that could not be replayed")
    currency: Mapped[str] = mapped_column(comment="Currency of its amounts")
    sentence: Mapped[str] = mapped_column(comment="The outcome in words")
    notes: Mapped[Json] = mapped_column(comment="What the replay leaves out or estimates")
    code_version: Mapped[str] = mapped_column(comment="Version of the program")
    settings_hash: Mapped[str] = mapped_column(comment="Hash of the settings that change results")


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


class Tuning(Base):
    """Policy parameters tuned on the company's own past, and whether runs use them."""

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
    tuned: Mapped[float] = mapped_column(comment="The best value shrunk towards theory")
    gain_share: Mapped[float] = mapped_column(comment="Share of the cost that it would have saved, on other weeks")
    low: Mapped[float] = mapped_column(comment="Lower end of the 95 % interval of the share, by resampling items")
    high: Mapped[float] = mapped_column(comment="Upper end of it")
    items: Mapped[int] = mapped_column(comment="Items that it was estimated on")
    windows: Mapped[int] = mapped_column(comment="Protection intervals that it was estimated on")
    accepted: Mapped[bool] = mapped_column(comment="Whether the gain is statistically significant, so that runs use it")
    text: Mapped[str] = mapped_column(comment="The finding in words")
