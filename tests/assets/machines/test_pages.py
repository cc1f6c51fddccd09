"""Pages of machines for every named person: who sees what, what is refused, what is told."""

import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines import service
from assets.machines.models import Machine, MachineModel
from assets.machines.rules import Ground
from service_app.core import clock
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.text import Text
from tests.assets.builders import make_machine, make_model

STAFF = ("administrator", "manager", "dispatcher", "engineer", "storekeeper")
OFFICE = ("administrator", "manager", "dispatcher")
TABS = ("", "/passport", "/hours", "/faults", "/orders", "/documents")


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    model = make_model(session, now, technical_data=(("Двигатель", "Д-245"),))
    return make_machine(
        session, people.company, now, model=model, site=people.site, inventory_number="12",
        notes="ключ у сторожа",
    )  # fmt: skip


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("name", [*STAFF, "operator"])
def test_tabs_are_open_to_staff_and_the_company(sign_in_as, people, machine, name, tab) -> None:
    answer = sign_in_as(getattr(people, name)).get(f"/machines/{machine.id}{tab}")
    assert answer.status_code == 200
    assert "EG230-00417" in answer.text


def test_a_warranty_ends_with_the_companys_own_day(sign_in_as, session, people, machine) -> None:
    """One in the morning in Moscow is still yesterday in UTC."""
    night = datetime(2026, 11, 23, 22, tzinfo=UTC)
    with clock.frozen(night):
        with transaction(session, by=people.administrator, at=night):
            machine.warranty_ends_on = date(2026, 11, 23)
        client = sign_in_as(people.dispatcher)
        for path in (f"/machines/{machine.id}", "/machines"):
            assert "ended 23" in client.get(path).text.replace("\u00a0", " "), path


@pytest.mark.parametrize("path", [*TABS, "/journal", "/hours/new", "/hours/unread"])
def test_another_companys_machine_is_not_found(sign_in_as, people, machine, path) -> None:
    assert sign_in_as(people.outsider).get(f"/machines/{machine.id}{path}").status_code == 404


def test_inner_fields_stay_inside(sign_in_as, people, machine) -> None:
    operator = sign_in_as(people.operator)
    pages = [operator.get(f"/machines/{machine.id}{tab}").text for tab in TABS]
    assert not any("сторожа" in page or "Criticality" in page for page in pages)
    assert "/journal" not in "".join(pages)
    assert operator.get(f"/machines/{machine.id}/journal").status_code == 404
    assert "сторожа" in sign_in_as(people.engineer).get(f"/machines/{machine.id}").text


@pytest.mark.parametrize(
    "path", ["/machines/new", "/machines/models", "/machines/models/new", "/machines/labels"]
)
@pytest.mark.parametrize("name", [*STAFF, "operator"])
def test_only_the_office_edits(sign_in_as, people, name, path) -> None:
    expected = 200 if name in OFFICE else 403
    assert sign_in_as(getattr(people, name)).get(path).status_code == expected


@pytest.mark.parametrize("path", ["edit", "transfer", "life/in_repair", "hours/replace"])
@pytest.mark.parametrize("name", [*STAFF, "operator"])
def test_only_the_office_changes(sign_in_as, people, machine, name, path) -> None:
    expected = 200 if name in OFFICE else 403
    answer = sign_in_as(getattr(people, name)).get(f"/machines/{machine.id}/{path}")
    assert answer.status_code == expected


def test_the_fleet_shows_a_person_their_own(sign_in_as, people, session, now, machine) -> None:
    foreign = make_machine(session, people.other_company, now, serial="FOREIGN-1")
    assert foreign.serial in sign_in_as(people.dispatcher).get("/machines").text
    page = sign_in_as(people.operator).get("/machines").text
    assert machine.serial in page
    assert foreign.serial not in page
    assert "Чужое" not in page


