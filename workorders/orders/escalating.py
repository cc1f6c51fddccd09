"""Steps of escalation: whom each one tells, once, while its clock runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from service_app.accounts.rules import Language
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from service_app.customers.models import Contact
from service_app.notifications.service import notify
from service_app.organisation.queries import leads_of
from service_app.outbox.rules import CHANNEL
from service_app.outbox.service import send
from workorders.contracts.queries import contacts_by_contract
from workorders.orders import clocks
from workorders.orders.claiming import BATCH, IS_LATE, IS_SOON, claim, notice_of, opening
from workorders.orders.models import OrderClock
from workorders.orders.notices import tell_customer
from workorders.orders.queries import list_with_events
from workorders.orders.telling import Notice, Staff, Telling, load_staff
from workorders.sla.queries import Promises, load
from workorders.sla.replay import ClockResult
from workorders.sla.steps import Step, Whom

CUSTOMER_LATE = N_(
    "%(number)s: we promised by %(moment)s and are late (%(clock)s). The manager knows of it."
)
CUSTOMER_SOON = N_("%(number)s: we are at it, promised by %(moment)s (%(clock)s).")


def take_steps(session: Session, *, now: datetime) -> int:
    """Take every escalation step whose moment has come; how many clocks had one.

    A row is claimed by clearing its moment; what is told is asked of the replay again, so that a
    clock met or stopped meanwhile is left in peace. A step found only after closing, since the
    worker had stood still, waits for the opening unless it may come at any hour.
    """
    total = 0
    while True:
        with transaction(session, by=SYSTEM, at=now):
            rows = claim(session, unstepped(now), OrderClock.step_at, {"step_at": None})
            if rows:
                _take(session, rows, now)
        total += len(rows)
        if len(rows) < BATCH:
            return total


def unstepped(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Clocks with a step whose moment has come."""
    return OrderClock.step_at.is_not(None), OrderClock.step_at <= now


def _take(session: Session, rows: Sequence[OrderClock], now: datetime) -> None:
    events = list_with_events(session, {row.order_id for row in rows})
    promises, telling, people = load(session), Telling(), _load_people(session, rows)
    for row in rows:
        found = clocks.results(row.order, events[row.order_id], promises).get(row.key)
        if found is None or found.due_at is None:
            continue
        opens_at = opening(promises.calendar_for(found.policy), now)
        for step, notice in _fallen(row, found, promises, opens_at, now):
            _tell(session, row, found, step, notice, people, telling, now)
        row.step_at = _next_at(row, found, promises, opens_at)
    telling.send(session, at=now)


def _fallen(
    row: OrderClock,
    found: ClockResult,
    promises: Promises,
    opens_at: datetime | None,
    now: datetime,
) -> Iterator[tuple[Step, Notice]]:
    """The steps to take now, each marked as taken, with their notices."""
    assert found.due_at is not None  # the caller looked
    words = IS_LATE if found.due_at <= now else IS_SOON
    for moment, place in clocks.untaken(row.steps_taken, found, promises):
        step = promises.policies[found.policy].steps[place]
        if moment > now or (opens_at is not None and not step.is_any_hour):
            continue
        key = clocks.step_key(found.policy, place, found.due_at)
        row.steps_taken = [*row.steps_taken, key]
        yield step, notice_of(row, words, f"step{place}", promises, now)


def _next_at(
    row: OrderClock, found: ClockResult, promises: Promises, opens_at: datetime | None
) -> datetime | None:
    """When a step is next to be looked at: one of those in working hours not before the opening."""
    moments = [
        moment
        if opens_at is None or promises.policies[found.policy].steps[place].is_any_hour
        else max(moment, opens_at)
        for moment, place in clocks.untaken(row.steps_taken, found, promises)
    ]
    return min(moments, default=None)


@dataclass(frozen=True)
class _People:
    """Whom the steps of a batch may name, read once."""

    staff: Staff
    leads: Mapping[int, int]
    contacts: Mapping[int, Sequence[Contact]]


def _load_people(session: Session, rows: Sequence[OrderClock]) -> _People:
    engineers = {n for row in rows if (n := row.order.engineer_id) is not None}
    contracts = {n for row in rows if (n := row.order.contract_id) is not None}
    return _People(
        load_staff(session, rows),
        leads_of(session, engineers) if engineers else {},
        contacts_by_contract(session, contracts) if contracts else {},
    )


def _tell(
    session: Session,
    row: OrderClock,
    found: ClockResult,
    step: Step,
    notice: Notice,
    people: _People,
    telling: Telling,
    now: datetime,
) -> None:
    assert found.due_at is not None  # the caller looked
    if step.whom is Whom.OUTSIDE:
        send(
            session, to=CHANNEL, subject=notice.text, body=notice.text,
            language=Language.RUSSIAN, zone=row.order.branch.zone, at=now,
        )  # fmt: skip
        return
    if step.whom not in (Whom.CUSTOMER, Whom.CONTRACT):
        telling.add(_staff_of(step, row, people), notice)
        return
    words = CUSTOMER_LATE if found.due_at <= now else CUSTOMER_SOON
    text = words.with_values(clock=row.name, number=row.order.number, moment=found.due_at)
    contacts = people.contacts.get(row.order.contract_id or 0, ())
    if step.whom is Whom.CONTRACT and contacts:
        _tell_contacts(session, row, text, notice, contacts, now)
    else:
        tell_customer(session, row.order, text, key=notice.key, at=now)


def _tell_contacts(
    session: Session,
    row: OrderClock,
    text: Text,
    notice: Notice,
    contacts: Sequence[Contact],
    now: datetime,
) -> None:
    """Those who sign in find it in their inbox, the others get a letter."""
    signing_in = [c.user_id for c in contacts if c.user_id is not None]
    notify(
        session, user_ids=signing_in, text=text, link=("order", row.order.number), key=notice.key,
        at=now,
    )  # fmt: skip
    company = row.order.company
    for contact in contacts:
        if contact.user_id is None and contact.email:
            send(
                session, to=contact.email, subject=text, body=text,
                language=company.language if company else "ru", zone=row.order.zone, at=now,
            )  # fmt: skip


def _staff_of(step: Step, row: OrderClock, people: _People) -> list[int | None]:
    engineer = row.order.engineer_id
    if step.whom is Whom.ENGINEER:
        return [engineer]
    if step.whom is Whom.PERSON:
        return [step.person]
    if step.whom is Whom.DISPATCHER and row.order.dispatcher_id is not None:
        return [row.order.dispatcher_id]
    lead = people.leads.get(engineer) if engineer is not None else None
    if step.whom is Whom.LEAD and lead is not None:
        return [lead]
    if step.whom in (Whom.MANAGERS, Whom.LEAD):
        return list(people.staff.managers)
    return list(people.staff.dispatchers)
