"""Reads of reports: what was kept and missed in stretches of time, grouped by the database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from assets.machines.models import Machine, MachineModel
from service_app.accounts.models import User
from service_app.core.db import UtcDateTime
from service_app.core.names import short_name
from service_app.customers.models import Company
from service_app.organisation.models import Branch
from service_app.reports.figures import Customer, Kept, Missed, Period, Waited
from workorders.breaches.models import Breach, shares_of
from workorders.breaches.rules import BreachState, Cause
from workorders.calendars.worktime import Calendar
from workorders.orders.models import OrderClock, OrderEvent, WorkOrder
from workorders.orders.story import Happening
from workorders.sla.rules import Clock, ClockState, WaitReason

BUCKETS = 10
LONGEST_WAIT = timedelta(days=120)
"""How far back a wait that reaches into a period is looked for."""
MOST_BREACHES = 5000


@dataclass(frozen=True)
class Whose:
    """Whose promises: of one company, under one contract, or everybody's."""

    company_id: int | None = None
    contract_id: int | None = None

    @property
    def columns(self) -> tuple[tuple[str, InstrumentedAttribute[Any], int], ...]:
        """Name, column and value of what narrows."""
        every = (
            ("company", WorkOrder.company_id, self.company_id),
            ("contract", WorkOrder.contract_id, self.contract_id),
        )
        return tuple((name, column, value) for name, column, value in every if value is not None)

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What an order must be."""
        return [column == value for _, column, value in self.columns]


EVERYBODYS = Whose()


def kept_in(
    session: Session, periods: Sequence[Period], *, whose: Whose = EVERYBODYS
) -> list[dict[Clock, Kept]]:
    """Per period and clock: promises met in time, and those whose deadline passed in it.

    A clock of imported past does not exist, and a withdrawn breach has no moment: neither counts.
    """
    cuts = sorted({moment for p in periods for moment in (p.start, p.end)})
    asked: dict[str, Any] = {f"cut{n}": moment for n, moment in enumerate(cuts)}
    asked |= {name: value for name, _, value in whose.columns}
    names = tuple(name for name, _, _ in whose.columns)
    out = [dict.fromkeys(Clock, Kept()) for _ in periods]
    for n, clock, kept, missed in session.execute(_asked(len(cuts), names), asked):
        for period, found in zip(periods, out, strict=True):
            if period.start <= cuts[n] and cuts[n + 1] <= period.end:
                found[Clock(clock)] += Kept(int(kept), int(missed))
    return out


@lru_cache(maxsize=16)
def _asked(cuts: int, narrowed: tuple[str, ...]) -> Select[Any]:
    """Counts by clock of every stretch between two cuts; made once per number of cuts.

    Stretches do not overlap, so that no promise is looked at twice.
    """
    moments = [bindparam(f"cut{n}", type_=UtcDateTime) for n in range(cuts)]
    stretches = [
        select(literal(n, Integer).label("n"), a.label("a"), b.label("b"))
        for n, (a, b) in enumerate(pairwise(moments))
    ]
    asked = union_all(*stretches).cte("asked")
    kept = (
        select(asked.c.n, OrderClock.clock, func.count().label("kept"), literal(0).label("missed"))
        .join(asked, _within(OrderClock.met_at, asked.c.a, asked.c.b))
        .where(OrderClock.breached_at.is_(None))
    )
    missed = select(
        asked.c.n, OrderClock.clock, literal(0).label("kept"), func.count().label("missed")
    ).join(asked, _within(OrderClock.breached_at, asked.c.a, asked.c.b))
    if narrowed:
        columns = {"company": WorkOrder.company_id, "contract": WorkOrder.contract_id}
        mine = [columns[name] == bindparam(name, type_=Integer) for name in narrowed]
        kept = kept.join(WorkOrder, WorkOrder.id == OrderClock.order_id).where(*mine)
        missed = missed.join(WorkOrder, WorkOrder.id == OrderClock.order_id).where(*mine)
    both = union_all(
        kept.group_by(asked.c.n, OrderClock.clock), missed.group_by(asked.c.n, OrderClock.clock)
    ).subquery()
    return select(both.c.n, both.c.clock, both.c.kept, both.c.missed)


def _within(column: InstrumentedAttribute[Any], start: Any, end: Any) -> ColumnElement[bool]:
    return and_(column >= start, column < end)


def _kept_met(period: Period) -> tuple[ColumnElement[bool], ...]:
    return _within(OrderClock.met_at, period.start, period.end), OrderClock.breached_at.is_(None)


@dataclass(frozen=True)
class Person:
    """Somebody, or some branch, as a row of accountability names it."""

    id: int
    name: str


def by_engineer(
    session: Session, period: Period, *, whose: Whose = EVERYBODYS
) -> dict[Person, Kept]:
    """Promises of the period by the order's engineer; orders nobody was named for are left out."""
    counts = _by(WorkOrder.engineer_id, period, whose)
    parts = User.id, counts.c.kept, counts.c.missed, User.family_name, User.first_name
    named = select(*parts, User.middle_name).join(counts, counts.c.whose == User.id)
    rows = session.execute(named)
    return {Person(n, short_name(*name)): Kept(kept, missed) for n, kept, missed, *name in rows}


