"""What the customer's pages of one order hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from service_app.accounts.permissions import Permission
from service_app.core.actor import Actor
from service_app.core.currency import Amount
from service_app.core.money import VatRate
from service_app.core.reader import Reader
from service_app.core.text import N_, Text
from service_app.customers.queries import may_decide_on_price
from service_app.desk import order_page
from service_app.desk.order_page import ShownPhoto
from service_app.documents import queries as papers
from service_app.organisation.queries import our_entity
from service_app.portal import shown
from service_app.portal.queries import planned_visits
from workorders.contracts.rules import Coverage
from workorders.intake.models import Proposal
from workorders.intake.queries import list_for_order
from workorders.intake.rules import ProposalKind, expired
from workorders.orders import countdown, queries
from workorders.orders.models import OrderPhoto, WorkOrder
from workorders.orders.rules import Status
from workorders.sla.queries import load
from workorders.sla.rules import Clock


def own_page(
    session: Session,
    actor: Actor,
    order: WorkOrder,
    reader: Reader,
    before: tuple[datetime, int] | None,
) -> dict[str, Any]:
    """Promise, phases, the open question, papers, and the story meant for the customer."""
    promises = load(session)
    stored = queries.list_clocks(session, [order.id])[order.id]
    pills = countdown.shown_all(stored, promises, reader.now)
    proposals = list_for_order(session, order.id)
    local = reader.in_zone(ZoneInfo(order.zone))
    photos = queries.list_photos(session, order.id)
    events = queries.list_for_customer(session, order.id, before=before)
    asked = next((p for p in proposals if p.answer is None), None)
    found = papers.list_for_ground(session, "order", order.number, actor=actor)
    visit = planned_visits(session, [order.id]).get(order.id)
    return {
        **_head(order, local),
        "promise": shown.next_promise(order, pills, proposals, local),
        "told": [c for c in pills if c.is_told],
        "decision": asked and decision_of(session, actor, order, asked, photos, local),
        "visit": shown.visit_words(visit, local),
        "is_ready": order.status_kind is Status.READY,
        "may_add": order.ended_at is None
        and not order.is_past
        and actor.can(Permission.ORDERS_REPORT),
        "papers": order_page.shown_papers(found),
        "days": order_page.story(
            order, events, photos, local, promises.calendar_for(order.policy_version)
        ),
        "earlier": events[-1] if len(events) == queries.STORY_PAGE else None,
        "entity": our_entity(session),
    }


def _head(order: WorkOrder, local: Reader) -> dict[str, Any]:
    return {
        "order": order,
        "machine_words": shown.machine_words(order, local),
        "status_words": shown.status_words(order),
        "turn": shown.turn_words(order),
        "phases": shown.own_phases(order, local),
    }


def quote_page(session: Session, actor: Actor, order: WorkOrder, reader: Reader) -> dict[str, Any]:
    """The open proposal with what it is for and the verdict; the caller knows there is one."""
    local = reader.in_zone(ZoneInfo(order.zone))
    asked = next(p for p in list_for_order(session, order.id) if p.answer is None)
    photos = queries.list_photos(session, order.id)
    return {
        **_head(order, local),
        "decision": decision_of(session, actor, order, asked, photos, local),
        "verdict": Text.from_json(order.verdict) if order.verdict else None,
        "is_covered": order.suggested_coverage != Coverage.CUSTOMER,
        "term": shown.until(asked.term_at, local) if asked.term_at else None,
    }


def after_sending(session: Session, order: WorkOrder, reader: Reader) -> dict[str, Any]:
    """Number, promise, phases, what happens next: nothing that only a log-in may see."""
    promises = load(session)
    local = reader.in_zone(ZoneInfo(order.zone))
    stored = queries.list_clocks(session, [order.id])[order.id]
    pills = countdown.shown_all(stored, promises, reader.now)
    quote = next((c for c in pills if c.clock is Clock.QUOTE and c.due_at is not None), None)
    is_covered = order.suggested_coverage != Coverage.CUSTOMER
    return {
        **_head(order, local),
        "promise": shown.next_promise(order, pills, (), local),
        "quote_by": shown.until(quote.due_at, local) if quote and quote.due_at else None,
        "verdict": Text.from_json(order.verdict) if order.verdict and is_covered else None,
        "is_new": order.status_kind is Status.RECEIVED,
        "entity": our_entity(session),
    }


@dataclass(frozen=True)
class Decision:
    """An open proposal as it is put to the person; ``refusal`` says why they cannot answer."""

    ordinal: int
    is_quote: bool
    asked_at: datetime
    words: str
    amount: Amount
    vat: Text
    difference: str
    term_at: datetime | None
    valid_until: date | None
    photo: ShownPhoto | None
    lines: list[tuple[str, str, str]]
    paper_url: str | None
    refusal: Text | None
    no_yes: Text | None


def decision_of(
    session: Session,
    actor: Actor,
    order: WorkOrder,
    proposal: Proposal,
    photos: Mapping[int, Sequence[OrderPhoto]],
    reader: Reader,
) -> Decision:
    """What is asked, what for, and whether this person may answer it."""
    refusal = None
    deciders = may_decide_on_price(session, order.payer_id, actor.user_id or 0)
    if not deciders.may:
        refusal = Text("Only %(names)s decides on price; we asked them.", names=deciders.names)
    elif not actor.can(Permission.ORDERS_ANSWER):
        refusal = N_("Who decides on price for your company answers here.")
    is_quote = proposal.kind == ProposalKind.QUOTE
    today = reader.today
    return Decision(
        proposal.ordinal, is_quote, proposal.asked_at, proposal.words,
        Amount(proposal.amount, order.currency), _vat(proposal),
        proposal.difference(reader),
        proposal.term_at, proposal.valid_until, _photo(order, proposal, photos),
        _lines(proposal, order.currency, reader), _paper(actor, proposal, order), refusal,
        expired(proposal.valid_until, today) if is_quote else None,
    )  # fmt: skip


def _vat(proposal: Proposal) -> Text:
    paid = [line for line in proposal.lines if line["coverage"] == Coverage.CUSTOMER]
    rates = {line["vat_rate"] for line in paid}
    if len(rates) != 1:
        return N_("with VAT")
    rate = VatRate(rates.pop())
    return rate.label if rate is VatRate.NONE else Text("with %(vat)s", vat=rate.label)


def _lines(proposal: Proposal, currency: str, reader: Reader) -> list[tuple[str, str, str]]:
    out = []
    for line in proposal.lines:
        is_paid = line["coverage"] == Coverage.CUSTOMER
        quantity = f"{reader.number(Decimal(line['quantity']))}\u00a0{line['unit']}"
        second = quantity if is_paid else f"{quantity}, {reader.show(Coverage(line['coverage']))}"
        paid = Decimal(line["gross"]) if is_paid else Decimal(0)
        out.append((line["description"], second, reader.money(paid, currency)))
    return out


def _photo(
    order: WorkOrder, proposal: Proposal, photos: Mapping[int, Sequence[OrderPhoto]]
) -> ShownPhoto | None:
    listed = [photo for several in photos.values() for photo in several]
    found = [photo for photo in listed if photo.file_id == proposal.photo_id]
    return order_page.shown_photos(order, found)[0] if found else None


def _paper(actor: Actor, proposal: Proposal, order: WorkOrder) -> str | None:
    company = order.payer_id or order.company_id
    if proposal.document_id is None or company not in (actor.company_ids or ()):
        return None
    return url_for("documents.show", document_id=proposal.document_id)
