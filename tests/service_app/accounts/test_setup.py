"""The first start: nobody there, a code from the server, the first administrator."""

import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from service_app.accounts import people as verbs
from service_app.accounts import setup_code
from service_app.accounts.models import User
from service_app.accounts.permissions import Role
from service_app.core.actor import GUEST
from service_app.core.db import transaction
from service_app.core.errors import NotAllowed

PASSWORD = "первый среди равных"


def typed(right: str, **changed: str) -> dict[str, str]:
    return {
        "code": right,
        "family_name": "Белова",
        "first_name": "Нина",
        "login": "belova",
        "zone": "Europe/Samara",
        "password": PASSWORD,
        **changed,
    }


@pytest.fixture
def code(config) -> str:
    return setup_code.read_or_make(config.data_dir)


@pytest.mark.parametrize("path", ["/", "/login", "/me", "/admin/people", "/reset"])
def test_every_page_of_an_empty_program_leads_to_the_first_start(client, path) -> None:
    assert client.get(path).location == "/setup"


@pytest.mark.parametrize("path", ["/health", "/ready", "/setup"])
def test_what_answers_all_the_same(client, path) -> None:
    assert client.get(path).status_code == 200


def test_the_first_administrator_is_made_and_signed_in(client, session, code, config) -> None:
    shown = f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()
    assert client.post("/setup", data=typed(shown)).location == "/"
    user = session.scalars(select(User)).unique().one()
    assert user.roles == {Role.ADMINISTRATOR}
    assert user.zone == "Europe/Samara"
    assert client.get("/admin/people").status_code == 200
    assert not (config.data_dir / "setup_code").exists()


def test_afterwards_there_is_no_such_page(client, code, people) -> None:
    assert client.get("/setup").status_code == 404
    assert client.post("/setup", data=typed(code)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "AAAA-BBBB-CCCC"}, "This is not the code the server shows."),
        ({"code": ""}, "Type the code the server shows."),
        ({"code": "ключ"}, "This is not the code the server shows."),
        ({"password": "short"}, "A password has at least 10 characters."),
        ({"login": "a b"}, "A login is 2 to 80 letters"),
        ({"zone": "Nowhere"}, "Nowhere is not a time zone we know."),
    ],
)
def test_nobody_is_made(client, session, code, changed, sentence) -> None:
    response = client.post("/setup", data=typed(code, **changed))
    assert response.status_code == 422
    assert sentence in response.text
    assert 'value="Нина"' in response.text
    assert session.scalar(select(User.id)) is None


def test_codes_cannot_be_guessed_for_long(client, session, code) -> None:
    for _ in range(5):
        client.post("/setup", data=typed("AAAA-BBBB-CCCC"))
    response = client.post("/setup", data=typed(code))
    assert "Too many tries. Wait 5 minutes." in response.text
    assert session.scalar(select(User.id)) is None


def test_the_code_is_for_the_servers_user_alone(tmp_path: Path) -> None:
    setup_code.read_or_make(tmp_path)
    assert stat.S_IMODE((tmp_path / "setup_code").stat().st_mode) == 0o600


def test_workers_that_start_at_once_have_one_code(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(setup_code.read_or_make(tmp_path)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8
    assert [p.name for p in tmp_path.iterdir()] == ["setup_code"]


def test_there_is_one_first_administrator(session, now) -> None:
    for n in range(2):
        person = verbs.Particulars(login=f"admin{n}", family_name="Б", first_name="Н")

        def make(one: verbs.Particulars = person) -> None:
            with transaction(session, by=GUEST, at=now):
                verbs.add_first_administrator(session, one, password=PASSWORD, by=GUEST, at=now)

        if n == 0:
            make()
            continue
        with pytest.raises(NotAllowed, match="people already"):
            make()


def test_the_command_makes_an_administrator(app, session) -> None:
    result = app.test_cli_runner().invoke(
        args=["create-admin", "Root", "--name", "Нина Белова"], input="\n"
    )
    assert result.exit_code == 0, result.output
    assert "/reset/" in result.output
    user = session.scalars(select(User)).unique().one()
    assert (user.login, user.first_name, user.family_name) == ("root", "Нина", "Белова")
    assert user.roles == {Role.ADMINISTRATOR}


def test_the_command_refuses_with_a_sentence(app, people) -> None:
    result = app.test_cli_runner().invoke(
        args=["create-admin", "engineer", "--name", "Нина Белова"], input="\n"
    )
    assert result.exit_code == 1
    assert "engineer belongs to Андрей Ковалёв already." in result.output
