"""Taking rows of clocks whose moment has come, and the sentence about each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from service_app.core.text import N_, Text
from workorders.calendars.worktime import Calendar
from workorders.orders.models import OrderClock
from workorders.orders.telling import Notice
from workorders.sla.queries import Promises

BATCH = 200
AFTER_CLOSING = timedelta(minutes=10)
"""A deadline at the very end of the day is told of then, not the next morning."""

IS_LATE = N_("%(clock)s for %(number)s was promised by %(moment)s and is late.")
IS_SOON = N_("%(clock)s for %(number)s is promised by %(moment)s.")


def claim(
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


def notice_of(
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


def opening(calendar: Calendar, now: datetime) -> datetime | None:
    """When people may be told; None now: in working time, or when it ended a moment ago."""
    if calendar.between(now - AFTER_CLOSING, now) > 0:
        return None
    opens_at = calendar.next_open(now)
    return opens_at if opens_at > now else None
