"""Lists of orders: the columns they show, the clock that burns first, few queries."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from tests.workorders.builders import make_machine, make_order, make_quotable
from workorders.orders import countdown, rows
from workorders.orders.models import OrderClock
from workorders.orders.queries import Filters, list_clocks
from workorders.sla.queries import load


@pytest.fixture
def orders(session, people, now):
    machine = make_machine(session, people, now)
    return [make_order(session, people, machine, now + timedelta(minutes=n)) for n in range(3)]


def test_a_row_says_what_the_order_says(session, people, orders, now) -> None:
    make_quotable(session, people, orders[0], now + timedelta(minutes=5))
    found = rows.list_page(session, people.dispatcher, Filters())
    assert [row.id for row in found] == [o.id for o in reversed(orders)]
    for row, order in zip(found, reversed(orders), strict=True):
        machine, company = order.machine, order.company
        assert (row.model_in("ru"), row.serial) == (machine.model_name, machine.serial)
        for language in ("en", "ru"):
            assert row.model_in(language) == machine.model.name_in(language)
            assert str(row.title_in(language)) == str(machine.title_in(language))
        assert (row.company_id, row.company) == (company.id, company.short_name)
        assert row.engineer == (order.engineer.short_name if order.engineer else "")
        for name in (
            "number", "shown_number", "symptom", "title", "status_kind", "kind_kind",
            "severity_kind",
            "operator_status", "shown_wait", "is_diagnosis", "status_label", "status_icon",
            "received_at", "is_day_only",
        ):  # fmt: skip
            assert getattr(row, name) == getattr(order, name), name


def test_only_what_a_person_may_see(session, people, orders) -> None:
    assert len(rows.list_page(session, people.operator, Filters())) == 3
    assert len(rows.list_page(session, people.outsider, Filters())) == 0


def test_the_clock_of_a_row_is_the_one_that_burns_first(session, people, orders, now) -> None:
    promises, ids = load(session), [o.id for o in orders]
    with transaction(session, by=SYSTEM, at=now):
        paused = session.scalars(select(OrderClock).where(OrderClock.order_id == ids[1])).all()
        for clock in paused:
            clock.state, clock.due_at, clock.warn_at = "paused", None, None
        for clock in session.scalars(select(OrderClock).where(OrderClock.order_id == ids[2])):
            clock.state = "met"
    found = rows.nearest_clocks(session, ids)
    stored = list_clocks(session, ids)
    assert set(found) == {ids[0], ids[1]}
    for order_id, row in found.items():
        nearest = countdown.nearest(countdown.shown_all(stored[order_id], promises, now))
        shown = countdown.shown(row, promises, now)
        assert (shown.due_at, shown.tone, shown.used) == (
            nearest.due_at,
            nearest.tone,
            nearest.used,
        )
    assert rows.nearest_clocks(session, []) == {}


def test_the_page_asks_as_much_for_many_rows_as_for_few(
    sign_in_as, people, session, orders, now, count_queries
) -> None:
    client = sign_in_as(people.dispatcher)
    client.get("/orders")
    with count_queries() as few:
        client.get("/orders")
    machine = make_machine(session, people, now, serial="EG230-00500")
    for n in range(10):
        make_order(session, people, machine, now + timedelta(minutes=10 + n))
    with count_queries() as many:
        client.get("/orders")
    assert len(many) == len(few) <= 6
