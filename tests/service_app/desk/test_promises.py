"""The manager's screen: figures, lists, months, roles, queries."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core import clock
from service_app.core.db import transaction
from service_app.organisation.queries import home_zone
from service_app.reports import figures, queries
from service_app.reports.figures import Kept, month_period
from tests.workorders.builders import make_machine, make_order
from workorders.breaches import jobs as breach_jobs
from workorders.breaches import service as breaches
from workorders.breaches.models import Breach
from workorders.breaches.rules import BreachState, Cause
from workorders.intake import service as intake
from workorders.orders import jobs as order_jobs
from workorders.orders import service as orders
from workorders.orders.models import OrderClock, WorkOrder
from workorders.orders.moves import Action
from workorders.orders.service import Told
from workorders.sla.queries import load
from workorders.sla.rules import Clock


@pytest.fixture
def machine(session, people, now):
    return make_machine(session, people, now)


def accepted(session, people, machine, received: datetime, minutes: int) -> WorkOrder:
    """A request accepted so many minutes after it came."""
    order = make_order(session, people, machine, received)
    at = received + timedelta(minutes=minutes)
    with transaction(session, by=people.dispatcher, at=at):
        intake.accept(session, order, by=people.dispatcher, at=at)
    return order


def settle(session: Session, now: datetime) -> None:
    order_jobs.sweep(session, now=now)
    breach_jobs.pull(session, now=now)


def page_of(client, address: str = "/promises") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True)).replace("\u00a0", " ")


def words_of(client, address: str = "/promises") -> str:
    """The page as it is read: tags left out, blanks as one."""
    return " ".join(re.sub(r"<[^>]*>", "", page_of(client, address)).split())


def november(session, now) -> dict[Clock, Kept]:
    month = month_period(now.date().replace(day=1), ZoneInfo("Europe/Moscow"))
    return queries.kept_in(session, [month])[0]


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("administrator", 200), ("dispatcher", 200), ("engineer", 403),
     ("operator", 403), ("storekeeper", 403)],
)  # fmt: skip
def test_who_sees_promises(people, sign_in_as, who, status) -> None:
    assert sign_in_as(getattr(people, who)).get("/promises").status_code == status


def test_an_empty_company_reads_sentences(people, sign_in_as) -> None:
    page = words_of(sign_in_as(people.manager))
    assert "Nothing is late." in page
    assert "No promise is running now." in page
    assert "Every breach has its cause." in page
    assert "no promise was decided" in page
    assert "No hour was late in November." in page


def test_nothing_late_names_the_nearest_deadline(session, people, machine, sign_in_as, now) -> None:
    make_order(session, people, machine, now)
    page = words_of(sign_in_as(people.manager))
    assert "Nothing is late. The nearest deadline is at 11:12." in page
    assert "Response: 30 min" in page


def test_late_ones_stand_first(session, people, machine, sign_in_as, now) -> None:
    late = make_order(session, people, machine, now - timedelta(minutes=50))
    fresh = make_order(session, people, machine, now)
    settle(session, now)
    page = words_of(sign_in_as(people.manager))
    assert "Response: +20 min" in page
    assert "longest by 20 min" in page
    assert "late since 10:22" in page
    assert page.index(f"{late.number} ") < page.index(f"{fresh.number} ")
    assert "Not enough past orders to tell a chance; shown by time left." in page


def test_kept_and_missed_of_the_month(session, people, machine, sign_in_as, now) -> None:
    accepted(session, people, machine, now - timedelta(hours=1), 10)
    accepted(session, people, machine, now - timedelta(hours=1), 20)
    accepted(session, people, machine, now - timedelta(hours=1, minutes=5), 50)
    settle(session, now)
    assert november(session, now)[Clock.RESPONSE] == Kept(2, 1)
    page = words_of(sign_in_as(people.manager))
    assert "66.7 %" in page
    assert "2 of 3, target 95 %, October –" in page
    assert "Give the cause of 1 breach" in page


def test_a_running_late_promise_is_missed_already(session, people, machine, now) -> None:
    make_order(session, people, machine, now - timedelta(minutes=40))
    settle(session, now)
    assert november(session, now)[Clock.RESPONSE] == Kept(0, 1)


def test_a_withdrawn_breach_leaves_the_figures(session, people, machine, sign_in_as, now) -> None:
    order = make_order(session, people, machine, now - timedelta(minutes=40))
    settle(session, now)
    with transaction(session, by=people.dispatcher, at=now):
        told = Told(now - timedelta(minutes=30))
        orders.move(session, order, Action.ACCEPT, told=told, by=people.dispatcher, at=now)
    settle(session, now)
    assert november(session, now)[Clock.RESPONSE] == Kept(1, 0)
    page = words_of(sign_in_as(people.manager))
    assert "Every breach has its cause." in page
    assert "No hour was late in November." in page


def test_imported_past_is_not_counted(session, people, machine, now) -> None:
    order = accepted(session, people, machine, now - timedelta(hours=1), 10)
    with transaction(session, by=people.administrator, at=now):
        order.is_past = True
        for row in session.query(OrderClock).filter_by(order_id=order.id):
            session.delete(row)
    assert november(session, now)[Clock.RESPONSE] == Kept()


def test_another_month_by_the_address(session, people, machine, sign_in_as, now) -> None:
    october = now - timedelta(days=40)
    with clock.frozen(october):
        accepted(session, people, machine, october, 50)
    settle(session, now)
    client = sign_in_as(people.manager)
    assert "Kept in October" in words_of(client, "/promises?month=2026-10")
    assert "0 of 4, target 95 %" in words_of(client, "/promises?month=2026-10")
    assert "Kept in November" in words_of(client, "/promises?month=2027-10")
    assert "Kept in November" in words_of(client, "/promises?month=nonsense")


def test_plots_have_a_message_and_a_table(session, people, machine, sign_in_as, now) -> None:
    accepted(session, people, machine, now - timedelta(hours=1), 50)
    settle(session, now)
    page = page_of(sign_in_as(people.manager))
    assert 'aria-label="Share of promises kept by week, per cent, lately: Response 0"' in page
    assert 'aria-label="Late hours by cause: No cause yet 0.3 h"' in page
    assert page.count("<summary>Table</summary>") == 2


def test_the_queries_do_not_grow_with_rows(
    session, people, machine, sign_in_as, now, count_queries
) -> None:
    for n in range(8):
        accepted(session, people, machine, now - timedelta(hours=2, minutes=n), 50)
        make_order(session, people, machine, now - timedelta(minutes=n))
    settle(session, now)
    client = sign_in_as(people.manager)
    client.get("/promises")
    with count_queries() as seen:
        page_of(client)
    assert len(seen) <= 12, "\n".join(seen)


def test_the_menu_counts_what_is_late(session, people, machine, sign_in_as, now) -> None:
    make_order(session, people, machine, now - timedelta(minutes=40))
    settle(session, now)
    page = page_of(sign_in_as(people.manager))
    assert 's-hot">1' in page


def test_breaches_told_together_are_those_told_one_by_one(session, people, machine, now) -> None:
    """The screen's sums of a month are those of the report, which lists every breach."""
    for n in range(5):
        accepted(session, people, machine, now - timedelta(minutes=90 - n), 40 + 7 * n)
    running = make_order(session, people, machine, now - timedelta(hours=1))
    settle(session, now)
    rows = session.scalars(select(Breach).order_by(Breach.id)).all()
    with transaction(session, by=people.manager, at=now):
        for breach in rows[:4]:
            shares = {Cause.DISPATCH: 30, Cause.APPROVAL: 70}
            breaches.give_cause(
                session, breach, shares=shares, comment="x", action=breaches.Action(),
                version=breach.version, by=people.manager, at=now,
            )  # fmt: skip
        rows[0].state = BreachState.WITHDRAWN.value
    assert any(row.is_running and row.order_id == running.id for row in rows)
    calendar, zone = load(session).calendar, home_zone(session)
    month = month_period(now.astimezone(zone).date().replace(day=1), zone)
    later = now + timedelta(hours=1)
    listed = queries.list_breaches(session, month, calendar, later)
    each = [row.missed for row in listed if not row.is_withdrawn]
    together = queries.missed_by_company(session, month, calendar, later)
    assert len(together) < len(each) == len(rows) - 1
    assert figures.late_time(together) == figures.late_time(each)
    assert figures.by_customer({}, together) == figures.by_customer({}, each)
