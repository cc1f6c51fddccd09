"""Levels of service through their page, and what a new version does to open orders."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service_app.core.db import transaction
from service_app.desk.policy_typed import differences, read, shown
from tests.service_app.desk.test_calendars import limits
from tests.workorders.builders import make_machine, make_order
from workorders.calendars.service import make_standard
from workorders.orders import rollout
from workorders.orders import service as orders
from workorders.orders.models import OrderClock, OrderEvent
from workorders.orders.rules import Kind, Place, Source
from workorders.sla.models import SlaPolicy
from workorders.sla.policy import (
    DEFAULT_LIMITS,
    STANDARD,
    Moment,
    OwnClock,
    Policy,
    Special,
    Subject,
)
from workorders.sla.queries import forget, load
from workorders.sla.rules import Clock, ClockKey, WaitReason
from workorders.sla.service import add_level, add_version

LOANER = OwnClock(1, "Замена на время ремонта", Moment.ACCEPTED, Moment.ARRIVED)
RICH = Policy(
    limits={**DEFAULT_LIMITS, **{(Clock.UPDATE, n): 960 for n in (1, 2, 3, 4)}},
    specials=(
        Special(Clock.RESTORE, 120, criticality="high"),
        Special(Clock.ARRIVAL, None, work="consultation"),
        Special(Clock.RESTORE, 60, priority=1, criticality="high"),
        Special(Clock.OWN, 90, 1, priority=2),
    ),
    own=(LOANER,),
)


@pytest.fixture
def level(session, people, now) -> SlaPolicy:
    by = people.administrator
    with transaction(session, by=by, at=now):
        week = make_standard(session, name="Будни", zone="Europe/Moscow", by=by, at=now)
        made = add_level(session, name="Стандарт", by=by, at=now)
        add_version(session, STANDARD, level=made, calendar=week, by=by, at=now)
    return made


@pytest.fixture
def client(sign_in_as, people):
    return sign_in_as(people.administrator)


def fresh(session):
    session.expire_all()
    forget(session)
    return load(session)


def test_what_is_shown_is_read_back_as_it_was() -> None:
    typed = read(shown(RICH).cells, RICH, next_number=9)
    assert typed.problems == ()
    assert differences(RICH, typed.policy) == ()
    assert set(typed.policy.specials) == set(RICH.specials)


def test_the_exception_with_the_most_conditions_counts() -> None:
    key = ClockKey(Clock.RESTORE)
    assert RICH.seconds(key, Subject(2, "normal")) == 960 * 60
    assert RICH.seconds(key, Subject(2, "high")) == 120 * 60
    assert RICH.seconds(key, Subject(1, "high")) == 60 * 60
    assert RICH.seconds(ClockKey(Clock.ARRIVAL), Subject(2, work="consultation")) is None


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"own.0.name": "X"}, "from what to what"),
        ({"own.0.name": "X", "own.0.start": "done", "own.0.meet": "done", "own.0.1": "9"}, "same"),
        ({"own.0.name": "X", "own.0.start": "done", "own.0.meet": "ready"}, "no limit"),
        ({"special.0.clock": "restore", "special.0.minutes": "soon"}, "not a number"),
        ({"special.0.clock": "restore", "special.0.minutes": "0"}, "more than 0"),
        ({"response.1": "4 d"}, "not a number"),
    ],
)
def test_cells_that_cannot_be(cells, said) -> None:
    typed = read({**shown(STANDARD).cells, **cells}, STANDARD, next_number=1)
    assert any(said in str(problem) for problem in typed.problems), typed.problems


@pytest.mark.parametrize(
    "cells", [{"own.²": "x"}, {"special": "x"}, {"own.0": "y"}, {"own.999.name": "z"}]
)
def test_rubbish_names_of_cells_are_passed_by(cells) -> None:
    read({**shown(STANDARD).cells, **cells}, STANDARD, next_number=1)


def test_hours_may_be_typed(client, session, level, now) -> None:
    client.post("/admin/policies", data={**limits({"restore.2": "6 ч"}), "confirm": "1"})
    policy = fresh(session).usual_at(now)
    assert policy.limits[Clock.RESTORE, 2] == 360


def test_a_level_of_its_own_with_exceptions_and_a_clock(client, session, people, level, now):
    client.post("/admin/policies/levels", data={"name": "Круглосуточно"})
    made = session.scalars(select(SlaPolicy).where(SlaPolicy.name == "Круглосуточно")).one()
    data = limits(
        {
            "special.0.clock": "response", "special.0.criticality": "normal",
            "special.0.minutes": "7", "own.0.name": "Подмена", "own.0.start": "received",
            "own.0.meet": "arrived", "own.0.2": "45", "own.0.stops.access": "on",
            "confirm": "1",
        }
    )  # fmt: skip
    assert client.post(f"/admin/policies?level={made.id}", data=data).status_code == 302
    promises = fresh(session)
    assert promises.usual_at(now) == STANDARD
    machine = make_machine(session, people, now)
    with transaction(session, by=people.dispatcher, at=now):
        order, _ = orders.open_order(
            session, branch=people.branch, kind=Kind.REPAIR, place=Place.ON_SITE,
            source=Source.PHONE, symptom="X", severity="stopped", priority=2, machine=machine,
            company=people.company, policy_id=made.id, reporter=orders.Reporter("X"),
            uid=machine.uid, by=people.dispatcher, at=now,
        )  # fmt: skip
    rows = {
        row.key: row
        for row in session.scalars(select(OrderClock).where(OrderClock.order_id == order.id))
    }
    assert rows[ClockKey(Clock.RESPONSE)].allowed_seconds == 7 * 60
    own = next(row for key, row in rows.items() if key.clock is Clock.OWN)
    assert (own.label, own.allowed_seconds) == ("Подмена", 45 * 60)
    with transaction(session, by=people.dispatcher, at=now):
        order.status = "accepted"
        orders.open_wait(session, order, WaitReason.ACCESS, by=people.dispatcher, at=now)
    session.refresh(own)
    assert own.state == "paused"
    page = client.get(f"/orders/{order.number}").get_data(as_text=True)
    assert "Подмена" in page
    assert "Круглосуточно" in page


def test_a_version_may_begin_later(client, session, people, level, now) -> None:
    later = {**limits({"response.2": "5"}), "confirm": "1", "since": "2026-11-25T09:00"}
    assert client.post("/admin/policies", data=later).status_code == 302
    promises = fresh(session)
    tomorrow = now + timedelta(days=1)
    key, about = ClockKey(Clock.RESPONSE), Subject(2)
    assert promises.usual_at(now).seconds(key, about) == 30 * 60
    assert promises.usual_at(tomorrow).seconds(key, about) == 5 * 60
    past = {**limits({"response.2": "9", "version": "2"}), "confirm": "1"}
    answer = client.post("/admin/policies", data={**past, "since": "2026-11-01T09:00"})
    assert "begins now or later" in answer.get_data(as_text=True)
    answer = client.post("/admin/policies", data={**past, "since": "yesterday"})
    assert "is not a day and a time" in answer.get_data(as_text=True)


def test_open_orders_follow_a_new_version_when_told_so(client, session, people, level, now):
    machine = make_machine(session, people, now)
    made = [make_order(session, people, machine, now) for _ in range(3)]
    with transaction(session, by=people.dispatcher, at=now):
        made[0].status = "accepted"
        orders.open_wait(session, made[0], WaitReason.ACCESS, by=people.dispatcher, at=now)
    client.post("/admin/policies", data={**limits({"restore.2": "480"}), "confirm": "1"})
    address = f"/admin/policies/{level.id}/apply"
    page = client.get(address).get_data(as_text=True)
    assert made[1].number in page
    assert client.post(address, data={"reason": " "}).status_code == 302
    assert session.scalar(select(OrderEvent).where(OrderEvent.kind == "policy_changed")) is None
    for _ in range(2):
        client.post(address, data={"reason": "Новый договор"})
    told = session.scalars(select(OrderEvent).where(OrderEvent.kind == "policy_changed")).all()
    assert sorted(event.order_id for event in told) == [order.id for order in made]
    assert {event.words for event in told} == {"Новый договор"}
    restores = session.scalars(select(OrderClock).where(OrderClock.clock == "restore")).all()
    assert {row.allowed_seconds for row in restores} == {480 * 60}
    paused = next(row for row in restores if row.order_id == made[0].id)
    assert paused.state == "paused"
    assert "follows its newest version" in client.get(address).get_data(as_text=True)


def test_the_preview_counts_what_moves_and_writes_nothing(session, people, level, now) -> None:
    order = make_order(session, people, make_machine(session, people, now), now)
    by = people.administrator
    with transaction(session, by=by, at=now):
        calendar = make_standard(session, name="X", zone="Europe/Moscow", by=by, at=now)
        strict = Policy(limits={**DEFAULT_LIMITS, (Clock.RESPONSE, order.priority): 5})
        new = add_version(session, strict, level=level, calendar=calendar, by=by, at=now)
    at = now + timedelta(minutes=10)
    found = rollout.preview(session, [order.policy_version], new.id, at=at)
    assert (found.orders, found.earlier, found.later, found.late) == (1, 1, 0, 1)
    assert [(m.number, str(m.name)) for m in found.rows] == [(order.number, "Response")]
    assert order.policy_version != new.id


def test_levels_are_named_made_usual_and_ended(client, session, level, now) -> None:
    for name in ("", "стандарт"):
        answer = client.post("/admin/policies/levels", data={"name": name}, follow_redirects=True)
        assert "level" in answer.get_data(as_text=True).lower()
    assert len(session.scalars(select(SlaPolicy)).all()) == 1
    client.post("/admin/policies/levels", data={"name": "Gold"})
    gold = session.scalars(select(SlaPolicy).where(SlaPolicy.name == "Gold")).one()
    address = f"/admin/policies/levels/{level.id}"
    client.post(address, data={"action": "end"})
    assert level.ended_at is None  # the usual one stays
    client.post(f"/admin/policies/levels/{gold.id}", data={"action": "usual"})
    client.post(address, data={"action": "end"})
    client.post(address, data={"action": "rename", "name": "Old"})
    session.expire_all()
    assert (gold.is_default, level.is_default, level.name) == (True, False, "Old")
    assert level.ended_at is not None
    client.post(address, data={"action": "usual"})
    assert gold.is_default


@pytest.mark.parametrize("level_id", ["0", "x", "99999999999999999999", "77"])
def test_an_unknown_level_is_not_found(client, level, level_id) -> None:
    assert client.get(f"/admin/policies?level={level_id}").status_code == 404
