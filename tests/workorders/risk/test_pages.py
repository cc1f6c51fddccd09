"""The counting from the company's own orders, its job, and its page."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from tests.workorders.builders import make_order
from workorders.intake import service as intake
from workorders.orders.models import OrderClock
from workorders.risk import jobs, service
from workorders.risk.queries import load_chances, samples


@pytest.fixture
def past(session, people, machine, now):
    """Forty requests, every fourth answered too late."""
    for n in range(40):
        received = now - timedelta(days=1)
        order = make_order(session, people, machine, received)
        at = received + timedelta(minutes=40 if n % 4 == 0 else 25)
        with transaction(session, by=people.dispatcher, at=at):
            intake.accept(session, order, by=people.dispatcher, at=at)


def test_the_past_is_counted_and_told(session, people, past, now) -> None:
    assert load_chances(session) is None
    with transaction(session, by=SYSTEM, at=now):
        assert jobs.refresh(session, now=now) == 40
    with transaction(session, by=SYSTEM, at=now):
        assert jobs.refresh(session, now=now + timedelta(hours=1)) == 0
    found = load_chances(session).of(
        "response", used=0.5, status="received", priority=2, kind="repair"
    )
    assert (found.late, found.total) == (10, 40)
    assert found.value == pytest.approx(0.25, abs=0.02)
    assert list(samples(session, now - timedelta(days=3000))) == []
    assert {s.final > 1 for s in samples(session, now)} == {True, False}


def test_what_is_a_year_old_is_forgotten(session, past, now) -> None:
    assert len(list(samples(session, now + timedelta(days=363)))) == 40
    assert list(samples(session, now + timedelta(days=365))) == []


def test_the_page_and_the_list_say_what_it_rests_on(
    sign_in_as, session, people, machine, past, now
) -> None:
    client = sign_in_as(people.manager)
    assert "Not enough past orders" in client.get("/promises/chances").get_data(as_text=True)
    assert client.post("/promises/chances").status_code == 302
    page = client.get("/promises/chances").get_data(as_text=True)
    assert "25.0" in page
    at_rest = {"state": "void", "due_at": None, "warn_at": None}
    session.execute(update(OrderClock).where(OrderClock.clock != "response").values(**at_rest))
    make_order(session, people, machine, now - timedelta(minutes=20))
    assert "10 of 40 like it were late" in client.get("/promises").get_data(as_text=True)
    assert sign_in_as(people.dispatcher).post("/promises/chances").status_code == 403


def test_countings_are_kept_for_a_while_only(session, past, now, monkeypatch) -> None:
    monkeypatch.setattr(service, "KEPT", 2)
    for hour in range(4):
        with transaction(session, by=SYSTEM, at=now):
            last = service.refit(session, by=SYSTEM, at=now + timedelta(hours=hour))
    assert session.query(service.RiskModel).count() == 2
    assert load_chances(session).fitted_at == last.fitted_at