def by_branch(session: Session, period: Period, *, whose: Whose = EVERYBODYS) -> dict[Person, Kept]:
    """Promises of the period by branch."""
    counts = _by(WorkOrder.branch_id, period, whose)
    named = select(Branch.id, counts.c.kept, counts.c.missed, Branch.name)
    rows = session.execute(named.join(counts, counts.c.whose == Branch.id))
    return {Person(n, name): Kept(kept, missed) for n, kept, missed, name in rows}


def _by(column: InstrumentedAttribute[Any], period: Period, whose: Whose) -> Subquery:
    missed = func.count(OrderClock.breached_at)
    return (
        select(
            column.label("whose"),
            (func.count() - missed).label("kept"),
            missed.label("missed"),
        )
        .select_from(OrderClock)
        .join(WorkOrder, WorkOrder.id == OrderClock.order_id)
        .where(_decided_in(period), column.is_not(None), *whose.conditions)
        .group_by(column)
        .subquery()
    )


def _decided_in(period: Period) -> ColumnElement[bool]:
    kept = _within(OrderClock.met_at, period.start, period.end) & OrderClock.breached_at.is_(None)
    return kept | _within(OrderClock.breached_at, period.start, period.end)


def kept_by_company(session: Session, period: Period) -> dict[Customer, int]:
    """How many promises to each company were met in time in the period."""
    counts = (
        select(WorkOrder.company_id, func.count().label("kept"))
        .select_from(OrderClock)
        .join(WorkOrder, WorkOrder.id == OrderClock.order_id)
        .where(*_kept_met(period))
        .group_by(WorkOrder.company_id)
        .subquery()
    )
    named = select(Company.id, Company.short_name, counts.c.kept)
    rows = session.execute(named.join(counts, counts.c.company_id == Company.id))
    return {Customer(company_id, name): int(kept) for company_id, name, kept in rows}


def time_used(
    session: Session, period: Period, clock: Clock, *, whose: Whose = EVERYBODYS
) -> list[int]:
    """How many promises of a clock were met in each tenth of their time; the last are the late."""
    share = OrderClock.used_seconds * BUCKETS // OrderClock.allowed_seconds
    bucket = case(
        (OrderClock.breached_at.is_not(None), BUCKETS), (share >= BUCKETS, BUCKETS - 1), else_=share
    ).label("bucket")
    statement = (
        select(bucket, func.count())
        .where(_decided_in(period), OrderClock.clock == clock.value, OrderClock.allowed_seconds > 0)
        .group_by(bucket)
    )
    if whose.columns:
        statement = statement.join(WorkOrder, WorkOrder.id == OrderClock.order_id).where(
            *whose.conditions
        )
    out = [0] * (BUCKETS + 1)
    for n, count in session.execute(statement):
        out[min(max(int(n), 0), BUCKETS)] += int(count)
    return out


