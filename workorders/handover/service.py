"""Handover's verbs: ready, sign, refuse, back to work, the original, close."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.faults import service as faults
from assets.faults.rules import FaultStatus
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Invalid, NotAllowed
from service_app.core.text import N_, Text
from service_app.documents import service as documents
from service_app.documents.models import IssuedDocument
from service_app.files.models import StoredFile
from workorders.execution.service import record_hours
from workorders.handover import document, queries
from workorders.handover.models import HandoverAct
from workorders.handover.rules import HandoverResult, SigningWay
from workorders.orders import service as orders
from workorders.orders.document import language_of
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.moves import Action, Need
from workorders.orders.notices import tell_customer, tell_dispatchers
from workorders.orders.photos import attach
from workorders.orders.queries import find_event, needs_hours
from workorders.orders.rules import Status
from workorders.orders.service import NOW, Told
from workorders.orders.story import Happening
from workorders.planning.queries import open_visit


@dataclass(frozen=True)
class Signer:
    """Who signs: full name, position, and the ground to sign (charter, power of attorney)."""

    name: str
    position: str
    ground: str = ""


@dataclass(frozen=True)
class Signing:
    """What both sides put under the act, and in which way."""

    giver: Signer
    taker: Signer
    way: SigningWay
    demonstration: str
    remarks: str = ""
    running_hours: Decimal | None = None
    giver_signature: StoredFile | None = None
    taker_signature: StoredFile | None = None
    taker_consents: bool = False
    outside_number: str = ""
    scan: StoredFile | None = None


def make_ready(
    session: Session,
    order: WorkOrder,
    *,
    papers_to_bring: str,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Ready for the customer, who is told at once with the papers to bring."""
    fills = frozenset({Need.PAPERS}) if papers_to_bring.strip() else frozenset[Need]()
    event = orders.move(
        session, order, Action.MAKE_READY, told=Told(told.at, papers_to_bring, told.late_reason),
        fills=fills, uid=uid, by=by, at=at,
    )  # fmt: skip
    order.papers_to_bring = papers_to_bring
    text = Text(
        "%(number)s is ready for you. Bring: %(papers)s",
        number=order.number,
        papers=papers_to_bring,
    )
    tell_customer(session, order, text, key=f"ready-{event.id}", at=at)
    return event


