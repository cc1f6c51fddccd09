"""Promises told to a customer, through their pages: told, kept, let off, replaced."""

from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core import clock
from service_app.core.db import transaction
from service_app.core.errors import Invalid, NotAllowed, NotFound
from service_app.notifications.models import Notification
from tests.workorders.builders import make_order
from workorders.breaches import jobs as breach_jobs
from workorders.breaches.models import Breach
from workorders.intake import service as intake
from workorders.orders import jobs, promises
from workorders.orders import service as orders
from workorders.orders.heard import is_contact
from workorders.orders.models import OrderClock, OrderEvent
from workorders.orders.service import Told
from workorders.sla.rules import Clock, WaitReason

TWO_HOURS = timedelta(hours=2)


def told_clocks(session: Session, order) -> list[OrderClock]:
    wanted = [c.value for c in (Clock.CALL, Clock.PRICE, Clock.VISIT, Clock.PART)]
    return session.scalars(
        select(OrderClock)
        .where(OrderClock.order_id == order.id, OrderClock.clock.in_(wanted))
        .order_by(OrderClock.id)
        .execution_options(populate_existing=True)
    ).all()


def tell(session, people, order, now, clock=Clock.PART, due=TWO_HOURS) -> OrderEvent:
    with transaction(session, by=people.dispatcher, at=now):
        return promises.promise(
            session, order, clock, due_at=now + due, what="seal", uid=uuid4(),
            by=people.dispatcher, at=now,
        )  # fmt: skip


def test_told_once_kept_once(session, people, order, now: datetime) -> None:
    event = tell(session, people, order, now)
    (row,) = told_clocks(session, order)
    assert (row.clock, row.number, row.due_at) == ("part", event.id, now + TWO_HOURS)
    with transaction(session, by=people.dispatcher, at=now):
        promises.keep(session, order, event.id, by=people.dispatcher, at=now)
    assert told_clocks(session, order)[0].state == "met"
    with pytest.raises(NotAllowed), transaction(session, by=people.dispatcher, at=now):
        promises.free(session, order, event.id, by=people.dispatcher, at=now)
    seen = select(Notification.user_id).where(Notification.key == f"promise-{event.id}")
    assert people.operator.user_id in session.scalars(seen).all()


def test_a_missed_promise_is_a_breach_with_its_name(session, people, order, now) -> None:
    tell(session, people, order, now, Clock.CALL)
    late = now + timedelta(hours=3)
    jobs.sweep(session, now=late)
    breach_jobs.pull(session, now=late)
    breach = session.scalars(select(Breach).where(Breach.clock == "call")).one()
    assert str(breach.clock_name) == "Call back"
    with transaction(session, by=people.dispatcher, at=late):
        orders.append(
            session, order, orders.Happening.CALLED, told=Told(now + timedelta(hours=1)),
            by=people.dispatcher, at=late,
        )  # fmt: skip
    breach_jobs.pull(session, now=late)
    session.refresh(breach)
    assert breach.is_withdrawn  # the call was made in time, and only entered late
    assert "called the customer" in str(breach.why_withdrawn)


def test_what_cannot_be_promised(session, people, order, now) -> None:
    for due, error in ((timedelta(0), Invalid), (-TWO_HOURS, Invalid)):
        with pytest.raises(error):
            tell(session, people, order, now, due=due)
        session.rollback()
    other = make_order(session, people, order.machine, now)
    event = tell(session, people, order, now)
    with pytest.raises(NotFound), transaction(session, by=people.dispatcher, at=now):
        promises.keep(session, other, event.id, by=people.dispatcher, at=now)


def test_calls_days_and_parts_are_promises_too(session, people, order, now) -> None:
    by = people.dispatcher
    with transaction(session, by=by, at=now):
        intake.accept(session, order, by=by, at=now)
        intake.agree_call(session, order, call_at=now + TWO_HOURS, about="price", by=by, at=now)
        intake.promise_answer(session, order, now.date(), by=by, at=now)
        orders.open_wait(
            session, order, WaitReason.PARTS, until=now + timedelta(days=2), by=by, at=now
        )
    assert [row.clock for row in told_clocks(session, order)] == ["call", "price", "part"]
    later = now + timedelta(hours=1)
    with transaction(session, by=by, at=later):
        intake.note_call(session, order, by=by, at=later)
        orders.close_wait(session, order, by=by, at=later)
    states = {row.clock: row.state for row in told_clocks(session, order)}
    assert states == {"call": "met", "price": "running", "part": "met"}


def test_the_ledger_names_every_source_and_what_came_of_it(
    sign_in_as, session, people, order, now
) -> None:
    by = people.dispatcher
    with transaction(session, by=by, at=now):
        intake.accept(session, order, by=by, at=now)
        intake.agree_call(session, order, call_at=now + TWO_HOURS, about="price", by=by, at=now)
        intake.promise_answer(session, order, now.date(), by=by, at=now)
        until = now + timedelta(days=2)
        orders.open_wait(session, order, WaitReason.PARTS, until=until, by=by, at=now)
    event = tell(session, people, order, now, Clock.VISIT)
    late = now + timedelta(hours=3)
    with transaction(session, by=by, at=late):
        promises.free(session, order, event.id, by=by, at=late)
    answer = sign_in_as(people.manager).get(f"/customers/{order.company_id}/promises")
    assert answer.status_code == 200
    page = unescape(answer.get_data(as_text=True))
    assert all(word in page for word in ("Call back", "Price by a day", "Part", "Visit"))
    assert "late, then taken off or told anew" in page  # missed before the customer let us off it


