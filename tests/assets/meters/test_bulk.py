"""Lists of readings: the form's checks and words, stored in one go."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.meters import bulk, queries, service
from assets.meters.bulk import NewReading, Outcome
from assets.meters.models import Meter, Reading
from assets.meters.rules import Limit, Point, ReadingSource, problem_with
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from tests.assets.builders import make_machine, make_model, make_printer
from tests.conftest import NOW

DAY = timedelta(days=1)


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    return make_machine(session, people.company, now, model=make_model(session, now))


def bring(session: Session, rows: list[tuple[Machine, object, datetime]], at: datetime) -> Outcome:
    listed = [NewReading(n, m.id, Decimal(str(v)), t) for n, (m, v, t) in enumerate(rows, 2)]
    with transaction(session, by=SYSTEM, at=at):
        return service.record_many(session, listed, source=ReadingSource.IMPORT, by=SYSTEM, at=at)


def test_a_list_is_stored_and_is_current(session: Session, people, now: datetime, machine) -> None:
    printer = make_printer(session, people.company, now)
    outcome = bring(
        session,
        [(machine, 100, now - 9 * DAY), (printer, 5000, now), (machine, "160.5", now - DAY)],
        now,
    )
    assert (outcome.recorded, outcome.known, outcome.refused) == (3, 0, [])
    latest = queries.current_hours(session, [machine.id, printer.id])
    assert latest[machine.id].total == Decimal("160.5")
    assert latest[machine.id].read_at == now - DAY
    assert latest[printer.id].source_kind is ReadingSource.IMPORT
    assert session.scalars(select(Meter.revision)).all() == [1, 1]


def test_the_same_list_again_stores_nothing(session: Session, people, now, machine) -> None:
    rows = [(machine, 100, now - 9 * DAY), (machine, 160, now - DAY)]
    bring(session, rows, now)
    outcome = bring(session, rows, now)
    assert (outcome.recorded, outcome.known) == (0, 2)
    assert len(session.scalars(select(Reading)).all()) == 2


def test_rows_that_cannot_be_are_named(session: Session, people, now, machine) -> None:
    bare = make_machine(session, people.company, now, serial="")
    outcome = bring(
        session,
        [
            (machine, 100, now - 9 * DAY),
            (machine, 90, now - 8 * DAY),
            (machine, 900, now - 7 * DAY),
            (machine, 110, now + DAY),
            (machine, -1, now - 20 * DAY),
            (machine, 120, now - 6 * DAY),
            (bare, 5, now),
        ],
        now,
    )
    said = {r.row: str(r.text) for r in outcome.refused}
    assert outcome.recorded == 3
    assert set(said) == {3, 4, 5, 6}
    assert "Less than on" in said[3]
    assert "hours a day since" in said[4]
    assert "has not come yet" in said[5]
    assert "less than 0" in said[6]


def test_rows_are_checked_against_what_is_stored(session: Session, people, now, machine) -> None:
    bring(session, [(machine, 100, now - 9 * DAY), (machine, 150, now - DAY)], now)
    outcome = bring(session, [(machine, 160, now - 5 * DAY), (machine, 140, now - 4 * DAY)], now)
    assert [str(r.text).split(":")[0] for r in outcome.refused] == ["More than on 2026-11-23"]
    assert outcome.recorded == 1


def test_a_replaced_meter_takes_the_slow_way(session: Session, people, now, machine) -> None:
    bring(session, [(machine, 7000, now - 9 * DAY)], now)
    with transaction(session, by=people.dispatcher, at=now):
        service.replace_meter(
            session, machine, old_value=None, new_value=Decimal(0), replaced_at=now - 8 * DAY,
            ground="act", source=ReadingSource.STAFF, uid=uuid.uuid4(), at=now,
            by=people.dispatcher,
        )  # fmt: skip
    outcome = bring(session, [(machine, 50, now - 3 * DAY), (machine, 9999, now - DAY)], now)
    assert outcome.recorded == 1
    assert "hours a day" in str(outcome.refused[0].text)
    last = queries.last_reading(session, machine.id)
    assert last is not None
    assert last.total == 7050


def test_a_machine_that_is_not_there(session: Session, people, now: datetime) -> None:
    rows = [NewReading(2, 10**6, Decimal(1), now)]
    with transaction(session, by=SYSTEM, at=now):
        outcome = service.record_many(session, rows, source=ReadingSource.IMPORT, by=SYSTEM, at=now)
    assert [(r.row, r.field) for r in outcome.refused] == [(2, "machine")]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.integers(1, 10**14),
    st.none() | st.integers(1, 10**6),
)
def test_whole_numbers_say_what_decimals_say(
    total: int, later_total: int, elapsed: int, per_day: int | None
) -> None:
    """The fast check is the form's check, to the last tenth and microsecond."""
    limit = Limit(None if per_day is None else Decimal(per_day) / 10)
    earlier = Point(NOW, Decimal(total) / 10, Decimal(total) / 10)
    value = Decimal(later_total) / 10
    later = Point(NOW + timedelta(microseconds=elapsed), value, value)
    is_fine = problem_with(later, previous=earlier, following=None, limit=limit) is None
    assert bulk._follows(0, total, elapsed, later_total, per_day) is is_fine