def missed_by_company(
    session: Session, period: Period, calendar: Calendar, now: datetime
) -> list[Missed]:
    """Breaches whose deadline passed in the period, withdrawn ones left out: those of one company
    with one cause as one row, each that still runs, until now, as its own."""
    given = case((Breach.reviewed_at.is_(None), "{}"), else_=cast(Breach.shares, Text))
    runs = case((Breach.is_running, Breach.id), else_=0)
    rows = (
        select(
            WorkOrder.company_id, given.label("given"), runs.label("runs"),
            func.count().label("count"), func.sum(Breach.late_seconds).label("late"),
            func.min(Breach.breached_at).label("since"),
        )
        .join(WorkOrder, WorkOrder.id == Breach.order_id)
        .where(
            _within(Breach.breached_at, period.start, period.end),
            Breach.state != BreachState.WITHDRAWN.value,
        )
        .group_by(WorkOrder.company_id, given, runs)
        .subquery()
    )  # fmt: skip
    named = select(Company.id, Company.short_name, *rows.c[1:]).outerjoin_from(
        rows, Company, Company.id == rows.c.company_id
    )
    found, read = [], lru_cache(maxsize=None)(lambda text: shares_of(json.loads(text)))
    for company_id, name, shares, which, count, late, since in session.execute(named):
        seconds = max(int(late), calendar.between(since, now)) if which else int(late)
        company = Customer(company_id, name) if company_id else None
        found.append(Missed(seconds, read(shares), company, count=count))
    return found


@dataclass(frozen=True)
class BreachRow:
    """A breach of the period as reports list it. ``late_seconds`` is as of now."""

    id: int
    number: str
    machine: str
    english_machine: str
    company: Customer | None
    clock: Clock
    label: str
    breached_at: datetime
    late_seconds: int
    is_running: bool
    is_withdrawn: bool
    shares: Mapping[Cause, int]
    comment: str
    action: str
    engineer: str

    def machine_in(self, language: str) -> str:
        """The machine as readers of a language write its model."""
        return self.english_machine if language == "en" else self.machine

    @property
    def missed(self) -> Missed:
        """What the arithmetic needs of it."""
        return Missed(self.late_seconds, self.shares, self.company, self.clock)


_BREACH = (
    Breach.id, WorkOrder.number, MachineModel.name, Machine.serial, WorkOrder.machine_words,
    Company.id, Company.short_name, Breach.clock, Breach.label, Breach.breached_at,
    Breach.late_seconds, Breach.is_running, Breach.state, Breach.reviewed_at, Breach.shares,
    Breach.comment, Breach.action, User.family_name, User.first_name, User.middle_name,
    MachineModel.english_name,
)  # fmt: skip


def list_breaches(
    session: Session,
    period: Period,
    calendar: Calendar,
    now: datetime,
    *,
    whose: Whose = EVERYBODYS,
) -> list[BreachRow]:
    """Breaches whose deadline passed in the period, withdrawn ones too, the longest first."""
    statement = (
        select(*_BREACH)
        .join(WorkOrder, WorkOrder.id == Breach.order_id)
        .outerjoin(Machine, Machine.id == WorkOrder.machine_id)
        .outerjoin(MachineModel, MachineModel.id == Machine.model_id)
        .outerjoin(Company, Company.id == WorkOrder.company_id)
        .outerjoin(User, User.id == WorkOrder.engineer_id)
        .where(_within(Breach.breached_at, period.start, period.end))
        .order_by(Breach.late_seconds.desc(), Breach.id)
        .limit(MOST_BREACHES)
    )
    statement = statement.where(*whose.conditions)
    rows = [_breach(tuple(row), calendar, now) for row in session.execute(statement)]
    return sorted(rows, key=lambda row: -row.late_seconds)


def _machine(model: str | None, serial: str | None, words: str) -> str:
    return f"{model or ''} {serial}".strip() if serial is not None else words


def _breach(row: tuple[Any, ...], calendar: Calendar, now: datetime) -> BreachRow:
    model, serial, words = row[2:5]
    late = max(row[10], calendar.between(row[9], now)) if row[11] else row[10]
    return BreachRow(
        row[0], row[1], _machine(model, serial, words), _machine(row[20] or model, serial, words),
        Customer(row[5], row[6]) if row[5] else None, Clock(row[7]), row[8], row[9], late, row[11],
        row[12] == BreachState.WITHDRAWN.value, shares_of(row[14]) if row[13] else {},
        row[15], row[16], short_name(*row[17:20]) if row[17] else "",
    )  # fmt: skip


