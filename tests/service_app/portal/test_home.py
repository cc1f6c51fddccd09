"""The customer's first page: decisions, requests, the other machines, papers."""

import re
from datetime import timedelta

import pytest

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from tests.service_app.portal.builders import make_change, make_quote, make_reading
from tests.workorders.builders import make_assigned, make_machine, make_order
from workorders.orders.models import WorkOrder


def plain(text: str) -> str:
    """What a person reads: no marks, single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_home_leads_with_what_waits_for_the_person(
    session, sign_in_as, people, machine, order, now
) -> None:
    make_quote(session, people, order, now)
    page = sign_in_as(people.operator).get("/portal").text
    words = plain(page)
    assert "Waiting for your decision" in words
    assert "Quote 244 ₽: Excavator EG-230, inv. No. 12" in words
    assert f"/orders/{order.number}/quote" in page
    assert "Your turn: the quote waits for your answer" in words
    assert words.index("Waiting for your decision") < words.index("With requests")


def test_requests_say_when_the_engineer_comes(
    session, sign_in_as, people, machine, order, now
) -> None:
    make_assigned(session, people, order, now)
    words = plain(sign_in_as(people.operator).get("/portal").text)
    assert "Engineer: today 11:42–13:42" in words
    assert "Machine stopped" in words
    assert "With requests 1 of 1" in words


def test_a_change_waits_on_the_first_page_too(
    session, sign_in_as, people, machine, order, now
) -> None:
    make_change(session, people, order, now)
    words = plain(sign_in_as(people.operator).get("/portal").text)
    assert "The hose is worn. Replace it at once? +6,200 ₽, +1 h" in words
    assert "Your turn: we asked you something" in words


@pytest.mark.parametrize(("days", "is_asked"), [(30, False), (31, True)])
def test_hours_are_asked_for_after_31_days(
    session, sign_in_as, people, machine, now, days, is_asked
) -> None:
    make_reading(session, people, machine, "6461", now - timedelta(days=days))
    page = sign_in_as(people.operator).get("/portal").text
    assert (f"/machines/{machine.id}/hours/new" in page) is is_asked
    assert ("No reading for 31 days" in page) is is_asked
    assert ("6,461" in page) is not is_asked


def test_home_shows_nothing_of_others(session, sign_in_as, people, machine, order) -> None:
    page = sign_in_as(people.outsider).get("/portal").text
    assert order.number not in page
    assert "EG-230" not in page
    assert "No machines are tied to you yet." in page


def test_handed_over_and_imported_requests_leave_home(
    session, sign_in_as, people, machine, order, now
) -> None:
    with transaction(session, by=SYSTEM, at=now):
        session.get_one(WorkOrder, order.id).status = "handed_over"
    assert order.number not in sign_in_as(people.operator).get("/portal").text


def test_several_open_requests_of_a_machine_are_all_shown(
    session, sign_in_as, people, machine, order, now
) -> None:
    other = make_order(session, people, machine, now)
    words = plain(sign_in_as(people.operator).get("/portal").text)
    assert order.number in words
    assert other.number in words
    assert "With requests 1 of 1" in words


def test_choosing_a_machine_by_words(session, sign_in_as, people, machine, now) -> None:
    make_machine(session, people, now, "EG230-00999")
    client = sign_in_as(people.operator)
    every = client.get("/portal/report").text
    assert "EG230-00417" in every
    assert f"/machines/{machine.id}/report" in every
    found = client.get("/portal/report?q=00999").text
    assert "EG230-00999" in found
    assert "EG230-00417" not in found
    assert "Nothing found." in client.get("/portal/report?q=zzz").text
    assert "EG230" not in sign_in_as(people.outsider).get("/portal/report").text


def test_papers_are_the_companys_own(session, sign_in_as, people, order, now) -> None:
    make_quote(session, people, order, now)
    assert f"{order.number}/1" in sign_in_as(people.operator).get("/portal/documents").text
    assert "No papers yet." in sign_in_as(people.outsider).get("/portal/documents").text


def test_home_asks_the_database_the_same_for_many_machines(
    session, sign_in_as, people, machine, order, now, count_queries
) -> None:
    make_quote(session, people, order, now)
    for n in range(8):
        more = make_machine(session, people, now, f"EG-{n}")
        make_reading(session, people, more, "100", now - timedelta(days=n))
        if n % 2:
            make_order(session, people, more, now)
    client = sign_in_as(people.operator)
    client.get("/portal")  # the company's name is kept for a while
    with count_queries() as seen:
        assert client.get("/portal").status_code == 200
    assert len(seen) <= 12, "\n".join(seen)
