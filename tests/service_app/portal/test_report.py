"""Reporting a fault: who may, what is asked, what is never lost."""

import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from assets.meters.models import Reading
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.portal import service
from service_app.portal.models import GuestTry
from tests.service_app.portal.builders import (
    a_guest,
    a_report,
    count,
    events_of,
    file_of,
    make_reading,
)
from workorders.orders.models import OrderPhoto, WorkOrder


def the_order(session) -> WorkOrder:
    return session.scalars(select(WorkOrder)).one()


def test_the_code_leads_each_person_where_they_belong(sign_in_as, client, people, machine) -> None:
    address = f"/q/{machine.qr_token}"
    page = sign_in_as(people.operator).get(address)
    assert page.status_code == 200
    assert "EG230-00417" in page.text
    for staff in (people.engineer, people.dispatcher, people.storekeeper, people.manager):
        sent_on = sign_in_as(staff).get(f"{address}?report=1")
        assert sent_on.headers["Location"] == f"/machines/{machine.id}"
    assert sign_in_as(people.outsider).get(address).status_code == 404
    asked = client.get(address)
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/login?next=/q/")
    assert client.get("/q/no-such-code").status_code == 404


def test_an_operator_reports_in_one_form(session, sign_in_as, people, machine, photo) -> None:
    client = sign_in_as(people.operator)
    form = a_report(running_hours="6 481", photos=[file_of(photo)])
    answer = client.post(f"/q/{machine.qr_token}", data=form)
    order = the_order(session)
    assert answer.headers["Location"] == f"/orders/{order.number}/received"
    assert (order.source, order.severity, order.priority) == ("qr", "stopped", 2)
    assert (order.reporter_id, order.reporter_name) == (people.operator.user_id, "Иван Петров")
    assert session.scalars(select(Reading)).one().value == 6481
    assert count(session, OrderPhoto) == 1
    received = client.get(answer.headers["Location"]).text
    assert order.number in received
    assert "The dispatcher answers by 11:12" in received
    assert "by 15:42, you decide" in received


def test_the_promise_stands_under_the_button_for_each_severity(sign_in_as, people, machine) -> None:
    page = sign_in_as(people.operator).get(f"/machines/{machine.id}/report").text
    promises = dict(re.findall(r'data-for="(\w+)">(We answer by [^<]+)<', page))
    assert promises["stopped"].replace("\xa0", " ") == "We answer by 11:12, that is 30 min"
    assert promises["minor"].replace("\xa0", " ") == "We answer by 12:42, that is 2 h"


def test_somebody_elses_machine_is_not_found(session, sign_in_as, people, machine) -> None:
    outsider = sign_in_as(people.outsider)
    assert outsider.get(f"/machines/{machine.id}/report").status_code == 404
    assert outsider.post(f"/machines/{machine.id}/report", data=a_report()).status_code == 404
    assert outsider.post(f"/q/{machine.qr_token}", data=a_report()).status_code == 404
    assert count(session, WorkOrder) == 0


def test_the_dispatcher_may_report_and_the_engineer_may_not(
    session, sign_in_as, people, machine
) -> None:
    address = f"/machines/{machine.id}/report"
    assert sign_in_as(people.engineer).get(address).status_code == 403
    assert sign_in_as(people.engineer).post(address, data=a_report()).status_code == 403
    answer = sign_in_as(people.dispatcher).post(address, data=a_report())
    assert answer.headers["Location"].endswith("/received")
    assert the_order(session).source == "portal"


def test_two_taps_make_one_request(session, sign_in_as, people, machine, photo) -> None:
    client, form = sign_in_as(people.operator), a_report()
    first = client.post(f"/q/{machine.qr_token}", data=form | {"photos": [file_of(photo)]})
    second = client.post(f"/q/{machine.qr_token}", data=form | {"photos": [file_of(photo)]})
    assert first.headers["Location"] == second.headers["Location"]
    assert (count(session, WorkOrder), count(session, OrderPhoto)) == (1, 1)


