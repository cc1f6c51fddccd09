"""The worker's own housekeeping."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from service_app.worker import service


def sweep(frequent: Collection[str], session: Session, *, now: datetime) -> int:
    """Delete old runs; ``frequent`` names the jobs whose runs are kept for a day only."""
    return service.sweep(session, frequent=frequent, now=now)
