"""Reads of the manager's screen: counted by the database, few queries whatever the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from service_app.core.db import UtcDateTime
from service_app.core.enums import Labelled
from service_app.core.text import N_
from service_app.web.menu import NOW, OwnFigures, figures_with
from workorders.breaches.queries import without_cause
from workorders.orders.heard import promised_until
from workorders.orders.models import OrderClock, OrderEvent, WorkOrder
from workorders.orders.queries import ROW
from workorders.risk.models import RiskModel
from workorders.risk.queries import Counting, newest_of
from workorders.sla.rules import TOLD, Clock, ClockState

SHOWN_ROWS = 25
LOOKED = 1000
"""Open promises that are sorted by their chance: the nearest deadlines."""
SHOWN_PAUSED, MOST_TOLD = 10, 100
_RUNNING = OrderClock.state == ClockState.RUNNING.value


@dataclass(frozen=True)
class AtNow:
    """What burns: how many are late and since when, how many are due until a moment, the next;
    and the newest counting of chances."""

    late: int
    without_cause: int
    late_since: datetime | None
    due: int
    next_at: datetime | None
    counting: Counting | None


class Open(Labelled):
    """What the list of open promises is narrowed to."""

    LATE = "late", N_("Late now")
    SOON = "soon", N_("Due by tomorrow evening")
    LATER = "later", N_("Due later")
    PAUSED = "paused", N_("Standing still")


@dataclass(frozen=True)
class Sought:
    """Which open promises are asked for, as of ``now``; ``until`` parts soon from later."""

    now: datetime
    until: datetime
    state: Open | None = None
    clock: Clock | None = None
    engineer_id: int | None = None
    company_id: int | None = None


class OpenClock(NamedTuple):
    """An open promise as its chance needs it; ``due_at`` is None while it stands still."""

    id: int
    clock: str
    due_at: datetime | None
    used_seconds: int
    allowed_seconds: int
    policy_version: int
    status: str
    priority: int
    kind: str
    engineer_id: int | None


def at_now(now: datetime, until: datetime) -> AtNow:
    """Figures of this moment in one query with the menu's, each a stretch of one index."""
    found = figures_with(_AT_NOW, now=now, until=until)
    newest = found["newest_id"], found["newest_at"]
    return AtNow(
        found["late"], found["without_cause"], found["late_since"], found["due"], found["next_at"],
        newest if newest[0] is not None else None,
    )  # fmt: skip


def late_until(now: BindParameter[datetime]) -> ScalarSelect[int]:
    """How many promises are late, to be counted with the menu's other figures."""
    return _count(_RUNNING, OrderClock.due_at <= now)


