"""Policies: versions of limits and of which wait stops which clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from service_app.core.db import Base, Json, UtcDateTime


class PolicyVersion(Base):
    """One version of a policy; ``number`` counts up, a new one touches new orders only.

    ``limits`` is ``{"response.1": minutes, …}``, ``stops`` ``{"parts": ["restore"], …}``,
    ``priorities`` ``{"stopped.high": 1, …}``.
    """

    __tablename__ = "policy_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("work_calendar.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    limits: Mapped[dict[str, Any]] = mapped_column(Json)
    stops: Mapped[dict[str, Any]] = mapped_column(Json)
    priorities: Mapped[dict[str, Any]] = mapped_column(Json)
