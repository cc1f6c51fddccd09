"""The demo company after loading: whole, true to its own events, and open to its people."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.meters.models import MeterSegment, Reading
from assets.meters.queries import current_hours
from service_app.accounts.models import User
from service_app.accounts.rules import DEMO_LOGINS
from service_app.core.db import Base
from service_app.core.money import total
from service_app.customers.models import Company
from service_app.documents.models import IssuedDocument
from service_app.outbox.models import OutboxMessage
from tests.demo_company import LOADED_AT
from workorders.breaches.models import Breach
from workorders.handover.models import HandoverAct
from workorders.orders.clocks import results
from workorders.orders.models import OrderClock, OrderEvent, OrderPhoto, WorkOrder
from workorders.orders.queries import list_lines, list_steps, list_with_events, money_line
from workorders.orders.rules import Source, Status, replay_status
from workorders.planning.models import Visit
from workorders.sla.queries import load
from workorders.sla.rules import Clock, ClockKey

pytestmark = pytest.mark.xdist_group("demo")
PAGES = (
    "/board", "/orders", "/machines", "/my-day", "/promises", "/breaches", "/customers", "/portal",
    "/admin/people", "/admin/journal", "/inbox",
)  # fmt: skip


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def orders(session: Session) -> list[WorkOrder]:
    return list(session.scalars(select(WorkOrder).order_by(WorkOrder.id)).unique())


def test_the_company_is_whole(loaded: Session) -> None:
    assert count(loaded, Machine) == 40
    assert count(loaded, Company) == 6
    assert count(loaded, Reading) > 2000
    assert count(loaded, HandoverAct) > 80
    assert count(loaded, IssuedDocument) > 120
    assert count(loaded, OrderPhoto) >= 20
    guests = loaded.scalars(select(Company).where(Company.allows_guest_reports.is_(True))).all()
    assert [company.short_name for company in guests] == ["Волгастрой"]


def test_there_is_an_order_in_every_phase(loaded: Session) -> None:
    by_status = Counter(order.status for order in orders(loaded))
    assert set(by_status) == set(Status)
    assert by_status[Status.CLOSED] >= 90
    assert by_status[Status.RECEIVED] == 3
    waits = {order.wait_reason for order in orders(loaded)}
    assert {"parts", "access", "approval"} <= waits
    assert [o.serial for o in asked(loaded)] == ["EG230-00417"]
    guest = [order for order in orders(loaded) if order.is_guest]
    assert [order.source for order in guest] == [Source.QR]
    paper = [order for order in orders(loaded) if order.status == Status.HANDED_OVER]
    assert [order.is_original_awaited for order in paper] == [True]


def asked(session: Session) -> list[Machine]:
    return [o.machine for o in orders(session) if o.question_since is not None and o.machine]


def test_the_excavator_costs_what_the_picture_says(loaded: Session) -> None:
    order = next(o for o in orders(loaded) if o.question_since is not None)
    lines = list_lines(loaded, order.id)
    assert str(total((money_line(line) for line in lines), "RUB").gross) == "84600.00"


def test_every_engineer_has_something_today_and_tomorrow(loaded: Session) -> None:
    open_visits = loaded.scalars(select(Visit).where(Visit.status == "planned")).unique().all()
    today = {v.leader.login for v in open_visits if v.planned_from.date() == LOADED_AT.date()}
    tomorrow = {v.leader.login for v in open_visits if v.planned_from.date() > LOADED_AT.date()}
    engineers = {"engineer", "galiev", "lapin", "yudin", "orlov"}
    assert today == tomorrow == engineers


def test_numbers_rise_with_the_moments(loaded: Session) -> None:
    received = [order.received_at for order in orders(loaded)]
    assert received == sorted(received)
    assert all(moment <= LOADED_AT for moment in received)


def test_nothing_happened_in_the_future(loaded: Session) -> None:
    last = loaded.scalar(select(func.max(OrderEvent.happened_at)))
    assert last is not None
    assert last <= LOADED_AT
    latest = loaded.scalar(select(func.max(Reading.read_at)))
    assert latest is not None
    assert latest <= LOADED_AT


def test_statuses_and_clocks_are_what_the_events_replay_to(loaded: Session) -> None:
    promises, found = load(loaded), orders(loaded)
    events = list_with_events(loaded, [order.id for order in found])
    clocks: dict[int, dict[ClockKey, OrderClock]] = {order.id: {} for order in found}
    for row in loaded.scalars(select(OrderClock)):
        clocks[row.order_id][row.key] = row
    for order in found:
        steps = [step for _, step in list_steps(loaded, order)]
        assert replay_status(steps) is order.status_kind, order.number
        replayed = results(order, events[order.id], promises)
        stored = {n: (r.state, r.due_at, r.met_at, r.used_seconds, r.late_seconds)
                  for n, r in clocks[order.id].items()}  # fmt: skip
        assert stored == {
            key: (r.state.value, r.due_at, r.met_at, r.used, r.late) for key, r in replayed.items()
        }, order.number


def test_most_promises_were_kept_and_every_kind_was_broken(loaded: Session) -> None:
    ended = loaded.scalars(select(OrderClock).where(OrderClock.state == "met")).all()
    broken = Counter(row.clock for row in ended if row.breached_at is not None)
    kept = 1 - sum(broken.values()) / len(ended)
    assert 0.9 < kept < 0.99
    assert set(broken) >= {Clock.RESPONSE, Clock.QUOTE, Clock.ARRIVAL, Clock.RESTORE}


def test_breaches_have_causes_but_the_last_ones(loaded: Session) -> None:
    found = loaded.scalars(select(Breach)).all()
    assert len([b for b in found if b.reviewed_at is not None]) >= 8
    waiting = [b for b in found if b.reviewed_at is None]
    assert waiting
    assert all(LOADED_AT - b.breached_at < timedelta(days=31) for b in waiting)


def test_meters_tell_their_stories(loaded: Session) -> None:
    machines = {m.serial: m for m in loaded.scalars(select(Machine)).unique()}
    assert count(loaded, MeterSegment) == 41
    hours = current_hours(loaded, [m.id for m in machines.values()])
    replaced = hours[machines["EG230-00417"].id]
    assert replaced.value < replaced.total
    silent = hours[machines["VK55-1160"].id]
    assert LOADED_AT - silent.read_at > timedelta(days=31)
    voided = loaded.scalars(select(Reading).where(Reading.voided_at.is_not(None))).all()
    assert len(voided) == 1


def test_old_letters_are_not_delivered_and_old_notices_are_read(loaded: Session) -> None:
    oldest = loaded.scalar(select(func.min(OutboxMessage.made_at)))
    assert oldest is not None
    assert LOADED_AT - oldest < timedelta(days=15)
    assert 5 < count(loaded, OutboxMessage) < 60


@pytest.mark.parametrize("login", DEMO_LOGINS)
def test_the_log_ins_work(demo: Flask, login: str) -> None:
    client = demo.test_client()
    answer = client.post("/login", data={"login": login, "password": "demo"})
    assert answer.status_code == 302
    assert client.get(answer.location, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("login", DEMO_LOGINS)
def test_pages_open_for_everybody(demo: Flask, loaded: Session, login: str) -> None:
    client = demo.test_client()
    client.post("/login", data={"login": login, "password": "demo"})
    user = loaded.scalars(select(User).where(User.login == login)).unique().one()
    machines = loaded.scalars(select(Machine.id).order_by(Machine.id).limit(3)).all()
    papers = loaded.scalars(
        select(IssuedDocument.id).order_by(IssuedDocument.id.desc()).limit(3)
    ).all()
    with demo.test_request_context():
        addresses = [
            *(url_for("orders.show", number=order.number) for order in orders(loaded)[-40:]),
            *(url_for("machines.show", machine_id=n) for n in machines),
            *(url_for("documents.show", document_id=n) for n in papers),
            *PAGES,
        ]
    found = {address: client.get(address).status_code for address in addresses}
    fine = {200, 302, 403} if user.is_staff else {200, 302, 403, 404}
    wrong = {a: code for a, code in found.items() if code not in fine}
    assert wrong == {}
    assert sum(code == 200 for code in found.values()) >= (10 if not user.is_staff else 40)


def test_the_dispatcher_opens_every_order(demo: Flask, loaded: Session) -> None:
    client = demo.test_client()
    client.post("/login", data={"login": "dispatcher", "password": "demo"})
    codes = {o.number: client.get(f"/orders/{o.number}").status_code for o in orders(loaded)}
    assert set(codes.values()) == {200}, codes
