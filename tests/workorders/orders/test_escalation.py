"""Escalation as it reaches people: once each, never while pending, a digest instead of a storm."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.db import transaction
from service_app.notifications.models import Notification
from tests.workorders.builders import make_machine, make_order
from workorders.calendars.service import make_standard
from workorders.intake import service as intake
from workorders.orders import jobs
from workorders.orders import service as orders
from workorders.orders.models import OrderClock
from workorders.orders.moves import Action, Need
from workorders.orders.recompute import differences
from workorders.sla.policy import Policy
from workorders.sla.queries import load
from workorders.sla.rules import Clock, WaitReason
from workorders.sla.service import add_level, add_version
from workorders.sla.steps import Step, When, Whom

STEPS = (
    Step(When.PERCENT, 50, Whom.DISPATCHERS, Clock.QUOTE),
    Step(When.AFTER, 60, Whom.MANAGERS, Clock.QUOTE),
    Step(When.AFTER, 120, Whom.CUSTOMER, Clock.QUOTE),
)


@pytest.fixture
def machine(session: Session, people, now: datetime):
    by = people.administrator
    with transaction(session, by=by, at=now):
        week = make_standard(session, name="W", zone="Europe/Moscow", by=by, at=now)
        level = add_level(session, name="A", by=by, at=now)
        add_version(session, Policy(steps=STEPS), level=level, calendar=week, by=by, at=now)
    return make_machine(session, people, now)


def quote_of(session: Session, order) -> OrderClock:
    return session.scalars(
        select(OrderClock)
        .where(OrderClock.order_id == order.id, OrderClock.clock == "quote")
        .execution_options(populate_existing=True)
    ).one()


def told(session: Session, start: str = "step") -> list[tuple[int, str]]:
    rows = session.execute(
        select(Notification.user_id, Notification.key).where(Notification.key.like(f"{start}%"))
    )
    return sorted((row[0], row[1].split(":")[0]) for row in rows)


def test_each_step_reaches_its_people_once(session, people, machine, now) -> None:
    order = make_order(session, people, machine, now)
    row = quote_of(session, order)
    half, due = row.step_at, row.due_at
    assert half < due
    assert jobs.take_steps(session, now=half - timedelta(minutes=1)) == 0
    assert jobs.take_steps(session, now=half) == 1
    assert jobs.take_steps(session, now=half) == 0
    assert told(session) == [(people.dispatcher.user_id, "step0")]
    late = due + timedelta(days=1)
    assert jobs.take_steps(session, now=late) == 1
    assert jobs.take_steps(session, now=late + timedelta(days=9)) == 0
    assert told(session, "step1") == [(people.manager.user_id, "step1")]
    assert (people.operator.user_id, "step2") in told(session, "step2")
    assert quote_of(session, order).step_at is None
    session.flush()
    assert [d for d in differences(session, now=late) if d.field == "next step"] == []


def test_a_step_found_after_closing_waits_for_the_opening(session, people, machine, now) -> None:
    """The worker had stood still until the night: nobody is called from bed by its return."""
    order = make_order(session, people, machine, now)
    row = quote_of(session, order)
    calendar = load(session).calendar_for(row.policy_version)
    evening = row.due_at.replace(hour=20)  # 23:00 in Moscow
    assert row.step_at < evening < calendar.next_open(evening)
    jobs.take_steps(session, now=evening)
    assert told(session) == []
    held = quote_of(session, order)
    assert (held.step_at, held.steps_taken) == (calendar.next_open(evening), [])
    assert jobs.take_steps(session, now=evening + timedelta(hours=1)) == 0
    night = evening + timedelta(hours=2)
    assert [d for d in differences(session, now=night) if d.field == "next step"] == []
    morning = held.step_at
    late = morning + timedelta(seconds=5)  # the worker stands still again
    assert [d for d in differences(session, now=late) if d.field == "next step"] == []
    assert jobs.take_steps(session, now=morning) == 1
    assert (people.dispatcher.user_id, "step0") in told(session)


def test_nothing_is_told_while_the_order_waits(session, people, machine, now) -> None:
    order = make_order(session, people, machine, now)
    with transaction(session, by=people.dispatcher, at=now):
        intake.accept(session, order, by=people.dispatcher, at=now)
        orders.open_wait(session, order, WaitReason.CUSTOMER, by=people.dispatcher, at=now)
    assert quote_of(session, order).step_at is None
    assert jobs.sweep(session, now=now + timedelta(days=30)) == 0
    assert told(session) == []


def test_what_was_done_in_time_is_told_to_nobody(session, people, machine, now) -> None:
    order = make_order(session, people, machine, now)
    half = quote_of(session, order).step_at
    with transaction(session, by=people.dispatcher, at=now):
        orders.move(
            session, order, Action.CANCEL, told=orders.Told(words="x"),
            fills=frozenset({Need.REASON}), by=people.dispatcher, at=now,
        )  # fmt: skip
    assert jobs.take_steps(session, now=half + timedelta(days=1)) == 0


def test_a_storm_is_one_digest(session, people, machine, now) -> None:
    """A worker was dead for two days: everybody hears once, not of every clock of every order."""
    made = [make_order(session, people, machine, now) for _ in range(6)]
    jobs.sweep(session, now=now + timedelta(days=2))
    rows = session.scalars(
        select(Notification).where(Notification.user_id == people.manager.user_id)
    ).all()
    digests = [row for row in rows if row.key.startswith("digest")]
    assert len(digests) == 2  # of what is late, and of the steps
    assert made[0].number in str(digests[0].sentence)
    assert not [row for row in rows if row.key.startswith(("due", "step"))]
    before = len(rows)
    jobs.sweep(session, now=now + timedelta(days=2, hours=1))
    again = session.scalars(
        select(Notification).where(Notification.user_id == people.manager.user_id)
    ).all()
    assert len(again) == before