def waits_in(
    session: Session, period: Period, calendar: Calendar, now: datetime, whose: Whose = EVERYBODYS
) -> dict[WaitReason, Waited]:
    """How often and how long orders waited in the period, in working time, by reason.

    Waits that were taken back do not count; one still open counts until now.
    """
    told = (
        select(
            OrderEvent.id, OrderEvent.order_id, OrderEvent.kind, OrderEvent.happened_at,
            OrderEvent.reason, OrderEvent.undoes_id, OrderEvent.data,
        )
        .join(WorkOrder, WorkOrder.id == OrderEvent.order_id)
        .where(
            OrderEvent.kind.in_([kind.value for kind in _OF_WAITS]),
            _within(OrderEvent.happened_at, period.start - LONGEST_WAIT, period.end),
            *whose.conditions,
        )
        .order_by(OrderEvent.order_id, OrderEvent.happened_at, OrderEvent.id)
    )  # fmt: skip
    rows = session.execute(told).all()
    gone = {row.undoes_id for row in rows if row.undoes_id is not None}
    open_at: dict[int, tuple[datetime, str]] = {}
    spans: list[tuple[str, datetime, datetime]] = []
    for row in rows:
        if row.kind == Happening.UNDONE or row.id in gone or row.data.get("with") in gone:
            continue
        if row.kind == Happening.WAIT_OPENED:
            open_at[row.order_id] = (row.happened_at, row.reason)
        elif row.order_id in open_at:
            begun, reason = open_at.pop(row.order_id)
            spans.append((reason, begun, row.happened_at))
    spans += [(reason, begun, now) for begun, reason in open_at.values()]
    return _waited(spans, period, calendar)


_OF_WAITS = (Happening.WAIT_OPENED, Happening.WAIT_CLOSED, Happening.UNDONE)


def _waited(
    spans: Iterable[tuple[str, datetime, datetime]], period: Period, calendar: Calendar
) -> dict[WaitReason, Waited]:
    found: dict[WaitReason, Waited] = {}
    for reason, begun, ended in spans:
        start, end = max(begun, period.start), min(ended, period.end)
        if start < end:
            key = WaitReason(reason)
            seconds = calendar.between(start, end)
            found[key] = found.get(key, Waited()) + Waited(1, seconds)
    return found


@dataclass(frozen=True)
class ClockLine:
    """One promise decided in the period, as the table file lists it."""

    number: str
    company: str
    machine: str
    clock: Clock
    label: str
    started_at: datetime
    met_at: datetime | None
    breached_at: datetime | None
    allowed_seconds: int
    used_seconds: int
    late_seconds: int


def iterate_promises(
    session: Session, period: Period, *, whose: Whose = EVERYBODYS
) -> Iterable[ClockLine]:
    """Every promise decided in the period, in the order of orders; read in flat memory."""
    statement = (
        select(
            WorkOrder.number, Company.short_name, MachineModel.name, Machine.serial,
            WorkOrder.machine_words, OrderClock.clock, OrderClock.label, OrderClock.started_at,
            OrderClock.met_at, OrderClock.breached_at, OrderClock.allowed_seconds,
            OrderClock.used_seconds, OrderClock.late_seconds,
        )
        .join(WorkOrder, WorkOrder.id == OrderClock.order_id)
        .outerjoin(Machine, Machine.id == WorkOrder.machine_id)
        .outerjoin(MachineModel, MachineModel.id == Machine.model_id)
        .outerjoin(Company, Company.id == WorkOrder.company_id)
        .where(_decided_in(period), OrderClock.state != ClockState.VOID.value)
        .order_by(OrderClock.order_id, OrderClock.id)
        .execution_options(yield_per=1000)
    )  # fmt: skip
    statement = statement.where(*whose.conditions)
    for number, company, model, serial, words, clock, *rest in session.execute(statement):
        machine = f"{model or ''} {serial}".strip() if serial is not None else words
        yield ClockLine(number, company or "", machine, Clock(clock), *rest)