def test_the_fleet_searches_and_says_when_nothing_is_found(sign_in_as, people, machine) -> None:
    client = sign_in_as(people.dispatcher)
    assert machine.serial in client.get("/machines?q=эг230").text
    page = client.get("/machines?q=погрузчик").text
    assert machine.serial not in page
    assert "among all 1" in page
    for odd in ("company=x", "status=x", "after=%00", "q=%27%22*", "model=99999999999999999999"):
        assert client.get(f"/machines?{odd}").status_code == 200


def test_an_empty_fleet_says_what_to_do(sign_in_as, people) -> None:
    assert "Add the first machine" in sign_in_as(people.dispatcher).get("/machines").text
    assert "tied to you yet" in sign_in_as(people.operator).get("/machines").text


def test_pages_run_few_queries(sign_in_as, people, session, now, machine, count_queries) -> None:
    for n in range(30):
        make_machine(session, people.company, now, model=machine.model, serial=f"N-{n}")
    session.expunge_all()
    for actor in (people.dispatcher, people.operator):
        client = sign_in_as(actor)
        client.get("/machines")
        for path in ("/machines", *(f"/machines/{machine.id}{tab}" for tab in TABS)):
            with count_queries() as seen:
                assert client.get(path).status_code == 200
            assert len(seen) <= 13, (path, seen)


def new_machine(people, **given: str) -> dict[str, str]:
    return {
        "uid": str(uuid.uuid4()), "model_words": "Пресс", "serial": "P-1", "criticality": "normal",
        "status": "in_operation",
    } | given  # fmt: skip


