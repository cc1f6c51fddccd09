"""The administration's pages of our own side."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.customers.queries import actor_for
from service_app.organisation import queries, service
from service_app.organisation.models import Branch, LegalEntity, StaffMembership, Team

QUERIES = 12
ENTITY = {
    "brand": "Meridian",
    "name": "ООО «Меридиан»",
    "currency": "RUB",
    "is_vat_payer": "y",
    "inn": "7707 083893",
    "kpp": "773601001",
}
PAGES = ("/admin/company", "/admin/branches", "/admin/branches/new", "/admin/numbers")


def send(client: FlaskClient, path: str, **values: Any) -> Any:
    return client.post(path, data={"uid": str(uuid.uuid4()), **values})


def our(session: Session) -> LegalEntity:
    session.expire_all()
    entity = queries.our_entity(session)
    assert entity is not None
    return entity


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


def test_only_the_administrator_changes_the_company(people, sign_in_as) -> None:
    for name, actor in people.all().items():
        client = sign_in_as(actor)
        expected = 200 if name == "administrator" else 403
        assert [client.get(path).status_code for path in PAGES] == [expected] * len(PAGES), name
        front = 200 if name in ("administrator", "manager") else 403
        assert client.get("/admin").status_code == front, name


def test_a_guest_is_led_to_the_sign_in_page(people, client: FlaskClient) -> None:
    for path in ("/admin", *PAGES):
        assert client.get(path).status_code == 302


def test_the_front_page_lists_sections_and_what_is_unset(people, sign_in_as) -> None:
    page = sign_in_as(people.administrator).get("/admin").text
    for words in ("Company and letterhead", "Branches and teams", "Numbers and documents"):
        assert words in page
    assert "Not filled in: INN, Address, Account, Service rules." in page
    managers = sign_in_as(people.manager).get("/admin").text
    assert "Company and letterhead" not in managers


def test_search_finds_a_setting_by_its_name(people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    found = client.get("/admin?q=logo").text
    assert "Company and letterhead" in found
    assert "Branches and teams" not in found
    assert "Nothing under these words" in client.get("/admin?q=qwertyuiop").text


def test_the_first_save_sets_everything_up(session: Session, newcomer: FlaskClient) -> None:
    empty = newcomer.get("/admin/company")
    assert "City we work from" in empty.text
    answer = send(newcomer, "/admin/company", **ENTITY, city="Пермь", zone="Asia/Yekaterinburg")
    assert answer.status_code == 302
    entity = our(session)
    assert (entity.brand, entity.inn, entity.is_vat_payer) == ("Meridian", "7707083893", True)
    branch = queries.default_branch(session)
    assert (branch.name, branch.zone) == ("Пермь", "Asia/Yekaterinburg")
    assert session.scalar(select(func.count(Team.id))) == 1
    assert session.scalar(select(StaffMembership.branch_id)) == branch.id
    again = newcomer.get("/admin/company").text
    assert "City we work from" not in again


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"city": ""}, "Write the city of your workshop or office."),
        ({"zone": "Mars/Base"}, "Mars/Base is not a time zone we know."),
        ({"inn": "7707083894"}, "do not add up"),
    ],
)
def test_a_wrong_first_save_keeps_nothing_but_what_was_typed(
    session: Session, newcomer: FlaskClient, wrong: dict[str, str], said: str
) -> None:
    values = {**ENTITY, "city": "Пермь", "zone": "Asia/Yekaterinburg", **wrong}
    answer = send(newcomer, "/admin/company", **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert "ООО «Меридиан»" in answer.text
    assert queries.our_entity(session) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"brand": ""}, "Pages need a name."),
        ({"name": ""}, "Papers need the full name"),
        ({"name": "x" * 201}, "201 characters long, the limit is 200"),
        ({"currency": "XXX"}, "Choose one of the list."),
        ({"kpp": "12"}, "12 is not a KPP"),
        ({"bik": "1"}, "1 is not a BIK"),
        ({"bik": "044525225", "account": "1"}, "1 is not an account"),
        ({"email": "a@"}, "a@ is not an e-mail address"),
        ({"service_rules": "x" * 20_001}, "the limit is 20,000"),
    ],
)
def test_wrong_requisites_are_refused_beside_the_field(
    session: Session, people, sign_in_as, wrong: dict[str, str], said: str
) -> None:
    client = sign_in_as(people.administrator)
    values = {**ENTITY, "version": our(session).version, **wrong}
    answer = send(client, "/admin/company", **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert our(session).brand == "Meridian Service"


def test_the_second_of_two_sees_what_the_first_saved(session: Session, people, sign_in_as) -> None:
    client, opened = sign_in_as(people.administrator), our(session).version
    assert send(client, "/admin/company", **ENTITY, version=opened).status_code == 302
    late = send(client, "/admin/company", **{**ENTITY, "brand": "Late"}, version=opened)
    assert late.status_code == 422
    assert "Somebody saved here: Meridian" in late.text
    assert our(session).brand == "Meridian"


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (80, 40), "#0A5A6E").save(kept, "PNG")
    return kept.getvalue()


def test_the_logo_is_shown_to_everybody_and_taken_off(
    session: Session, people, sign_in_as, client: FlaskClient
) -> None:
    assert client.get("/logo").status_code == 404
    office = sign_in_as(people.administrator)
    send(office, "/admin/company/logo", photos=(io.BytesIO(picture()), "logo.png"))
    with client.get("/logo") as shown:
        assert shown.status_code == 200
        assert shown.mimetype.startswith("image/")
    assert "/logo" in office.get("/admin/company").text
    send(office, "/admin/company/logo")
    assert our(session).logo_id is None


def test_a_logo_that_is_no_picture_is_refused(session: Session, people, sign_in_as) -> None:
    office = sign_in_as(people.administrator)
    for content in (b"no picture at all", b""):
        answer = send(office, "/admin/company/logo", photos=(io.BytesIO(content), "logo.png"))
        assert answer.status_code == 422
        assert "logo.png" in answer.text
    assert our(session).logo_id is None
    assert send(sign_in_as(people.manager), "/admin/company/logo").status_code == 403


def test_branches_and_teams_are_added_and_changed(session: Session, people, sign_in_as) -> None:
    office, values = sign_in_as(people.administrator), {"zone": "Asia/Omsk", "is_active": "y"}
    send(office, "/admin/branches/new", name="Омск", number_prefix="ом", **values)
    branch = session.scalars(select(Branch).where(Branch.name == "Омск")).one()
    assert branch.number_prefix == "ОМ"
    send(
        office,
        f"/admin/branches/{branch.id}/teams/new",
        name="Выездная",
        lead_user_id=people.engineer.user_id,
    )
    team = session.scalars(select(Team)).one()
    page = office.get("/admin/branches").text
    for words in ("Омск", "ОМ", "Выездная", "Ковалёв"):
        assert words in page, words
    send(office, f"/admin/teams/{team.id}/edit", name="Первая", is_active="y", version=team.version)
    session.expire_all()
    assert session.get(Team, team.id).name == "Первая"
    twin = send(office, "/admin/branches/new", name="Ещё", number_prefix="ОМ", **values)
    assert twin.status_code == 422
    assert "Numbers of branch Омск begin so too." in twin.text
    edited = send(
        office,
        f"/admin/branches/{branch.id}/edit",
        name="Омск 2",
        number_prefix="ОМ",
        version=branch.version + 3,
        **values,
    )
    assert edited.status_code == 422


def test_a_person_is_placed_through_the_page(session: Session, people, sign_in_as, now) -> None:
    with transaction(session, by=SYSTEM, at=now):
        team = service.add_team(
            session, people.branch, name="A", lead=None, uid=uuid.uuid4(), by=SYSTEM, at=now
        )
    office, who = sign_in_as(people.administrator), people.engineer.user_id
    path = f"/admin/staff/{who}/place"
    assert office.get(path).status_code == 200
    send(office, path, branch_id=people.branch.id, team_id=team.id, version=1)
    session.expire_all()
    assert session.get(StaffMembership, who).team_id == team.id
    nothing = send(office, path, branch_id="", version=2)
    assert "Choose a branch." in nothing.text
    assert office.get(f"/admin/staff/{people.operator.user_id}/place").status_code == 404


def test_unknown_records_are_not_found(people, sign_in_as) -> None:
    office = sign_in_as(people.administrator)
    for path in (
        "/admin/branches/999/edit",
        "/admin/branches/999/teams/new",
        "/admin/teams/999/edit",
        "/admin/staff/999/place",
    ):
        assert office.get(path).status_code == 404, path


def test_numbers_given_are_shown(session: Session, people, sign_in_as, now) -> None:
    office = sign_in_as(people.administrator)
    assert "No number was given yet" in office.get("/admin/numbers").text
    with transaction(session, by=SYSTEM, at=now):
        for _ in range(3):
            service.take_number(session, kind="order", branch_id=people.branch.id, year=2026)
    page = office.get("/admin/numbers").text
    assert "Work orders" in page
    assert "2026" in page


@pytest.mark.parametrize("path", ["/admin", *PAGES])
def test_pages_ask_little(people, sign_in_as, count_queries: Callable[[], Any], path: str) -> None:
    client = sign_in_as(people.administrator)
    with count_queries() as seen:
        client.get(path)
    assert len(seen) <= QUERIES, seen