def hand_over(
    session: Session,
    order: WorkOrder,
    signing: Signing,
    *,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> HandoverAct:
    """Both signed: running hours, act with its number and hash, the customer told.

    Raises Invalid naming what is missing on the form, NotAllowed when the order is not there yet.
    The same ``uid`` gives the same act.
    """
    known = made_before(session, HandoverAct, uid)
    if known is not None:
        return known
    check_signing(order, signing)
    if signing.running_hours is not None:
        record_hours(
            session, order, signing.running_hours, told=told, uid=uuid.uuid5(uid, "hours"), by=by,
            at=at,
        )  # fmt: skip
    moment = told.at or at
    visit = open_visit(session, order.id)
    act = HandoverAct(
        uid=uid, order=order, visit_id=visit.id if visit else None,
        result=HandoverResult.WITH_REMARKS if signing.remarks else HandoverResult.SIGNED,
        way=signing.way, happened_at=moment, giver=asdict(signing.giver),
        taker=asdict(signing.taker), giver_signature_id=_id(signing.giver_signature),
        taker_signature_id=_id(signing.taker_signature), scan_id=_id(signing.scan),
        outside_number=signing.outside_number, remarks=signing.remarks,
        demonstration=signing.demonstration,
    )  # fmt: skip
    session.add(act)
    session.flush()
    order.demonstration = signing.demonstration
    order.is_original_awaited = signing.way is SigningWay.PAPER
    paper = _issue_act(session, order, act, by=by, at=at)
    act.document_id = paper.id
    orders.move(
        session, order, Action.HAND_OVER, told=Told(told.at, signing.remarks, told.late_reason),
        fills=frozenset({Need.DEMONSTRATION, Need.SIGNERS}), uid=uid, by=by, at=at,
        data={"taker": signing.taker.name, "document": paper.number, "document_id": paper.id},
    )  # fmt: skip
    if order.fault is not None and order.fault.status == FaultStatus.FIXED:
        faults.confirm(session, order.fault, by=by, at=at)
    text = Text("%(number)s is handed over. Act %(paper)s", number=order.number, paper=paper.number)
    tell_customer(session, order, text, key=f"handed-over-{act.id}", at=at)
    tell_dispatchers(session, order, text, key=f"handed-over-{act.id}", at=at)
    return act


def _id(file: StoredFile | None) -> int | None:
    return file.id if file is not None else None


def check_signing(order: WorkOrder, signing: Signing) -> None:
    """Raises Invalid for the first thing a signer has left out."""
    if not signing.demonstration.strip():
        raise Invalid(Need.DEMONSTRATION.label, "demonstration")
    if needs_hours(order) and signing.running_hours is None:
        raise Invalid(_hours_sentence(order), "running_hours")
    if not signing.taker.name.strip():
        raise Invalid(N_("Write who accepts: full name."), "taker_name")
    if not signing.taker.position.strip():
        raise Invalid(N_("Write the position of who accepts."), "taker_position")
    if signing.way is SigningWay.SCREEN:
        signed = signing.taker_signature is not None or signing.taker_consents
        if not signed:
            text = N_("The line is empty. Sign, or type the name and tick the box.")
            raise Invalid(text, "taker_signature")
    if signing.way is SigningWay.OUTSIDE and not signing.outside_number.strip():
        raise Invalid(N_("Write the number of the paper in the other system."), "outside_number")


def _hours_sentence(order: WorkOrder) -> Text:
    if order.hours_at_intake is None:
        return Need.HOURS.label
    return Text("Enter hours: they were %(hours)s at intake.", hours=order.hours_at_intake)


def _issue_act(
    session: Session, order: WorkOrder, act: HandoverAct, *, by: Actor, at: datetime
) -> IssuedDocument:
    ground = ("order", order.number)
    finished = session.scalars(
        select(OrderEvent)
        .where(OrderEvent.order_id == order.id, OrderEvent.kind == Happening.FINISH)
        .order_by(OrderEvent.happened_at.desc(), OrderEvent.id.desc())
        .limit(1)
    ).first()
    return documents.issue(
        session, kind="act", number=documents.next_number(session, ground),
        branch_id=order.branch_id, company_id=order.payer_id or order.company_id, ground=ground,
        language=language_of(order), zone=order.zone, template="workorders/handover/pdf/act.html",
        snapshot=document.act(session, order, act, finished), uid=uuid.uuid5(act.uid, "act"), by=by,
        at=at,
    )  # fmt: skip


def refuse(
    session: Session,
    order: WorkOrder,
    *,
    reason: str,
    taker: str,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """The customer does not accept: the reason is kept, the order goes back to work."""
    if not reason.strip():
        raise Invalid(N_("Write why the customer does not accept."), "reason")
    data = {"taker": taker or order.reporter_name} | _kept_fault(order)
    event = orders.move(
        session, order, Action.REFUSE_ACT, told=Told(told.at, reason, told.late_reason),
        fills=frozenset({Need.REASON}), data=data, uid=uid, by=by, at=at,
    )  # fmt: skip
    if made_before(session, HandoverAct, uid) is None:
        session.add(
            HandoverAct(
                uid=uid, order=order, result=HandoverResult.REFUSED, way=SigningWay.SCREEN,
                happened_at=told.at or at, giver={"name": by.name}, taker={"name": taker},
                refusal=reason,
            )
        )  # fmt: skip
        _reopen(session, order, by=by, at=at)
    text = Text("%(number)s: the customer did not accept the work", number=order.number)
    tell_dispatchers(session, order, text, key=f"refused-{event.id}", at=at)
    return event


def return_to_work(
    session: Session, order: WorkOrder, *, reason: str, uid: uuid.UUID, by: Actor, at: datetime
) -> OrderEvent:
    """Not finished after all, by our own judgement."""
    known = find_event(session, uid)
    if known is not None:
        return known
    fills = frozenset({Need.REASON}) if reason.strip() else frozenset[Need]()
    event = orders.move(
        session, order, Action.RETURN_TO_WORK, told=Told(words=reason), fills=fills,
        data=_kept_fault(order), uid=uid, by=by, at=at,
    )  # fmt: skip
    _reopen(session, order, by=by, at=at)
    return event


def _kept_fault(order: WorkOrder) -> dict[str, object]:
    """How the fault stood that is in work again with the order."""
    return orders.moves_fault(order, FaultStatus.IN_WORK) if _is_fixed(order) else {}


def _is_fixed(order: WorkOrder) -> bool:
    return order.fault is not None and order.fault.status == FaultStatus.FIXED


def _reopen(session: Session, order: WorkOrder, *, by: Actor, at: datetime) -> None:
    order.hours_at_handover = None
    order.runs_again_at = None
    if order.fault is not None and _is_fixed(order):
        faults.start_work(session, order.fault, by=by, at=at)


def add_scan(
    session: Session, order: WorkOrder, scan: StoredFile, *, uid: uuid.UUID, by: Actor, at: datetime
) -> None:
    """The scan of a paper signed by hand."""
    act = _signed(session, order)
    act.scan_id = scan.id
    event = orders.append(session, order, Happening.SCAN, for_customer=True, uid=uid, by=by, at=at)
    attach(session, order, event, [scan], stage="after")


def receive_original(
    session: Session, order: WorkOrder, on: date, *, uid: uuid.UUID, by: Actor, at: datetime
) -> None:
    """The signed original came back on a day."""
    act = _signed(session, order)
    zone = ZoneInfo(order.zone)
    if not act.happened_at.astimezone(zone).date() <= on <= at.astimezone(zone).date():
        raise Invalid(
            Text("%(day)s does not fit: it lies between the signing and today.", day=on), "on"
        )
    act.original_received_on = order.original_received_on = on
    orders.append(session, order, Happening.ORIGINAL, uid=uid, by=by, at=at)


def _signed(session: Session, order: WorkOrder) -> HandoverAct:
    act = queries.signed_act(session, order.id)
    if act is None:
        raise NotAllowed(N_("Nothing is signed yet."))
    return act


def close(
    session: Session, order: WorkOrder, *, words: str, uid: uuid.UUID, by: Actor, at: datetime
) -> OrderEvent:
    """Close the order; a paper's original must have come back."""
    event = orders.move(session, order, Action.CLOSE, told=Told(words=words), uid=uid, by=by, at=at)
    if order.status == Status.CLOSED:
        text = Text("%(number)s is closed", number=order.number)
        tell_customer(session, order, text, key=f"closed-{order.id}", at=at)
    return event


def twin_key(uid: uuid.UUID) -> uuid.UUID:
    """The key of a form's second event: the same form gives the same one."""
    return uuid.uuid5(uid, "close")
