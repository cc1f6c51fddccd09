"""Following a request: own page, secret link, details; nothing that is not the customer's."""

import html
import re
import uuid
from datetime import timedelta

from sqlalchemy import select

from assets.machines.models import Machine
from service_app.core import clock
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.text import Text
from service_app.files.intake import from_bytes
from service_app.files.service import store
from service_app.portal import service
from tests.service_app.portal.builders import (
    a_guest,
    count,
    events_of,
    file_of,
    make_change,
    make_quote,
)
from tests.workorders.builders import make_assigned, make_machine, make_order
from workorders.orders import service as orders
from workorders.orders.models import OrderPhoto, WorkOrder
from workorders.orders.photos import attach
from workorders.orders.service import Told
from workorders.orders.story import Happening
from workorders.planning.models import Visit


def detail(**fields: object) -> dict[str, object]:
    return {"uid": str(uuid.uuid4()), "words": "It is by the gate"} | fields


def test_the_same_address_has_two_forms(sign_in_as, people, order) -> None:
    address = f"/orders/{order.number}"
    own = sign_in_as(people.operator).get(address).text
    assert "How it goes" in own
    assert "The dispatcher answers by 11:12" in own
    assert "Staff only" not in own
    assert "Staff only" in sign_in_as(people.dispatcher).get(address).text
    assert sign_in_as(people.outsider).get(address).status_code == 404
    assert sign_in_as(people.operator).get("/orders/26-9999").status_code == 404


def test_inner_notes_stay_inside(session, sign_in_as, people, order, now) -> None:
    with transaction(session, by=people.dispatcher, at=now):
        for words, is_for in (("He always pays late", False), ("We are on our way", True)):
            orders.append(
                session, order, Happening.NOTE, told=Told(words=words), for_customer=is_for,
                by=people.dispatcher, at=now,
            )  # fmt: skip
    page = sign_in_as(people.operator).get(f"/orders/{order.number}").text
    assert "We are on our way" in page
    assert "He always pays late" not in page


def test_photos_of_inner_events_are_not_found(
    session, sign_in_as, people, order, now, photo
) -> None:
    with transaction(session, by=people.dispatcher, at=now):
        for is_for in (False, True):
            event = orders.append(
                session, order, Happening.PHOTO, for_customer=is_for, by=people.dispatcher, at=now
            )
            kept = store(session, from_bytes(photo, "x.jpg"), by=people.dispatcher, at=now)
            attach(session, order, event, [kept])
    inner, open_ = session.scalars(select(OrderPhoto).order_by(OrderPhoto.id)).all()
    operator, outsider = sign_in_as(people.operator), sign_in_as(people.outsider)
    address = f"/orders/{order.number}/photos"
    asked = (
        (operator, open_, 200), (operator, inner, 404), (outsider, open_, 404),
        (sign_in_as(people.engineer), inner, 200),
    )  # fmt: skip
    for client, one, status in asked:
        with client.get(f"{address}/{one.id}") as response:
            assert response.status_code == status


def test_the_visit_and_whose_turn_it_is(session, sign_in_as, people, order, now) -> None:
    make_assigned(session, people, order, now)
    page = sign_in_as(people.operator).get(f"/orders/{order.number}").text
    assert "Engineer: today\xa011:42–13:42" in page
    assert "Your turn" not in page
    visit = session.scalars(select(Visit)).one()
    for status, words in (("on_the_way", "on the way"), ("on_site", "at the machine")):
        with transaction(session, by=SYSTEM, at=now):
            visit.status = status
        page = sign_in_as(people.operator).get(f"/orders/{order.number}").text
        assert f"The engineer is {words}" in page
    quoted = make_order(session, people, make_machine(session, people, now, "EG-2"), now)
    make_quote(session, people, quoted, now)
    page = sign_in_as(people.operator).get(f"/orders/{quoted.number}").text
    assert "Your turn: the quote waits for your answer" in page
    assert "Your decision" in page


def test_a_late_answer_is_said_plainly(session, sign_in_as, people, order, now) -> None:
    with clock.frozen(now + timedelta(hours=1)):
        page = sign_in_as(people.operator).get(f"/orders/{order.number}").text
    assert "We promised by 11:12 and are late. The manager knows." in page


def test_ready_says_what_to_bring(session, sign_in_as, people, order, now) -> None:
    with transaction(session, by=SYSTEM, at=now):
        order.status, order.papers_to_bring = "ready", "Power of attorney"
    page = sign_in_as(people.operator).get(f"/orders/{order.number}").text
    assert "Ready for you" in page
    assert "Bring: Power of attorney" in page


def test_a_detail_is_added_once_and_the_dispatcher_is_told(
    session, sign_in_as, people, order, photo
) -> None:
    client, form = sign_in_as(people.operator), detail()
    for _ in range(2):
        answer = client.post(
            f"/orders/{order.number}/details", data=form | {"photos": [file_of(photo)]}
        )
        assert answer.headers["Location"] == f"/orders/{order.number}"
    assert [e.words for e in events_of(session, order, "note")] == ["It is by the gate"]
    assert count(session, OrderPhoto) == 1
    assert "It is by the gate" in client.get(f"/orders/{order.number}").text


