"""How an order is worded on the pages of staff and of its customer."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from service_app.accounts.models import User
from service_app.core.db import transaction
from service_app.core.reader import Reader
from tests.workorders.builders import make_assigned, make_machine, make_order
from workorders.intake import service as intake
from workorders.orders import service as orders
from workorders.orders.document import common
from workorders.orders.rules import Expectation
from workorders.sla.rules import WaitReason


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_diagnosis_while_an_engineer_finds_the_cause(session, people, sign_in_as, now) -> None:
    order = make_order(session, people, make_machine(session, people, now), now)
    with transaction(session, by=people.dispatcher, at=now):
        intake.accept(session, order, by=people.dispatcher, at=now)
        intake.agree_expectation(
            session, order, Expectation.FIND_CAUSE, acknowledged_how="by phone",
            by=people.dispatcher, at=now,
        )  # fmt: skip
    staff, customer = sign_in_as(people.dispatcher), sign_in_as(people.operator)
    address = f"/orders/{order.number}"
    assert "Diagnosis" not in page(staff, address) + page(customer, address)
    with transaction(session, by=people.dispatcher, at=now):
        order.engineer = session.get_one(User, people.engineer.user_id)
    for client, path in [(staff, address), (customer, address), (staff, "/board")]:
        assert "Diagnosis" in page(client, path), path


def test_a_wait_is_told_to_each_in_their_words(session, people, sign_in_as, now) -> None:
    order = make_order(session, people, make_machine(session, people, now), now)
    make_assigned(session, people, order, now)
    later = now + timedelta(hours=1)
    with transaction(session, by=people.engineer, at=now):
        orders.open_wait(session, order, WaitReason.PARTS, by=people.engineer, at=now)
    staff, customer = sign_in_as(people.dispatcher), sign_in_as(people.operator)
    address = f"/orders/{order.number}"
    assert "Waiting: parts" in page(staff, address)
    assert "Waiting for parts" in page(customer, address)
    with transaction(session, by=people.engineer, at=later):
        orders.close_wait(session, order, by=people.engineer, at=later)
    assert "Waited for parts 1\u00a0h of working time. The restore clock ran on." in page(
        staff, address
    )
    assert "Waited for parts: 1\u00a0h" in page(customer, address)


def test_every_countdown_is_asked_again(session, people, sign_in_as, now) -> None:
    order = make_order(session, people, make_machine(session, people, now), now)
    manager = sign_in_as(people.manager)
    for path in ("/board", "/orders", "/promises", f"/orders/{order.number}"):
        text = page(manager, path)
        assert text.count("data-countdown=") == text.count("data-ask=") > 0, path
        assert "data-soon=" in text, path


def test_an_operator_reports_from_the_machines_page(session, people, sign_in_as, now) -> None:
    machine = make_machine(session, people, now)
    text = page(sign_in_as(people.operator), f"/machines/{machine.id}")
    assert f'btn-primary btn-big" href="/machines/{machine.id}/report"' in text
    assert f'/machines/{machine.id}/report"' not in page(
        sign_in_as(people.engineer), f"/machines/{machine.id}"
    )


def test_a_machine_is_named_in_the_readers_language(session, people, sign_in_as, now) -> None:
    order = make_order(session, people, make_machine(session, people, now), now)
    dispatcher = sign_in_as(people.dispatcher)
    for language, name in (("en", "Excavator EG-230"), ("ru", "Экскаватор ЭГ-230")):
        dispatcher.post(f"/language/{language}")
        assert name in page(dispatcher, f"/orders/{order.number}")
        with transaction(session, by=people.dispatcher, at=now):
            order.company.language = language
        said = common(session, order)["machine"]["title"]
        reader = Reader(language, ZoneInfo("Europe/Moscow"), now)
        assert reader.say(said) == name


def test_the_storekeepers_home_is_the_orders(people, sign_in_as) -> None:
    storekeeper = sign_in_as(people.storekeeper)
    assert storekeeper.get("/").location == "/orders"
    assert "Work orders" in page(storekeeper, "/orders")
