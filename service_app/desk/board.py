"""The dispatcher's board: who waits for our answer, calls, decisions, ready ones, engineers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, load_only

from assets.machines.models import Machine, MachineModel
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.models import User
from service_app.accounts.permissions import Permission as P
from service_app.core.actor import Actor
from service_app.core.reader import Reader
from service_app.core.text import N_, Text
from service_app.customers.models import Company
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.intake.models import Proposal
from workorders.intake.queries import open_by_order
from workorders.orders import countdown
from workorders.orders.countdown import ShownClock
from workorders.orders.models import OrderClock, WorkOrder
from workorders.orders.queries import ROW
from workorders.orders.rules import Status
from workorders.planning.models import Visit
from workorders.planning.queries import between, engineers
from workorders.planning.rules import VisitStatus
from workorders.sla.queries import Promises, load
from workorders.sla.rules import Clock, ClockState

blueprint = Blueprint("board", __name__)
MOST = 60
DAY_BEGINS, DAY_ENDS = 9, 18


@dataclass(frozen=True)
class Row:
    """One request that waits for our answer, and its own next move."""

    order: WorkOrder
    pill: ShownClock | None
    verb: Text
    url: str
    key: str
    who: str


@dataclass(frozen=True)
class Groups:
    """The queue by promise."""

    late: list[Row]
    today: list[Row]
    later: list[Row]
    has_more: bool = False
    """Whether requests wait beyond those shown; they come up as these are answered."""

    def __len__(self) -> int:
        return len(self.late) + len(self.today) + len(self.later)


@dataclass(frozen=True)
class Bar:
    """A visit on the day's line: left and width in percent of 09–18."""

    visit: Visit
    left: float
    width: float
    tone: str


@dataclass(frozen=True)
class Line:
    """One engineer's day."""

    person: User
    bars: list[Bar]


def list_waiting(
    session: Session, *, mine: int | None, is_mine_only: bool
) -> list[tuple[OrderClock, WorkOrder]]:
    """Orders without our answer or without term and price, by what was promised first."""
    wanted = or_(
        and_(WorkOrder.status == Status.RECEIVED, OrderClock.clock == Clock.RESPONSE.value),
        and_(WorkOrder.status == Status.ACCEPTED, OrderClock.clock == Clock.QUOTE.value),
    )
    statement = (
        select(OrderClock)
        .join(OrderClock.order)
        .where(
            WorkOrder.is_past.is_(False),
            WorkOrder.status.in_([Status.RECEIVED, Status.ACCEPTED]),
            wanted,
            OrderClock.state.in_([ClockState.RUNNING, ClockState.PAUSED, ClockState.VOID]),
        )
        .options(contains_eager(OrderClock.order).options(*ROW, joinedload(WorkOrder.dispatcher)))
        .order_by(OrderClock.due_at.is_(None), OrderClock.due_at, OrderClock.id)
        .limit(MOST + 1)
    )
    if is_mine_only:
        statement = statement.where(WorkOrder.dispatcher_id == mine)
    return [(row, row.order) for row in session.scalars(statement).unique()]


def grouped(
    rows: Sequence[tuple[OrderClock, WorkOrder]], promises: Promises, reader: Reader
) -> Groups:
    """Late, promised today, later; the day is the reader's."""
    groups = Groups([], [], [], has_more=len(rows) > MOST)
    today = reader.today
    for stored, order in rows[:MOST]:
        pill = countdown.shown(stored, promises, reader.now)
        row = _row(order, pill)
        if pill is not None and pill.is_late:
            groups.late.append(row)
        elif pill is not None and pill.due_at and reader.local(pill.due_at).date() <= today:
            groups.today.append(row)
        else:
            groups.later.append(row)
    return groups


def _row(order: WorkOrder, pill: ShownClock | None) -> Row:
    person = order.engineer if order.is_diagnosis else order.dispatcher
    who = person.short_name if person else ""
    if order.status == Status.RECEIVED:
        verb = N_("Check") if order.is_guest else N_("Accept")
        return Row(order, pill, verb, url_for("intake.accept", number=order.number), "A", who)
    if order.suggested_coverage != "customer":
        url = url_for("planning.assign", number=order.number)
        return Row(order, pill, N_("Assign"), url, "S", who)
    if order.expectation is None:
        url = url_for("intake.agree_expectation", number=order.number)
        return Row(order, pill, N_("Expectation"), url, "Q", who)
    return Row(
        order, pill, N_("Term and price"), url_for("intake.quote", number=order.number), "Q", who
    )


