"""People who may sign in, and their browsers."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database.columns import Instant, Json
from database.tables.base import Base


class User(Base):
    """People who may sign in."""

    __tablename__ = "users"
    __table_args__ = ({"comment": "One row per person."},)

    user_id: Mapped[str] = mapped_column(primary_key=True, comment="Identifier of the person")
    login: Mapped[str] = mapped_column(unique=True, comment="Name to sign in with")
    name: Mapped[str] = mapped_column(comment="Name to show")
    password_hash: Mapped[str | None] = mapped_column(comment="Salted hash; null when the person signs in elsewhere")
    role: Mapped[str] = mapped_column(comment="viewer, planner, director or admin")
    preferences: Mapped[Json | None] = mapped_column(comment="Saved views and settings of the person")
    created_at: Mapped[Instant] = mapped_column(comment="When it was added")
    disabled_at: Mapped[Instant | None] = mapped_column(comment="When access ended")


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
