"""Breaches come by themselves, are withdrawn by later facts, and get their cause from a person."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.db import transaction
from service_app.core.errors import Conflict, Invalid, NotAllowed
from workorders.breaches import jobs, queries, service
from workorders.breaches.models import Breach
from workorders.breaches.rules import BreachFilter, Cause
from workorders.breaches.service import Action
from workorders.intake import service as intake
from workorders.orders import jobs as order_jobs
from workorders.orders import service as orders
from workorders.orders.models import WorkOrder
from workorders.orders.moves import Action as MoveAction
from workorders.orders.queries import last_move
from workorders.orders.service import Told

LATE = timedelta(minutes=40)


def the_breach(session: Session) -> Breach:
    return session.scalars(select(Breach).execution_options(populate_existing=True)).one()


@pytest.fixture
def missed(session: Session, people, order: WorkOrder, now) -> Breach:
    """A response accepted ten minutes late."""
    at = now + LATE
    with transaction(session, by=people.dispatcher, at=at):
        intake.accept(session, order, by=people.dispatcher, at=at)
    jobs.pull(session, now=at)
    return the_breach(session)


def test_a_missed_promise_becomes_a_breach(missed: Breach, order, now) -> None:
    assert (missed.clock, missed.order_id, missed.state) == ("response", order.id, "open")
    assert missed.breached_at == now + timedelta(minutes=30)
    assert (missed.late_seconds, missed.is_running) == (600, False)
    assert missed.causes == {Cause.DISPATCH: 100}


def test_pulling_again_changes_nothing(session: Session, missed: Breach, now) -> None:
    assert not jobs.has_work(session, now)
    version = missed.version
    assert jobs.pull(session, now=now + LATE) == 0
    assert the_breach(session).version == version


def test_the_sweep_alone_makes_a_breach_that_is_still_open(session, people, order, now) -> None:
    order_jobs.tell_due(session, now=now + LATE)
    jobs.pull(session, now=now + LATE)
    found = the_breach(session)
    assert (found.is_running, found.late_seconds) == (True, 600)
    at = now + timedelta(minutes=50)
    with transaction(session, by=people.dispatcher, at=at):
        intake.accept(session, order, by=people.dispatcher, at=at)
    jobs.pull(session, now=at)
    assert (the_breach(session).is_running, the_breach(session).late_seconds) == (False, 1200)


def test_a_fact_entered_later_withdraws_the_breach(session, people, order, now) -> None:
    """The call was taken in time and entered after the deadline."""
    order_jobs.tell_due(session, now=now + LATE)
    jobs.pull(session, now=now + LATE)
    in_time, entered = now + timedelta(minutes=10), now + timedelta(minutes=45)
    with transaction(session, by=people.dispatcher, at=entered):
        orders.move(
            session, order, MoveAction.ACCEPT, told=Told(in_time), by=people.dispatcher, at=entered
        )
    jobs.pull(session, now=entered)
    found = the_breach(session)
    assert (found.state, found.is_running) == ("withdrawn", False)
    assert "accepted" in str(found.why_withdrawn)
    assert queries.count_without_cause(session) == 0
    assert [b.id for b in queries.list_page(session, BreachFilter.WITHDRAWN)] == [found.id]
    assert [b.id for b in queries.list_page(session, None)] == [found.id]


def test_undoing_the_fact_brings_the_breach_back(session, people, order, now) -> None:
    order_jobs.tell_due(session, now=now + LATE)
    jobs.pull(session, now=now + LATE)
    entered = now + timedelta(minutes=45)
    with transaction(session, by=people.dispatcher, at=entered):
        orders.move(
            session, order, MoveAction.ACCEPT, told=Told(now + timedelta(minutes=10)),
            by=people.dispatcher, at=entered,
        )  # fmt: skip
    jobs.pull(session, now=entered)
    with transaction(session, by=people.dispatcher, at=entered):
        move = last_move(session, order)
        assert move is not None
        orders.undo(session, order, move, by=people.dispatcher, at=entered)
    jobs.pull(session, now=entered)
    found = the_breach(session)
    assert (found.state, found.withdrawn_at, found.why_withdrawn) == ("open", None, None)


def give(session, people, breach, at, **changes):
    values = {
        "shares": {Cause.DISPATCH: 60, Cause.ACCESS: 40}, "comment": "Nobody at the phone",
        "action": Action("A second phone", people.engineer.user_id, date(2026, 12, 1)),
        "version": breach.version,
    }  # fmt: skip
    with transaction(session, by=people.manager, at=at):
        service.give_cause(session, breach, **{**values, **changes}, by=people.manager, at=at)


def test_the_cause_is_kept(session: Session, people, missed: Breach, now) -> None:
    give(session, people, missed, now)
    found = the_breach(session)
    assert found.causes == {Cause.DISPATCH: 60, Cause.ACCESS: 40}
    assert (found.reviewed_by_id, found.reviewed_at) == (people.manager.user_id, now)
    assert (found.action_owner_id, found.action_on) == (people.engineer.user_id, date(2026, 12, 1))
    assert queries.next_without_cause(session) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"shares": {Cause.DISPATCH: 90}}, "dispatch"),
        ({"comment": "  "}, "comment"),
        ({"action": Action("Something", None, date(2026, 12, 1))}, "action_owner"),
        ({"action": Action("Something", 1, None)}, "action_on"),
        ({"action": Action("", 1, None)}, "action"),
    ],
)
def test_a_review_with_a_gap_is_refused(session, people, missed, now, changes, field) -> None:
    if "action" in changes and changes["action"].owner_id:
        given = changes["action"]
        changes = {"action": Action(given.words, people.engineer.user_id, given.on)}
    with pytest.raises(Invalid) as refused:
        give(session, people, missed, now, **changes)
    assert refused.value.field == field
    assert not the_breach(session).has_cause


def test_a_customers_person_does_not_own_our_action(session, people, missed, now) -> None:
    theirs = Action("Something", people.operator.user_id, date(2026, 12, 1))
    with pytest.raises(Invalid):
        give(session, people, missed, now, action=theirs)


def test_the_second_of_two_reviewers_is_told(session, people, missed, now) -> None:
    opened_on = missed.version
    give(session, people, missed, now)
    with pytest.raises(Conflict):
        give(session, people, missed, now, comment="Mine", version=opened_on)
    assert the_breach(session).comment == "Nobody at the phone"


def test_a_withdrawn_breach_takes_no_cause(session, people, missed, now) -> None:
    with transaction(session, by=people.manager, at=now):
        missed.state = "withdrawn"
    with pytest.raises(NotAllowed):
        give(session, people, missed, now)
