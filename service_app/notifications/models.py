"""The in-app inbox, and who wants letters too."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service_app.core.db import Base, BigId, Json, UtcDateTime
from service_app.core.text import Text


class Notification(Base):
    """One sentence for one person, told once per key; ``link_*`` name what it is about."""

    __tablename__ = "notification"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    key: Mapped[str] = mapped_column(String(80))
    text: Mapped[dict[str, Any]] = mapped_column(Json)
    link_kind: Mapped[str | None] = mapped_column(String(20))
    link_ref: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_notification_user_id", "user_id", "id"),
        Index("ix_notification_unread", "user_id", "read_at"),
        Index("ix_notification_at", "at"),
    )

    @property
    def sentence(self) -> Text:
        """What is told."""
        return Text.from_json(self.text)


class LetterPreference(Base):
    """A person who changed whether notices also come as letters; the others get them."""

    __tablename__ = "letter_preference"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    wants_letters: Mapped[bool]
