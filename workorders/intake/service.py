"""Intake's other verbs: accept, call, agree, promise an answer, decline, cancel, merge."""

import uuid
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assets.faults import service as faults
from assets.faults.models import Fault
from assets.faults.rules import FaultStatus
from assets.machines.models import Machine
from service_app.core.actor import Actor
from service_app.core.errors import Invalid, NotAllowed
from service_app.core.text import N_, Text
from workorders.intake.reporting import entitlement_for, payer_of
from workorders.orders import service as orders
from workorders.orders.entitled import take_entitlement
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.moves import Action, Need
from workorders.orders.notices import tell_customer
from workorders.orders.queries import find_event
from workorders.orders.rules import (
    Expectation,
    Status,
)
from workorders.orders.service import NOW, Told
from workorders.orders.story import Happening
from workorders.sla.rules import Clock

END_OF_DAY = time(18)
"""A promise for a day is one until this hour on the site's clock."""


def agree_call(
    session: Session,
    order: WorkOrder,
    *,
    call_at: datetime,
    about: str,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """A call agreed with the customer, for the day's list."""
    if _is_known(session, uid):
        return
    if call_at < at:
        raise Invalid(Text("%(moment)s has passed.", moment=call_at), "call_at")
    order.call_at, order.call_about = call_at, about
    orders.append(
        session,
        order,
        Happening.CALL_AGREED,
        told=Told(words=about),
        data={"when": call_at.isoformat()},
        for_customer=True,
        uid=uid,
        by=by,
        at=at,
    )


def note_call(
    session: Session, order: WorkOrder, *, uid: uuid.UUID | None = None, by: Actor, at: datetime
) -> None:
    """The customer was called, whether a call was agreed or not; the same ``uid`` is one call.

    Raises NotAllowed for an order that has ended.
    """
    if _is_known(session, uid):
        return
    if order.ended_at is not None or order.is_past:
        raise NotAllowed(N_("This order is over."))
    order.call_at, order.call_about = None, ""
    orders.append(session, order, Happening.CALLED, for_customer=True, uid=uid, by=by, at=at)


def accept(
    session: Session,
    order: WorkOrder,
    *,
    told: Told = NOW,
    machine: Machine | None = None,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Take a request in: the caller is confirmed, the response clock is met."""
    fills = frozenset({Need.MACHINE}) if machine else frozenset[Need]()
    event = orders.move(
        session, order, Action.ACCEPT, told=told, fills=fills, uid=uid, by=by, at=at
    )
    if machine is not None and order.machine_id is None:
        order.machine, order.company, order.site = machine, machine.company, machine.site
        answer = entitlement_for(
            session, machine, machine.company, order.kind_kind, order.received_at
        )
        order.payer = payer_of(session, answer) or order.payer or machine.company
        take_entitlement(session, order, answer, by=by, at=at)
    order.dispatcher_id = order.dispatcher_id or by.user_id
    order.is_guest = False
    text = Text("Request %(number)s is accepted", number=order.number)
    tell_customer(session, order, text, key=f"accepted-{order.id}", at=at)
    return event


def agree_expectation(
    session: Session,
    order: WorkOrder,
    expectation: Expectation,
    *,
    acknowledged_how: str,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """What the customer expects, and that the service rules were shown and acknowledged."""
    if _is_known(session, uid):
        return
    if not acknowledged_how.strip():
        raise Invalid(N_("Say how the rules were acknowledged."), "acknowledged_how")
    order.expectation = expectation
    order.is_finding_cause = expectation is Expectation.FIND_CAUSE
    order.rules_acknowledged_at = at
    order.rules_acknowledged_how = acknowledged_how
    orders.append(
        session,
        order,
        Happening.EXPECTATION_AGREED,
        told=Told(words=acknowledged_how),
        data={"expectation": expectation.value},
        for_customer=True,
        uid=uid,
        by=by,
        at=at,
    )


def promise_answer(
    session: Session,
    order: WorkOrder,
    day: date,
    *,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Promise the day on which term and price will be told."""
    if _is_known(session, uid):
        return
    today = at.astimezone(ZoneInfo(order.zone)).date()
    if day < today:
        raise Invalid(Text("%(day)s has passed.", day=day), "day")
    due = datetime.combine(day, END_OF_DAY, ZoneInfo(order.zone))
    if due <= at:
        raise Invalid(N_("Today's working hours are over: promise another day."), "day")
    order.answer_promised_on = day
    words = Text("Term and price will be told on %(day)s", day=day)
    orders.append(
        session,
        order,
        Happening.PROMISE_TOLD,
        data={"text": words.to_json(), "clock": Clock.PRICE.value, "due": due.isoformat()},
        for_customer=True,
        uid=uid,
        by=by,
        at=at,
    )


def decline(
    session: Session, order: WorkOrder, *, reason: str, uid: uuid.UUID, by: Actor, at: datetime
) -> OrderEvent:
    """Refuse the request, with the reason the customer will read."""
    return _end(session, order, Action.DECLINE, reason, uid=uid, by=by, at=at)


def cancel(
    session: Session, order: WorkOrder, *, reason: str, uid: uuid.UUID, by: Actor, at: datetime
) -> OrderEvent:
    """Stop the order, with the reason."""
    return _end(session, order, Action.CANCEL, reason, uid=uid, by=by, at=at)


def _end(
    session: Session,
    order: WorkOrder,
    action: Action,
    reason: str,
    *,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    fills = frozenset({Need.REASON}) if reason.strip() else frozenset[Need]()
    told = Told(words=reason.strip())
    event = orders.move(session, order, action, told=told, fills=fills, uid=uid, by=by, at=at)
    text = Text("%(number)s: %(status)s", number=order.number, status=Status(order.status).label)
    tell_customer(session, order, text, key=f"end-{event.id}", at=at)
    return event


def mark_duplicate(
    session: Session, order: WorkOrder, twin: WorkOrder, *, uid: uuid.UUID, by: Actor, at: datetime
) -> OrderEvent:
    """Merge a request into the one it repeats: its words and photos go to the twin's story.

    Its fault repeats the twin's: the machine has one, not two.
    """
    if twin.id == order.id or twin.duplicate_of_id == order.id:
        raise Invalid(N_("An order cannot repeat itself."), "twin")
    known = find_event(session, uid)
    if known is not None:
        return known
    repeated = _repeated_fault(order, twin)
    kept = orders.moves_fault(order, FaultStatus.DUPLICATE) if repeated is not None else {}
    event = orders.move(
        session,
        order,
        Action.DUPLICATE,
        fills=frozenset({Need.TWIN}),
        data={"twin": twin.number} | kept,
        uid=uid,
        by=by,
        at=at,
    )
    order.duplicate_of_id = twin.id
    if order.fault is not None and repeated is not None:
        faults.mark_duplicate(session, order.fault, of=repeated, by=by, at=at)
    words = f"{order.number}, {order.reporter_name}: {order.symptom}"
    orders.append(
        session,
        twin,
        Happening.NOTE,
        told=Told(words=words),
        for_customer=False,
        data={"merged": order.number},
        by=by,
        at=at,
    )
    return event


def _repeated_fault(order: WorkOrder, twin: WorkOrder) -> Fault | None:
    """The twin's fault, when the order's own open one is of the same machine."""
    own, other = order.fault, twin.fault
    if own is None or other is None or own is other or not own.is_open:
        return None
    is_same = own.machine_id == other.machine_id and other.duplicate_of_id is None
    return other if is_same else None


def _is_known(session: Session, uid: uuid.UUID | None) -> bool:
    """Whether the same form was taken before."""
    return uid is not None and find_event(session, uid) is not None
