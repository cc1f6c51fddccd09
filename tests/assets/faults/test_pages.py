"""Pages of faults for every named person."""

import io
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.faults import service
from assets.faults.models import Fault, FaultPhoto
from assets.faults.rules import Detection, FaultStatus, Severity
from assets.machines.models import Machine
from service_app.core.db import transaction
from tests.assets.builders import make_machine, make_model


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    return make_machine(session, people.company, now, model=make_model(session, now))


@pytest.fixture
def fault(session: Session, people, now: datetime, machine) -> Fault:
    with transaction(session, by=people.operator, at=now):
        return service.report(
            session, machine, severity=Severity.STOPPED, symptom="Не заводится",
            happened_at=now - timedelta(hours=2), running_hours=None, photos=[], reporter="Петров",
            uid=uuid.uuid4(), by=people.operator, at=now,
        )  # fmt: skip


def jpeg() -> tuple[io.BytesIO, str]:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "JPEG")
    content.seek(0)
    return content, "fault.jpg"


def typed(**given: Any) -> dict[str, Any]:
    return {
        "uid": str(uuid.uuid4()), "severity": "degraded", "symptom": "Течёт масло",
        "happened_at": "2026-11-24T10:00", "detection": "inspection",
    } | given  # fmt: skip


def test_a_fault_is_noted_once_with_its_picture(sign_in_as, people, session, machine) -> None:
    client, data = sign_in_as(people.engineer), typed()
    path = f"/machines/{machine.id}/faults/new"
    assert client.get(path).status_code == 200
    for _ in range(2):
        assert client.post(path, data=data | {"photos": jpeg()}).status_code == 302
    fault = session.scalars(select(Fault)).one()
    photo = session.scalars(select(FaultPhoto)).one()
    page = client.get(f"/machines/{machine.id}/faults").text
    assert "Течёт масло" in page
    assert fault.detection_kind is Detection.INSPECTION
    assert "Found at an inspection" in page
    address = f"/faults/{fault.id}/photos/{photo.file_id}"
    assert address in page
    for name, expected in (("operator", 200), ("storekeeper", 200), ("outsider", 404)):
        answer = sign_in_as(getattr(people, name)).get(address)
        assert answer.status_code == expected
        answer.close()
    small = client.get(f"{address}?small=1")
    assert small.mimetype == "image/jpeg"
    small.close()
    assert client.get(f"/faults/{fault.id}/photos/{photo.file_id + 1}").status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"severity": ""}, "Choose how bad"),
        ({"detection": ""}, "Choose how it was found"),
        ({"detection": "guess"}, "Choose one of the list"),
        ({"symptom": " "}, "One sentence is enough"),
        ({"happened_at": "2026-11-25T10:00"}, "has not come yet"),
        ({"photos": "virus.jpg"}, "is not a photo"),
    ],
)
def test_what_cannot_be_is_said(sign_in_as, people, session, machine, given, said) -> None:
    if "photos" in given:
        given = {"photos": (io.BytesIO(b"MZ not a photo"), "virus.jpg")}
    answer = sign_in_as(people.engineer).post(
        f"/machines/{machine.id}/faults/new", data=typed(**given)
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalar(select(func.count()).select_from(Fault)) == 0


def test_from_open_to_confirmed(sign_in_as, people, session, machine, fault) -> None:
    client = sign_in_as(people.engineer)
    assert client.post(f"/faults/{fault.id}/start").status_code == 302
    data = {"version": fault.version + 1, "remedy": "Стартер", "ended_at": "2026-11-24T10:30"}
    stale = client.post(f"/faults/{fault.id}/resolve", data=data | {"version": 0})
    assert stale.status_code == 422
    assert "Somebody changed this" in stale.text
    assert client.post(f"/faults/{fault.id}/resolve", data=data).status_code == 302
    page = client.get(f"/machines/{machine.id}/faults").text
    assert "Стартер" in page
    assert "Stood 1\u00a0h 48\u00a0min" in page
    assert client.post(f"/faults/{fault.id}/confirm").status_code == 302
    session.expire_all()
    assert session.get_one(Fault, fault.id).status_kind is FaultStatus.CONFIRMED
    refused = client.post(f"/faults/{fault.id}/start")
    assert "cannot go to" in refused.text
    session.expire_all()
    assert session.get_one(Fault, fault.id).status_kind is FaultStatus.CONFIRMED


def test_there_was_no_fault(sign_in_as, people, session, fault) -> None:
    client = sign_in_as(people.engineer)
    data = {"version": fault.version, "remedy": ""}
    assert client.post(f"/faults/{fault.id}/reject", data=data).status_code == 422
    done = client.post(f"/faults/{fault.id}/reject", data=data | {"remedy": "проверили"})
    assert done.status_code == 302


@pytest.mark.parametrize("step", ["start", "confirm", "resolve", "reject"])
@pytest.mark.parametrize("name", ["operator", "outsider", "storekeeper"])
def test_others_only_look(sign_in_as, people, fault, name, step) -> None:
    answer = sign_in_as(getattr(people, name)).post(f"/faults/{fault.id}/{step}")
    assert answer.status_code == 403


def test_the_machine_says_what_is_wrong(sign_in_as, people, machine, fault) -> None:
    client = sign_in_as(people.operator)
    assert "Machine stopped" in client.get(f"/machines/{machine.id}").text
    page = client.get(f"/machines/{machine.id}/faults").text
    assert "Не заводится" in page
    assert "Work on it" not in page
    assert "1 open" in sign_in_as(people.dispatcher).get("/machines").text
