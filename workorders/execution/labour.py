"""Labour: entering what people spent, taking an entry out."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Invalid, NotAllowed
from service_app.core.text import N_, Text
from workorders.contracts import hours
from workorders.contracts.rules import Coverage
from workorders.execution import queries
from workorders.execution.models import Labour
from workorders.execution.rules import LabourKind, LabourRate, labour_problem
from workorders.orders import service as orders
from workorders.orders.models import WorkOrder
from workorders.orders.queries import find_event
from workorders.orders.service import Told
from workorders.orders.story import Happening
from workorders.planning.queries import open_visit


@dataclass(frozen=True)
class Spent:
    """Labour as somebody enters it."""

    kind: LabourKind
    rate: LabourRate
    minutes: int
    worked_on: date
    words: str = ""


def enter_labour(
    session: Session,
    order: WorkOrder,
    user: User,
    spent: Spent,
    *,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Labour:
    """Minutes of one person on one day; the same ``uid`` gives the same entry.

    Raises Invalid (field ``minutes`` or ``worked_on``) for a day that cannot be.
    """
    known = made_before(session, Labour, uid)
    if known is not None:
        return known
    _refuse_signed(order)
    _refuse_impossible(session, order, user, spent, at)
    visit = open_visit(session, order.id)
    labour = Labour(
        uid=uid, order_id=order.id, visit_id=visit.id if visit else None, user_id=user.id,
        kind=spent.kind, rate=spent.rate, minutes=spent.minutes, worked_on=spent.worked_on,
        words=spent.words,
    )  # fmt: skip
    session.add(labour)
    session.flush()  # the contract's ledger names the person
    take_hours(session, order, labour, by=by, at=at)
    orders.append(
        session, order, Happening.LABOUR, data={"minutes": spent.minutes, "who": user.name},
        told=Told(words=spent.words), uid=_event_key(labour), by=by, at=at,
    )  # fmt: skip
    return labour


def take_hours(
    session: Session, order: WorkOrder, labour: Labour, *, by: Actor, at: datetime
) -> None:
    """The included hours of the order's contract pay its work, and travel where that counts.

    Not what the warranty pays.
    """
    contract = order.contract
    if contract is None or order.suggested_coverage == Coverage.WARRANTY:
        return
    if labour.kind == LabourKind.WORK or (
        labour.kind == LabourKind.TRAVEL and contract.counts_travel
    ):
        taken = hours.Taken(
            labour.uid, labour.minutes, labour.worked_on, labour.user.name, labour.words
        )
        hours.take(session, contract, taken, orders.ground_of(order), by=by, at=at)


def _refuse_impossible(
    session: Session, order: WorkOrder, user: User, spent: Spent, at: datetime
) -> None:
    zone = ZoneInfo(order.zone)
    problem = labour_problem(
        spent.minutes,
        spent.worked_on,
        today=at.astimezone(zone).date(),
        received_on=order.received_at.astimezone(zone).date(),
        already=queries.minutes_on(session, user.id, spent.worked_on),
    )
    if problem is not None:
        raise Invalid(problem, "worked_on" if spent.minutes > 0 else "minutes")


def remove_labour(
    session: Session, order: WorkOrder, labour: Labour, *, by: Actor, at: datetime
) -> None:
    """Take an entry out: it counts no more for anything, and stays in the journal and the story."""
    _refuse_signed(order)
    labour.is_removed = True
    hours.give_back(session, labour.uid, by=by, at=at)
    entered = find_event(session, _event_key(labour))
    text = Text(
        "%(name)s took labour out: %(time)s.",
        name=by.name,
        time=timedelta(minutes=labour.minutes),
    )
    orders.append(
        session, order, Happening.UNDONE, undoes=entered, data={"text": text.to_json()}, by=by,
        at=at,
    )  # fmt: skip


def _refuse_signed(order: WorkOrder) -> None:
    if not order.may_change_lines:
        raise NotAllowed(N_("The order is signed or ended; its labour stands as it is."))


def _event_key(labour: Labour) -> uuid.UUID:
    return uuid.uuid5(labour.uid, "event")
