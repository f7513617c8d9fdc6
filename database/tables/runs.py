"""One row per run: what it planned, from what, and how it ended."""

import datetime as dt

from sqlalchemy import Index, false
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant, Json
from database.tables.base import Base


class Run(Base):
    """One row per run: what it planned, from what, and how it ended."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_as_of_status", "as_of", "status"),
        {"comment": "One row per run."},
    )

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="Identifier of the run")
    as_of: Mapped[dt.date] = mapped_column(comment="Last day that the run knows")
    status: Mapped[str] = mapped_column(comment="running, audited, published or failed")
    started_at: Mapped[Instant] = mapped_column(comment="When the run began to publish")
    finished_at: Mapped[Instant | None] = mapped_column(comment="When it was published or failed")
    code_version: Mapped[str] = mapped_column(comment="Version of the program")
    settings_hash: Mapped[str] = mapped_column(comment="Hash of the settings that change results")
    manifest_hash: Mapped[str] = mapped_column(comment="Hash of the manifest")
    manifest: Mapped[Json] = mapped_column(
        comment="Input parts that the run read: table, month and content hash of each"
    )
    reconstructed: Mapped[bool] = mapped_column(
        comment="Whether what was known then was reconstructed from today's data"
    )
    reproducible: Mapped[bool] = mapped_column(
        comment="Whether a rerun gives the same bytes; false when a time limit forced a fallback"
    )
    is_shadow: Mapped[bool] = mapped_column(
        server_default=false(),
        comment="Whether the plan runs in the shadow of another process: nothing of it is ordered",
    )
    items: Mapped[int | None] = mapped_column(comment="Planned items")
    figures: Mapped[Json | None] = mapped_column(comment="Counts and durations for people who watch the runs")
    swept_at: Mapped[Instant | None] = mapped_column(comment="When its rows were removed, after it failed")
    message: Mapped[str | None] = mapped_column(comment="Why it failed, in words")
