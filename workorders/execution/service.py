"""Execution's verbs: set out, arrive, start, measure, spend labour, run again, finish."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from assets.faults import service as faults
from assets.faults.rules import Detection, FaultStatus, Severity
from assets.meters import service as meters
from assets.meters.rules import ReadingSource, UnreadReason
from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.core.errors import Invalid, NotAllowed
from service_app.core.text import N_, Text
from service_app.files.models import StoredFile
from workorders.execution import queries
from workorders.execution.labour import Spent, enter_labour
from workorders.execution.rules import NoPhoto
from workorders.orders import service as orders
from workorders.orders.models import OrderEvent, OrderLine, WorkOrder
from workorders.orders.moves import Action, Need
from workorders.orders.notices import tell_customer, tell_dispatchers
from workorders.orders.photos import attach
from workorders.orders.queries import find_event, list_lines
from workorders.orders.rules import Kind, Status
from workorders.orders.service import NOW, Told
from workorders.orders.story import Happening
from workorders.planning.queries import get_open_visit, open_visit
from workorders.planning.rules import VisitStatus
from workorders.sla.rules import WaitReason


def set_out(
    session: Session,
    order: WorkOrder,
    *,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """The engineer leaves for the site; the customer is told."""
    known = find_event(session, uid)
    if known is not None:
        return known
    visit = get_open_visit(session, order.id)
    if visit.status != VisitStatus.PLANNED:
        raise NotAllowed(N_("This visit has already begun."))
    visit.status, visit.set_out_at = VisitStatus.ON_THE_WAY, told.at or at
    event = _append(session, order, Happening.SET_OUT, told, uid, by=by, at=at)
    text = Text("%(number)s: the engineer has set out", number=order.number)
    tell_customer(session, order, text, key=f"set-out-{visit.id}", at=at)
    return event


def arrive(
    session: Session,
    order: WorkOrder,
    *,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """On site: the arrival clock is met. Raises Invalid before the setting out."""
    known = find_event(session, uid)
    if known is not None:
        return known
    visit = get_open_visit(session, order.id)
    if visit.status not in (VisitStatus.PLANNED, VisitStatus.ON_THE_WAY):
        raise NotAllowed(N_("This visit is on site already."))
    moment = told.at or at
    if visit.set_out_at is not None and moment < visit.set_out_at:
        text = Text("The engineer set out at %(moment)s.", moment=visit.set_out_at)
        raise Invalid(text, "happened_at")
    visit.status, visit.arrived_at = VisitStatus.ON_SITE, moment
    return _append(session, order, Happening.ARRIVED, told, uid, by=by, at=at)


def leave(
    session: Session,
    order: WorkOrder,
    *,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """The crew leaves the site; the visit is over."""
    known = find_event(session, uid)
    if known is not None:
        return known
    visit = get_open_visit(session, order.id)
    if visit.status not in (VisitStatus.ON_SITE, VisitStatus.ON_THE_WAY):
        raise NotAllowed(N_("Nobody of this visit is on site."))
    moment, before = told.at or at, visit.arrived_at or visit.set_out_at
    if before is not None and moment < before:
        text = Text("The step before it was at %(moment)s.", moment=before)
        raise Invalid(text, "happened_at")
    visit.status, visit.left_at = VisitStatus.OVER, moment
    return _append(session, order, Happening.LEFT, told, uid, by=by, at=at)


def start(
    session: Session,
    order: WorkOrder,
    *,
    told: Told = NOW,
    pause_running: bool = False,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Begin the work (and arrive, when a visit was on its way).

    One running job at a time: with another one running, raises Invalid naming it unless
    ``pause_running``, which lets that one wait.
    """
    known = find_event(session, uid)
    if known is not None:
        return known
    _pause_other(session, order, told, pause_running, by=by, at=at)
    visit = open_visit(session, order.id)
    arrived = None
    if visit is not None and visit.status != VisitStatus.ON_SITE:
        key = uuid.uuid5(uid, "arrive")
        arrived = arrive(session, order, told=told, uid=key, by=by, at=at)
    if arrived is not None and order.status == Status.IN_WORK:
        return arrived  # a further visit of a job begun before
    if order.status == Status.ACCEPTED and order.is_finding_cause:
        return _append(
            session, order, Happening.NOTE, Told(told.at, "", told.late_reason), uid, by=by, at=at,
            data={"text": Text("%(name)s began to look for the cause.", name=by.name).to_json()},
        )  # fmt: skip
    fault = order.fault if order.fault and order.fault.status == FaultStatus.OPEN else None
    kept = orders.moves_fault(order, FaultStatus.IN_WORK) if fault is not None else None
    event = orders.move(session, order, Action.START, told=told, data=kept, uid=uid, by=by, at=at)
    if fault is not None:
        faults.start_work(session, fault, by=by, at=at)
    text = Text("%(number)s: the work has begun", number=order.number)
    tell_customer(session, order, text, key=f"start-{event.id}", at=at)
    return event


