"""Pages of running hours for every named person."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.meters import service
from assets.meters.models import Reading
from assets.meters.rules import ReadingSource
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from tests.assets.builders import make_machine, make_model, make_printer

DAY = timedelta(days=1)


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    return make_machine(session, people.company, now, model=make_model(session, now))


def read(session: Session, machine: Machine, value: object, read_at: datetime) -> Reading:
    with transaction(session, by=SYSTEM, at=read_at):
        return service.record_reading(
            session, machine, value=Decimal(str(value)), read_at=read_at,
            source=ReadingSource.IMPORT, uid=uuid.uuid4(), by=SYSTEM, at=read_at,
        )  # fmt: skip


def typed(value: str, **given: str) -> dict[str, str]:
    return {"uid": str(uuid.uuid4()), "value": value, "read_at": "2026-11-24T10:00"} | given


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Reading)) or 0


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("operator", ReadingSource.OPERATOR),
        ("engineer", ReadingSource.ENGINEER),
        ("dispatcher", ReadingSource.STAFF),
    ],
)
def test_hours_are_entered_once(sign_in_as, people, session, machine, name, source) -> None:
    client, data = sign_in_as(getattr(people, name)), typed("6 481,5")
    for _ in range(2):
        assert client.post(f"/machines/{machine.id}/hours/new", data=data).status_code == 302
    reading = session.scalars(select(Reading)).one()
    assert (reading.value, reading.source_kind) == (Decimal("6481.5"), source)
    assert reading.read_at.isoformat() == "2026-11-24T07:00:00+00:00"
    assert "6,481.5" in client.get(f"/machines/{machine.id}/hours").text


def test_the_storekeeper_only_looks(sign_in_as, people, machine) -> None:
    client = sign_in_as(people.storekeeper)
    assert client.get(f"/machines/{machine.id}/hours").status_code == 200
    assert client.get(f"/machines/{machine.id}/hours/new").status_code == 403


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (typed("6"), "Less than on 23\u00a0Nov: it was 6,000"),
        (typed("6999"), "hours a day since 23\u00a0Nov"),
        (typed("-1"), "A meter does not show less than 0"),
        (typed("6060", read_at="2026-11-20T10:00"), "More than on 23\u00a0Nov: it was 6,000"),
        (typed("5000", read_at="2026-11-20T10:00"), "Too little: on 23\u00a0Nov it was 6,000"),
        (typed("1000000000000"), "is too large"),
        (typed("six"), "six is not a number"),
        (typed(""), "Write what the meter shows"),
        (typed("6001", read_at="2026-11-25T10:00"), "has not come yet"),
        (typed("6001", read_at="soon"), "is not a day and time"),
    ],
)
@pytest.mark.parametrize("name", ["operator", "engineer"])
def test_what_cannot_be_is_said_and_kept(
    sign_in_as, people, session, now, machine, name, data, said
) -> None:
    read(session, machine, 6000, now - DAY)
    client = sign_in_as(getattr(people, name))
    answer = client.post(f"/machines/{machine.id}/hours/new", data=data | {"ground": "I know"})
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{data["value"]}"' in answer.text
    assert count(session) == 1


def test_the_office_records_after_all(sign_in_as, people, session, now, machine) -> None:
    read(session, machine, 6000, now - DAY)
    client, path = sign_in_as(people.dispatcher), f"/machines/{machine.id}/hours/new"
    data = typed("600")
    refused = client.post(path, data=data)
    assert "tick that the meter was replaced" in refused.text
    assert "Record it after all" in refused.text
    assert client.post(path, data=data | {"ground": "typo before"}).status_code == 302
    assert "recorded after all: typo before" in client.get(f"/machines/{machine.id}/hours").text


@pytest.mark.parametrize("given", [{"ground": "typo before"}, {"replaced": "y"}])
def test_even_the_office_records_nothing_below_zero(
    sign_in_as, people, session, now, machine, given
) -> None:
    read(session, machine, 6000, now - DAY)
    path = f"/machines/{machine.id}/hours/new"
    answer = sign_in_as(people.dispatcher).post(path, data=typed("-1", **given))
    assert answer.status_code == 422
    assert "A meter does not show less than 0" in answer.text
    assert count(session) == 1


def test_a_new_meter_below_zero_is_said_beside_its_field(
    sign_in_as, people, session, now, machine
) -> None:
    read(session, machine, 6000, now - DAY)
    data = {
        "uid": str(uuid.uuid4()), "replaced_at": "2026-11-24T10:00", "old_value": "",
        "new_value": "-3", "ground": "act 14",
    }  # fmt: skip
    answer = sign_in_as(people.dispatcher).post(f"/machines/{machine.id}/hours/replace", data=data)
    assert answer.status_code == 422
    assert 'id="new_value-error1"' in answer.text
    assert count(session) == 1


def test_a_replaced_meter_is_ticked_by_the_office_alone(
    sign_in_as, people, session, now, machine
) -> None:
    read(session, machine, 6000, now - DAY)
    path, data = f"/machines/{machine.id}/hours/new", typed("5", replaced="y")
    answer = sign_in_as(people.engineer).post(path, data=data)
    assert answer.status_code == 422
    assert count(session) == 1
    assert sign_in_as(people.dispatcher).post(path, data=data).status_code == 302
    assert "6,005" in sign_in_as(people.engineer).get(f"/machines/{machine.id}/hours").text


def test_another_meter(sign_in_as, people, session, now, machine) -> None:
    read(session, machine, 6000, now - DAY)
    client = sign_in_as(people.manager)
    data = {
        "uid": str(uuid.uuid4()), "replaced_at": "2026-11-24T10:00", "old_value": "6010",
        "new_value": "0", "ground": "act 14",
    }  # fmt: skip
    for _ in range(2):
        answer = client.post(f"/machines/{machine.id}/hours/replace", data=data)
        assert answer.status_code == 302
    assert count(session) == 3
    page = client.get(f"/machines/{machine.id}/hours").text
    assert "act 14" in page
    assert "Meter was replaced" in page


def test_a_voided_reading_is_struck_through(sign_in_as, people, session, now, machine) -> None:
    read(session, machine, 6000, now - 2 * DAY)
    wrong = read(session, machine, 6010, now - DAY)
    path = f"/machines/{machine.id}/hours/{wrong.id}/void"
    assert sign_in_as(people.engineer).get(path).status_code == 403
    client = sign_in_as(people.dispatcher)
    assert client.post(path, data={"reason": ""}).status_code == 422
    assert client.post(path, data={"reason": "typing error"}).status_code == 302
    page = client.get(f"/machines/{machine.id}/hours").text
    assert "<s>6,010</s>" in page
    assert "typing error" in page


def test_a_reading_of_another_machine_is_not_found(
    sign_in_as, people, session, now, machine
) -> None:
    other = make_printer(session, people.company, now)
    reading = read(session, other, 10, now)
    client = sign_in_as(people.dispatcher)
    assert client.get(f"/machines/{machine.id}/hours/{reading.id}/void").status_code == 404
    assert client.get(f"/machines/{other.id}/hours/{reading.id}/void").status_code == 200


def test_a_meter_that_cannot_be_read(sign_in_as, people, machine) -> None:
    client = sign_in_as(people.operator)
    path = f"/machines/{machine.id}/hours/unread"
    data = {"uid": str(uuid.uuid4()), "seen_at": "2026-11-24T10:00"}
    assert client.post(path, data=data).status_code == 422
    assert client.post(path, data=data | {"reason": "no_power"}).status_code == 302
    assert "No power" in client.get(f"/machines/{machine.id}/hours").text


def test_the_picture_has_its_table_and_its_sentence(
    sign_in_as, people, session, now, machine, count_queries
) -> None:
    for week in range(20, -1, -1):
        read(session, machine, 1_000 - week * 42, now - week * 7 * DAY)
    client = sign_in_as(people.engineer)
    client.get("/machines")
    session.expunge_all()
    with count_queries() as seen:
        page = client.get(f"/machines/{machine.id}/hours").text
    assert len(seen) <= 13
    assert 'class="s-plot"' in page
    assert "6 a day" in page
    assert "its own readings" in page
    assert 'href="#readings"' in page


@pytest.mark.parametrize(
    ("typical", "said"),
    [(Decimal("6.1"), "the model&#39;s average: 6.1 a day"), (None, "Enter what")],
)
def test_an_empty_meter_says_what_dates_rest_on(
    sign_in_as, people, session, now, typical, said
) -> None:
    model = make_model(session, now, typical_per_day=typical)
    machine = make_machine(session, people.company, now, model=model)
    assert said in sign_in_as(people.engineer).get(f"/machines/{machine.id}/hours").text