def _count(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(OrderClock).where(*where).scalar_subquery()


def _first(*where: ColumnElement[bool]) -> ScalarSelect[datetime | None]:
    return select(func.min(OrderClock.due_at)).where(*where).scalar_subquery()


_UNTIL = bindparam("until", type_=UtcDateTime())
_AHEAD = _RUNNING, OrderClock.due_at > NOW
_AT_NOW = OwnFigures(
    {
        "late": late_until(NOW),
        "without_cause": without_cause(),
        "late_since": _first(_RUNNING, OrderClock.due_at <= NOW),
        "due": _count(*_AHEAD, OrderClock.due_at <= _UNTIL),
        "next_at": _first(*_AHEAD),
        "newest_id": newest_of(RiskModel.id),
        "newest_at": newest_of(RiskModel.fitted_at),
    }
)


def list_burning(session: Session, now: datetime, until: datetime) -> list[OpenClock]:
    """What the manager's screen looks at, in one query: the oldest late promises, the nearest of
    those due ahead until a moment, and the fullest of those that stand still with half of their
    time used."""
    late = _open().where(_RUNNING, OrderClock.due_at <= now)
    ahead = _open().where(_RUNNING, OrderClock.due_at > now, OrderClock.due_at <= until)
    paused = _open().where(
        OrderClock.state == ClockState.PAUSED.value,
        OrderClock.used_seconds * 2 >= OrderClock.allowed_seconds,
    )
    left = OrderClock.allowed_seconds - OrderClock.used_seconds
    parts = (
        late.order_by(OrderClock.due_at, OrderClock.id).limit(SHOWN_ROWS),
        ahead.order_by(OrderClock.due_at, OrderClock.id).limit(LOOKED),
        paused.order_by(left, OrderClock.id).limit(SHOWN_PAUSED),
    )
    both = union_all(*(select(part.subquery()) for part in parts))
    return [OpenClock(*row) for row in session.execute(both)]


def list_open(session: Session, sought: Sought) -> list[OpenClock]:
    """Running promises by deadline, then those that stand still; one more than is looked at."""
    found: list[OpenClock] = []
    if sought.state is not Open.PAUSED:
        running = _open(sought).where(_RUNNING, *_due(sought))
        found = _read(session, running.order_by(OrderClock.due_at, OrderClock.id), LOOKED + 1)
    if sought.state in (None, Open.PAUSED) and len(found) <= LOOKED:
        paused = _open(sought).where(OrderClock.state == ClockState.PAUSED.value)
        found += _read(session, paused.order_by(OrderClock.id), LOOKED + 1 - len(found))
    return found


def _due(sought: Sought) -> list[ColumnElement[bool]]:
    due = OrderClock.due_at
    if sought.state is Open.LATE:
        return [due <= sought.now]
    if sought.state is Open.SOON:
        return [due > sought.now, due <= sought.until]
    return [due > sought.until] if sought.state is Open.LATER else []


def _open(sought: Sought | None = None) -> Select[*tuple[Any, ...]]:
    """The columns of an :class:`OpenClock`, narrowed by clock, engineer and company."""
    statement = select(
        OrderClock.id, OrderClock.clock, OrderClock.due_at, OrderClock.used_seconds,
        OrderClock.allowed_seconds, OrderClock.policy_version, WorkOrder.status,
        WorkOrder.priority, WorkOrder.kind, WorkOrder.engineer_id,
    ).join(WorkOrder, WorkOrder.id == OrderClock.order_id)  # fmt: skip
    if sought is None:
        return statement
    if sought.clock is not None:
        statement = statement.where(OrderClock.clock == sought.clock.value)
    if sought.engineer_id is not None:
        statement = statement.where(WorkOrder.engineer_id == sought.engineer_id)
    if sought.company_id is not None:
        statement = statement.where(WorkOrder.company_id == sought.company_id)
    return statement


def _read(session: Session, statement: Select[*tuple[Any, ...]], most: int) -> list[OpenClock]:
    return [OpenClock(*row) for row in session.execute(statement.limit(most))]


def open_by_id(session: Session, ids: Sequence[int]) -> Sequence[OrderClock]:
    """Clocks with their orders, as rows show them."""
    return (
        session.scalars(
            select(OrderClock)
            .where(OrderClock.id.in_(ids))
            .options(joinedload(OrderClock.order).options(*ROW))
        )
        .unique()
        .all()
    )


class ToldPromise(NamedTuple):
    """A promise told to a customer, with its clock."""

    clock: OrderClock
    number: str
    what: str
    told_at: datetime
    by_name: str
    due_at: datetime


def told_to(session: Session, company_id: int, since: datetime) -> list[ToldPromise]:
    """Promises told to a company: open ones first, then the newest."""
    rows = session.execute(
        select(OrderClock, WorkOrder.number, OrderEvent)
        .join(WorkOrder, WorkOrder.id == OrderClock.order_id)
        .join(OrderEvent, OrderEvent.id == OrderClock.number)
        .where(
            WorkOrder.company_id == company_id,
            OrderClock.clock.in_([clock.value for clock in TOLD]),
            OrderClock.started_at >= since,
        )
        .order_by(OrderClock.due_at.is_(None), OrderClock.due_at, OrderClock.started_at.desc())
        .limit(MOST_TOLD)
    )
    return [
        ToldPromise(
            clock, number, str(event.data.get("what") or event.words), event.happened_at,
            event.by_name, promised_until(event),
        )
        for clock, number, event in rows
    ]  # fmt: skip
