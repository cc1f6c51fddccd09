"""Periods that are over, and reminders: each once."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from service_app.core.db import transaction
from service_app.customers.models import Contact
from service_app.notifications.models import Notification
from service_app.outbox.models import OutboxMessage
from tests.workorders.contracts.builders import PACKAGE, YEAR, make_contract
from workorders.contracts import hours, jobs, service
from workorders.contracts.models import ContractReminder
from workorders.contracts.rules import Renewal, State


def test_what_is_over_ends_or_goes_on(session, people, now) -> None:
    ends = replace(YEAR, ends_on=now.date() - timedelta(days=1))
    goes = replace(ends, number="2", renewal=Renewal.AUTOMATIC, renewal_months=1)
    one, two = make_contract(session, people, now, ends), make_contract(session, people, now, goes)
    today = make_contract(session, people, now, replace(YEAR, number="3", ends_on=now.date()))
    jobs.look_after(session, now=now)
    assert (one.state, one.ended_on) == (State.ENDED, ends.ends_on)
    assert (two.state, two.ends_on) == (State.ACTIVE, date(2026, 12, 23))
    assert today.state == State.ACTIVE
    assert jobs.look_after(session, now=now) == 0


def test_an_end_that_nears_is_told_once(session, people, now) -> None:
    contract = make_contract(
        session, people, now, replace(YEAR, ends_on=now.date() + timedelta(days=30))
    )
    with transaction(session, by=people.manager, at=now):
        contact = Contact(company_id=people.company.id, family_name="Громов", email="g@x.example")
        session.add(contact)
        session.flush()
        service.add_contact(session, contract, contact, about="", by=people.manager, at=now)
    assert jobs.look_after(session, now=now) == 1
    assert jobs.look_after(session, now=now) == 0
    told = session.query(Notification).filter_by(user_id=people.manager.user_id).all()
    assert [n.link_kind for n in told] == ["contract"]
    assert session.query(OutboxMessage).filter_by(to="g@x.example").count() == 1
    with transaction(session, by=people.manager, at=now):
        contract.ends_on = now.date() + timedelta(days=29)
    assert jobs.look_after(session, now=now) == 1


def test_hours_are_told_at_the_mark_and_when_they_are_gone(session, people, now) -> None:
    contract = make_contract(session, people, now, replace(PACKAGE, remind_days=0))
    by = people.manager

    def use(minutes: int) -> None:
        with transaction(session, by=by, at=now):
            hours.correct(
                session, contract, minutes, on=now.date(), words="x", uid=uuid.uuid4(), by=by,
                at=now,
            )  # fmt: skip

    use(479)
    assert jobs.look_after(session, now=now) == 0
    use(1)
    assert jobs.look_after(session, now=now) == 1
    use(120)
    assert jobs.look_after(session, now=now) == 1
    assert jobs.look_after(session, now=now) == 0
    keys = [row.key.split()[0] for row in session.query(ContractReminder)]
    assert keys == ["near", "gone"]


def test_nothing_is_told_of_drafts(session, people, now) -> None:
    terms = replace(YEAR, ends_on=now.date(), fee=Decimal(1))
    make_contract(session, people, now, terms, is_signed=False)
    assert jobs.look_after(session, now=now) == 0
