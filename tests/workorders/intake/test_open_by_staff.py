"""A request by phone: the machine is found by words among any number; nothing typed is lost."""

import uuid

import pytest
from sqlalchemy import func, select

from tests.workorders.builders import make_machine
from workorders.orders.models import WorkOrder

NAME = "Егор Мишин"


@pytest.fixture
def fleet(session, people, now):
    return [
        make_machine(session, people, now, serial=f"EG230-{number:05d}")
        for number in range(417, 452)
    ]


@pytest.fixture
def client(sign_in_as, people):
    return sign_in_as(people.dispatcher)


def form(**fields: str) -> dict[str, str]:
    given = {
        "uid": str(uuid.uuid4()), "name": NAME, "phone": "+7 912", "source": "phone",
        "severity": "stopped", "symptom": "Не держит давление", "kind": "repair",
        "place": "on_site", "machine": "", "machine_words": "", "company": "",
    }  # fmt: skip
    return given | fields


def count(session) -> int:
    return session.scalar(select(func.count()).select_from(WorkOrder))


def test_words_narrow_the_machines(client, fleet) -> None:
    first = client.get("/orders/new").text
    assert "The first 30." in first
    assert first.count("<option value=") > 30
    found = client.get("/orders/new?machine_q=EG230-00451").text
    assert f'<option selected value="{fleet[-1].id}">' in found
    assert fleet[0].serial not in found
    assert "No machine with these words." in client.get("/orders/new?machine_q=погрузчик").text


def test_looking_for_a_machine_stores_nothing_and_keeps_what_was_typed(
    client, session, fleet
) -> None:
    answer = client.post("/orders/new", data=form(machine_q="00420", find="machine"))
    assert answer.status_code == 200
    assert fleet[3].serial in answer.text
    assert NAME in answer.text
    assert "Не держит давление" in answer.text
    assert count(session) == 0


def test_the_chosen_machine_stays_though_the_words_changed(client, fleet) -> None:
    chosen = form(machine=str(fleet[0].id), machine_q="00451", find="machine")
    assert (
        f'<option selected value="{fleet[0].id}">' in client.post("/orders/new", data=chosen).text
    )


def test_one_found_by_words_is_taken_without_a_click(client, session, fleet) -> None:
    answer = client.post(
        "/orders/new", data=form(machine=str(fleet[5].id), machine_q="EG230-00422")
    )
    assert answer.status_code == 302
    order = session.scalars(select(WorkOrder)).one()
    assert (order.machine_id, order.reporter_name) == (fleet[5].id, NAME)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Say which machine it is"),
        ({"machine": "999999"}, "Choose one of the list."),
        ({"name": ""}, "Write who called."),
        ({"symptom": ""}, "One sentence is enough"),
    ],
)
def test_what_is_missing_is_said_and_nothing_stored(client, session, fleet, fields, said) -> None:
    answer = client.post("/orders/new", data=form(**fields))
    assert answer.status_code == 422
    assert said in answer.text
    assert count(session) == 0


def test_the_same_form_twice_is_one_order(client, session, fleet) -> None:
    same = form(machine=str(fleet[0].id))
    for _ in range(2):
        assert client.post("/orders/new", data=same).status_code == 302
    assert count(session) == 1


def test_a_machine_named_in_words_is_found_when_the_request_is_accepted(
    client, session, people, fleet
) -> None:
    worded = form(machine_words="Жёлтый экскаватор у ворот", company=str(people.company.id))
    assert client.post("/orders/new", data=worded).status_code == 302
    order = session.scalars(select(WorkOrder)).one()
    page = f"/orders/{order.number}/accept"
    found = client.get(f"{page}?machine_q=00433").text
    assert f'<option selected value="{fleet[16].id}">' in found
    looking = client.post(page, data={"machine_q": "00433", "find": "machine"})
    session.refresh(order)
    assert (looking.status_code, order.status) == (200, "received")
    sent = {"uid": str(uuid.uuid4()), "machine": str(fleet[16].id), "machine_q": "00433"}
    assert client.post(page, data=sent).status_code == 302
    session.refresh(order)
    assert (order.status, order.machine_id) == ("accepted", fleet[16].id)
