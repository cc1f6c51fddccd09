"""Claiming a slot, keeping what came of it, showing a pulse."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service_app.worker.models import JobRun, WorkerPulse
from service_app.worker.rules import KEEP_FREQUENT_RUNS, KEEP_RUNS

LEASE = timedelta(minutes=15)
"""A run of our own that has lasted longer may be begun again."""


def claim(session: Session, *, job: str, slot: int, leader: str, at: datetime) -> int | None:
    """Take a slot: the run's id, or None when somebody has it.

    A run that an earlier leader left unfinished (it was killed) is taken over.
    """
    values = {"job": job, "slot": slot, "leader": leader, "started_at": at, "milliseconds": 0}
    statement = _insert(session)(JobRun).values(rows=0, tries=1, error="", **values)
    statement = statement.on_conflict_do_update(
        index_elements=["job", "slot"],
        set_={"leader": leader, "started_at": at, "tries": JobRun.tries + 1},
        where=JobRun.finished_at.is_(None)
        & or_(JobRun.leader != leader, JobRun.started_at < at - LEASE),
    ).returning(JobRun.id)
    found = session.execute(statement).scalar_one_or_none()
    return None if found is None else int(found)


def finish(
    session: Session, run_id: int, *, rows: int, milliseconds: int, error: str, at: datetime
) -> None:
    """Keep what came of a run."""
    session.execute(
        update(JobRun)
        .where(JobRun.id == run_id)
        .values(rows=rows, milliseconds=milliseconds, error=error[:500], finished_at=at)
    )


def beat(
    session: Session, *, leader: str, host: str, process_id: int, since: datetime, at: datetime
) -> None:
    """Show that this worker leads and lives."""
    values = {
        "leader": leader, "host": host, "process_id": process_id, "since": since, "seen_at": at
    }  # fmt: skip
    statement = _insert(session)(WorkerPulse).values(id=1, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def stop_pulse(session: Session, *, leader: str) -> None:
    """A worker that ends in order says so at once."""
    session.execute(delete(WorkerPulse).where(WorkerPulse.leader == leader))


def sweep(session: Session, *, frequent: Collection[str], now: datetime) -> int:
    """Delete old runs; those of frequent jobs sooner. How many went."""
    is_old = JobRun.started_at < now - KEEP_RUNS
    is_crowded = JobRun.job.in_(frequent) & (JobRun.started_at < now - KEEP_FREQUENT_RUNS)
    result = session.execute(delete(JobRun).where(or_(is_old, is_crowded)))
    return int(getattr(result, "rowcount", 0))


def _insert(session: Session) -> Any:
    is_postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if is_postgres else sqlite.insert