def list_calls(session: Session, until: datetime) -> Sequence[WorkOrder]:
    """Calls agreed up to a moment, earliest first."""
    return session.scalars(
        select(WorkOrder)
        .where(WorkOrder.call_at.is_not(None), WorkOrder.call_at < until)
        .options(joinedload(WorkOrder.company))
        .order_by(WorkOrder.call_at)
        .limit(50)
    ).all()


def list_updates(session: Session, until: datetime) -> Sequence[tuple[datetime, WorkOrder]]:
    """Customers to be called or written to by a moment, because we keep them informed."""
    rows = session.execute(
        select(OrderClock.due_at, WorkOrder)
        .join(WorkOrder, WorkOrder.id == OrderClock.order_id)
        .where(
            OrderClock.state == ClockState.RUNNING.value,
            OrderClock.clock == Clock.UPDATE.value,
            OrderClock.due_at < until,
        )
        .options(joinedload(WorkOrder.company))
        .order_by(OrderClock.due_at, OrderClock.id)
        .limit(50)
    )
    return [(due_at, order) for due_at, order in rows if due_at is not None]


def list_in(session: Session, *statuses: Status) -> Sequence[WorkOrder]:
    """Orders of a status, longest there first."""
    return session.scalars(
        select(WorkOrder)
        .where(WorkOrder.is_past.is_(False), WorkOrder.status.in_(statuses))
        .options(
            load_only(
                WorkOrder.number,
                WorkOrder.machine_words,
                WorkOrder.currency,
                WorkOrder.papers_to_bring,
                WorkOrder.phase_since,
            ),
            joinedload(WorkOrder.machine).options(
                load_only(Machine.serial, Machine.model_words),
                joinedload(Machine.model).load_only(MachineModel.name),
            ),
            joinedload(WorkOrder.company).load_only(Company.short_name),
        )
        .order_by(WorkOrder.phase_since, WorkOrder.id)
        .limit(50)
    ).all()


def day_lines(people: Sequence[User], visits: Sequence[Visit], reader: Reader) -> list[Line]:
    """Everybody's visits on the line of today, 09–18 on the reader's clock."""
    day = reader.today
    begin = datetime.combine(day, time(DAY_BEGINS), reader.zone)
    span = (DAY_ENDS - DAY_BEGINS) * 3600
    lines = {person.id: Line(person, []) for person in people}
    for visit in visits:
        line = lines.get(visit.leader_id)
        if line is None:
            continue
        start = (visit.arrived_at or visit.planned_from) - begin
        end = (visit.left_at or visit.planned_to) - begin
        left = max(0.0, start.total_seconds() / span * 100)
        right = min(100.0, end.total_seconds() / span * 100)
        if right > left:
            line.bars.append(Bar(visit, round(left, 2), round(right - left, 2), _tone(visit)))
    return list(lines.values())


def _tone(visit: Visit) -> str:
    if visit.order.status in (Status.READY, Status.DONE):
        return "ready"
    if visit.order.wait_reason:
        return "wait"
    return "work" if visit.status == VisitStatus.ON_SITE else "plan"


def _board(session: Session, actor: Actor, reader: Reader, *, is_mine_only: bool) -> dict[str, Any]:
    promises = load(session)
    start = datetime.combine(reader.today, time(), reader.zone).astimezone(UTC)
    end = start + timedelta(days=1)
    waiting = list_waiting(session, mine=actor.user_id, is_mine_only=is_mine_only)
    quoted = list_in(session, Status.QUOTED)
    proposals: dict[int, Proposal] = open_by_order(session, [o.id for o in quoted])
    now_share = (reader.local(reader.now).hour - DAY_BEGINS) * 60 + reader.local(reader.now).minute
    return {
        "groups": grouped(waiting, promises, reader),
        "calls": list_calls(session, end),
        "updates": list_updates(session, end),
        "quoted": [(order, proposals.get(order.id)) for order in quoted],
        "ready": list_in(session, Status.READY),
        "unassigned": list_in(session, Status.APPROVED),
        "lines": day_lines(engineers(session), between(session, start, end), reader),
        "hours": range(DAY_BEGINS, DAY_ENDS + 1),
        "now_at": round(now_share / ((DAY_ENDS - DAY_BEGINS) * 60) * 100, 2),
        "is_mine_only": is_mine_only,
    }


@blueprint.get("/board")
@requires(P.ORDERS_DISPATCH)
def index() -> ResponseReturnValue:
    """The queue by promise, the day's calls, the customer's decisions, the engineers' day."""
    values = _board(
        db_session(), current_actor(), reader(), is_mine_only=request.args.get("show") == "mine"
    )
    return render_template("service_app/desk/board.html", **values)
