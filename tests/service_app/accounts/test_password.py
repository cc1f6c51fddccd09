"""Changing a password, and getting in again without it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service_app.accounts import service
from service_app.accounts.models import ResetLink, User
from service_app.core import clock
from service_app.core.db import transaction
from service_app.core.reader import Reader
from service_app.factory import create_app
from tests.service_app.accounts.conftest import PASSWORD

NEW = "бобёр за мостом 9"
ON_ITS_WAY = "If there is such an address, a link is on its way."


@pytest.fixture
def letters(monkeypatch) -> list[dict[str, Any]]:
    """What the outbox was given to send."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(service.outbox, "send", lambda _session, **letter: sent.append(letter))
    return sent


def link_in(letter: dict[str, Any], now) -> str:
    body = Reader("en", None, now).say(letter["body"])  # type: ignore[arg-type]
    return re.search(r"http://localhost(/reset/\S+)", body).group(1)


def password_is(session, actor, password: str) -> bool:
    session.expire_all()
    return service.fits(password, session.get_one(User, actor.user_id).password_hash)


def ask(client, email: str) -> Any:
    return client.post("/reset", data={"email": email}, follow_redirects=True)


def test_passwords_are_kept_as_argon2id(session, people, with_password) -> None:
    assert with_password(people.engineer).password_hash.startswith("$argon2id$")


def test_changing_the_own_password(sign_in_as, session, people, with_password) -> None:
    with_password(people.engineer)
    client = sign_in_as(people.engineer)
    response = client.post("/me/password", data={"current": PASSWORD, "password": NEW})
    assert response.location == "/me"
    assert password_is(session, people.engineer, NEW)
    assert client.get("/me").status_code == 200


def test_a_changed_password_ends_the_sessions_elsewhere(sign_in_as, people, with_password) -> None:
    with_password(people.engineer)
    here, elsewhere = sign_in_as(people.engineer), sign_in_as(people.engineer)
    here.post("/me/password", data={"current": PASSWORD, "password": NEW})
    assert elsewhere.get("/me").status_code == 302


@pytest.mark.parametrize(
    ("current", "password", "sentence"),
    [
        ("wrong", NEW, "The current password does not fit."),
        (PASSWORD, "short", "A password has at least 10 characters."),
        (PASSWORD, "engineer", "A password has at least 10 characters."),
        (PASSWORD, "", "Type the password."),
    ],
)
def test_a_password_is_not_changed(
    sign_in_as, session, people, with_password, current, password, sentence
) -> None:
    with_password(people.engineer)
    response = sign_in_as(people.engineer).post(
        "/me/password", data={"current": current, "password": password}
    )
    assert response.status_code == 422
    assert sentence in response.text
    assert password_is(session, people.engineer, PASSWORD)


def test_a_letter_with_a_link_that_works_once(
    client, session, people, now, with_password, letters
) -> None:
    with_password(people.engineer)
    assert ON_ITS_WAY in ask(client, "Engineer@example.org").text
    (letter,) = letters
    assert (letter["to"], letter["language"]) == ("engineer@example.org", "en")
    link = link_in(letter, now)
    assert client.get(link).status_code == 200
    assert client.get(link).status_code == 200, "a look must not use it up"
    assert client.post(link, data={"password": NEW}).location == "/login"
    assert password_is(session, people.engineer, NEW)
    again = client.post(link, data={"password": "another one 1234"})
    assert again.status_code == 410
    assert "This link is used up or too old." in again.text
    assert password_is(session, people.engineer, NEW)


@pytest.mark.parametrize("email", ["nobody@example.org", "not an address", "operator"])
def test_the_answer_is_the_same_for_everybody(client, people, letters, email) -> None:
    assert ON_ITS_WAY in ask(client, email).text


def test_an_unknown_address_gets_nothing(client, people, letters) -> None:
    ask(client, "nobody@example.org")
    assert letters == []


def test_a_blocked_person_gets_nothing(client, session, people, now, letters) -> None:
    with transaction(session, by=people.administrator, at=now):
        session.get_one(User, people.engineer.user_id).is_active = False
    ask(client, "engineer@example.org")
    assert letters == []


def test_three_letters_an_hour(client, people, now, letters) -> None:
    for _ in range(5):
        assert ON_ITS_WAY in ask(client, "engineer@example.org").text
    assert len(letters) == 3
    with clock.frozen(now + timedelta(hours=1, seconds=1)):
        ask(client, "engineer@example.org")
    assert len(letters) == 4


def test_a_link_grows_old(client, people, now, letters) -> None:
    ask(client, "engineer@example.org")
    link = link_in(letters[0], now)
    with clock.frozen(now + timedelta(hours=1, seconds=1)):
        assert client.get(link).status_code == 410
        assert client.post(link, data={"password": NEW}).status_code == 410


def test_a_new_password_ends_the_other_links(client, session, people, now, letters) -> None:
    ask(client, "engineer@example.org")
    ask(client, "engineer@example.org")
    first, second = (link_in(letter, now) for letter in letters)
    client.post(second, data={"password": NEW})
    assert client.get(first).status_code == 410


def test_a_weak_password_does_not_use_the_link_up(client, people, now, letters) -> None:
    ask(client, "engineer@example.org")
    link = link_in(letters[0], now)
    assert client.post(link, data={"password": "short"}).status_code == 422
    assert client.post(link, data={"password": NEW}).status_code == 302


def test_only_the_hash_of_a_link_is_kept(client, session, people, now, letters) -> None:
    ask(client, "engineer@example.org")
    token = link_in(letters[0], now).rsplit("/", 1)[1]
    kept = session.scalars(select(ResetLink.token_sha256)).one()
    assert len(kept) == 64
    assert token not in kept


def test_a_reset_lets_a_throttled_person_in(client, people, now, with_password, letters) -> None:
    with_password(people.engineer)
    for _ in range(6):
        client.post("/login", data={"login": "engineer", "password": "wrong"})
    ask(client, "engineer@example.org")
    client.post(link_in(letters[0], now), data={"password": NEW})
    entered = client.post("/login", data={"login": "engineer", "password": NEW})
    assert entered.status_code == 302


def test_without_an_own_address_no_letter_is_promised(database, config, people, letters) -> None:
    app = create_app(replace(config, public_url=""), database)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    response = app.test_client().post(
        "/reset", data={"email": "engineer@example.org"}, headers={"Host": "evil.example"}
    )
    assert letters == []
    assert ON_ITS_WAY not in response.text
    assert "administrator" in response.text


def test_the_administrator_hands_a_link_over(sign_in_as, client, session, people, now) -> None:
    page = sign_in_as(people.administrator).post(f"/admin/people/{people.engineer.user_id}/link")
    link = re.search(r"http://localhost(/reset/[\w-]+)", page.text).group(1)
    with clock.frozen(now + timedelta(days=2)):
        assert client.post(link, data={"password": NEW}).location == "/login"
    assert password_is(session, people.engineer, NEW)


def test_nobody_else_hands_links_over(sign_in_as, session, people) -> None:
    for name in ("manager", "dispatcher", "engineer", "operator", "outsider"):
        answer = sign_in_as(getattr(people, name)).post(
            f"/admin/people/{people.engineer.user_id}/link"
        )
        assert answer.status_code == 403
    assert session.scalars(select(ResetLink)).all() == []
