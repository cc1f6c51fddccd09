"""Reads of the manager's screen: counted by the database, few queries whatever the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from assets.machines.models import Machine
from service_app.accounts.models import User
from service_app.core.db import UtcDateTime
from service_app.customers.models import Company
from service_app.desk.promise_figures import Customer, Kept, Missed, Period
from workorders.breaches.models import Breach, shares_of
from workorders.breaches.queries import without_cause
from workorders.breaches.rules import BreachState
from workorders.calendars.worktime import Calendar
from workorders.orders.models import OrderClock, WorkOrder
from workorders.sla.rules import Clock, ClockState

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


def kept_in(session: Session, periods: Sequence[Period]) -> list[dict[Clock, Kept]]:
    """Per period and clock: promises met in time, and those whose deadline passed in it.

    A clock of imported past does not exist, and a withdrawn breach has no moment: neither counts.
    """
    cuts = sorted({moment for p in periods for moment in (p.start, p.end)})
    asked = {f"cut{n}": moment for n, moment in enumerate(cuts)}
    out = [dict.fromkeys(Clock, Kept()) for _ in periods]
    for n, *figures in session.execute(_question(len(cuts)), asked):
        for period, found in zip(periods, out, strict=True):
            if period.start <= cuts[n] and cuts[n + 1] <= period.end:
                for clock, good, bad in zip(Clock, figures[::2], figures[1::2], strict=True):
                    found[clock] += Kept(int(good), int(bad))
    return out


@lru_cache(maxsize=8)
def _question(cuts: int) -> Select[Any]:
    """The counts of every stretch between two cuts; made and compiled once per number of cuts.

    Stretches do not overlap, so that no promise is looked at twice.
    """
    moments = [bindparam(f"cut{n}", type_=UtcDateTime) for n in range(cuts)]
    stretches = [
        select(literal(n, Integer).label("n"), a.label("a"), b.label("b"))
        for n, (a, b) in enumerate(pairwise(moments))
    ]
    asked = union_all(*stretches).cte("asked")
    counts = [_decided(asked, clock, is_kept) for clock in Clock for is_kept in (True, False)]
    return select(asked.c.n, *counts)


def _decided(asked: CTE, clock: Clock, is_kept: bool) -> ScalarSelect[int]:
    """How many promises of a clock were kept, or missed, in a stretch: one range of one index."""
    moment = OrderClock.met_at if is_kept else OrderClock.breached_at
    is_missed = OrderClock.breached_at.is_not(None)
    return (
        select(func.count())
        .select_from(OrderClock)
        .where(
            OrderClock.clock == clock.value, moment >= asked.c.a, moment < asked.c.b,
            ~is_missed if is_kept else is_missed,
        )
        .correlate(asked)
        .scalar_subquery()
    )  # fmt: skip


def missed_in(session: Session, period: Period, calendar: Calendar, now: datetime) -> list[Missed]:
    """Breaches of the period that stand; the length of one still running is as of now."""
    rows = session.execute(
        select(
            Breach.late_seconds, Breach.is_running, Breach.breached_at, Breach.reviewed_at,
            Breach.shares, Company.id, Company.short_name,
        )
        .join(WorkOrder, WorkOrder.id == Breach.order_id)
        .outerjoin(Company, Company.id == WorkOrder.company_id)
        .where(
            Breach.breached_at >= period.start, Breach.breached_at < period.end,
            Breach.state == BreachState.OPEN.value,
        )
    )  # fmt: skip
    return [
        Missed(
            max(late, calendar.between(at, now)) if is_running else late,
            shares_of(shares) if reviewed_at else {},
            Customer(company_id, name) if company_id else None,
        )
        for late, is_running, at, reviewed_at, shares, company_id, name in rows
    ]


def kept_by_company(session: Session, period: Period) -> dict[Customer, int]:
    """How many promises to each company were met in time in the period."""
    counts = (
        select(WorkOrder.company_id, func.count().label("kept"))
        .select_from(OrderClock)
        .join(WorkOrder, WorkOrder.id == OrderClock.order_id)
        .where(
            OrderClock.clock.in_([c.value for c in Clock]),
            OrderClock.met_at >= period.start,
            OrderClock.met_at < period.end,
            OrderClock.breached_at.is_(None),
        )
        .group_by(WorkOrder.company_id)
        .subquery()
    )
    named = select(Company.id, Company.short_name, counts.c.kept)
    rows = session.execute(named.join(counts, counts.c.company_id == Company.id))
    return {Customer(company_id, name): int(kept) for company_id, name, kept in rows}
