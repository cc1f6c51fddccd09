"""Stored policies and calendars as the replay takes them."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service_app.core.db import transaction
from workorders.calendars.models import WorkCalendar
from workorders.calendars.rules import ROUND_THE_CLOCK
from workorders.calendars.service import make_standard, set_week
from workorders.orders import clocks
from workorders.orders.models import OrderEvent
from workorders.orders.rules import Place
from workorders.sla.policy import STANDARD
from workorders.sla.queries import load
from workorders.sla.rules import Clock, ClockKey, ClockState
from workorders.sla.service import add_level, add_version


def make_calendar(
    session: Session, people, name: str, now: datetime, *, is_open: bool
) -> WorkCalendar:
    calendar = make_standard(
        session, name=name, zone="Europe/Moscow", by=people.administrator, at=now
    )
    if is_open:
        since = calendar.versions[0].since
        set_week(
            session, calendar, ROUND_THE_CLOCK, zone="Europe/Moscow", since=since,
            by=people.administrator, at=now,
        )  # fmt: skip
    return calendar


def test_an_older_version_keeps_its_calendar_when_a_new_one_brings_another(
    session: Session, people, now: datetime
) -> None:
    with transaction(session, by=people.administrator, at=now):
        office = make_calendar(session, people, "Office", now, is_open=False)
        always = make_calendar(session, people, "Always", now, is_open=True)
        level = add_level(session, name="A", by=people.administrator, at=now)
        first = add_version(
            session, STANDARD, level=level, calendar=office, by=people.administrator, at=now
        )
        second = add_version(
            session, STANDARD, level=level, calendar=always, by=people.administrator, at=now
        )
    promises = load(session)
    night = now + timedelta(hours=12)
    assert promises.version_of(None, now) == second.id
    assert promises.calendar.is_open(night)
    assert not promises.calendars[first.id].is_open(night)
    assert promises.policies[first.id] == STANDARD


def test_a_policy_is_stored_and_read_as_it_was(session: Session, people, now: datetime) -> None:
    with transaction(session, by=people.administrator, at=now):
        office = make_calendar(session, people, "Office", now, is_open=False)
        level = add_level(session, name="A", by=people.administrator, at=now)
        row = add_version(
            session, STANDARD, level=level, calendar=office, by=people.administrator, at=now
        )
    assert load(session).policies[row.id] == STANDARD


def test_no_arrival_is_promised_in_the_workshop(session: Session, people, order) -> None:
    events = session.query(OrderEvent).filter_by(order_id=order.id).all()
    on_site = clocks.results(order, events, load(session))
    assert on_site[ClockKey(Clock.ARRIVAL)].state is ClockState.RUNNING
    order.place = Place.WORKSHOP
    in_workshop = clocks.results(order, events, load(session))
    assert in_workshop[ClockKey(Clock.ARRIVAL)].state is ClockState.VOID
    assert in_workshop[ClockKey(Clock.RESTORE)] == on_site[ClockKey(Clock.RESTORE)]
    session.rollback()