def test_a_machine_is_added_once(sign_in_as, people, session, now) -> None:
    client, data = sign_in_as(people.dispatcher), new_machine(people, site_id=str(people.site.id))
    path = f"/machines/new?company={people.company.id}"
    assert "Карьер Северный" in client.get("/machines/new").text
    for _ in range(2):
        answer = client.post(path, data=data)
        assert answer.status_code == 302
    machine = session.scalars(select(Machine)).one()
    assert answer.location.endswith(f"/machines/{machine.id}")
    assert (machine.company, machine.site) == (people.company, people.site)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"model_words": ""}, "Choose the model"),
        ({"commissioned_on": "31.02.2026"}, "is not a day"),
        ({"manufactured_on": "2030-01-01"}, "has not come yet"),
        ({"warranty_months": "9999"}, "From 0 to 600"),
        ({"site_id": "999"}, "Choose one of the list"),
        ({"serial": "x" * 61}, "61 characters"),
    ],
)
def test_what_cannot_be_is_said_and_kept(sign_in_as, people, session, now, given, said) -> None:
    client = sign_in_as(people.dispatcher)
    data = new_machine(people, inventory_number="KEPT-7", **given)
    answer = client.post(f"/machines/new?company={people.company.id}", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert "KEPT-7" in answer.text
    assert session.scalar(select(func.count()).select_from(Machine)) == 0


def form_of(machine: Machine, **given: str) -> dict[str, str]:
    return {
        "uid": str(uuid.uuid4()), "version": str(machine.version),
        "model_id": str(machine.model_id), "serial": machine.serial, "criticality": "normal",
    } | given  # fmt: skip


def test_a_stale_passport_is_told_and_loses_nothing(sign_in_as, people, session, machine) -> None:
    one, two = sign_in_as(people.dispatcher), sign_in_as(people.manager)
    data = form_of(machine, inventory_number="13")
    assert one.post(f"/machines/{machine.id}/edit", data=data).status_code == 302
    answer = two.post(f"/machines/{machine.id}/edit", data=data | {"inventory_number": "14"})
    assert answer.status_code == 422
    assert "Somebody changed this" in answer.text
    assert 'value="14"' in answer.text
    assert "Somebody saved here: 13" in answer.text
    session.expire_all()
    assert session.get_one(Machine, machine.id).inventory_number == "13"


def test_technical_data_is_a_list_of_lines(sign_in_as, people, session, machine) -> None:
    client = sign_in_as(people.dispatcher)
    data = form_of(machine, data="Ковш: 1,2 м³\r\n\r\nКондиционер\r\n")
    client.post(f"/machines/{machine.id}/edit", data=data)
    session.expire_all()
    found = session.get_one(Machine, machine.id).technical_data
    assert found == [["Ковш", "1,2 м³"], ["Кондиционер", ""]]
    page = client.get(f"/machines/{machine.id}/passport").text
    assert "1,2 м³" in page
    assert "Д-245" in page


def test_a_transferred_machine_changes_hands(sign_in_as, people, session, machine) -> None:
    client, other = sign_in_as(people.manager), people.other_company.id
    assert client.get(f"/machines/{machine.id}/transfer").status_code == 200
    path = f"/machines/{machine.id}/transfer?company={other}"
    data = {"version": machine.version, "owner_id": other, "on": "2026-11-20", "number": "17"}
    assert client.post(path, data=data).status_code == 302
    assert sign_in_as(people.operator).get(f"/machines/{machine.id}").status_code == 404
    assert sign_in_as(people.outsider).get(f"/machines/{machine.id}").status_code == 200
    assert "17" in client.get(f"/machines/{machine.id}/journal").text


def test_a_held_machine_says_why(sign_in_as, people, session, now, machine) -> None:
    text = Text("order %(number)s is open", number="26-0418")
    with transaction(session, by=SYSTEM, at=now):
        service.hold(session, machine, text=text, ground=Ground("order", 1), by=SYSTEM, at=now)
    client = sign_in_as(people.manager)
    data = {"version": machine.version, "on": "2026-11-20"}
    answer = client.post(f"/machines/{machine.id}/life/decommissioned", data=data)
    assert answer.status_code == 422
    assert "order 26-0418 is open" in answer.text


def test_a_move_of_life(sign_in_as, people, session, machine) -> None:
    client = sign_in_as(people.dispatcher)
    data = {"version": machine.version, "on": "2026-11-20", "words": "полевой ремонт"}
    assert client.post(f"/machines/{machine.id}/life/in_repair", data=data).status_code == 302
    assert "In repair" in client.get(f"/machines/{machine.id}").text
    assert "полевой ремонт" in client.get(f"/machines/{machine.id}/journal").text
    assert client.post(f"/machines/{machine.id}/life/disposed", data=data).status_code == 422
    assert client.get(f"/machines/{machine.id}/life/nonsense").status_code == 404


def test_a_new_code(sign_in_as, people, session, machine) -> None:
    old = machine.qr_token
    answer = sign_in_as(people.dispatcher).post(f"/machines/{machine.id}/token")
    assert answer.status_code == 302
    session.expire_all()
    assert session.get_one(Machine, machine.id).qr_token != old


def test_models_are_added_and_changed(sign_in_as, people, session, now) -> None:
    client = sign_in_as(people.administrator)
    data = {
        "uid": str(uuid.uuid4()), "name": "КВ-10", "kind": "compressor", "meter_unit": "h",
        "typical_per_day": "6,1", "data": "Давление: 7 бар",
    }  # fmt: skip
    for _ in range(2):
        assert client.post("/machines/models/new", data=data).status_code == 302
    model = session.scalars(select(MachineModel)).one()
    assert str(model.typical_per_day) == "6.1"
    stale = data | {"version": "0", "name": "КВ-11"}
    answer = client.post(f"/machines/models/{model.id}", data=stale)
    assert answer.status_code == 422
    fresh = stale | {"version": str(model.version)}
    assert client.post(f"/machines/models/{model.id}", data=fresh).status_code == 302
    assert "КВ-11" in client.get("/machines/models").text
    assert client.get("/machines/models/999").status_code == 404


def test_a_number_beyond_every_record_is_not_found(sign_in_as, people, machine) -> None:
    client = sign_in_as(people.dispatcher)
    for path in ("/machines/99999999999999999999", "/machines/models/99999999999999999999"):
        assert client.get(path).status_code == 404
