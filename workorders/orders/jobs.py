"""What became due, what soon will, and the steps of escalation: told once to those concerned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from workorders.orders import clocks
from workorders.orders.models import OrderClock
from workorders.orders.notices import tell_customer
from workorders.orders.queries import list_with_events
from workorders.orders.telling import Notice, Staff, Telling, load_staff
from workorders.sla.policy import SOON_SECONDS
from workorders.sla.queries import Promises, load
from workorders.sla.replay import ClockResult
from workorders.sla.steps import Step, Whom

BATCH = 200
IS_LATE = N_("%(clock)s for %(number)s was promised by %(moment)s and is late.")
IS_SOON = N_("%(clock)s for %(number)s is promised by %(moment)s.")
CUSTOMER_LATE = N_(
    "%(number)s: we promised by %(moment)s and are late (%(clock)s). The manager knows of it."
)
CUSTOMER_SOON = N_("%(number)s: we are at it, promised by %(moment)s (%(clock)s).")


def has_work(session: Session, now: datetime) -> bool:
    """Whether any deadline, or the time shortly before one, has come untold."""
    return any(
        session.scalar(select(OrderClock.id).where(*found).limit(1))
        for found in (_untold(now), _unwarned(now), _unstepped(now))
    )


def sweep(session: Session, *, now: datetime) -> int:
    """What is late, what soon will be, then escalation; how many clocks were told of."""
    told = tell_due(session, now=now) + tell_soon(session, now=now)
    return told + take_steps(session, now=now)


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
            staff, promises, telling = load_staff(session, rows), load(session), Telling()
            for row in rows:
                people = [*staff.close_to(row), *staff.managers]
                telling.add(people, _notice(row, IS_LATE, "due", promises, now))
            telling.send(session, at=now)
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
            staff, promises, telling = load_staff(session, rows), load(session), Telling()
            near = [r for r in rows if _is_ahead(r, now) and r.allowed_seconds > SOON_SECONDS]
            for row in near:
                telling.add(staff.close_to(row), _notice(row, IS_SOON, "soon", promises, now))
            telling.send(session, at=now)
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


def _notice(
    row: OrderClock, sentence: Text, kind: str, promises: Promises, now: datetime
) -> Notice:
    """A sentence about the clock; the letter waits for the calendar's working time."""
    order, due_at = row.order, row.due_at
    assert due_at is not None  # only running clocks are claimed
    which = f"{row.clock}{row.number or ''}"
    return Notice(
        sentence.with_values(clock=row.name, number=order.number, moment=due_at),
        order.number,
        f"{kind}:{order.id}:{which}:{int(due_at.timestamp())}",
        promises.calendar_for(row.policy_version).next_open(now),
    )


def take_steps(session: Session, *, now: datetime) -> int:
    """Take every escalation step whose moment has come; how many clocks had one.

    A row is claimed by clearing its moment; what is told is asked of the replay again, so that a
    clock met or stopped meanwhile is left in peace.
    """
    total = 0
    while True:
        with transaction(session, by=SYSTEM, at=now):
            rows = _claim(session, _unstepped(now), OrderClock.step_at, {"step_at": None})
            if rows:
                _take(session, rows, now)
        total += len(rows)
        if len(rows) < BATCH:
            return total


def _unstepped(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return OrderClock.step_at.is_not(None), OrderClock.step_at <= now


def _take(session: Session, rows: Sequence[OrderClock], now: datetime) -> None:
    events = list_with_events(session, {row.order_id for row in rows})
    staff, promises, telling = load_staff(session, rows), load(session), Telling()
    for row in rows:
        found = clocks.results(row.order, events[row.order_id], promises).get(row.key)
        if found is None or found.due_at is None:
            continue
        _take_of(session, row, found, staff, promises, telling, now)
        row.step_at = clocks.next_step(row.steps_taken, found, promises)[0]
    telling.send(session, at=now)


def _take_of(
    session: Session,
    row: OrderClock,
    found: ClockResult,
    staff: Staff,
    promises: Promises,
    telling: Telling,
    now: datetime,
) -> None:
    steps = promises.policies[found.policy].steps
    assert found.due_at is not None  # the caller looked
    for moment, place in clocks.steps_of(found, promises):
        key = clocks.step_key(found.policy, place, found.due_at)
        if moment > now or key in row.steps_taken:
            continue
        row.steps_taken = [*row.steps_taken, key]
        step, late = steps[place], found.due_at <= now
        notice = _notice(row, IS_LATE if late else IS_SOON, f"step{place}", promises, now)
        if step.whom is Whom.CUSTOMER:
            words = CUSTOMER_LATE if late else CUSTOMER_SOON
            text = words.with_values(clock=row.name, number=row.order.number, moment=found.due_at)
            tell_customer(session, row.order, text, key=notice.key, at=now)
        else:
            telling.add(_people(step, row, staff), notice)


def _people(step: Step, row: OrderClock, staff: Staff) -> list[int | None]:
    if step.whom is Whom.ENGINEER:
        return [row.order.engineer_id]
    if step.whom is Whom.DISPATCHER and row.order.dispatcher_id is not None:
        return [row.order.dispatcher_id]
    if step.whom is Whom.MANAGERS:
        return list(staff.managers)
    return list(staff.dispatchers)
