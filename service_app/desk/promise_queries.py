"""Reads of the manager's screen: counted by the database, few queries whatever the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    func,
    select,
)
from sqlalchemy.orm import Session, joinedload

from assets.machines.models import Machine
from service_app.accounts.models import User
from workorders.breaches.queries import without_cause
from workorders.orders.models import OrderClock, WorkOrder
from workorders.sla.rules import ClockState

SHOWN_ROWS = 25
_RUNNING = OrderClock.state == ClockState.RUNNING.value


@dataclass(frozen=True)
class AtNow:
    """What burns: how many are late and since when, how many are due until a moment, the next."""

    late: int
    without_cause: int
    late_since: datetime | None
    due: int
    next_at: datetime | None


def at_now(session: Session, now: datetime, until: datetime) -> AtNow:
    """Five figures in one query, each a stretch of one index."""
    late, ahead = (_RUNNING, OrderClock.due_at <= now), (_RUNNING, OrderClock.due_at > now)
    row = session.execute(
        select(
            _count(*late),
            without_cause(),
            _first(*late),
            _count(*ahead, OrderClock.due_at <= until),
            _first(*ahead),
        )
    ).one()
    return AtNow(int(row[0]), int(row[1]), row[2], int(row[3]), row[4])


def late_until(now: BindParameter[datetime]) -> ScalarSelect[int]:
    """How many promises are late, to be counted with the menu's other figures."""
    return _count(_RUNNING, OrderClock.due_at <= now)


def _count(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(OrderClock).where(*where).scalar_subquery()


def _first(*where: ColumnElement[bool]) -> ScalarSelect[datetime | None]:
    return select(func.min(OrderClock.due_at)).where(*where).scalar_subquery()


def list_burning(session: Session, until: datetime) -> Sequence[OrderClock]:
    """Running clocks by deadline: late ones first, then by the time left until ``until``."""
    return (
        session.scalars(
            select(OrderClock)
            .where(_RUNNING, OrderClock.due_at <= until)
            .order_by(OrderClock.due_at, OrderClock.id)
            .limit(SHOWN_ROWS)
            .options(
                joinedload(OrderClock.order)
                .joinedload(WorkOrder.machine)
                .joinedload(Machine.model),
                joinedload(OrderClock.order).joinedload(WorkOrder.company),
                joinedload(OrderClock.order)
                .joinedload(WorkOrder.engineer)
                .lazyload(User.role_rows),
            )
        )
        .unique()
        .all()
    )
