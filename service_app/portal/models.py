"""Guests' tries, counted by every worker alike."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from service_app.core.db import Base, BigId, UtcDateTime


class GuestTry(Base):
    """One report sent without a log-in; old rows are swept."""

    __tablename__ = "guest_try"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_guest_try_subject", "subject", "at"),)
