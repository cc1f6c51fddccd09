"""The administrator adds, changes, blocks people; the last administrator stays."""

import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from service_app.accounts import people as verbs
from service_app.accounts import service
from service_app.accounts.models import User
from service_app.accounts.permissions import MATRIX, Role
from service_app.core.db import transaction
from service_app.core.errors import NotAllowed

NOT_ADMINISTRATORS = (
    "operator",
    "outsider",
    "engineer",
    "dispatcher",
    "storekeeper",
    "manager",
)


def typed(**changed: Any) -> dict[str, Any]:
    return {
        "uid": str(uuid.uuid4()),
        "family_name": "Громов",
        "first_name": "Алексей",
        "login": "A.Gromov",
        "email": "Gromov@example.org",
        "language": "ru",
        "zone": "Europe/Moscow",
        "roles": ["engineer"],
        **changed,
    }


def stored(user: User, **changed: Any) -> dict[str, Any]:
    return {
        "version": str(user.version),
        "family_name": user.family_name,
        "first_name": user.first_name,
        "login": user.login,
        "email": user.email or "",
        "language": user.language,
        "zone": user.zone,
        "roles": [role.value for role in user.roles],
        **changed,
    }


@pytest.fixture
def administrator(sign_in_as, people):
    return sign_in_as(people.administrator)


def test_a_person_is_added_with_roles(administrator, session) -> None:
    response = administrator.post("/admin/people/new", data=typed(roles=["engineer", "dispatcher"]))
    user = session.scalars(select(User).where(User.login == "a.gromov")).unique().one()
    assert response.location == f"/admin/people/{user.id}"
    assert user.roles == {Role.ENGINEER, Role.DISPATCHER}
    assert user.email == "gromov@example.org"
    assert user.password_hash == ""


def test_a_first_password_may_be_given(administrator, client, session) -> None:
    administrator.post("/admin/people/new", data=typed(password="первый пароль 1"))
    entered = client.post("/login", data={"login": "a.gromov", "password": "первый пароль 1"})
    assert entered.status_code == 302


def test_the_same_form_twice_makes_one_person(administrator, session) -> None:
    form = typed()
    first, second = (administrator.post("/admin/people/new", data=form) for _ in range(2))
    assert first.location == second.location
    count = select(func.count(User.id)).where(User.login == "a.gromov")
    assert session.scalar(count) == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"login": "engineer"}, "engineer belongs to Андрей Ковалёв already."),
        ({"email": "engineer@example.org"}, "belongs to Андрей Ковалёв already."),
        ({"login": "two words"}, "A login is 2 to 80 letters"),
        ({"email": "nowhere"}, "nowhere is not an e-mail address."),
        ({"roles": []}, "Choose at least one role."),
        ({"roles": ["operator", "engineer"]}, "Choose one or the other."),
        ({"roles": ["king"]}, "Choose one of the list."),
        ({"family_name": " "}, "Fill this in."),
        ({"first_name": "x" * 81}, "the limit is 80"),
        ({"password": "short"}, "A password has at least 10 characters."),
        ({"zone": "Nowhere"}, "Nowhere is not a time zone we know."),
        ({"language": ""}, "Fill this in."),
    ],
)
def test_wrong_fields_are_refused_with_a_sentence(
    administrator, session, changed, sentence
) -> None:
    before = session.scalar(select(func.count(User.id)))
    response = administrator.post("/admin/people/new", data=typed(**changed))
    assert response.status_code == 422
    assert sentence in response.text
    assert 'value="Алексей"' in response.text or "first_name" in changed
    assert session.scalar(select(func.count(User.id))) == before


def test_a_person_is_changed(administrator, session, people) -> None:
    user = session.get_one(User, people.engineer.user_id)
    response = administrator.post(
        f"/admin/people/{user.id}",
        data=stored(user, position="Ведущий инженер", roles=["engineer", "manager"]),
    )
    assert response.location == "/admin/people"
    session.refresh(user)
    assert user.position == "Ведущий инженер"
    assert user.roles == {Role.ENGINEER, Role.MANAGER}


def test_two_administrators_at_once(administrator, session, people) -> None:
    user = session.get_one(User, people.engineer.user_id)
    old = stored(user, position="second")
    administrator.post(f"/admin/people/{user.id}", data=stored(user, position="first"))
    response = administrator.post(f"/admin/people/{user.id}", data=old)
    assert response.status_code == 422
    assert "Somebody changed this while you were writing." in response.text
    assert "Somebody saved here: first" in response.text
    assert 'value="second"' in response.text
    session.refresh(user)
    assert user.position == "first"


def test_the_own_administrator_role_stays(administrator, session, people) -> None:
    user = session.get_one(User, people.administrator.user_id)
    response = administrator.post(f"/admin/people/{user.id}", data=stored(user, roles=["manager"]))
    assert response.status_code == 422
    assert "You cannot take the administrator role from yourself" in response.text
    session.refresh(user)
    assert Role.ADMINISTRATOR in user.roles


