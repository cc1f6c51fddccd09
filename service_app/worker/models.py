"""Runs of timed work, and the pulse of the worker that does them."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service_app.core.db import Base, BigId, UtcDateTime


class JobRun(Base):
    """One run of one job in one slot of its time; ``finished_at`` is empty while it lasts.

    ``leader`` tells the workers' lives apart: a run left unfinished by an earlier one is done
    again. ``error`` is empty after a run that went well.
    """

    __tablename__ = "job_run"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[int] = mapped_column(BigInteger)
    leader: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    milliseconds: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=1)
    error: Mapped[str] = mapped_column(String(500), default="")

    __table_args__ = (
        UniqueConstraint("job", "slot"),
        Index("ix_job_run_started_at", "started_at"),
    )


class WorkerPulse(Base):
    """One row: when the worker that leads was last seen."""

    __tablename__ = "worker_pulse"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    leader: Mapped[str] = mapped_column(String(32))
    host: Mapped[str] = mapped_column(String(80))
    process_id: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
