"""Intake's verbs: report, accept, agree, quote, answer, decline, merge."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.faults import service as faults
from assets.faults.models import Fault
from assets.faults.rules import FaultStatus, Severity
from assets.machines.models import Machine
from assets.machines.queries import get_machine
from assets.meters import service as meters
from assets.meters.rules import ReadingSource
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import DomainError, Invalid, NotAllowed
from service_app.core.money import total
from service_app.core.text import N_, Text
from service_app.customers.models import Company
from service_app.customers.queries import get_company, may_decide_on_price, zone_of_site
from service_app.documents import service as documents
from service_app.documents.models import IssuedDocument
from service_app.files.models import StoredFile
from service_app.organisation.queries import default_branch
from workorders.contracts.entitlement import Entitlement
from workorders.contracts.queries import entitled
from workorders.contracts.rules import Coverage
from workorders.intake import document, queries
from workorders.intake.models import Proposal
from workorders.intake.rules import Answer, ProposalKind, expired, term_problem
from workorders.orders import service as orders
from workorders.orders.document import language_of
from workorders.orders.entitled import take_entitlement
from workorders.orders.lines import frozen_lines
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.moves import Action, Need
from workorders.orders.notices import tell_customer, tell_dispatchers, tell_engineer
from workorders.orders.photos import attach
from workorders.orders.queries import find_event, list_lines, money_line
from workorders.orders.rules import (
    AnswerWay,
    Expectation,
    Kind,
    Place,
    Priority,
    Source,
    Status,
    work_of,
)
from workorders.orders.service import NOW, Reporter, Told
from workorders.orders.story import Happening
from workorders.sla.queries import suggested_priority
from workorders.sla.rules import Clock

END_OF_DAY = time(18)
"""A promise for a day is one until this hour on the site's clock."""


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
    answer = _entitled(session, machine, machine.company, kind, happened_at)
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
        payer=_payer(session, answer),
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
    answer = _entitled(session, machine_or_none, company, asked.kind, told.at or at)
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
        payer=_payer(session, answer),
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


def _entitled(
    session: Session, machine: Machine | None, company: Company | None, kind: Kind, at: datetime
) -> Entitlement:
    """Who pays on the day the request came, on the site's clock."""
    zone = zone_of_site(session, machine.site_id if machine else None)
    return entitled(
        session, machine, company_id=company.id if company else None,
        day=at.astimezone(zone).date(), work=work_of(kind),
    )  # fmt: skip


def _payer(session: Session, answer: Entitlement) -> Company | None:
    contract = answer.contract
    return session.get(Company, contract.payer_id) if contract and contract.payer_id else None


def _priority(
    session: Session, severity: str, machine: Machine | None, answer: Entitlement, at: datetime
) -> Priority:
    """What the level of the order's contract, or the usual one, makes of severity and machine."""
    criticality = machine.criticality if machine else "normal"
    policy_id = answer.contract.policy_id if answer.contract else None
    return Priority(suggested_priority(session, severity, criticality, policy_id=policy_id, at=at))


def _is_known(session: Session, uid: uuid.UUID | None) -> bool:
    """Whether the same form was taken before."""
    return uid is not None and find_event(session, uid) is not None


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
        answer = _entitled(session, machine, machine.company, order.kind_kind, order.received_at)
        order.payer = _payer(session, answer) or order.payer or machine.company
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


