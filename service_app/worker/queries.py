"""What the worker did and does."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.worker.models import JobRun, WorkerPulse
from service_app.worker.rules import ALIVE


def is_alive(session: Session, now: datetime) -> bool:
    """Whether a worker was seen lately: without one nothing is delivered, rendered or counted."""
    seen_at = session.scalar(select(WorkerPulse.seen_at))
    return seen_at is not None and now - seen_at <= ALIVE


def find_pulse(session: Session) -> WorkerPulse | None:
    """The last worker that led."""
    return session.scalar(select(WorkerPulse))


def last_runs(session: Session) -> dict[str, JobRun]:
    """The newest run of each job, by the job's name."""
    newest = select(JobRun.job, func.max(JobRun.slot).label("slot")).group_by(JobRun.job).subquery()
    rows = session.scalars(
        select(JobRun).join(newest, (JobRun.job == newest.c.job) & (JobRun.slot == newest.c.slot))
    )
    return {row.job: row for row in rows}


def list_failed_runs(session: Session, *, most: int = 20) -> Sequence[JobRun]:
    """The latest runs that broke, newest first."""
    return session.scalars(
        select(JobRun).where(JobRun.error != "").order_by(JobRun.id.desc()).limit(most)
    ).all()
