"""Who is running: one row, taken by one run at a time."""

from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant
from database.tables.base import Base


class RunLock(Base):
    """Who is running: one row, taken by one run at a time."""

    __tablename__ = "run_locks"
    __table_args__ = ({"comment": "At most one row per lock."},)

    name: Mapped[str] = mapped_column(primary_key=True, comment="What is locked")
    token: Mapped[str] = mapped_column(comment="Identifies the taking; a run whose token is gone may not publish")
    run_id: Mapped[str | None] = mapped_column(comment="Run that is being written under the lock")
    host: Mapped[str] = mapped_column(comment="Machine of the holder")
    pid: Mapped[int] = mapped_column(comment="Process of the holder")
    process_started: Mapped[str] = mapped_column(
        comment="Start of that process, so that a reused number is not mistaken for it"
    )
    acquired_at: Mapped[Instant] = mapped_column(comment="When it was taken")
    heartbeat_at: Mapped[Instant] = mapped_column(comment="Last sign of life")
