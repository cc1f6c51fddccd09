"""Term and price: quoted, asked about, answered; changes proposed during the work."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.errors import Invalid, NotAllowed
from service_app.core.money import total
from service_app.core.text import N_, Text
from service_app.customers.queries import may_decide_on_price
from service_app.documents import service as documents
from service_app.documents.models import IssuedDocument
from service_app.files.models import StoredFile
from workorders.contracts.rules import Coverage
from workorders.intake import document, queries
from workorders.intake.models import Proposal
from workorders.intake.rules import Answer, ProposalKind, expired, term_problem
from workorders.orders import service as orders
from workorders.orders.document import language_of
from workorders.orders.lines import frozen_lines
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.moves import Action, Need
from workorders.orders.notices import tell_customer, tell_dispatchers, tell_engineer
from workorders.orders.photos import attach
from workorders.orders.queries import find_event, list_lines, money_line
from workorders.orders.rules import (
    AnswerWay,
    Status,
)
from workorders.orders.service import NOW, Told
from workorders.orders.story import Happening


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


MOST_EXTRA_MINUTES = 100_000


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
    if abs(extra_minutes) > MOST_EXTRA_MINUTES:
        raise Invalid(N_("At most 100,000 minutes more or less."), "extra_minutes")
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
