"""Messages that wait to be delivered."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service_app.core.db import Base, BigId, UtcDateTime
from service_app.core.text import Text
from service_app.outbox.rules import LetterState


class OutboxMessage(Base):
    """One letter: the words as Text, said in the reader's language when it is delivered.

    ``next_try_at`` is set while the letter waits; while somebody delivers it, it is the moment
    from which it may be taken for not delivered. ``tries`` counts deliveries begun.
    """

    __tablename__ = "outbox_message"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    to: Mapped[str] = mapped_column("to_address", String(200))
    subject: Mapped[dict[str, Any]]
    body: Mapped[dict[str, Any]]
    language: Mapped[str] = mapped_column(String(2))
    zone: Mapped[str] = mapped_column(String(60), default="Europe/Moscow")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default=LetterState.WAITING.value)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        Index("ix_outbox_message_next_try_at", "next_try_at", "id"),
        Index("ix_outbox_message_state", "state", "id"),
    )

    @property
    def title(self) -> Text:
        """The subject, to be said in the looker's language."""
        return Text.from_json(self.subject)
