"""The life of an order through its verbs: moves, clocks, waits, undo, two moments."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.db import transaction
from service_app.core.errors import Conflict, Invalid, NotAllowed
from tests.workorders.builders import make_order, make_quotable
from workorders.intake import quoting, reporting
from workorders.intake import service as intake
from workorders.intake.quoting import Given
from workorders.orders import service as orders
from workorders.orders.models import OrderClock, OrderEvent, WorkOrder
from workorders.orders.moves import Action
from workorders.orders.queries import last_move
from workorders.orders.rules import AnswerWay, Priority, Status
from workorders.orders.service import Told
from workorders.sla.rules import WaitReason


def clocks(session: Session, order: WorkOrder) -> dict[str, OrderClock]:
    rows = session.scalars(select(OrderClock).where(OrderClock.order_id == order.id))
    return {row.clock: row for row in rows}


def test_a_report_gets_a_number_clocks_and_a_fault(session: Session, order, now) -> None:
    assert order.number == "26-0001"
    assert order.status == Status.RECEIVED
    assert order.fault is not None
    found = clocks(session, order)
    assert set(found) == {"response", "quote", "arrival", "restore"}
    assert found["response"].due_at == now + timedelta(minutes=30)


def test_the_same_form_twice_makes_one_order(session: Session, people, machine, order, now) -> None:
    with transaction(session, by=people.operator, at=now):
        again = reporting.report(
            session, machine, reporting.Report(order.fault.severity, "again"), source=order.source,
            reporter=orders.Reporter("x"), uid=order.uid, by=people.operator, at=now,
        )  # fmt: skip
    assert again.id == order.id


def test_numbers_have_no_gap_after_a_rollback(
    session: Session, people, machine, order, now
) -> None:
    with pytest.raises(RuntimeError), transaction(session, by=people.operator, at=now):
        reporting.report(
            session, machine, reporting.Report(order.fault.severity, "lost"), source=order.source,
            reporter=orders.Reporter("x"), uid=uuid.uuid4(), by=people.operator, at=now,
        )  # fmt: skip
        raise RuntimeError
    assert make_order(session, people, machine, now).number == "26-0002"


def test_quote_and_approval(session: Session, people, order, now) -> None:
    make_quotable(session, people, order, now)
    later = now + timedelta(hours=1)
    with transaction(session, by=people.dispatcher, at=later):
        proposal = quoting.quote(
            session, order, term_at=now + timedelta(days=1), valid_until=None, uid=uuid.uuid4(),
            by=people.dispatcher, at=later,
        )  # fmt: skip
    assert str(proposal.amount) == "244.00"
    assert (order.status, order.wait_reason) == (Status.QUOTED, WaitReason.APPROVAL)
    assert clocks(session, order)["restore"].state == "paused"
    assert clocks(session, order)["restore"].due_at is None
    answered = later + timedelta(hours=2)
    with transaction(session, by=people.operator, at=answered):
        quoting.answer_quote(
            session, order, Given(True, "А. Громов", AnswerWay.PORTAL), by=people.operator,
            at=answered,
        )  # fmt: skip
    assert (order.status, order.wait_reason) == (Status.APPROVED, None)
    assert order.term_at == now + timedelta(days=1)
    found = clocks(session, order)
    assert found["agreed"].due_at == now + timedelta(days=1)
    assert found["quote"].state == "met"


def test_a_move_not_allowed_names_what_is_missing(session: Session, people, order, now) -> None:
    with pytest.raises(NotAllowed, match="not possible while"):
        orders.move(session, order, Action.START, by=people.engineer, at=now)
    with transaction(session, by=people.dispatcher, at=now):
        intake.accept(session, order, by=people.dispatcher, at=now)
    with pytest.raises(NotAllowed, match="expected of the repair"):
        orders.move(session, order, Action.QUOTE, by=people.dispatcher, at=now)
    with pytest.raises(NotAllowed, match="may not do this"):
        orders.move(session, order, Action.CANCEL, by=people.engineer, at=now)


def test_the_second_of_two_people_is_told_who_was_first(
    session: Session, people, order, now
) -> None:
    with transaction(session, by=people.dispatcher, at=now):
        intake.accept(session, order, by=people.dispatcher, at=now)
    with pytest.raises(Conflict, match="Ольга Смирнова"):
        orders.move(session, order, Action.ACCEPT, by=people.manager, at=now)


def test_undo_restores_status_wait_and_clocks(session: Session, people, order, now) -> None:
    make_quotable(session, people, order, now)
    before = clocks(session, order)["restore"].due_at
    with transaction(session, by=people.dispatcher, at=now):
        quoting.quote(
            session, order, term_at=now + timedelta(days=1), valid_until=None, uid=uuid.uuid4(),
            by=people.dispatcher, at=now,
        )  # fmt: skip
    with transaction(session, by=people.dispatcher, at=now + timedelta(minutes=5)):
        orders.undo(
            session, order, last_move(session, order), by=people.dispatcher,
            at=now + timedelta(minutes=5),
        )  # fmt: skip
    assert (order.status, order.wait_reason) == (Status.ACCEPTED, None)
    assert clocks(session, order)["restore"].due_at == before
    assert clocks(session, order)["quote"].state == "running"


@pytest.mark.parametrize(("who", "minutes"), [("manager", 1), ("dispatcher", 11)])
def test_undo_is_for_the_same_person_within_ten_minutes(
    session: Session, people, order, now, who: str, minutes: int
) -> None:
    with transaction(session, by=people.dispatcher, at=now):
        event = intake.accept(session, order, by=people.dispatcher, at=now)
    at = now + timedelta(minutes=minutes)
    with pytest.raises(NotAllowed):
        orders.undo(session, order, event, by=getattr(people, who), at=at)


@pytest.mark.parametrize(
    ("shift", "part"),
    [(timedelta(minutes=5), "has not come"), (timedelta(days=-4), "is before")],
)
def test_events_in_the_future_or_before_the_order_are_refused(
    session: Session, people, order, now, shift: timedelta, part: str
) -> None:
    with pytest.raises(Invalid, match=part):
        intake.accept(session, order, told=Told(now + shift), by=people.dispatcher, at=now)


def test_an_event_four_days_ago_needs_a_permission_and_a_reason(
    session: Session, people, order, now
) -> None:
    late = now + timedelta(days=4)
    told = Told(now + timedelta(minutes=10))
    with pytest.raises(Invalid, match="72 hours"):
        intake.accept(session, order, told=told, by=people.dispatcher, at=late)
    with pytest.raises(Invalid, match="write why"):
        intake.accept(session, order, told=told, by=people.manager, at=late)
    told = Told(told.at, late_reason="the phone was offline")
    with transaction(session, by=people.manager, at=late):
        intake.accept(session, order, told=told, by=people.manager, at=late)
    assert clocks(session, order)["response"].breached_at is None


def test_one_wait_at_a_time(session: Session, people, order, now) -> None:
    with pytest.raises(NotAllowed, match="cannot wait"):
        orders.open_wait(session, order, WaitReason.ACCESS, by=people.dispatcher, at=now)
    with transaction(session, by=people.dispatcher, at=now):
        intake.accept(session, order, by=people.dispatcher, at=now)
        orders.open_wait(session, order, WaitReason.ACCESS, by=people.dispatcher, at=now)
    with pytest.raises(NotAllowed, match="waiting already"):
        orders.open_wait(session, order, WaitReason.PARTS, by=people.dispatcher, at=now)
    with transaction(session, by=people.dispatcher, at=now + timedelta(hours=1)):
        orders.close_wait(session, order, by=people.dispatcher, at=now + timedelta(hours=1))
    assert order.wait_reason is None


def test_priority_changes_with_a_reason_and_moves_the_deadlines(
    session: Session, people, order, now
) -> None:
    with pytest.raises(Invalid):
        orders.set_priority(session, order, Priority.LOW, reason=" ", by=people.dispatcher, at=now)
    with transaction(session, by=people.dispatcher, at=now):
        orders.set_priority(
            session, order, Priority.LOW, reason="spare machine", by=people.dispatcher, at=now
        )
    assert clocks(session, order)["response"].due_at > now + timedelta(minutes=30)


def test_a_duplicate_goes_to_the_twins_story(session: Session, people, machine, order, now) -> None:
    twin = make_order(session, people, machine, now)
    with transaction(session, by=people.dispatcher, at=now):
        intake.mark_duplicate(session, order, twin, uid=uuid.uuid4(), by=people.dispatcher, at=now)
    assert order.status == Status.DUPLICATE
    notes = session.scalars(select(OrderEvent).where(OrderEvent.order_id == twin.id)).all()
    assert any("26-0001" in e.words for e in notes)


def test_an_operator_who_may_not_spend_is_told_who_may(
    session: Session, people, order, now
) -> None:
    from service_app.customers.models import CompanyMembership

    make_quotable(session, people, order, now)
    with transaction(session, by=people.dispatcher, at=now):
        quoting.quote(
            session, order, term_at=now + timedelta(days=1), valid_until=None, uid=uuid.uuid4(),
            by=people.dispatcher, at=now,
        )  # fmt: skip
        session.add(
            CompanyMembership(
                user_id=people.outsider.user_id, company_id=people.company.id, decides_on_price=True
            )
        )
    with pytest.raises(NotAllowed, match="Чужой"):
        quoting.answer_quote(
            session, order, Given(True, "Иван", AnswerWay.PORTAL), by=people.operator, at=now
        )