def test_an_empty_detail_and_a_bad_file_come_back(session, sign_in_as, people, order) -> None:
    client = sign_in_as(people.operator)
    empty = client.post(f"/orders/{order.number}/details", data=detail(words=""))
    assert empty.status_code == 422
    assert "Write a word or add a photo." in empty.text
    bad = client.post(
        f"/orders/{order.number}/details", data=detail(photos=[file_of(b"text", "a.txt")])
    )
    assert bad.status_code == 422
    assert "It is by the gate" in bad.text
    assert events_of(session, order, "note") == []


def test_nobody_adds_to_somebody_elses_or_a_closed_request(
    session, sign_in_as, people, order, now
) -> None:
    address = f"/orders/{order.number}/details"
    assert sign_in_as(people.outsider).post(address, data=detail()).status_code == 404
    assert sign_in_as(people.engineer).post(address, data=detail()).status_code == 403
    with transaction(session, by=SYSTEM, at=now):
        order.status, order.ended_at, order.end_words = "declined", now, "Not our machine"
    client = sign_in_as(people.operator)
    refused = client.post(address, data=detail())
    assert "This request is closed. Report the fault anew." in refused.text
    page = client.get(f"/orders/{order.number}").text
    assert "Not our machine" in page
    assert "Add a photo or a detail" not in page


def guest_order(session, client, machine: Machine) -> WorkOrder:
    client.post(f"/q/{machine.qr_token}", data=a_guest())
    return session.scalars(select(WorkOrder).order_by(WorkOrder.id.desc())).first()


def test_the_secret_link_shows_its_own_request_only(
    session, client, people, for_guests, order, now
) -> None:
    own = guest_order(session, client, for_guests)
    page = client.get(f"/follow/{own.follow_token}").text
    assert own.number in page
    assert order.number not in page
    assert "+7 900 000-00-01" not in page
    assert client.get("/follow/None").status_code == 404
    assert client.get(f"/follow/{own.follow_token}x").status_code == 404
    assert client.get(f"/orders/{own.number}").status_code == 302
    make_quote(session, people, own, now)
    page = client.get(f"/follow/{own.follow_token}").text
    assert "Your decision" in page
    assert "₽" not in page


def test_a_guest_adds_a_detail_so_often_and_no_more(
    session, client, people, for_guests, photo
) -> None:
    own = guest_order(session, client, for_guests)
    address = f"/follow/{own.follow_token}"
    sent = client.post(address, data=detail(photos=[file_of(photo)]))
    assert sent.headers["Location"] == address
    added = events_of(session, own, "note")[-1]
    assert (added.words, added.by_name, added.by_user_id) == (
        "It is by the gate", "Семён Прохожий", None,
    )  # fmt: skip
    for _ in range(service.PER_REQUEST - 1):
        client.post(address, data=detail())
    refused = client.post(address, data=detail(words="One more"))
    assert refused.status_code == 422
    assert "Too many requests" in refused.text
    assert "One more" in refused.text


def test_received_is_shown_until_somebody_takes_the_request(
    session, sign_in_as, people, order, now
) -> None:
    client = sign_in_as(people.operator)
    assert client.get(f"/orders/{order.number}/received").status_code == 200
    assert sign_in_as(people.outsider).get(f"/orders/{order.number}/received").status_code == 404
    make_change(session, people, order, now)
    answer = client.get(f"/orders/{order.number}/received")
    assert answer.headers["Location"] == f"/orders/{order.number}"


def test_earlier_events_are_a_page_away(session, sign_in_as, people, order, now) -> None:
    with transaction(session, by=people.dispatcher, at=now):
        for n in range(35):
            orders.append(
                session, order, Happening.NOTE, told=Told(words=f"Word {n}."), for_customer=True,
                by=people.dispatcher, at=now,
            )  # fmt: skip
    client = sign_in_as(people.operator)
    page = client.get(f"/orders/{order.number}").text
    assert "Word 34." in page
    assert "Word 3." not in page
    link = re.search(r'href="([^"]*before=[^"]*)"', page)
    assert link is not None
    assert "Word 3." in client.get(html.unescape(link[1])).text


def test_the_order_page_asks_the_database_little(
    session, sign_in_as, people, order, now, count_queries, photo
) -> None:
    make_change(session, people, order, now)
    client = sign_in_as(people.operator)
    client.get(f"/orders/{order.number}")  # the company's name is kept for a while
    with count_queries() as seen:
        assert client.get(f"/orders/{order.number}").status_code == 200
    assert len(seen) <= 12, "\n".join(seen)


def test_a_verdict_in_the_customers_favour_leaves_no_price(
    session, sign_in_as, people, order, now
) -> None:
    with transaction(session, by=SYSTEM, at=now):
        order.suggested_coverage = "warranty"
        order.verdict = Text("Under warranty until %(day)s.", day="1 May").to_json()
    page = sign_in_as(people.operator).get(f"/orders/{order.number}/received").text
    assert "Under warranty until 1 May." in page
    assert "We tell term and price" not in page
