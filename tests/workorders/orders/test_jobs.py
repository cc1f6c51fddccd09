"""The sweep of deadlines: told once, never while paused, at the cost of what is due."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service_app.core.db import transaction
from service_app.notifications.models import Notification
from service_app.outbox.models import OutboxMessage
from tests.workorders.builders import make_machine, make_order, make_quotable
from workorders.intake import service as intake
from workorders.orders import jobs
from workorders.orders import service as orders
from workorders.orders.models import OrderClock, WorkOrder
from workorders.orders.rules import Priority
from workorders.sla.rules import WaitReason

LATE = timedelta(minutes=31)
MOSCOW = ZoneInfo("Europe/Moscow")


def clock(session: Session, order: WorkOrder, name: str) -> OrderClock:
    found = select(OrderClock).where(OrderClock.order_id == order.id, OrderClock.clock == name)
    return session.scalars(found.execution_options(populate_existing=True)).one()


def told(session: Session, kind: str) -> list[tuple[int, str]]:
    found = select(Notification.user_id, Notification.key).where(Notification.key.like(f"{kind}:%"))
    return sorted((row.user_id, row.key) for row in session.execute(found))


def test_a_missed_response_is_told_once(session: Session, people, order, now: datetime) -> None:
    assert jobs.tell_due(session, now=now + timedelta(minutes=29)) == 0
    assert jobs.tell_due(session, now=now + LATE) == 1
    found = clock(session, order, "response")
    assert found.told_at == now + LATE
    assert found.breached_at == now + timedelta(minutes=30)
    assert [user for user, _ in told(session, "due")] == sorted(
        [people.dispatcher.user_id, people.manager.user_id]
    )
    assert jobs.tell_due(session, now=now + LATE) == 0
    assert jobs.tell_due(session, now=now + timedelta(minutes=40)) == 0
    assert len(told(session, "due")) == 2


def test_the_engineer_is_told_of_the_restore(session: Session, people, order, now) -> None:
    with transaction(session, by=people.dispatcher, at=now):
        order.engineer_id, order.dispatcher_id = people.engineer.user_id, people.dispatcher.user_id
    found = clock(session, order, "response"), clock(session, order, "quote")
    for earlier in found:
        jobs.tell_due(session, now=earlier.due_at)
    jobs.tell_due(session, now=now + timedelta(days=7))
    restore = [user for user, key in told(session, "due") if ":restore:" in key]
    expected = [people.engineer, people.dispatcher, people.manager]
    assert sorted(restore) == sorted(actor.user_id for actor in expected)


def test_two_workers_tell_once(session: Session, database, people, order, now) -> None:
    with database.write_session() as other:
        assert jobs.tell_due(session, now=now + LATE) + jobs.tell_due(other, now=now + LATE) == 1
    assert len(told(session, "due")) == 2


def test_nothing_is_due_while_paused(session: Session, people, order, now) -> None:
    make_quotable(session, people, order, now)
    with transaction(session, by=people.dispatcher, at=now):
        orders.open_wait(session, order, WaitReason.ACCESS, by=people.dispatcher, at=now)
    assert clock(session, order, "restore").due_at is None
    assert jobs.sweep(session, now=now + timedelta(days=30)) == 0
    assert told(session, "due") == []


def test_a_new_deadline_may_be_told_again(session: Session, people, order, now) -> None:
    week = now + timedelta(days=7)
    jobs.tell_due(session, now=week)
    with transaction(session, by=people.dispatcher, at=week):
        intake.accept(session, order, by=people.dispatcher, at=week)
    before = told(session, "due")
    with transaction(session, by=people.dispatcher, at=week):
        row = clock(session, order, "restore")
        row.due_at = row.tell_at = week + timedelta(hours=1)
        row.told_at = None
    jobs.tell_due(session, now=week + timedelta(hours=2))
    fresh = set(told(session, "due")) - set(before)
    assert {key.split(":")[2] for _, key in fresh} == {"restore"}


def test_a_sweep_amid_a_change_is_not_overlooked(session, database, people, order, now) -> None:
    """The clock was read before the sweep told of it, and moved after: it is told of again."""
    row = clock(session, order, "response")
    with database.write_session() as other:
        assert jobs.tell_due(other, now=now + LATE) == 1
    with transaction(session, by=people.dispatcher, at=now + LATE):
        orders.set_priority(
            session, order, Priority.LOW, reason="it works", by=people.dispatcher, at=now + LATE
        )
    row = clock(session, order, "response")
    assert row.due_at > now + LATE
    assert row.told_at is None
    assert jobs.tell_due(session, now=row.due_at + timedelta(minutes=1)) >= 1


def test_soon_is_told_to_those_who_do_the_work(session: Session, people, order, now) -> None:
    found = clock(session, order, "quote")
    assert found.warn_at is not None
    assert jobs.tell_soon(session, now=found.warn_at - timedelta(minutes=1)) == 0
    assert jobs.tell_soon(session, now=found.warn_at) == 1
    assert [user for user, _ in told(session, "soon")] == [people.dispatcher.user_id]
    assert jobs.tell_soon(session, now=found.warn_at) == 0


def test_a_promise_of_half_an_hour_is_not_told_at_its_first_minute(session, order, now) -> None:
    assert clock(session, order, "response").allowed_seconds == 1800
    assert jobs.tell_soon(session, now=now) == 0
    assert clock(session, order, "response").warned_at == now


@pytest.mark.parametrize(
    ("hours", "told_at"), [(1, "24 11:42"), (2.5, "24 14:00"), (10, "25 09:00")]
)
def test_people_are_told_in_working_hours(session, people, order, now, hours, told_at) -> None:
    """An hour on, at 11:42, the office is open; at lunch and at 20:42 it is not. The breach is
    marked at once all the same."""
    at = now + timedelta(hours=hours)
    jobs.tell_due(session, now=at)
    found = clock(session, order, "response")
    assert found.breached_at == now + timedelta(minutes=30)
    assert found.is_breach_changed
    if found.told_at is None:
        assert told(session, "due") == []
        assert session.scalars(select(OutboxMessage)).all() == []
        at = found.tell_at
        assert jobs.tell_due(session, now=at - timedelta(minutes=1)) == 0
        jobs.tell_due(session, now=at)
    assert f"{at.astimezone(MOSCOW):%d %H:%M}" == told_at
    assert any(user == people.manager.user_id for user, _ in told(session, "due"))
    to = select(OutboxMessage).where(OutboxMessage.to == "manager@example.org")
    (letter, *_) = session.scalars(to)
    assert f"{letter.next_try_at.astimezone(MOSCOW):%d %H:%M}" == told_at


def test_what_was_done_in_the_night_is_told_to_nobody(session, people, order, now) -> None:
    night, morning = now + timedelta(hours=12), now + timedelta(hours=23)
    jobs.tell_due(session, now=night)
    with transaction(session, by=people.dispatcher, at=night):
        intake.accept(session, order, by=people.dispatcher, at=night)
    jobs.tell_due(session, now=morning)
    assert [key for _, key in told(session, "due") if ":response:" in key] == []
    assert clock(session, order, "response").breached_at is not None


def test_a_nights_many_come_as_one_digest(session, people, now) -> None:
    machine = make_machine(session, people, now)
    evening = now + timedelta(hours=7)  # 17:42 in Moscow
    for _ in range(6):
        make_order(session, people, machine, evening)
    sunrise = datetime(2026, 11, 25, 9, 30, tzinfo=MOSCOW)
    for minute in range(0, 900, 30):
        jobs.tell_due(session, now=evening + timedelta(minutes=minute))
    assert told(session, "due") == told(session, "digest") == []
    jobs.tell_due(session, now=sunrise)
    assert len([user for user, _ in told(session, "digest") if user == people.manager.user_id]) == 1
    assert told(session, "due") == []


def test_the_very_end_of_the_day_is_told_of_then(session, people, order, now) -> None:
    closing = datetime(2026, 11, 24, 18, 0, 40, tzinfo=MOSCOW)
    with transaction(session, by=people.dispatcher, at=now):
        row = clock(session, order, "response")
        row.due_at = row.tell_at = closing - timedelta(seconds=40)
    assert jobs.tell_due(session, now=closing) >= 1
    assert told(session, "due")


def test_has_work_looks_at_what_is_due(session: Session, order, now) -> None:
    jobs.sweep(session, now=now)
    assert not jobs.has_work(session, now + timedelta(minutes=29))
    assert jobs.has_work(session, now + timedelta(minutes=30))


def test_the_sweep_costs_by_what_is_due(session: Session, people, now, count_queries) -> None:
    """The statements do not multiply with open orders, and the claim goes by its own index."""
    machine = make_machine(session, people, now)
    for _ in range(6):
        make_order(session, people, machine, now)
    with count_queries() as none_due:
        assert jobs.tell_due(session, now=now) == 0
    assert len(none_due) <= 3
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN "
    else:
        explain = "EXPLAIN QUERY PLAN "
    for column, index in (("tell_at", "untold"), ("warn_at", "unwarned")):
        mark = {"tell_at": "told_at", "warn_at": "warned_at"}[column]
        plan = session.execute(
            text(
                f"{explain}SELECT id FROM order_clock WHERE {column} <= :now"
                f" AND {mark} IS NULL ORDER BY {column} LIMIT 200"
            ),
            {"now": now.replace(tzinfo=None) if explain != "EXPLAIN " else now},
        ).all()
        assert any(f"ix_order_clock_{index}" in str(row) for row in plan), plan
