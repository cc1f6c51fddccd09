"""Own settings, and the two switches in the corner."""

from sqlalchemy import select

from service_app.accounts.models import User
from service_app.journal.models import JournalLine


def fields(user: User, **changed: str) -> dict[str, str]:
    return {
        "language": user.language,
        "theme": user.theme,
        "zone": user.zone,
        "phone": user.phone,
        "version": str(user.version),
        **changed,
    }


def test_settings_are_saved_and_said_in_the_new_language(sign_in_as, session, people) -> None:
    user = session.get_one(User, people.engineer.user_id)
    response = sign_in_as(people.engineer).post(
        "/me",
        data=fields(user, language="ru", theme="dark", zone="Asia/Yekaterinburg", phone="+7 900 1"),
        follow_redirects=True,
    )
    assert "Настройки сохранены." in response.text
    assert 'lang="ru"' in response.text
    session.refresh(user)
    saved = (user.language, user.theme, user.zone, user.phone, user.are_keys_on)
    assert saved == ("ru", "dark", "Asia/Yekaterinburg", "+7 900 1", False)


def test_wrong_values_are_refused_beside_their_fields(sign_in_as, session, people) -> None:
    user = session.get_one(User, people.engineer.user_id)
    response = sign_in_as(people.engineer).post(
        "/me", data=fields(user, language="xx", theme="pink", zone="Mars/Base", phone="1" * 41)
    )
    assert response.status_code == 422
    assert "Mars/Base is not a time zone we know." in response.text
    assert "This is 41 characters long, the limit is 40." in response.text
    assert "Choose one of the list." in response.text


def test_settings_opened_twice_are_not_overwritten(sign_in_as, session, people) -> None:
    user = session.get_one(User, people.engineer.user_id)
    old = fields(user, phone="second")
    client = sign_in_as(people.engineer)
    client.post("/me", data=fields(user, phone="first"))
    response = client.post("/me", data=old)
    assert response.status_code == 422
    assert "Somebody changed this while you were writing." in response.text
    assert 'value="second"' in response.text
    session.refresh(user)
    assert user.phone == "first"


def test_a_guest_chooses_a_language_and_a_theme(client, people) -> None:
    answer = client.post("/language/ru", data={"next": "/login"})
    assert answer.location == "/login"
    client.post("/theme/dark", data={"next": "/login"})
    page = client.get("/login").text
    assert 'lang="ru"' in page
    assert 'data-bs-theme="dark"' in page


def test_the_switch_follows_the_person(sign_in_as, session, people) -> None:
    sign_in_as(people.engineer).post("/language/ru", data={"next": "/me"})
    user = session.get_one(User, people.engineer.user_id)
    session.refresh(user)
    assert user.language == "ru"


def test_the_switch_never_leads_to_a_strangers_page(client, people) -> None:
    assert client.post("/language/ru", data={"next": "//evil.example"}).location == "/"


def test_unknown_languages_and_themes(client, people) -> None:
    assert client.post("/language/xx").status_code == 404
    assert client.post("/theme/pink").status_code == 404


def test_a_change_is_in_the_journal(sign_in_as, session, people) -> None:
    user = session.get_one(User, people.engineer.user_id)
    sign_in_as(people.engineer).post("/me", data=fields(user, phone="+7 900 1"))
    line = session.scalars(select(JournalLine).order_by(JournalLine.id.desc()).limit(1)).one()
    assert line.by_user_id == people.engineer.user_id
    assert line.changes["phone"] == ["", "+7 900 1"]
