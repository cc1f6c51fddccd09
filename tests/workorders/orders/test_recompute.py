"""``sla recompute``: stored clocks are an index of the events, and can prove it."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from tests.workorders.builders import make_machine, make_order
from workorders.orders import jobs
from workorders.orders.models import OrderClock
from workorders.orders.recompute import differences
from workorders.sla.rules import Clock


@pytest.fixture
def order(session, people, now):
    return make_order(session, people, make_machine(session, people, now), now)


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=["sla", "recompute", *words])


def clock_of(session, order, name=Clock.RESPONSE) -> OrderClock:
    session.expire_all()
    return session.scalars(
        select(OrderClock).where(OrderClock.order_id == order.id, OrderClock.clock == name)
    ).one()


def test_what_was_stored_is_what_the_events_say(run, order) -> None:
    done = run("--check")
    assert (done.exit_code, "is what its events lead to" in done.output) == (0, True)


def test_a_deadline_that_passed_is_no_difference(session, run, order, now) -> None:
    later = now + timedelta(days=30)
    assert jobs.tell_due(session, now=later) > 0
    assert clock_of(session, order).breached_at is not None
    assert list(differences(session, now=later)) == []


def test_a_clock_that_was_tampered_with_is_found_and_put_right(session, run, order, now) -> None:
    with transaction(session, by=SYSTEM, at=now):
        row = clock_of(session, order)
        right = row.due_at
        row.due_at = right + timedelta(hours=1)
        session.execute(delete(OrderClock).where(OrderClock.clock == Clock.ARRIVAL))
    checked = run("--check")
    assert checked.exit_code == 1
    assert f"{order.number} response: deadline is" in checked.output
    assert f"{order.number} arrival: clock is missing" in checked.output
    assert "1 orders differ" in checked.output
    assert clock_of(session, order).due_at != right
    assert "1 orders put right" in run().output
    assert clock_of(session, order).due_at == right
    assert run("--check").exit_code == 0
