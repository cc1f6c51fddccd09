"""The first page of a new company: six steps, each with its state."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.customers.queries import actor_for
from service_app.desk import queries
from tests.service_app.customers.builders import make_company

QUERIES = 12


@pytest.fixture
def newcomer(session: Session, now, sign_in_as) -> FlaskClient:
    """The administrator of a database with nothing but them in it."""
    with transaction(session, by=SYSTEM, at=now):
        user = User(
            login="admin",
            family_name="Первый",
            first_name="Илья",
            language="en",
            role_rows=[UserRole(role=Role.ADMINISTRATOR.value)],
        )
        session.add(user)
    return sign_in_as(actor_for(session, user))


def next_steps(session: Session) -> list[str]:
    return [str(s.step.label) for s in queries.shown_steps(session) if s.is_next]


def test_an_empty_company_begins_with_its_name(session: Session, newcomer: FlaskClient) -> None:
    page = newcomer.get("/start")
    assert page.status_code == 200
    assert len(re.findall(r"<li>", page.text.split("<ol")[1].split("</ol>")[0])) == 6
    assert "Not filled in yet: papers have no letterhead." in page.text
    assert page.text.count("btn-primary") == 1
    assert next_steps(session) == ["Company and letterhead"]


def test_the_next_step_is_the_first_undone_one(session: Session, people) -> None:
    states = {str(s.step.label): s.state for s in queries.shown_steps(session)}
    assert states["Company and letterhead"].is_done
    assert states["Working calendar and promises"].is_done
    assert states["People"].is_done
    assert str(states["People"].text) == "1 dispatcher, 1 engineer."
    customers = states["Customers and machines, import or by hand"]
    assert (customers.is_done, str(customers.text)) == (False, "2 companies, 0 machines.")
    assert next_steps(session) == ["Customers and machines, import or by hand"]
    make_company(session)
    assert str(queries.machines_state(session).text) == "3 companies, 0 machines."


def test_without_an_engineer_people_are_not_done(session: Session, people, now) -> None:
    with transaction(session, by=SYSTEM, at=now):
        session.get(User, people.engineer.user_id).is_active = False
    state = queries.people_state(session)
    assert not state.is_done
    assert str(state.text).startswith("1 dispatcher, 0 engineers. One of each is needed")


def test_the_administrators_home_is_what_comes_next(
    newcomer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert newcomer.get("/").location == "/start"
    first, shown = queries.STEPS[0], queries.shown_steps
    done = replace(first, state=lambda _: queries.State(is_done=True, text=first.label))
    monkeypatch.setattr(queries, "shown_steps", lambda session: shown(session, (done,)))
    assert newcomer.get("/start").location == "/admin"


def test_only_the_administrator_sees_it(people, sign_in_as, client: FlaskClient) -> None:
    for name, actor in people.all().items():
        expected = 200 if name == "administrator" else 403
        assert sign_in_as(actor).get("/start").status_code == expected, name
    assert client.get("/start").status_code == 302


def test_it_asks_little(people, sign_in_as, count_queries) -> None:
    client = sign_in_as(people.administrator)
    with count_queries() as seen:
        client.get("/start")
    assert len(seen) <= QUERIES, seen
