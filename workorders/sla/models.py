"""SLA levels and their versions: limits, exceptions, own clocks, which wait stops which clock."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.core.db import Base, Json, UtcDateTime


class SlaPolicy(Base):
    """A named level of service: *Standard*, *Round the clock*. What it promises is in versions.

    ``is_default`` is true of one: orders without a contract follow it.
    """

    __tablename__ = "sla_policy"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class PolicyVersion(Base):
    """One version of a level; ``number`` counts up, a new one touches new orders only.

    It counts for what is received from ``since`` on. ``limits`` is ``{"response.1": minutes, …}``,
    ``stops`` ``{"parts": ["restore"], …}``, ``priorities`` ``{"stopped.high": 1, …}``;
    ``specials``, ``own`` and ``steps`` are lists of the fields of ``policy.Special``,
    ``policy.OwnClock`` and ``steps.Step``.
    """

    __tablename__ = "policy_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("sla_policy.id"))
    number: Mapped[int]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("work_calendar.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    limits: Mapped[dict[str, Any]] = mapped_column(Json)
    stops: Mapped[dict[str, Any]] = mapped_column(Json)
    priorities: Mapped[dict[str, Any]] = mapped_column(Json)
    specials: Mapped[list[Any]] = mapped_column(Json, default=list)
    own: Mapped[list[Any]] = mapped_column(Json, default=list)
    steps: Mapped[list[Any]] = mapped_column(Json, default=list)

    level: Mapped[SlaPolicy] = relationship()

    __table_args__ = (UniqueConstraint("policy_id", "number"),)
