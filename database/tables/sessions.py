"""Signed-in browsers."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant
from database.tables.base import Base


class Session(Base):
    """Signed-in browsers."""

    __tablename__ = "sessions"
    __table_args__ = ({"comment": "One row per session."},)

    token_hash: Mapped[str] = mapped_column(
        primary_key=True, comment="SHA-256 of the cookie; the cookie itself is not kept"
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id"), index=True, comment="Person signed in")
    csrf_hash: Mapped[str] = mapped_column(comment="SHA-256 of the form token")
    created_at: Mapped[Instant] = mapped_column(comment="When the person signed in")
    last_seen_at: Mapped[Instant] = mapped_column(comment="Last request")
    expires_at: Mapped[Instant] = mapped_column(comment="When it ends")
    revoked_at: Mapped[Instant | None] = mapped_column(comment="When the person signed out")
