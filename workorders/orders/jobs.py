"""What became due, and what soon will: told once to those who can do something about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from service_app.accounts.permissions import Role
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from service_app.notifications.queries import staff_with_role
from service_app.notifications.service import notify
from workorders.orders.models import OrderClock
from workorders.sla.policy import SOON_SECONDS
from workorders.sla.queries import Promises, load

BATCH = 200
IS_LATE = N_("%(clock)s for %(number)s was promised by %(moment)s and is late.")
IS_SOON = N_("%(clock)s for %(number)s is promised by %(moment)s.")


@dataclass(frozen=True)
class Staff:
    """Whom a batch tells, read once."""

    dispatchers: Sequence[int]
    managers: Sequence[int]

    def close_to(self, row: OrderClock) -> list[int | None]:
        """The order's engineer and its dispatcher; every dispatcher while nobody took it in."""
        order = row.order
        taken = [order.dispatcher_id] if order.dispatcher_id else list(self.dispatchers)
        return [order.engineer_id, *taken]


def has_work(session: Session, now: datetime) -> bool:
    """Whether any deadline, or the time shortly before one, has come untold."""
    due, soon = _untold(now), _unwarned(now)
    return any(
        session.scalar(select(OrderClock.id).where(*found).limit(1)) for found in (due, soon)
    )


def sweep(session: Session, *, now: datetime) -> int:
    """Both halves: what is late, then what soon will be; how many clocks were told of."""
    return tell_due(session, now=now) + tell_soon(session, now=now)


def tell_due(session: Session, *, now: datetime) -> int:
    """Tell engineer, dispatcher and managers of every deadline that passed; how many.

    A clock that stands still has no deadline, so it is never met here. Rows are claimed by the
    statement that marks them, batch after batch: two workers tell once.
    """
    late = {"breached_at": func.coalesce(OrderClock.breached_at, OrderClock.due_at)}
    values = {"told_at": now, "is_breach_changed": True, **late}
    total = 0
    while True:
        with transaction(session, by=SYSTEM, at=now):
            rows = _claim(session, _untold(now), OrderClock.due_at, values)
            staff, promises = _staff(session, rows), load(session)
            for row in rows:
                people = [*staff.close_to(row), *staff.managers]
                _tell(session, row, IS_LATE, people, promises, now=now)
        total += len(rows)
        if len(rows) < BATCH:
            return total


def tell_soon(session: Session, *, now: datetime) -> int:
    """Tell engineer and dispatcher of every deadline that is near; how many were told of.

    A promise of half an hour or less is near from its first minute, and the news of the request
    itself has just been sent: it is not told twice.
    """
    total = 0
    while True:
        with transaction(session, by=SYSTEM, at=now):
            rows = _claim(session, _unwarned(now), OrderClock.warn_at, {"warned_at": now})
            staff, promises = _staff(session, rows), load(session)
            near = [r for r in rows if _is_ahead(r, now) and r.allowed_seconds > SOON_SECONDS]
            for row in near:
                _tell(session, row, IS_SOON, staff.close_to(row), promises, now=now)
        total += len(near)
        if len(rows) < BATCH:
            return total


def _untold(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return OrderClock.due_at <= now, OrderClock.told_at.is_(None)


def _unwarned(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return OrderClock.warn_at <= now, OrderClock.warned_at.is_(None)


def _is_ahead(row: OrderClock, now: datetime) -> bool:
    return row.due_at is not None and row.due_at > now


def _claim(
    session: Session,
    found: tuple[ColumnElement[bool], ...],
    oldest: InstrumentedAttribute[datetime | None],
    values: dict[str, Any],
) -> Sequence[OrderClock]:
    """Mark a batch as told and give it to the caller; a row another worker holds is left to it.

    The conditions are asked again by the update itself: a move that was on its way may have
    given the clock another deadline.
    """
    batch = select(OrderClock.id).where(*found).order_by(oldest).limit(BATCH)
    ids = session.scalars(
        update(OrderClock)
        .where(OrderClock.id.in_(batch.with_for_update(skip_locked=True)), *found)
        .values(values)
        .returning(OrderClock.id)
        .execution_options(synchronize_session=False)
    ).all()
    return session.scalars(
        select(OrderClock)
        .where(OrderClock.id.in_(ids))
        .options(joinedload(OrderClock.order))
        .order_by(OrderClock.due_at, OrderClock.id)
        .execution_options(populate_existing=True)
    ).all()


def _staff(session: Session, rows: Sequence[OrderClock]) -> Staff:
    if not rows:
        return Staff((), ())
    return Staff(staff_with_role(session, Role.DISPATCHER), staff_with_role(session, Role.MANAGER))


def _tell(
    session: Session,
    row: OrderClock,
    sentence: Text,
    people: Sequence[int | None],
    promises: Promises,
    *,
    now: datetime,
) -> None:
    """The inbox at any hour; a letter only while the order's own calendar works."""
    order, due_at = row.order, row.due_at
    assert due_at is not None  # only running clocks are claimed
    kind = "due" if sentence is IS_LATE else "soon"
    notify(
        session,
        user_ids=people,
        text=sentence.with_values(clock=row.name, number=order.number, moment=due_at),
        link=("order", order.number),
        key=f"{kind}:{order.id}:{row.clock}{row.number or ''}:{int(due_at.timestamp())}",
        at=now,
        email=promises.calendar_for(row.policy_version).is_open(now),
    )
