"""A request comes in: reported beside the machine, or taken by staff; details that follow."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from assets.faults import service as faults
from assets.faults.rules import Severity
from assets.machines.models import Machine
from assets.machines.queries import get_machine
from assets.meters import service as meters
from assets.meters.rules import ReadingSource
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import DomainError, Invalid, NotAllowed
from service_app.core.text import N_, Text
from service_app.customers.models import Company
from service_app.customers.queries import get_company, zone_of_site
from service_app.files.models import StoredFile
from service_app.organisation.queries import default_branch
from workorders.contracts.entitlement import Entitlement
from workorders.contracts.queries import entitled
from workorders.orders import service as orders
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.moves import Need
from workorders.orders.notices import tell_dispatchers
from workorders.orders.photos import attach
from workorders.orders.queries import find_event
from workorders.orders.rules import (
    Kind,
    Place,
    Priority,
    Source,
    work_of,
)
from workorders.orders.service import NOW, Reporter, Told
from workorders.orders.story import Happening
from workorders.sla.queries import suggested_priority


@dataclass(frozen=True)
class Report:
    """What somebody beside the machine says is wrong."""

    severity: Severity
    symptom: str
    running_hours: Decimal | None = None
    photos: Sequence[StoredFile] = ()


def report(
    session: Session,
    machine: Machine,
    what: Report,
    *,
    kind: Kind = Kind.REPAIR,
    place: Place = Place.ON_SITE,
    source: Source,
    reporter: Reporter,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> WorkOrder:
    """A fault and the order that will deal with it, in one transaction.

    Running hours that do not fit are noted in words and never stop the report. The same ``uid``
    gives the same order.
    """
    known = made_before(session, WorkOrder, uid)
    if known is not None:
        return known
    happened_at = told.at or at
    hours, unfit = _try_hours(session, machine, what.running_hours, happened_at, by=by, at=at)
    fault = faults.report(
        session,
        machine,
        severity=what.severity,
        symptom=what.symptom,
        happened_at=happened_at,
        running_hours=hours,
        photos=list(what.photos),
        reporter=reporter.name,
        uid=uid,
        by=by,
        at=at,
    )
    if reporter.is_guest:
        reporter = Reporter(reporter.name, reporter.phone, None, True, secrets.token_urlsafe(24))
    answer = entitlement_for(session, machine, machine.company, kind, happened_at)
    order, event = orders.open_order(
        session,
        branch=default_branch(session),
        kind=kind,
        place=place,
        source=source,
        symptom=what.symptom,
        severity=what.severity,
        priority=_priority(session, what.severity, machine, answer, happened_at),
        machine=machine,
        company=machine.company,
        site=machine.site,
        fault=fault,
        hours=hours,
        payer=payer_of(session, answer),
        entitled=answer,
        reporter=reporter,
        told=told,
        uid=uid,
        by=by,
        at=at,
    )
    faults.name_ground(session, fault, orders.ground_of(order), by=by, at=at)
    if what.photos:
        attach(session, order, event, what.photos, stage="before")
    if unfit is not None:
        _note_unfit_hours(session, order, what.running_hours, unfit, by=by, at=at)
    tell_dispatchers(
        session,
        order,
        Text("New request %(number)s: %(symptom)s", number=order.number, symptom=order.symptom),
        key=f"received-{order.id}",
        at=at,
    )
    return order


@dataclass(frozen=True)
class StaffRequest:
    """What a dispatcher writes down while the customer talks."""

    machine_id: int | None
    machine_words: str
    company_id: int | None
    severity: Severity
    symptom: str
    kind: Kind
    place: Place
    source: Source
    name: str
    phone: str = ""
    running_hours: Decimal | None = None


def open_by_staff(
    session: Session,
    asked: StaffRequest,
    *,
    photos: Sequence[StoredFile] = (),
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> WorkOrder:
    """A request by phone or e-mail; without a machine of ours it is named in words.

    Raises Invalid when neither a machine nor words say which it is.
    """
    reporter = Reporter(asked.name, asked.phone)
    if asked.machine_id is not None and asked.kind in (Kind.REPAIR, Kind.COMPONENT_REPAIR):
        machine = get_machine(session, by, asked.machine_id)
        what = Report(asked.severity, asked.symptom, asked.running_hours, photos)
        return report(
            session,
            machine,
            what,
            kind=asked.kind,
            place=asked.place,
            source=asked.source,
            reporter=reporter,
            told=told,
            uid=uid,
            by=by,
            at=at,
        )
    known = made_before(session, WorkOrder, uid)
    if known is not None:
        return known
    machine_or_none = get_machine(session, by, asked.machine_id) if asked.machine_id else None
    if machine_or_none is None and not asked.machine_words.strip():
        raise Invalid(Need.MACHINE.label, "machine_words")
    company = machine_or_none.company if machine_or_none else None
    if company is None and asked.company_id is not None:
        company = get_company(session, by, asked.company_id)
    answer = entitlement_for(session, machine_or_none, company, asked.kind, told.at or at)
    order, event = orders.open_order(
        session,
        branch=default_branch(session),
        kind=asked.kind,
        place=asked.place,
        source=asked.source,
        symptom=asked.symptom,
        severity=asked.severity,
        priority=_priority(session, asked.severity, machine_or_none, answer, told.at or at),
        machine=machine_or_none,
        machine_words=asked.machine_words,
        company=company,
        payer=payer_of(session, answer),
        entitled=answer,
        site=machine_or_none.site if machine_or_none else None,
        reporter=reporter,
        told=told,
        uid=uid,
        by=by,
        at=at,
    )
    if photos:
        attach(session, order, event, photos, stage="before")
    return order


def entitlement_for(
    session: Session, machine: Machine | None, company: Company | None, kind: Kind, at: datetime
) -> Entitlement:
    """Who pays on the day the request came, on the site's clock."""
    zone = zone_of_site(session, machine.site_id if machine else None)
    return entitled(
        session, machine, company_id=company.id if company else None,
        day=at.astimezone(zone).date(), work=work_of(kind),
    )  # fmt: skip


