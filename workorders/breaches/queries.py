"""Reads of breaches."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, joinedload

from assets.machines.models import Machine
from service_app.accounts.models import User
from service_app.core.errors import NotFound
from service_app.core.paging import PAGE_SIZE, Order, Page, fetch_page
from workorders.breaches.models import Breach
from workorders.breaches.rules import BreachFilter, BreachState
from workorders.calendars.worktime import Calendar
from workorders.orders.models import WorkOrder
from workorders.sla.rules import Clock, ClockKey

ROW = (
    joinedload(Breach.order).joinedload(WorkOrder.machine).joinedload(Machine.model),
    joinedload(Breach.order).joinedload(WorkOrder.company),
    joinedload(Breach.order).joinedload(WorkOrder.engineer).lazyload(User.role_rows),
)
_NO_CAUSE: tuple[ColumnElement[bool], ...] = (
    Breach.state == BreachState.OPEN.value,
    Breach.reviewed_at.is_(None),
)
_NARROWED: dict[BreachFilter, tuple[ColumnElement[bool], ...]] = {
    BreachFilter.NO_CAUSE: _NO_CAUSE,
    BreachFilter.REVIEWED: (
        Breach.state == BreachState.OPEN.value,
        Breach.reviewed_at.is_not(None),
    ),
    BreachFilter.WITHDRAWN: (Breach.state == BreachState.WITHDRAWN.value,),
}


def get_breach(session: Session, breach_id: int) -> Breach:
    """One breach with what its page names; raises NotFound."""
    people = joinedload(Breach.reviewed_by), joinedload(Breach.action_owner)
    found = session.scalars(select(Breach).where(Breach.id == breach_id).options(*ROW, *people))
    breach = found.unique().one_or_none()
    if breach is None:
        raise NotFound
    return breach


def list_page(
    session: Session,
    narrowed_to: BreachFilter | None,
    clock: Clock | None = None,
    *,
    key: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Breach]:
    """Breaches after ``key``: those without a cause oldest first, others newest first."""
    is_newest_first = narrowed_to is not BreachFilter.NO_CAUSE
    order = [Order(column, is_newest_first) for column in (Breach.breached_at, Breach.id)]
    statement = select(Breach).options(*ROW)
    if narrowed_to is not None:
        statement = statement.where(*_NARROWED[narrowed_to])
    if clock is not None:
        statement = statement.where(Breach.clock == clock.value)
    return fetch_page(session, statement, order=order, key=key, size=size)


def next_without_cause(session: Session, *, after: Breach | None = None) -> int | None:
    """The oldest breach that still needs its cause, another than ``after``; None when none does."""
    found = select(Breach.id).where(*_NO_CAUSE)
    if after is not None:
        found = found.where(Breach.id != after.id)
    return session.scalar(found.order_by(Breach.breached_at, Breach.id).limit(1))


def without_cause() -> ScalarSelect[int]:
    """The count of breaches that stand without a cause, to be asked with other figures."""
    return select(func.count()).select_from(Breach).where(*_NO_CAUSE).scalar_subquery()


def count_without_cause(session: Session) -> int:
    """How many breaches stand without a cause."""
    return session.scalar(select(without_cause())) or 0


def by_order(session: Session, order_ids: Collection[int]) -> dict[tuple[int, ClockKey], Breach]:
    """Breaches of these orders by order and clock."""
    rows: Sequence[Breach] = session.scalars(
        select(Breach).where(Breach.order_id.in_(order_ids))
    ).all()
    return {(row.order_id, row.key): row for row in rows}


def late_now(breach: Breach, calendar: Calendar, now: datetime) -> int:
    """Working seconds late; one that is still open grows since it was last counted."""
    if not breach.is_running:
        return breach.late_seconds
    return max(breach.late_seconds, calendar.between(breach.breached_at, now))