def _pause_other(
    session: Session, order: WorkOrder, told: Told, pause_running: bool, *, by: Actor, at: datetime
) -> None:
    if order.engineer_id is None or order.engineer_id != by.user_id:
        return
    other = queries.running_for(session, order.engineer_id, except_order=order.id)
    if other is None:
        return
    if not pause_running:
        text = N_("%(number)s is still running. Pause it and start this one?")
        raise Invalid(text.with_values(number=other.number), "pause_running")
    orders.open_wait(
        session, other, WaitReason.OTHER, told=Told(told.at, f"→ {order.number}", told.late_reason),
        by=by, at=at,
    )  # fmt: skip


def _append(
    session: Session,
    order: WorkOrder,
    kind: Happening,
    told: Told,
    uid: uuid.UUID,
    *,
    data: dict[str, object] | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    return orders.append(
        session, order, kind, told=told, data=data, for_customer=True, uid=uid, by=by, at=at
    )


def record_hours(
    session: Session,
    order: WorkOrder,
    value: Decimal,
    *,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> None:
    """Running hours read during the order; a value that does not fit is refused by the meter."""
    if order.machine is None or not order.machine.has_meter:
        raise NotAllowed(N_("This machine has no meter."))
    if find_event(session, uid) is not None:
        return
    reading = meters.record_reading(
        session, order.machine, value=value, read_at=told.at or at, source=ReadingSource.ENGINEER,
        uid=uid, by=by, at=at,
    )  # fmt: skip
    if order.hours_at_intake is None and order.status != Status.DONE:
        order.hours_at_intake = reading.total
    order.hours_at_handover, order.meter_unread = reading.total, None
    orders.append(
        session, order, Happening.HOURS, told=told,
        data={"hours": str(reading.total), "unit": order.machine.unit.value},
        for_customer=True, uid=uid, by=by, at=at,
    )  # fmt: skip


def record_unread(
    session: Session,
    order: WorkOrder,
    reason: UnreadReason,
    *,
    words: str = "",
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> None:
    """The meter could not be read: the reason is an answer too, hours are asked no more."""
    if order.machine is None or not order.machine.has_meter:
        raise NotAllowed(N_("This machine has no meter."))
    if find_event(session, uid) is not None:
        return
    meters.record_unread(
        session, order.machine, reason=reason, words=words, seen_at=told.at or at, uid=uid, by=by,
        at=at,
    )  # fmt: skip
    order.meter_unread = reason.value
    text = Text("The meter could not be read: %(reason)s.", reason=reason.label)
    orders.append(
        session, order, Happening.NOTE, told=Told(told.at, words, told.late_reason),
        data={"text": text.to_json()}, for_customer=True, uid=uid, by=by, at=at,
    )  # fmt: skip


def mark_runs_again(
    session: Session,
    order: WorkOrder,
    *,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """The machine runs: the restore clock is met though work may go on."""
    known = find_event(session, uid)
    if known is not None:
        return known
    if Status(order.status) not in (Status.SCHEDULED, Status.IN_WORK, Status.ACCEPTED):
        raise NotAllowed(N_("This is noted while the work goes on."))
    order.runs_again_at = told.at or at
    return _append(session, order, Happening.RUNS_AGAIN, told, uid, by=by, at=at)


def found_fault(
    session: Session,
    order: WorkOrder,
    *,
    severity: Severity,
    symptom: str,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Another fault of the same machine, found during the work."""
    known = find_event(session, uid)
    if known is not None:
        return known
    if order.machine is None:
        raise NotAllowed(N_("Say first which machine it is."))
    faults.report(
        session, order.machine, severity=severity, symptom=symptom, happened_at=at,
        running_hours=order.hours_at_handover, photos=[], reporter=by.name,
        detection=_FOUND_AT.get(Kind(order.kind), Detection.WORK), ground=orders.ground_of(order),
        uid=uid, by=by, at=at,
    )  # fmt: skip
    return orders.append(
        session, order, Happening.FAULT_FOUND, told=Told(words=symptom), uid=uid, by=by, at=at
    )


_FOUND_AT = {
    Kind.SCHEDULED_SERVICE: Detection.SERVICE,
    Kind.INSPECTION: Detection.INSPECTION,
}


@dataclass(frozen=True)
class Answers:
    """What the last page asks besides the words; each may be known already."""

    hours: Decimal | None = None
    unread: UnreadReason | None = None
    labour: tuple[User, Spent] | None = None
    photos: Sequence[StoredFile] = ()
    no_photo: NoPhoto | None = None


def finish(
    session: Session,
    order: WorkOrder,
    *,
    words: str,
    cause: str = "",
    done_lines: frozenset[int] = frozenset(),
    has_left: bool = False,
    answers: Answers = Answers(),
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """The work is done: lines marked, the fault resolved, the dispatcher told.

    Raises NotAllowed naming what is missing (running hours, labour, a photo after the repair, an
    unanswered change).
    """
    known = find_event(session, uid)
    if known is not None:
        return known
    _take_answers(session, order, answers, told, uid, by=by, at=at)
    for line in list_lines(session, order.id):
        line.is_done = line.is_done or line.id in done_lines
    session.flush()  # the guard counts what is done
    told = Told(told.at, words, told.late_reason)
    fault = order.fault if order.fault and order.fault.is_open else None
    data = orders.moves_fault(order, FaultStatus.FIXED) if fault is not None else {}
    if answers.no_photo and not answers.photos:
        data = {**data, "no_photo": answers.no_photo}
    has_answer = bool(answers.photos) or answers.no_photo is not None
    event = orders.move(
        session, order, Action.FINISH, told=told, data=data, uid=uid, by=by, at=at,
        fills=frozenset({Need.PHOTO}) if has_answer else frozenset(),
    )  # fmt: skip
    attach(session, order, event, answers.photos, stage="after")
    if fault is not None:  # the down time ended when the machine ran again
        ended_at = order.runs_again_at or told.at or at
        faults.resolve(
            session, fault, cause=cause, remedy=words, ended_at=ended_at, by=by, at=at
        )  # fmt: skip
    visit = open_visit(session, order.id)
    if visit is not None and has_left and visit.status == VisitStatus.ON_SITE:
        leave(session, order, told=told, uid=uuid.uuid5(uid, "leave"), by=by, at=at)
    text = Text("%(number)s: the work is done", number=order.number)
    tell_dispatchers(session, order, text, key=f"done-{event.id}", at=at)
    tell_customer(session, order, text, key=f"done-{event.id}", at=at)
    return event


def _take_answers(
    session: Session,
    order: WorkOrder,
    answers: Answers,
    told: Told,
    uid: uuid.UUID,
    *,
    by: Actor,
    at: datetime,
) -> None:
    key = uuid.uuid5(uid, "hours")
    if answers.hours is not None:
        record_hours(session, order, answers.hours, told=told, uid=key, by=by, at=at)
    elif answers.unread is not None:
        record_unread(session, order, answers.unread, told=told, uid=key, by=by, at=at)
    if answers.labour is not None:
        user, spent = answers.labour
        key = uuid.uuid5(uid, "labour")
        enter_labour(session, order, user, spent, uid=key, by=by, at=at)


def lines_to_do(session: Session, order: WorkOrder) -> list[OrderLine]:
    """Lines that are not marked done yet."""
    return [line for line in list_lines(session, order.id) if not line.is_done]