def test_what_is_missing_is_told_and_what_was_typed_stays(
    session, sign_in_as, people, machine
) -> None:
    client = sign_in_as(people.operator)
    page = client.post(
        f"/q/{machine.qr_token}", data={"uid": str(uuid.uuid4()), "running_hours": "6481,5"}
    )
    assert page.status_code == 422
    assert "Choose how bad it is." in page.text
    assert "One sentence is enough, but we need it." in page.text
    assert 'value="6481,5"' in page.text
    page = client.post(f"/q/{machine.qr_token}", data=a_report(severity=""))
    assert "Boom drops by itself" in page.text
    assert count(session, WorkOrder) == 0


def test_photos_survive_a_form_that_comes_back(session, sign_in_as, people, machine, photo) -> None:
    client = sign_in_as(people.operator)
    page = client.post(f"/q/{machine.qr_token}", data=a_report(symptom="", photos=[file_of(photo)]))
    assert page.status_code == 422
    assert "1 photo is kept and goes with the request." in page.text
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', page.text)
    assert kept is not None
    client.post(f"/q/{machine.qr_token}", data=a_report(kept=kept[1]))
    sent = session.scalars(select(OrderPhoto)).one()
    assert (sent.file.name, sent.file.is_image, sent.stage) == ("fault.jpg", True, "before")
    client.post(f"/q/{machine.qr_token}", data=a_report(kept=f"{kept[1]}x"))
    assert count(session, OrderPhoto) == 1


def test_a_file_that_is_no_photo_is_named_and_the_others_stay(
    session, sign_in_as, people, machine, photo
) -> None:
    files = [file_of(photo), file_of(b"#!/bin/sh", "virus.jpg")]
    page = sign_in_as(people.operator).post(f"/q/{machine.qr_token}", data=a_report(photos=files))
    assert page.status_code == 422
    assert "virus.jpg is not a photo" in page.text
    assert "1 photo is kept" in page.text
    assert "Boom drops by itself" in page.text
    assert count(session, WorkOrder) == 0


def test_hours_that_go_back_are_asked_about_once_and_never_refuse(
    session, sign_in_as, people, machine, now
) -> None:
    make_reading(session, people, machine, "6461", now - timedelta(days=4))
    client = sign_in_as(people.operator)
    assert "they were 6,461" in client.get(f"/q/{machine.qr_token}").text
    page = client.post(f"/q/{machine.qr_token}", data=a_report(running_hours="6000"))
    assert page.status_code == 422
    told = page.text.replace("\xa0", " ")
    assert "Hours are less than on 20 Nov (6,461). Send without them, or check." in told
    asked = re.search(r'name="sent_hours"[^>]*value="([^"]+)"', page.text)
    assert asked is not None
    sent = client.post(
        f"/q/{machine.qr_token}", data=a_report(running_hours="6000", sent_hours=asked[1])
    )
    assert sent.status_code == 302
    assert count(session, Reading) == 1
    assert events_of(session, the_order(session), "note")[0].data["unfit_hours"] == "6000.0"


def test_the_hours_may_be_left_out_by_a_button(session, sign_in_as, people, machine, now) -> None:
    make_reading(session, people, machine, "6461", now - timedelta(days=4))
    client = sign_in_as(people.operator)
    form = a_report(running_hours="6000", without_hours="1")
    assert client.post(f"/q/{machine.qr_token}", data=form).status_code == 302
    assert events_of(session, the_order(session), "note") == []
    too_fast = client.post(f"/q/{machine.qr_token}", data=a_report(running_hours="9999"))
    assert "hours a day since 20\xa0Nov. Send without them, or check." in too_fast.text


def test_an_open_request_comes_first(sign_in_as, people, machine, order) -> None:
    client = sign_in_as(people.operator)
    page = client.get(f"/q/{machine.qr_token}").text
    assert f"№ {order.number}: Boom drops by itself" in page
    assert 'name="symptom"' not in page
    assert f"/orders/{order.number}/details" in page
    assert 'name="symptom"' in client.get(f"/q/{machine.qr_token}?anew=1").text