def test_the_last_administrator_stays(session, people, now) -> None:
    last = session.get_one(User, people.administrator.user_id)
    by = people.manager  # however somebody else came to hold the permission
    with (
        pytest.raises(NotAllowed, match="Nobody else is administrator"),
        transaction(session, by=by, at=now),
    ):
        verbs.block(session, last, by=by, at=now)
    session.refresh(last)
    assert last.is_active


def test_another_administrator_may_go(administrator, session, people, now) -> None:
    user = session.get_one(User, people.manager.user_id)
    administrator.post(f"/admin/people/{user.id}", data=stored(user, roles=["administrator"]))
    session.refresh(user)
    assert user.roles == {Role.ADMINISTRATOR}
    administrator.post(f"/admin/people/{user.id}", data=stored(user, roles=["manager"]))
    session.refresh(user)
    assert user.roles == {Role.MANAGER}


def test_blocking_ends_the_session_and_unblocking_lets_in_again(
    administrator, sign_in_as, session, people, client, with_password
) -> None:
    user = with_password(people.engineer)
    theirs = sign_in_as(people.engineer)
    assert theirs.get("/me").status_code == 200
    administrator.post(f"/admin/people/{user.id}/block")
    assert theirs.get("/me").status_code == 302
    administrator.post(f"/admin/people/{user.id}/unblock")
    session.refresh(user)
    assert user.is_active


def test_nobody_blocks_themselves(administrator, session, people) -> None:
    user = session.get_one(User, people.administrator.user_id)
    administrator.post(f"/admin/people/{user.id}/block")
    session.refresh(user)
    assert user.is_active


def test_a_blocked_person_gets_no_link(administrator, session, people, now) -> None:
    user = session.get_one(User, people.engineer.user_id)
    with transaction(session, by=people.administrator, at=now):
        verbs.block(session, user, by=people.administrator, at=now)
    with pytest.raises(NotAllowed, match="blocked"):
        service.hand_over_link(session, user, by=people.administrator, at=now)


@pytest.mark.parametrize("name", NOT_ADMINISTRATORS)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/admin/people"),
        ("POST", "/admin/people/new"),
        ("POST", "/admin/people/{id}"),
        ("POST", "/admin/people/{id}/block"),
        ("GET", "/admin/permissions"),
    ],
)
def test_others_are_kept_out(sign_in_as, session, people, name, method, path) -> None:
    client = sign_in_as(getattr(people, name))
    user = session.get_one(User, people.storekeeper.user_id)
    response = client.open(path.format(id=user.id), method=method, data=typed())
    assert response.status_code == 403
    session.refresh(user)
    assert user.is_active


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("q=ковалев", "Ковалёв", "Юдина"),
        ("q=STOREKEEPER@example", "Юдина", "Ковалёв"),
        ("q=анд+ков", "Ковалёв", "Юдина"),
        ("role=storekeeper", "Юдина", "Ковалёв"),
        ("state=active&role=engineer", "Ковалёв", "Юдина"),
        ("state=blocked", None, "Ковалёв"),
        ("q=%25", None, "Ковалёв"),
        ("role=king&state=odd&after=%00", "Ковалёв", None),
    ],
)
def test_search_and_filters(administrator, people, query, found, missing) -> None:
    page = administrator.get(f"/admin/people?{query}")
    assert page.status_code == 200
    assert found is None or found in page.text
    assert missing is None or missing not in page.text


def test_pages_by_key_meet_everybody_once(administrator, session, people, now) -> None:
    with transaction(session, by=people.administrator, at=now):
        session.add_all(
            User(login=f"u{n}", family_name=f"Фамилия {n % 7}", first_name="Имя")
            for n in range(120)
        )
    from service_app.accounts.queries import list_people

    seen, key = [], None
    while True:
        page = list_people(session, key=key)
        seen += [user.id for user in page]
        key = page.next_key
        if key is None:
            break
    assert len(seen) == len(set(seen)) == session.scalar(select(func.count(User.id)))


def test_the_list_asks_few_questions(administrator, people, session, now, count_queries) -> None:
    with transaction(session, by=people.administrator, at=now):
        session.add_all(User(login=f"u{n}", family_name=f"Ф{n}", first_name="И") for n in range(60))
    administrator.get("/admin/people")
    with count_queries() as seen:
        administrator.get("/admin/people")
    assert len(seen) <= 6, "\n".join(seen)


def test_the_matrix_is_shown_as_it_is(administrator, people) -> None:
    page = administrator.get("/admin/permissions").text
    for permission in MATRIX:
        assert str(permission.label).replace("'", "&#39;") in page
    yes = page.count('data-holds="yes"')
    assert yes == sum(len(holders) for holders in MATRIX.values())


def test_nobody_of_that_number(administrator, people) -> None:
    assert administrator.get("/admin/people/999999").status_code == 404
