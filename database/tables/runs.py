"""Runs: what each planned, which one readers see, who holds the lock, and which batches of rows are committed."""

import datetime as dt

from sqlalchemy import ForeignKey, Index
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
    as_of: Mapped[dt.date] = mapped_column(comment="Last day whose data the run uses")
    status: Mapped[str] = mapped_column(
        comment="running, audited, published, failed, or expired (its rows are removed)"
    )
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
        comment="Whether the plan runs in the shadow of another process: nothing of it is ordered",
    )
    items: Mapped[int | None] = mapped_column(comment="Planned items")
    figures: Mapped[Json | None] = mapped_column(comment="Rows written to each table, and the key of the run's folder")
    swept_at: Mapped[Instant | None] = mapped_column(comment="When its rows were removed, after it failed or expired")
    message: Mapped[str | None] = mapped_column(comment="Why it failed, in words")


class CurrentRun(Base):
    """The switch: for each date the run that readers see."""

    __tablename__ = "current_runs"
    __table_args__ = ({"comment": "One row per date that has a plan."},)

    as_of: Mapped[dt.date] = mapped_column(primary_key=True, comment="Date of the plan")
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), comment="Run that readers see for that date")
    switched_at: Mapped[Instant] = mapped_column(comment="When it became visible")


class RunBatch(Base):
    """Batches of rows that were committed, so that a repeated write adds nothing."""

    __tablename__ = "run_batches"
    __table_args__ = ({"comment": "One row per batch written."},)

    run_id: Mapped[str] = mapped_column(primary_key=True, comment="The run that wrote the batch")
    table: Mapped[str] = mapped_column(primary_key=True, comment="Table written to")
    part: Mapped[str] = mapped_column(primary_key=True, comment="Frame that the batch is a piece of")
    batch: Mapped[int] = mapped_column(primary_key=True, comment="Number of the batch within the part")
    rows: Mapped[int] = mapped_column(comment="Rows in the batch")


class RunLock(Base):
    """The run lock: held by one run at a time."""

    __tablename__ = "run_locks"
    __table_args__ = ({"comment": "At most one row per lock."},)

    name: Mapped[str] = mapped_column(primary_key=True, comment="What is locked")
    token: Mapped[str] = mapped_column(
        comment="Identifies this hold of the lock; a run whose token is gone may not publish"
    )
    run_id: Mapped[str | None] = mapped_column(comment="Run that is being written under the lock")
    host: Mapped[str] = mapped_column(comment="Machine of the holder")
    pid: Mapped[int] = mapped_column(comment="Process of the holder")
    process_started: Mapped[str] = mapped_column(
        comment="Start of that process, so that a reused number is not mistaken for it"
    )
    acquired_at: Mapped[Instant] = mapped_column(comment="When it was taken")
    heartbeat_at: Mapped[Instant] = mapped_column(comment="Last sign of life")
