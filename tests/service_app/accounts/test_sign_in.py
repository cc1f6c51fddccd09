"""Signing in: who gets in, what a stranger learns, how tries are counted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service_app.accounts import service
from service_app.accounts.models import SignInAttempt, User
from service_app.accounts.rules import TRIES_PER_ADDRESS, TRIES_PER_LOGIN
from service_app.config import Config
from service_app.core import clock
from service_app.core.actor import GUEST
from service_app.core.db import transaction
from service_app.factory import create_app
from tests.service_app.accounts.conftest import PASSWORD

WRONG = "Login or password does not fit."
TOO_MANY = "Too many tries. Wait 5 minutes, or reset the password."


def enter(client: Any, login: str = "engineer", password: str = PASSWORD, **kwargs: Any) -> Any:
    return client.post("/login", data={"login": login, "password": password}, **kwargs)


def signed_in(client: Any) -> bool:
    return client.get("/me").status_code == 200


@pytest.mark.parametrize("typed", ["engineer", " Engineer ", "engineer@example.org"])
def test_login_and_address_both_work(client, people, with_password, typed) -> None:
    with_password(people.engineer)
    response = enter(client, typed)
    assert (response.status_code, response.location) == (302, "/")
    assert signed_in(client)


@pytest.mark.parametrize("typed", ["engineer", "nobody-of-ours"])
def test_a_stranger_never_learns_which_of_the_two_was_wrong(
    client, people, with_password, typed
) -> None:
    with_password(people.engineer)
    response = enter(client, typed, "not the password")
    assert response.status_code == 422
    assert WRONG in response.text
    assert f'value="{typed}"' in response.text
    assert "not the password" not in response.text
    assert not signed_in(client)


def test_nobody_enters_without_a_password_of_their_own(client, people) -> None:
    assert enter(client, "engineer", "x").status_code == 422


def test_a_blocked_person_is_told_the_same(client, session, people, now, with_password) -> None:
    user = with_password(people.engineer)
    with transaction(session, by=people.administrator, at=now):
        user.is_active = False
    assert WRONG in enter(client).text


def test_an_unknown_login_costs_the_same_work(client, people, monkeypatch) -> None:
    done = []
    real = service._HASHER.verify
    hasher = type("Counting", (), {"verify": lambda _s, h, p: done.append(h) or real(h, p)})()
    service._nobodys_hash()
    monkeypatch.setattr(service, "_HASHER", hasher)
    enter(client, "nobody-of-ours", "whatever it is")
    assert len(done) == 1
    assert done[0].startswith("$argon2id$")


def test_five_tries_then_wait(client, people, now, with_password) -> None:
    with_password(people.engineer)
    for _ in range(TRIES_PER_LOGIN):
        assert WRONG in enter(client, password="wrong").text
    assert TOO_MANY in enter(client).text
    with clock.frozen(now + timedelta(minutes=5, seconds=1)):
        assert enter(client).status_code == 302


def test_tries_by_login_and_by_address_of_one_person_are_counted_together(
    client, people, with_password
) -> None:
    with_password(people.engineer)
    for typed in ["engineer", "engineer@example.org"] * 3:
        enter(client, typed, "wrong")
    assert TOO_MANY in enter(client).text


def test_tries_hold_across_workers(app, database, config, people, with_password) -> None:
    with_password(people.engineer)
    other = create_app(config, database)
    other.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    for n in range(TRIES_PER_LOGIN):
        enter((app, other)[n % 2].test_client(), password="wrong")
    assert TOO_MANY in enter(app.test_client()).text
    assert TOO_MANY in enter(other.test_client()).text


def test_one_persons_tries_do_not_stop_another(client, people, with_password) -> None:
    with_password(people.dispatcher)
    for _ in range(TRIES_PER_LOGIN + 1):
        enter(client, "engineer", "wrong")
    assert enter(client, "dispatcher").status_code == 302


def test_an_address_that_tries_many_logins_waits(client, people, with_password) -> None:
    with_password(people.engineer)
    for n in range(TRIES_PER_ADDRESS):
        enter(client, f"guess{n}", "wrong")
    assert TOO_MANY in enter(client).text
    elsewhere = enter(client, environ_base={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 302


def test_signing_in_forgets_earlier_tries(client, session, people, with_password) -> None:
    with_password(people.engineer)
    for _ in range(TRIES_PER_LOGIN - 1):
        enter(client, password="wrong")
    enter(client)
    left = session.scalars(select(SignInAttempt)).all()
    assert len(left) == TRIES_PER_LOGIN - 1  # those of the address, without the good one


def test_the_table_of_tries_holds_no_word_that_was_typed(client, session, people) -> None:
    enter(client, "my password by mistake", "x")
    subjects = session.scalars(select(SignInAttempt.subject)).all()
    assert subjects
    assert not [s for s in subjects if "mistake" in s]


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/me?x=1", "/me?x=1"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_next_leads_to_own_pages_only(client, people, with_password, wanted, led_to) -> None:
    with_password(people.engineer)
    response = client.post(
        "/login", data={"login": "engineer", "password": PASSWORD, "next": wanted}
    )
    assert response.location == led_to


def test_a_guest_is_led_to_sign_in_and_back(client, people, with_password) -> None:
    with_password(people.engineer)
    asked = client.get("/me?tab=1")
    assert asked.location == "/login?next=/me?tab%3D1"
    page = client.get(asked.location)
    assert 'name="next" value="/me?tab=1"' in page.text


def test_nothing_of_the_session_before_survives(client, people, with_password) -> None:
    with_password(people.engineer)
    with client.session_transaction() as cookie:
        cookie["planted"], cookie["csrf_token"] = "by somebody", "known to them"
    enter(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != "known to them"


def test_sign_out_ends_the_session(sign_in_as, people) -> None:
    client = sign_in_as(people.engineer)
    assert client.post("/logout").status_code == 302
    assert not signed_in(client)


def test_sign_out_is_not_a_link(sign_in_as, people) -> None:
    assert sign_in_as(people.engineer).get("/logout").status_code == 405


def test_an_empty_form_says_what_to_type(client, people) -> None:
    page = enter(client, "", "").text
    assert "Type your login or e-mail." in page
    assert "Type the password." in page


def test_the_page_says_it_in_russian(client, people) -> None:
    client.set_cookie("language", "ru")
    assert "Логин или пароль не подходят." in enter(client, "x1", "y").text


class TestDemo:
    @pytest.fixture
    def demo(self, database, config: Config):
        from dataclasses import replace

        made = create_app(replace(config, mode="demo"), database)
        made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        return made.test_client()

    def test_one_button_a_role_with_its_name(self, demo, people) -> None:
        page = demo.get("/login").text
        for role in ("Operator", "Engineer", "Dispatcher", "Storekeeper", "Manager"):
            assert role in page
        assert "/login/as/administrator" in page
        assert "/login/as/outsider" not in page

    def test_a_button_signs_in(self, demo, people) -> None:
        assert demo.post("/login/as/engineer").location == "/"
        assert signed_in(demo)

    @pytest.mark.parametrize("login", ["outsider", "nobody"])
    def test_nobody_else_is_offered(self, demo, people, login) -> None:
        assert demo.post(f"/login/as/{login}").status_code == 404

    def test_elsewhere_there_is_no_such_door(self, client, people) -> None:
        assert "/login/as/" not in client.get("/login").text
        assert client.post("/login/as/engineer").status_code == 404
        assert not signed_in(client)


def test_old_tries_are_swept(session, people, now) -> None:
    from service_app.accounts import jobs

    with transaction(session, by=GUEST, at=now):
        session.add_all(
            SignInAttempt(subject="x", at=now - timedelta(days=d)) for d in (1, 6, 8, 30)
        )
    with transaction(session, by=GUEST, at=now):
        assert jobs.sweep(session, now=now) == 2
    assert session.scalar(select(User.id).limit(1)) is not None
