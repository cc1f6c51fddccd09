"""Verbs over running hours, on both databases."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.machines.rules import MeterUnit
from assets.meters import queries, service
from assets.meters.estimate import Basis
from assets.meters.models import Meter, MeterSegment, Reading
from assets.meters.rules import ReadingSource, UnreadReason
from service_app.core.db import transaction
from service_app.core.errors import DomainError, Invalid, NotAllowed
from tests.assets.builders import make_machine, make_model

DAY = timedelta(days=1)


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    model = make_model(session, now, typical_per_day=Decimal("6.1"))
    return make_machine(session, people.company, now, model=model)


def read(
    session: Session, machine: Machine, value: object, read_at: datetime, by, **given
) -> Reading:
    values = {"source": ReadingSource.STAFF, "uid": uuid.uuid4(), "at": read_at} | given
    with transaction(session, by=by, at=values["at"]):
        return service.record_reading(
            session, machine, value=Decimal(str(value)), read_at=read_at, by=by, **values
        )


def totals(session: Session) -> list[Decimal]:
    session.expire_all()
    found = select(Reading.total).where(Reading.voided_at.is_(None))
    return list(session.scalars(found.order_by(Reading.read_at, Reading.id)))


def test_the_same_uid_makes_one_reading(session: Session, people, now: datetime, machine) -> None:
    uid = uuid.uuid4()
    one = read(session, machine, 100, now, people.engineer, uid=uid)
    two = read(session, machine, 100, now, people.engineer, uid=uid)
    assert one.id == two.id
    assert session.scalar(select(func.count()).select_from(Reading)) == 1


def test_the_same_value_at_the_same_moment_is_one_reading(
    session: Session, people, now: datetime, machine
) -> None:
    one = read(session, machine, 100, now, people.engineer)
    assert read(session, machine, 100, now, people.engineer).id == one.id


def test_the_current_value_is_the_latest_by_date(
    session: Session, people, now: datetime, machine
) -> None:
    read(session, machine, 100, now - 9 * DAY, people.engineer)
    read(session, machine, 160, now - DAY, people.engineer)
    read(session, machine, 120, now - 5 * DAY, people.engineer, at=now)
    last = queries.last_reading(session, machine.id)
    assert last is not None
    assert last.value == 160
    assert queries.current_hours(session, [machine.id, machine.id + 1]) == {machine.id: last}


def test_a_correction_makes_a_smaller_value_current(
    session: Session, people, now: datetime, machine
) -> None:
    read(session, machine, 9_000, now - DAY, people.engineer)
    reading = read(session, machine, 900, now, people.dispatcher, ground="typing error before")
    assert reading.is_correction
    last = queries.last_reading(session, machine.id)
    assert last is not None
    assert last.total == 900


@pytest.mark.parametrize(
    ("value", "days", "field", "said"),
    [
        ("99", 0, "value", "Less than on"),
        ("400", 0, "value", "hours a day since"),
        ("-1", 0, "value", "less than 0"),
        ("125", 1, "read_at", "has not come yet"),
        ("500", -4, "value", "hours a day since"),
        ("130", -4, "value", "More than on"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(
    session: Session, people, now: datetime, machine, value: str, days: int, field: str, said: str
) -> None:
    read(session, machine, 100, now - 6 * DAY, people.engineer)
    read(session, machine, 120, now - 3 * DAY, people.engineer)
    with pytest.raises(Invalid, match=said) as refused:
        read(session, machine, value, now + days * DAY, people.engineer, at=now)
    assert refused.value.field == field
    assert len(totals(session)) == 2


def test_without_the_right_a_ground_does_not_help(
    session: Session, people, now: datetime, machine
) -> None:
    read(session, machine, 100, now - DAY, people.engineer)
    with pytest.raises(Invalid):
        read(session, machine, 50, now, people.operator, ground="я так вижу")
    with pytest.raises(NotAllowed) as refused:
        read(session, machine, 5, now, people.operator, replaced=True)
    assert refused.value.field == "replaced"


def test_nobody_records_the_future(session: Session, people, now: datetime, machine) -> None:
    with pytest.raises(Invalid, match="has not come"):
        read(session, machine, 50, now + DAY, people.manager, at=now, ground="x")


@pytest.mark.parametrize("given", [{"ground": "акт 4"}, {"replaced": True, "ground": "акт 4"}])
def test_no_right_and_no_ground_go_below_zero(
    session: Session, people, now: datetime, machine, given
) -> None:
    read(session, machine, 100, now - DAY, people.engineer)
    with pytest.raises(Invalid, match="less than 0") as refused:
        read(session, machine, -1, now, people.administrator, **given)
    assert refused.value.field == "value"
    assert totals(session) == [100]


@pytest.mark.parametrize("field", ["old_value", "new_value"])
def test_neither_the_old_nor_the_new_meter_shows_less_than_zero(
    session: Session, people, now: datetime, machine, field: str
) -> None:
    read(session, machine, 100, now - DAY, people.engineer)
    with pytest.raises(Invalid, match="less than 0") as refused:
        replace(session, machine, now, people.dispatcher, **{field: Decimal(-5)})
    assert refused.value.field == field
    assert totals(session) == [100]


def test_a_replaced_meter_goes_on(session: Session, people, now: datetime, machine) -> None:
    read(session, machine, 7_000, now - 10 * DAY, people.engineer)
    read(session, machine, 20, now - 5 * DAY, people.dispatcher, replaced=True, ground="акт 4")
    read(session, machine, 60, now, people.engineer)
    assert totals(session) == [7_000, 7_020, 7_060]
    meter = session.scalars(select(Meter)).one()
    assert [s.offset for s in queries.list_segments(session, meter.id)] == [0, 7_000]


def test_a_meter_with_a_past_of_its_own(session: Session, people, now: datetime, machine) -> None:
    read(session, machine, 7_000, now - 10 * DAY, people.engineer)
    read(session, machine, 3_000, now - 5 * DAY, people.dispatcher, replaced=True)
    assert totals(session) == [7_000, 7_000]


def replace(session: Session, machine: Machine, at: datetime, by, **given) -> Reading:
    values = {"old_value": None, "new_value": Decimal(0), "ground": "акт 4"} | given
    with transaction(session, by=by, at=at):
        return service.replace_meter(
            session, machine, replaced_at=at, source=ReadingSource.STAFF, uid=uuid.uuid4(), by=by,
            at=at, **values,
        )  # fmt: skip


def test_a_replacement_with_the_old_meters_last_value(
    session: Session, people, now: datetime, machine
) -> None:
    read(session, machine, 7_000, now - 10 * DAY, people.engineer)
    replace(
        session, machine, now - 5 * DAY, people.dispatcher,
        old_value=Decimal(7_030), new_value=Decimal(2),
    )  # fmt: skip
    read(session, machine, 42, now, people.engineer)
    assert totals(session) == [7_000, 7_030, 7_030, 7_070]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ground": " "}, "ground"),
        ({"old_value": Decimal(5)}, "old_value"),
        ({"new_value": Decimal(-1)}, "new_value"),
    ],
)
def test_replacements_that_cannot_be(
    session: Session, people, now: datetime, machine, given: dict, field: str
) -> None:
    read(session, machine, 7_000, now - 10 * DAY, people.engineer)
    with pytest.raises(DomainError) as refused:
        replace(session, machine, now, people.dispatcher, **given)
    assert refused.value.field == field
    assert session.scalar(select(func.count()).select_from(MeterSegment)) == 1


def test_a_replacement_comes_before_later_readings(
    session: Session, people, now: datetime, machine
) -> None:
    read(session, machine, 7_000, now, people.engineer)
    with pytest.raises(NotAllowed, match="later readings"):
        replace(session, machine, now - DAY, people.dispatcher)


def void(session: Session, reading: Reading, by, now: datetime, reason: str = "опечатка") -> None:
    with transaction(session, by=by, at=now):
        service.void_reading(session, reading, reason=reason, by=by, at=now)


def test_a_voided_reading_stays_and_counts_no_more(
    session: Session, people, now: datetime, machine
) -> None:
    read(session, machine, 100, now - 2 * DAY, people.engineer)
    wrong = read(session, machine, 120, now - DAY, people.engineer)
    void(session, wrong, people.dispatcher, now)
    last = queries.last_reading(session, machine.id)
    assert last is not None
    assert last.value == 100
    assert wrong in list(queries.list_page(session, machine.id))
    assert (wrong.voided_by, wrong.void_reason) == (people.dispatcher.name, "опечатка")
    with pytest.raises(NotAllowed, match="voided already"):
        void(session, wrong, people.dispatcher, now)


def test_voiding_needs_a_reason(session: Session, people, now: datetime, machine) -> None:
    reading = read(session, machine, 100, now, people.engineer)
    with pytest.raises(Invalid):
        void(session, reading, people.dispatcher, now, reason="  ")


def test_totals_after_a_replacement_are_made_anew(
    session: Session, people, now: datetime, machine
) -> None:
    read(session, machine, 7_000, now - 10 * DAY, people.engineer)
    wrong = read(session, machine, 7_100, now - 5 * DAY, people.engineer)
    replace(session, machine, now - 4 * DAY, people.dispatcher)
    read(session, machine, 50, now, people.engineer)
    assert totals(session) == [7_000, 7_100, 7_100, 7_150]
    void(session, wrong, people.dispatcher, now)
    assert totals(session) == [7_000, 7_000, 7_050]


def test_a_late_reading_of_the_old_meter_lifts_what_follows(
    session: Session, people, now: datetime, machine
) -> None:
    read(session, machine, 7_000, now - 10 * DAY, people.engineer)
    replace(session, machine, now - 5 * DAY, people.dispatcher)
    read(session, machine, 50, now, people.engineer)
    late = read(session, machine, 7_020, now - 6 * DAY, people.engineer, at=now)
    assert not late.is_correction
    assert totals(session) == [7_000, 7_020, 7_020, 7_070]


def test_a_replacement_taken_back_never_was(
    session: Session, people, now: datetime, machine
) -> None:
    read(session, machine, 7_000, now - 10 * DAY, people.engineer)
    wrong = read(session, machine, 20, now - 5 * DAY, people.dispatcher, replaced=True)
    void(session, wrong, people.dispatcher, now)
    read(session, machine, 7_050, now, people.engineer)
    assert totals(session) == [7_000, 7_050]
    read(session, machine, 3, now + 5 * DAY, people.dispatcher, replaced=True)
    assert totals(session) == [7_000, 7_050, 7_053]


def test_every_change_is_a_revision(session: Session, people, now: datetime, machine) -> None:
    reading = read(session, machine, 100, now, people.engineer)
    meter = session.scalars(select(Meter)).one()
    before = meter.revision
    void(session, reading, people.dispatcher, now)
    assert meter.revision == before + 1


def test_a_machine_without_a_meter(session: Session, people, now: datetime) -> None:
    model = make_model(session, now, "Пресс", meter_unit=MeterUnit.NONE)
    machine = make_machine(session, people.company, now, model=model)
    with pytest.raises(NotAllowed, match="no meter"):
        read(session, machine, 1, now, people.engineer)


def test_a_meter_that_cannot_be_read(session: Session, people, now: datetime, machine) -> None:
    uid = uuid.uuid4()
    for _ in range(2):
        with transaction(session, by=people.engineer, at=now):
            service.record_unread(
                session, machine, reason=UnreadReason.NO_POWER, words="", seen_at=now, uid=uid,
                by=people.engineer, at=now,
            )  # fmt: skip
    unread = queries.last_unread(session, machine.id)
    assert unread is not None
    assert unread.reason_kind is UnreadReason.NO_POWER
    assert queries.last_reading(session, machine.id) is None


def test_the_state_says_what_it_rests_on(session: Session, people, now: datetime, machine) -> None:
    state = queries.state_of(session, machine, now=now)
    assert (state.last, state.rate.basis, state.rate.per_day) == (None, Basis.MODEL, Decimal("6.1"))
    for week in range(8, -1, -1):
        read(session, machine, 1_000 - week * 35, now - week * 7 * DAY, people.engineer)
    state = queries.state_of(session, machine, now=now)
    assert (state.rate.basis, state.rate.per_day) == (Basis.READINGS, Decimal(5))


def test_the_fleets_average(session: Session, people, now: datetime, machine) -> None:
    unknown = make_machine(session, people.company, now, serial="")
    state = queries.state_of(session, unknown, now=now)
    assert (state.rate.basis, state.rate.per_day) == (Basis.FLEET, Decimal("6.1"))
