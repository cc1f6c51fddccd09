"""Timed work of breaches."""

from datetime import datetime

from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from workorders.breaches import service
from workorders.orders import clocks


def has_work(session: Session, _now: datetime) -> bool:
    """Whether any clock's breach came, went or grew."""
    return clocks.has_changed(session)


def pull(session: Session, *, now: datetime) -> int:
    """Bring breaches in line with the clocks, batch after batch; how many clocks were looked at."""
    total = 0
    while True:
        with transaction(session, by=SYSTEM, at=now):
            taken = service.take_in(session, by=SYSTEM, at=now)
        total += taken
        if taken < service.BATCH:
            return total
