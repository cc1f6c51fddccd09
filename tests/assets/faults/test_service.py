"""Verbs over faults, on both databases."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.faults import queries, service
from assets.faults.models import Fault
from assets.faults.rules import MOVES, OPEN, FaultStatus, Severity
from service_app.core.db import transaction
from service_app.core.errors import DomainError, NotAllowed, NotFound
from service_app.files.models import StoredFile
from tests.assets.builders import make_machine

HOUR = timedelta(hours=1)


@pytest.fixture
def machine(session: Session, people, now: datetime):
    return make_machine(session, people.company, now)


def report(session: Session, machine, by, now: datetime, **given) -> Fault:
    values = {
        "severity": Severity.STOPPED, "symptom": "Не заводится", "happened_at": now - HOUR,
        "running_hours": Decimal("6481.5"), "photos": [], "reporter": by.name,
        "uid": uuid.uuid4(),
    } | given  # fmt: skip
    with transaction(session, by=by, at=now):
        return service.report(session, machine, by=by, at=now, **values)


def picture(session: Session, now: datetime) -> StoredFile:
    stored = StoredFile(
        key=uuid.uuid4().hex, name="a.jpg", media_type="image/jpeg", size=1, sha256="0" * 64,
        added_at=now,
    )  # fmt: skip
    session.add(stored)
    return stored


def test_every_status_has_a_row_of_moves() -> None:
    assert set(MOVES) == set(FaultStatus)
    assert all(
        {*following, status} >= OPEN or status not in OPEN for status, following in MOVES.items()
    )


def test_the_same_uid_makes_one_fault(session: Session, people, now: datetime, machine) -> None:
    uid = uuid.uuid4()
    one = report(session, machine, people.operator, now, uid=uid)
    two = report(session, machine, people.operator, now, uid=uid, symptom="Другое")
    assert one.id == two.id
    assert session.scalar(select(func.count()).select_from(Fault)) == 1


def test_photos_are_the_faults_own(session: Session, people, now: datetime, machine) -> None:
    with transaction(session, by=people.operator, at=now):
        file = picture(session, now)
    fault = report(session, machine, people.operator, now, photos=[file])
    other = report(session, machine, people.operator, now)
    assert queries.list_photos(session, [fault.id, other.id]) == {fault.id: [file]}
    assert queries.get_photo(session, people.operator, fault.id, file.id) is file
    for actor, fault_id in ((people.outsider, fault.id), (people.operator, other.id)):
        with pytest.raises(NotFound):
            queries.get_photo(session, actor, fault_id, file.id)


@pytest.mark.parametrize(
    ("given", "field"), [({"symptom": "  "}, "symptom"), ({"happened_at": 1}, "happened_at")]
)
def test_reports_that_cannot_be(
    session: Session, people, now: datetime, machine, given: dict, field: str
) -> None:
    if field == "happened_at":
        given = {"happened_at": now + HOUR}
    with pytest.raises(DomainError) as refused:
        report(session, machine, people.operator, now, **given)
    assert refused.value.field == field


def test_from_open_to_confirmed(session: Session, people, now: datetime, machine) -> None:
    fault = report(session, machine, people.operator, now)
    assert queries.count_open(session, [machine.id]) == {machine.id: 1}
    with transaction(session, by=people.engineer, at=now):
        service.start_work(session, fault, by=people.engineer, at=now)
        service.start_work(session, fault, by=people.engineer, at=now)
        service.resolve(
            session, fault, cause="износ щёток", remedy="заменён стартер", ended_at=now,
            by=people.engineer, at=now,
        )  # fmt: skip
        service.confirm(session, fault, by=people.engineer, at=now)
    assert (fault.status_kind, fault.ended_at) == (FaultStatus.CONFIRMED, now)
    assert queries.list_open(session, machine.id) == []
    with pytest.raises(NotAllowed):
        service.start_work(session, fault, by=people.engineer, at=now)


def test_a_fixed_fault_may_come_back(session: Session, people, now: datetime, machine) -> None:
    fault = report(session, machine, people.operator, now)
    with transaction(session, by=people.engineer, at=now):
        service.resolve(
            session, fault, cause="", remedy="подтянут", ended_at=now, by=people.engineer, at=now
        )
        service.start_work(session, fault, by=people.engineer, at=now)
    assert fault.is_open
    assert fault.ended_at is None


@pytest.mark.parametrize(
    ("remedy", "hours", "field"),
    [(" ", 0, "remedy"), ("x", -2, "ended_at"), ("x", 1, "ended_at")],
)
def test_ends_that_cannot_be(
    session: Session, people, now: datetime, machine, remedy: str, hours: int, field: str
) -> None:
    fault = report(session, machine, people.operator, now)
    with pytest.raises(DomainError) as refused:
        service.resolve(
            session, fault, cause="", remedy=remedy, ended_at=now + hours * HOUR,
            by=people.engineer, at=now,
        )  # fmt: skip
    assert refused.value.field == field
    assert fault.is_open


def test_a_fault_nobody_found(session: Session, people, now: datetime, machine) -> None:
    fault = report(session, machine, people.operator, now)
    with pytest.raises(DomainError):
        service.reject(session, fault, words="", by=people.engineer, at=now)
    with transaction(session, by=people.engineer, at=now):
        service.reject(session, fault, words="работает под нагрузкой", by=people.engineer, at=now)
    assert fault.status_kind is FaultStatus.NOT_CONFIRMED


def test_a_duplicate_points_to_the_first(session: Session, people, now: datetime, machine) -> None:
    first = report(session, machine, people.operator, now)
    second = report(session, machine, people.operator, now)
    foreign = report(session, make_machine(session, people.company, now), people.operator, now)
    for wrong in (second, foreign):
        with pytest.raises(DomainError):
            service.mark_duplicate(session, second, of=wrong, by=people.dispatcher, at=now)
    with transaction(session, by=people.dispatcher, at=now):
        service.mark_duplicate(session, second, of=first, by=people.dispatcher, at=now)
    assert second.duplicate_of_id == first.id
    assert queries.list_open(session, machine.id) == [first]


def test_the_worst_comes_first(session: Session, people, now: datetime, machine) -> None:
    for severity in (Severity.MINOR, Severity.STOPPED, Severity.DEGRADED):
        report(session, machine, people.operator, now, severity=severity)
    found = [f.severity_kind for f in queries.list_open(session, machine.id)]
    assert found == [Severity.STOPPED, Severity.DEGRADED, Severity.MINOR]


def test_other_companies_faults_are_not_found(
    session: Session, people, now: datetime, machine
) -> None:
    fault = report(session, machine, people.operator, now)
    assert queries.get_fault(session, people.operator, fault.id) is fault
    with pytest.raises(NotFound):
        queries.get_fault(session, people.outsider, fault.id)