def quote(
    session: Session,
    order: WorkOrder,
    *,
    term_at: datetime,
    valid_until: date | None,
    words: str = "",
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Tell term and price; an open quote is replaced. The same uid gives the same quote."""
    known = session.scalars(select(Proposal).where(Proposal.uid == uid)).one_or_none()
    if known is not None:
        return known
    problem = term_problem(term_at, told.at or at)
    if problem is not None:
        raise Invalid(problem, "term_at")
    lines = list_lines(session, order.id)
    paid = [line for line in lines if line.coverage == Coverage.CUSTOMER]
    sums = total((money_line(line) for line in paid), order.currency)
    earlier = queries.open_proposal(session, order)
    orders.move(
        session,
        order,
        Action.QUOTE,
        told=told,
        fills=frozenset({Need.TERM}),
        uid=uid,
        data={"amount": str(sums.gross), "currency": order.currency, "term": term_at.isoformat()},
        by=by,
        at=at,
    )
    if earlier is not None:
        earlier.answer, earlier.answered_at = Answer.REPLACED, at
    proposal = Proposal(
        uid=uid,
        order=order,
        ordinal=_next_ordinal(session, order),
        kind=ProposalKind.QUOTE,
        words=words,
        amount=sums.gross,
        vat_amount=sums.vat,
        lines=frozen_lines(lines),
        term_at=term_at,
        valid_until=valid_until,
        asked_at=told.at or at,
        asked_by_id=by.user_id,
    )
    session.add(proposal)
    for line in lines:
        line.is_quoted = True
    order.answer_promised_on = None
    proposal.document_id = _issue_quote(session, order, proposal, by=by, at=at).id
    text = Text("Quote for %(number)s: your decision is needed", number=order.number)
    tell_customer(session, order, text, key=f"quote-{uid}", at=at, only_deciders=True)
    return proposal


def _issue_quote(
    session: Session, order: WorkOrder, proposal: Proposal, *, by: Actor, at: datetime
) -> IssuedDocument:
    ground = ("order", order.number)
    return documents.issue(
        session,
        kind="quote",
        number=documents.next_number(session, ground),
        branch_id=order.branch_id,
        company_id=order.payer_id or order.company_id,
        ground=ground,
        language=language_of(order),
        zone=order.zone,
        template="workorders/intake/pdf/quote.html",
        snapshot=document.quote(session, order, proposal),
        uid=uuid.uuid5(proposal.uid, "quote"),
        by=by,
        at=at,
    )


def _next_ordinal(session: Session, order: WorkOrder) -> int:
    last = session.scalar(select(func.max(Proposal.ordinal)).where(Proposal.order_id == order.id))
    return int(last or 0) + 1


@dataclass(frozen=True)
class Given:
    """The customer's answer: yes or no, who gave it, how, in which words."""

    is_yes: bool
    name: str
    way: AnswerWay
    words: str = ""


def answer_quote(
    session: Session,
    order: WorkOrder,
    given: Given,
    *,
    told: Told = NOW,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """The customer's yes or no to the open quote, given in the portal or recorded by staff.

    Raises NotAllowed when the person may not spend, or the price has run out; a refusal needs a
    line saying why.
    """
    _may_answer(session, order, given, by=by)
    proposal = queries.open_proposal(session, order)
    today = (told.at or at).astimezone(ZoneInfo(order.zone)).date()
    late = expired(proposal.valid_until, today) if proposal and given.is_yes else None
    if late is not None and not by.is_staff:
        raise NotAllowed(late)
    action = Action.APPROVE if given.is_yes else Action.REFUSE_QUOTE
    event = orders.move(
        session,
        order,
        action,
        told=Told(told.at, given.words, told.late_reason),
        fills=frozenset({Need.ANSWER}) | ({Need.REASON} if given.words else frozenset()),
        data=_answer_data(order, proposal, given, by),
        uid=uid,
        by=by,
        at=at,
    )
    if proposal is not None and proposal.answer is None:
        _close(proposal, given, by=by, at=told.at or at)
        if given.is_yes:
            order.term_at = proposal.term_at
    text = Text(
        "%(number)s: the customer said %(answer)s",
        number=order.number,
        answer=N_("yes") if given.is_yes else N_("no"),
    )
    tell_dispatchers(session, order, text, key=f"answer-{event.id}", at=at)
    return event


def _may_answer(session: Session, order: WorkOrder, given: Given, *, by: Actor) -> None:
    if not given.is_yes and not given.words.strip():
        raise Invalid(N_("Say in one line why, so that we can do better."), "words")
    if not by.is_staff and by.user_id is not None:
        deciders = may_decide_on_price(session, order.payer_id, by.user_id)
        if not deciders.may:
            text = N_("Only %(names)s decides on price; we asked them.")
            raise NotAllowed(text.with_values(names=deciders.names))


def _answer_data(
    order: WorkOrder, proposal: Proposal | None, given: Given, by: Actor
) -> dict[str, str]:
    data = {"answerer": given.name, "how": given.way.value, "currency": order.currency}
    if by.is_staff:
        data["recorded_by"] = by.name
    if proposal is not None:
        data["amount"] = str(proposal.amount)
        data["term"] = proposal.term_at.isoformat() if proposal.term_at else ""
    return data


def _close(proposal: Proposal, given: Given, *, by: Actor, at: datetime) -> None:
    proposal.answer = Answer.YES if given.is_yes else Answer.NO
    proposal.answered_at = at
    proposal.answered_by = given.name
    proposal.answered_how = given.way
    proposal.answer_words = given.words
    proposal.recorded_by_id = by.user_id if by.is_staff else None


def ask_about_quote(
    session: Session, order: WorkOrder, words: str, *, uid: uuid.UUID, by: Actor, at: datetime
) -> OrderEvent:
    """The customer has a question; the quote stays open, the dispatcher is told."""
    known = find_event(session, uid)
    if known is not None:
        return known
    if not words.strip():
        raise Invalid(N_("Write your question."), "words")
    event = orders.append(
        session,
        order,
        Happening.QUESTION,
        told=Told(words=words),
        for_customer=True,
        uid=uid,
        by=by,
        at=at,
    )
    text = Text("%(number)s: a question about the quote", number=order.number)
    tell_dispatchers(session, order, text, key=f"question-{event.id}", at=at)
    return event


def ask_change(
    session: Session,
    order: WorkOrder,
    *,
    words: str,
    amount: Decimal,
    extra_minutes: int,
    term_at: datetime | None,
    photo: StoredFile | None,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Proposal:
    """Put a change of term, price or scope, or an extra fault, to the customer for a yes or no.

    Work goes on meanwhile; finishing asks for the answer.
    """
    known = session.scalars(select(Proposal).where(Proposal.uid == uid)).one_or_none()
    if known is not None:
        return known
    if Status(order.status) not in (Status.APPROVED, Status.SCHEDULED, Status.IN_WORK):
        raise NotAllowed(N_("A change is asked while the order is approved, scheduled or in work."))
    if order.question_since is not None:
        raise NotAllowed(N_("One question is open already. Wait for its answer."))
    proposal = Proposal(
        uid=uid,
        order=order,
        ordinal=_next_ordinal(session, order),
        kind=ProposalKind.CHANGE,
        words=words,
        amount=amount,
        extra_minutes=extra_minutes,
        term_at=term_at,
        photo_id=photo.id if photo else None,
        asked_at=at,
        asked_by_id=by.user_id,
    )
    session.add(proposal)
    order.question_since = at
    event = orders.append(
        session,
        order,
        Happening.CHANGE_ASKED,
        told=Told(words=words),
        for_customer=True,
        data={"amount": str(amount), "currency": order.currency},
        uid=uid,
        by=by,
        at=at,
    )
    if photo is not None:
        attach(session, order, event, [photo])
    text = Text("%(number)s: a question to you about the work", number=order.number)
    tell_customer(session, order, text, key=f"change-{uid}", at=at, only_deciders=True)
    return proposal


def answer_change(
    session: Session,
    order: WorkOrder,
    given: Given,
    *,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """The customer's yes or no to the open change. A yes may move the agreed term."""
    proposal = queries.open_proposal(session, order)
    if proposal is None or proposal.kind != ProposalKind.CHANGE:
        raise NotAllowed(N_("No question is open."))
    _may_answer(session, order, Given(True, given.name, given.way), by=by)
    _close(proposal, given, by=by, at=at)
    order.question_since = None
    if given.is_yes and proposal.term_at is not None:
        order.term_at = proposal.term_at
    event = orders.append(
        session,
        order,
        Happening.CHANGE_ANSWERED,
        told=Told(words=given.words),
        for_customer=True,
        data=_answer_data(order, proposal, given, by) | {"answer": "yes" if given.is_yes else "no"},
        uid=uid,
        by=by,
        at=at,
    )
    text = Text("%(number)s: the customer answered the change", number=order.number)
    tell_engineer(session, order, text, key=f"change-answer-{event.id}", at=at)
    return event


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
