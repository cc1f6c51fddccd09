"""Whom a step may name beside the usual people: team leader, a person, contract, outside."""

from datetime import timedelta

import pytest

from service_app.core.db import transaction
from service_app.customers.models import Contact
from service_app.notifications.models import Notification
from service_app.organisation.models import StaffMembership, Team
from service_app.outbox import carriers
from service_app.outbox import jobs as outbox_jobs
from service_app.outbox.carriers import Refused
from service_app.outbox.models import OutboxMessage
from service_app.outbox.rules import CHANNEL
from tests.workorders.builders import make_assigned, make_order
from tests.workorders.contracts.builders import YEAR, make_contract
from workorders.calendars.service import make_standard
from workorders.contracts import service as contracts
from workorders.orders import jobs
from workorders.orders.models import OrderClock
from workorders.sla.models import SlaPolicy
from workorders.sla.policy import Policy, policy_problems
from workorders.sla.rules import Clock
from workorders.sla.service import add_level, add_version
from workorders.sla.steps import Step, When, Whom
from workorders.sla.stored import columns_of


def _step(whom: Whom, **values) -> Step:
    return Step(When.PERCENT, 50, whom, Clock.RESTORE, is_any_hour=True, **values)


def _late_order(session, people, machine, now, *steps: Step, is_assigned: bool = False):
    """An order whose restore clock has used more than half of its time."""
    by = people.administrator
    with transaction(session, by=by, at=now):
        week = make_standard(session, name="W", zone="Europe/Moscow", by=by, at=now)
        level = add_level(session, name="A", by=by, at=now)
        add_version(session, Policy(steps=steps), level=level, calendar=week, by=by, at=now)
    order = make_order(session, people, machine, now)
    if is_assigned:
        make_assigned(session, people, order, now)
    session.flush()
    row = session.query(OrderClock).filter_by(order_id=order.id, clock="restore").one()
    jobs.take_steps(session, now=row.step_at + timedelta(minutes=1))
    return order


def _told(session) -> set[int]:
    rows = session.query(Notification).filter(Notification.key.like("step%"))
    return {row.user_id for row in rows}


def test_the_leader_of_the_engineers_team(session, people, machine, now) -> None:
    with transaction(session, by=people.administrator, at=now):
        team = Team(
            branch_id=people.branch.id, name="First", lead_user_id=people.storekeeper.user_id
        )
        session.add(team)
        session.flush()
        session.get_one(StaffMembership, people.engineer.user_id).team_id = team.id
    _late_order(session, people, machine, now, _step(Whom.LEAD), is_assigned=True)
    assert _told(session) == {people.storekeeper.user_id}


def test_without_a_leader_the_managers(session, people, machine, now) -> None:
    _late_order(session, people, machine, now, _step(Whom.LEAD), is_assigned=True)
    assert _told(session) == {people.manager.user_id}


def test_a_person_named(session, people, machine, now) -> None:
    step = _step(Whom.PERSON, person=people.administrator.user_id)
    _late_order(session, people, machine, now, step)
    assert _told(session) == {people.administrator.user_id}
    assert columns_of(Policy(steps=(step,)))["steps"][0]["person"] == step.person


def test_a_step_to_nobody_is_refused() -> None:
    assert policy_problems(Policy(steps=(_step(Whom.PERSON),)))


def test_the_contracts_contacts_by_inbox_and_by_letter(session, people, machine, now) -> None:
    contract = make_contract(session, people, now, YEAR)
    by = people.manager
    with transaction(session, by=by, at=now):
        signs_in = Contact(
            company_id=people.company.id, family_name="Петров", user_id=people.operator.user_id
        )
        writes = Contact(company_id=people.company.id, family_name="Громов", email="g@x.example")
        session.add_all([signs_in, writes])
        session.flush()
        for contact in (signs_in, writes):
            contracts.add_contact(session, contract, contact, about="", by=by, at=now)
    _late_order(session, people, machine, now, _step(Whom.CONTRACT))
    assert _told(session) == {people.operator.user_id}
    assert session.query(OutboxMessage).filter_by(to="g@x.example").count() == 1


def test_without_a_contract_the_customer_who_reported(session, people, machine, now) -> None:
    _late_order(session, people, machine, now, _step(Whom.CONTRACT))
    assert _told(session) == {people.operator.user_id}


class Heard:
    """A channel that keeps what it was told, or refuses."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses, self.told = refuses, []

    def tell(self, title: str, words: str) -> None:
        if self.refuses:
            raise Refused(self.refuses, is_final=False)
        self.told.append((title, words))


@pytest.fixture
def channel(tmp_path):
    before = carriers._post
    made = Heard()
    folder = carriers.FolderCarrier(tmp_path)
    carriers.configure(carriers.Post(folder, "s@x.example", "", made))
    yield made
    carriers._post = before


def test_the_channel_outside_is_told_once(session, people, machine, now, channel) -> None:
    order = _late_order(session, people, machine, now, _step(Whom.OUTSIDE))
    message = session.query(OutboxMessage).filter_by(to=CHANNEL).one()
    later = message.next_try_at + timedelta(minutes=1)
    assert outbox_jobs.deliver(session, now=later) >= 1
    assert outbox_jobs.deliver(session, now=later) == 0
    assert len(channel.told) == 1
    assert order.number in channel.told[0][1]


def test_without_a_channel_the_message_fails_in_words(
    session, people, machine, now, tmp_path
) -> None:
    before = carriers._post
    carriers.configure(carriers.Post(carriers.FolderCarrier(tmp_path), "s@x.example", ""))
    _late_order(session, people, machine, now, _step(Whom.OUTSIDE))
    message = session.query(OutboxMessage).filter_by(to=CHANNEL).one()
    outbox_jobs.deliver(session, now=message.next_try_at + timedelta(minutes=1))
    session.refresh(message)
    assert "NOTIFY_URLS" in message.last_error
    carriers._post = before


def test_urls_without_the_package_say_what_to_install(monkeypatch) -> None:
    def absent(name: str):
        raise ImportError(name)

    monkeypatch.setattr(carriers.importlib, "import_module", absent)
    assert carriers.channel_of("  ") is None
    with pytest.raises(ValueError, match="pip install apprise"):
        carriers.channel_of("tgram://token/chat")


def test_the_package_is_asked_for_every_address(monkeypatch) -> None:
    class Apprise:
        def __init__(self) -> None:
            self.urls: list[str] = []

        def add(self, url: str) -> bool:
            self.urls.append(url)
            return url.startswith("json:")

        def notify(self, *, title: str, body: str) -> bool:
            return title != "no"

    class Module:
        pass

    Module.Apprise = Apprise
    monkeypatch.setattr(carriers.importlib, "import_module", lambda _name: Module)
    with pytest.raises(ValueError, match="does not know"):
        carriers.channel_of("json://a odd://b")
    channel = carriers.channel_of("json://a json://b")
    channel.tell("yes", "words")
    with pytest.raises(Refused):
        channel.tell("no", "words")


def test_the_page_tries_a_level(session, people, sign_in_as, machine, now) -> None:
    _late_order(session, people, machine, now, _step(Whom.LEAD))
    level = session.query(SlaPolicy).one().id
    page = sign_in_as(people.administrator).get(f"/admin/policies/{level}/try?at=2026-11-24T10:00")
    assert page.status_code == 200
    assert "the leader of the engineer" in page.text
    client = sign_in_as(people.administrator)
    for odd in ("at=x", "at=&priority=9", "at=1800-01-01T10:00", "priority=1&at=2026-11-28T23:59"):
        assert client.get(f"/admin/policies/{level}/try?{odd}").status_code == 200