def test_it_was_kept_earlier_than_it_is_entered(sign_in_as, session, people, order, now) -> None:
    """The call was made in time and noted in the evening: no breach; never before the promise."""
    event = tell(session, people, order, now, Clock.CALL)
    address = f"/orders/{order.number}/promises/{event.id}"
    client = sign_in_as(people.dispatcher)
    moment = now.astimezone(ZoneInfo(order.zone))

    def enter(when: datetime, how: str = "kept"):
        values = {"how": how, "happened_at": f"{when:%Y-%m-%dT%H:%M}", "words": "the boss himself"}
        return client.post(address, data=values)

    with clock.frozen(now + timedelta(hours=5)):
        assert client.get(address).status_code == 200
        early = enter(moment - timedelta(hours=1))
        assert early.status_code == 422
        assert "It was promised at" in unescape(early.get_data(as_text=True))
        assert enter(moment + timedelta(hours=9)).status_code == 422  # in the future
        assert client.post(address, data={}).status_code == 422
        assert enter(moment + timedelta(hours=1)).status_code == 302
        again = enter(moment + timedelta(hours=1))
        assert "over already" in unescape(again.get_data(as_text=True))
    session.expire_all()
    (row,) = told_clocks(session, order)
    assert (row.state, row.breached_at) == ("met", None)
    assert "the boss himself" in client.get(f"/orders/{order.number}").get_data(as_text=True)
    assert client.get(f"/orders/{order.number}/promises/999999").status_code == 404
    assert client.get(f"/orders/{order.number}/promises/{2**70}").status_code == 404


def test_what_is_kept_or_let_off_leaves_the_days_lists(session, people, order, now) -> None:
    by = people.dispatcher
    with transaction(session, by=by, at=now):
        intake.accept(session, order, by=by, at=now)
        intake.agree_call(session, order, call_at=now + TWO_HOURS, about="price", by=by, at=now)
        intake.promise_answer(session, order, now.date(), by=by, at=now)
        call, price = told_clocks(session, order)
        promises.keep(session, order, call.number, by=by, at=now)
        promises.free(session, order, price.number, by=by, at=now)
    assert (order.call_at, order.call_about, order.answer_promised_on) == (None, "", None)


def test_a_day_whose_hours_are_over_is_not_promised(session, people, order, now) -> None:
    evening = now + timedelta(hours=9)  # 19:42 in Moscow
    with pytest.raises(Invalid), transaction(session, by=people.dispatcher, at=evening):
        intake.promise_answer(session, order, now.date(), by=people.dispatcher, at=evening)


def test_through_the_pages(sign_in_as, session, people, order, now) -> None:
    client = sign_in_as(people.dispatcher)
    address = f"/orders/{order.number}/promises"
    answer = client.post(f"{address}/new", data={"clock": "visit", "due_at": "2026-11-24T09:00"})
    assert answer.status_code == 422
    assert "has passed" in answer.get_data(as_text=True)
    data = {"clock": "visit", "due_at": "2026-11-25T09:00", "what": "with the part",
            "uid": str(uuid4())}  # fmt: skip
    for _ in range(2):
        assert client.post(f"{address}/new", data=data).status_code == 302
    (row,) = told_clocks(session, order)
    page = client.get(f"/orders/{order.number}").get_data(as_text=True)
    assert "No longer needed" in page
    assert "with the part" in page
    ledger = client.get(f"/customers/{order.company_id}/promises").get_data(as_text=True)
    assert "with the part" in ledger
    own = sign_in_as(people.operator).get(f"/orders/{order.number}").get_data(as_text=True)
    assert "with the part" in own
    assert sign_in_as(people.outsider).get(f"/orders/{order.number}").status_code == 404
    client = sign_in_as(people.dispatcher)
    assert client.post(f"{address}/{row.number}/freed").status_code == 302
    assert told_clocks(session, order)[0].state == "void"
    assert client.post(f"{address}/999999/kept").status_code == 404
    assert client.post(f"{address}/99999999999999999999999/kept").status_code == 404


def test_a_call_promised_is_among_the_days_calls(session, people, order, now) -> None:
    tell(session, people, order, now, Clock.CALL)
    assert order.call_at == now + TWO_HOURS
    at, key = now + timedelta(minutes=30), uuid4()
    for _ in range(2):
        with transaction(session, by=people.dispatcher, at=at):
            intake.note_call(session, order, uid=key, by=people.dispatcher, at=at)
    assert order.call_at is None
    assert [row.state for row in told_clocks(session, order)] == ["met"]
    assert session.query(OrderEvent).filter_by(kind="called").count() == 1


def test_what_the_customer_says_himself_is_no_contact_of_ours(session, people, order, now) -> None:
    yes = OrderEvent(kind="approve", is_customer=True, data={"how": "portal"}, happened_at=now)
    assert not is_contact(yes)
    yes.is_customer = False
    assert is_contact(yes)


def test_the_customer_sees_what_was_promised(session, people, order, sign_in_as, now) -> None:
    tell(session, people, order, now, Clock.PART)
    page = sign_in_as(people.operator).get(f"/orders/{order.number}")
    assert "Promised to you" in page.text
    assert "in time so far" in page.text


def test_an_hour_the_clocks_skip_is_refused(session, people, order, sign_in_as, now) -> None:
    with transaction(session, by=people.administrator, at=now):
        order.zone = "Europe/Berlin"
    form = {"uid": str(uuid4()), "clock": "call", "due_at": "2027-03-28T02:30"}
    answer = sign_in_as(people.dispatcher).post(f"/orders/{order.number}/promises/new", data=form)
    assert answer.status_code == 422
    assert "skip this hour" in unescape(answer.text)
    form["due_at"] = "2027-03-28T03:30"
    answer = sign_in_as(people.dispatcher).post(f"/orders/{order.number}/promises/new", data=form)
    assert answer.status_code == 302
    assert told_clocks(session, order)[0].due_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
