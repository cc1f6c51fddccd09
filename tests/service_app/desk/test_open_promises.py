"""Every open promise: narrowed, sorted, paged; few queries whatever the rows."""

import re
from datetime import timedelta

import pytest

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.desk import open_promises, promise_queries
from tests.service_app.desk.test_promises import accepted, page_of, settle, words_of
from tests.workorders.builders import make_machine, make_order
from workorders.orders import service as orders
from workorders.risk import service as risk
from workorders.sla.rules import WaitReason


@pytest.fixture
def machine(session, people, now):
    return make_machine(session, people, now)


def test_late_soon_later_and_standing_still(session, people, machine, sign_in_as, now) -> None:
    late = make_order(session, people, machine, now - timedelta(minutes=50))
    paused = accepted(session, people, machine, now - timedelta(hours=1), 10)
    with transaction(session, by=people.dispatcher, at=now):
        orders.open_wait(session, paused, WaitReason.ACCESS, by=people.dispatcher, at=now)
    settle(session, now)
    client = sign_in_as(people.manager)
    every = words_of(client, "/promises/open")
    assert every.index("Response: +20 min") < every.index("no access to the machine")
    assert late.number in every
    shown = {
        one: words_of(client, f"/promises/open?show={one}")
        for one in ("late", "soon", "later", "paused")
    }
    assert "Response: +20 min" in shown["late"]
    assert paused.number not in shown["late"]
    assert "no access to the machine" in shown["paused"]
    assert f"{late.number} " not in shown["paused"]
    assert "Response: +20 min" not in shown["soon"] + shown["later"]
    assert "No open promise is like this." in words_of(client, "/promises/open?show=late&clock=own")
    assert "Response" not in words_of(client, "/promises/open?clock=quote").split("Late now, ")[1]


def test_an_engineer_and_a_company_narrow(session, people, machine, sign_in_as, now) -> None:
    order = make_order(session, people, machine, now)
    client = sign_in_as(people.manager)
    page = words_of(client, f"/promises/open?company={people.company.id}")
    assert order.number in page
    nobody = words_of(client, f"/promises/open?engineer={people.engineer.user_id}")
    assert "No open promise is like this." in nobody
    for wrong in ("company=999999", f"engineer={people.operator.user_id}", "engineer=999999"):
        assert client.get(f"/promises/open?{wrong}").status_code == 404
    for odd in ("page=-3", "page=x", "show=x", "clock=x", "by=x", f"company={2**80}"):
        assert client.get(f"/promises/open?{odd}").status_code in (200, 404)


def test_the_likely_stand_before_the_near(session, people, machine, sign_in_as, now) -> None:
    """Restores were always late, responses always in time: the far restore goes first."""
    for n in range(40):
        accepted(session, people, machine, now - timedelta(days=20, minutes=n), 5)
    settle(session, now)
    with transaction(session, by=SYSTEM, at=now):
        risk.refit(session, by=SYSTEM, at=now)
    fresh = make_order(session, people, machine, now)
    client = sign_in_as(people.manager)
    assert "40 like it were late" in words_of(client, "/promises/open?clock=response&show=soon")
    later = words_of(client, "/promises/open?by=deadline")
    assert "By deadline" in later
    assert fresh.number not in later.split("By deadline", 2)[2][:400]  # late ones by deadline first


def test_pages_and_queries_do_not_grow(
    session, people, machine, sign_in_as, now, count_queries, monkeypatch
) -> None:
    client = sign_in_as(people.manager)
    for n in range(30):
        make_order(session, people, machine, now - timedelta(minutes=n))
    client.get("/promises/open")
    with count_queries() as seen:
        first = words_of(client, "/promises/open")
    assert len(seen) <= 12, "\n".join(seen)
    assert "Next 50" in first
    pages = [
        re.findall(r'id="pill-([^"]+)"', page_of(client, f"/promises/open?page={n}"))
        for n in (1, 2, 3)
    ]
    assert [len(pills) for pills in pages] == [50, 50, 20]
    assert len({pill for pills in pages for pill in pills}) == 120
    assert "Next 50" not in words_of(client, "/promises/open?page=3")
    monkeypatch.setattr(promise_queries, "LOOKED", 5)
    monkeypatch.setattr(open_promises.queries, "LOOKED", 5)
    assert "5+" in words_of(client, "/promises/open")
    assert "nearest deadlines are looked at" in words_of(client, "/promises/open")