def payer_of(session: Session, answer: Entitlement) -> Company | None:
    contract = answer.contract
    return session.get(Company, contract.payer_id) if contract and contract.payer_id else None


def _priority(
    session: Session, severity: str, machine: Machine | None, answer: Entitlement, at: datetime
) -> Priority:
    """What the level of the order's contract, or the usual one, makes of severity and machine."""
    criticality = machine.criticality if machine else "normal"
    policy_id = answer.contract.policy_id if answer.contract else None
    return Priority(suggested_priority(session, severity, criticality, policy_id=policy_id, at=at))


def _try_hours(
    session: Session,
    machine: Machine,
    hours: Decimal | None,
    read_at: datetime,
    *,
    by: Actor,
    at: datetime,
) -> tuple[Decimal | None, DomainError | None]:
    if hours is None:
        return None, None
    try:
        reading = meters.record_reading(
            session,
            machine,
            value=hours,
            read_at=read_at,
            source=ReadingSource.OPERATOR,
            uid=uuid.uuid4(),
            by=by,
            at=at,
        )
    except DomainError as error:
        return None, error
    return reading.total, None


def _note_unfit_hours(
    session: Session,
    order: WorkOrder,
    hours: Decimal | None,
    error: DomainError,
    *,
    by: Actor,
    at: datetime,
) -> None:
    orders.append(
        session,
        order,
        Happening.NOTE,
        told=Told(order.received_at, str(hours)),
        data={"unfit_hours": str(hours), "why": error.text.to_json()},
        by=by,
        at=at,
    )


def add_detail(
    session: Session,
    order: WorkOrder,
    *,
    words: str,
    photos: Sequence[StoredFile],
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """The customer adds words or photos to an open request; the same uid adds once."""
    known = find_event(session, uid)
    if known is not None:
        return known
    if order.ended_at is not None:
        raise NotAllowed(N_("This request is closed. Report the fault anew."))
    if not words.strip() and not photos:
        raise Invalid(N_("Write a word or add a photo."), "words")
    event = orders.append(
        session,
        order,
        Happening.NOTE if words else Happening.PHOTO,
        told=Told(words=words),
        for_customer=True,
        uid=uid,
        by=by,
        at=at,
    )
    attach(session, order, event, photos)
    text = Text("%(number)s: the customer added something", number=order.number)
    tell_dispatchers(session, order, text, key=f"detail-{event.id}", at=at)
    return event
