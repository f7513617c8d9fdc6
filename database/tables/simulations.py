"""Replays of the company's past: when, over which weeks, and what they say."""

import datetime as dt

from sqlalchemy import Index
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
    notes: Mapped[Json] = mapped_column(comment="What to know before believing the figures")
    code_version: Mapped[str] = mapped_column(comment="Version of the program")
    settings_hash: Mapped[str] = mapped_column(comment="Hash of the settings that change results")