def test_another_companys_open_request_is_not_shown(
    session, sign_in_as, people, machine, order, now
) -> None:
    with transaction(session, by=SYSTEM, at=now):
        machine.company = machine.owner = people.other_company
    page = sign_in_as(people.outsider).get(f"/q/{machine.qr_token}")
    assert page.status_code == 200
    assert order.number not in page.text


def test_a_guest_sees_the_form_only(client, for_guests) -> None:
    page = client.get(f"/q/{for_guests.qr_token}")
    assert page.status_code == 200
    assert "EG-230" in page.text
    assert "inv. No. 12" in page.text
    for secret in ("EG230-00417", "Карьер Северный", "Участок 2"):
        assert secret not in page.text


def test_a_guest_reports_and_follows_by_a_secret_link(session, client, for_guests) -> None:
    answer = client.post(f"/q/{for_guests.qr_token}", data=a_guest(running_hours="5"))
    order = the_order(session)
    assert order.is_guest
    assert (order.reporter_name, order.reporter_phone) == ("Семён Прохожий", "+7 900 000-00-01")
    assert answer.headers["Location"] == f"/follow/{order.follow_token}?sent=1"
    page = client.get(answer.headers["Location"]).text
    assert order.number in page
    assert "The dispatcher answers by 11:12" in page
    consent = events_of(session, order, "note")[-1]
    assert "Consent" in consent.data["text"]["m"]
    assert not consent.is_for_customer


@pytest.mark.parametrize("missing", ["name", "phone", "consent"])
def test_a_guest_gives_name_phone_and_consent(session, client, for_guests, missing) -> None:
    form = a_guest(symptom="Leaks")
    del form[missing]
    page = client.post(f"/q/{for_guests.qr_token}", data=form)
    assert page.status_code == 422
    assert f'id="{missing}-error1"' in page.text
    assert "Leaks" in page.text
    assert count(session, WorkOrder) == 0


def test_a_guest_may_report_so_often_an_hour_and_no_more(session, client, for_guests, now) -> None:
    address = f"/q/{for_guests.qr_token}"
    form = a_guest()
    for _ in range(service.PER_MACHINE + 2):  # the same form again counts once
        client.post(address, data=form)
    for _ in range(service.PER_MACHINE - 1):
        assert client.post(address, data=a_guest()).status_code == 302
    refused = client.post(address, data=a_guest(symptom="Sixth"))
    assert refused.status_code == 422
    assert "Too many requests came from here within an hour. Wait, or call us." in refused.text
    assert "Sixth" in refused.text
    assert count(session, WorkOrder) == service.PER_MACHINE
    with transaction(session, by=SYSTEM, at=now):
        session.query(GuestTry).update({"at": now - timedelta(hours=1, minutes=1)})
    assert client.post(address, data=a_guest()).status_code == 302


def test_the_address_is_counted_over_all_machines_and_not_kept_in_clear(
    session, people, now
) -> None:
    with transaction(session, by=SYSTEM, at=now):
        for machine_id in range(service.PER_ADDRESS):
            service.count_report(session, address="10.1.2.3", machine_id=machine_id, at=now)
    with pytest.raises(service.NotAllowed), transaction(session, by=SYSTEM, at=now):
        service.count_report(session, address="10.1.2.3", machine_id=99, at=now)
    subjects = session.scalars(select(GuestTry.subject)).all()
    assert not any("10.1.2.3" in subject for subject in subjects)
    with transaction(session, by=SYSTEM, at=now):
        service.count_report(session, address="10.9.9.9", machine_id=99, at=now)
        assert service.sweep(session, now=now + timedelta(hours=25)) == len(subjects) + 2


def test_a_guests_hours_that_do_not_fit_tell_nothing_of_the_machine(
    session, client, people, for_guests, now
) -> None:
    make_reading(session, people, for_guests, "6461", now - timedelta(days=4))
    answer = client.post(f"/q/{for_guests.qr_token}", data=a_guest(running_hours="6000"))
    assert answer.status_code == 302
    assert "6,461" not in client.get(answer.headers["Location"]).text
    assert events_of(session, the_order(session), "note")[0].data["unfit_hours"] == "6000.0"
