"""What became due, what soon will, and the steps of escalation: told once to those concerned."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from workorders.orders.claiming import BATCH, IS_LATE, IS_SOON, claim, notice_of, opening
from workorders.orders.escalating import take_steps, unstepped
from workorders.orders.models import OrderClock
from workorders.orders.telling import Telling, load_staff
from workorders.sla.policy import SOON_SECONDS
from workorders.sla.queries import load


def has_work(session: Session, now: datetime) -> bool:
    """Whether any deadline, or the time shortly before one, has come untold."""
    return any(
        session.scalar(select(OrderClock.id).where(*found).limit(1))
        for found in (_untold(now), _unwarned(now), unstepped(now))
    )


def sweep(session: Session, *, now: datetime) -> int:
    """What is late, what soon will be, then escalation; how many clocks were told of."""
    told = tell_due(session, now=now) + tell_soon(session, now=now)
    return told + take_steps(session, now=now)


def tell_due(session: Session, *, now: datetime) -> int:
    """Tell engineer, dispatcher and managers of every deadline that passed; how many were told of.

    A clock that stands still has no deadline, so it is never met here. Rows are claimed by the
    statement that marks them, batch after batch: two workers tell once. The breach is marked at
    once; while the clock's calendar is closed, people hear of it at the opening, when it is still
    so, and of a night's many in one digest.
    """
    late = {"breached_at": func.coalesce(OrderClock.breached_at, OrderClock.due_at)}
    values = {"told_at": now, "is_breach_changed": True, **late}
    told = 0
    while True:
        with transaction(session, by=SYSTEM, at=now):
            rows = claim(session, _untold(now), OrderClock.tell_at, values)
            staff, promises, telling = load_staff(session, rows), load(session), Telling()
            for row in rows:
                opens_at = opening(promises.calendar_for(row.policy_version), now)
                if opens_at is not None:
                    row.tell_at, row.told_at = opens_at, None
                    continue
                told += 1
                people = [*staff.close_to(row), *staff.managers]
                telling.add(people, notice_of(row, IS_LATE, "due", promises, now))
            telling.send(session, at=now)
        if len(rows) < BATCH:
            return told


def tell_soon(session: Session, *, now: datetime) -> int:
    """Tell engineer and dispatcher of every deadline that is near; how many were told of.

    A promise of half an hour or less is near from its first minute, and the news of the request
    itself has just been sent: it is not told twice.
    """
    total = 0
    while True:
        with transaction(session, by=SYSTEM, at=now):
            rows = claim(session, _unwarned(now), OrderClock.warn_at, {"warned_at": now})
            staff, promises, telling = load_staff(session, rows), load(session), Telling()
            near = [r for r in rows if _is_ahead(r, now) and r.allowed_seconds > SOON_SECONDS]
            for row in near:
                telling.add(staff.close_to(row), notice_of(row, IS_SOON, "soon", promises, now))
            telling.send(session, at=now)
        total += len(near)
        if len(rows) < BATCH:
            return total


def _untold(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return OrderClock.tell_at <= now, OrderClock.told_at.is_(None)


def _unwarned(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return OrderClock.warn_at <= now, OrderClock.warned_at.is_(None)


def _is_ahead(row: OrderClock, now: datetime) -> bool:
    return row.due_at is not None and row.due_at > now
