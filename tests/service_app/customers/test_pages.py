"""The pages of companies: who may open them, what they keep, what they refuse."""

import re
import uuid
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.customers.models import Company, CompanyMembership, Contact, Site
from tests.service_app.customers.builders import make_company, make_contact, make_site

QUERIES = 12
COMPANY = {
    "name": "ООО «Гранит»",
    "short_name": "Гранит",
    "inn": "7707 083893",
    "kpp": "773601001",
    "language": "ru",
    "is_operating": "y",
    "is_payer": "y",
}


def send(client: FlaskClient, path: str, **values: Any) -> Any:
    return client.post(path, data={"uid": str(uuid.uuid4()), **values})


def fresh(session: Session, kind: Any, **where: Any) -> Any:
    session.expire_all()
    return session.scalars(select(kind).filter_by(**where)).unique().one()


def test_staff_read_dispatchers_change_operators_see_nothing(people, sign_in_as) -> None:
    page, form = f"/customers/{people.company.id}", "/customers/new"
    expected = {
        "administrator": (200, 200, 200),
        "manager": (200, 200, 200),
        "dispatcher": (200, 200, 200),
        "engineer": (200, 200, 403),
        "storekeeper": (200, 200, 403),
        "operator": (403, 403, 403),
        "outsider": (403, 403, 403),
    }
    for name, actor in people.all().items():
        client = sign_in_as(actor)
        got = tuple(client.get(path).status_code for path in ("/customers", page, form))
        assert got == expected[name], name


def test_a_guest_is_led_to_the_sign_in_page(people, client: FlaskClient) -> None:
    for path in ("/customers", f"/customers/{people.company.id}", "/customers/new"):
        assert client.get(path).status_code == 302


def test_a_new_company_is_kept_and_shown(session: Session, people, sign_in_as) -> None:
    client = sign_in_as(people.dispatcher)
    answer = send(client, "/customers/new", **COMPANY)
    company = fresh(session, Company, short_name="Гранит")
    assert answer.status_code == 302
    assert answer.location.endswith(f"/customers/{company.id}")
    assert (company.inn, company.is_payer, company.is_owner) == ("7707083893", True, False)
    page = client.get(answer.location).text
    assert "7707083893" in page
    assert "ООО «Гранит»" in page


def test_the_same_form_twice_makes_one(session: Session, people, sign_in_as) -> None:
    client, uid = sign_in_as(people.dispatcher), str(uuid.uuid4())
    for _ in range(2):
        assert client.post("/customers/new", data={**COMPANY, "uid": uid}).status_code == 302
    counted = select(func.count(Company.id)).where(Company.short_name == "Гранит")
    assert session.scalar(counted) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Write the full name"),
        ({"short_name": " "}, "Write the name people say."),
        ({"short_name": "x" * 81}, "81 characters long, the limit is 80"),
        ({"inn": "7707083894"}, "check digits of 7707083894 do not add up"),
        ({"inn": "12"}, "12 is not an INN"),
        ({"kpp": "1"}, "1 is not a KPP"),
        ({"ogrn": "1"}, "1 is not an OGRN"),
        ({"bik": "1"}, "1 is not a BIK"),
        ({"account": "40702810900000002851"}, "Enter the BIK too"),
        ({"email": "nobody"}, "nobody is not an e-mail address"),
        ({"language": "fr"}, "Choose one of the list."),
        ({"is_operating": "", "is_payer": ""}, "Tick what the company is to us"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    session: Session, people, sign_in_as, wrong: dict[str, str], said: str
) -> None:
    values = {k: v for k, v in {**COMPANY, "notes": "kept words", **wrong}.items() if v}
    answer = send(sign_in_as(people.dispatcher), "/customers/new", **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert "kept words" in answer.text
    assert session.scalar(select(func.count(Company.id))) == 2


def test_two_at_one_company_the_second_sees_the_difference_and_may_save(
    session: Session, people, sign_in_as
) -> None:
    path = f"/customers/{people.company.id}/edit"
    first, second = sign_in_as(people.dispatcher), sign_in_as(people.manager)
    opened = people.company.version
    assert send(first, path, **COMPANY, phone="+7 111", version=opened).status_code == 302
    late = send(second, path, **COMPANY, phone="+7 222", version=opened)
    assert late.status_code == 422
    assert "Somebody changed this while you were writing" in late.text
    assert "Somebody saved here: +7 111" in late.text
    assert "+7 222" in late.text
    company = fresh(session, Company, id=people.company.id)
    assert company.phone == "+7 111"
    assert f'value="{company.version}"' in late.text
    assert send(second, path, **COMPANY, phone="+7 222", version=company.version).status_code == 302
    assert fresh(session, Company, id=company.id).phone == "+7 222"


def test_sites_and_contacts_are_added_and_changed(session: Session, people, sign_in_as) -> None:
    client, home = sign_in_as(people.dispatcher), f"/customers/{people.company.id}"
    send(
        client, f"{home}/sites/new", name="Кизел", zone="Asia/Yekaterinburg", access_notes="Пропуск"
    )
    site = fresh(session, Site, name="Кизел")
    send(client, f"{home}/contacts/new", family_name="Громов", phone="+7 912", site_id=site.id)
    contact = fresh(session, Contact, family_name="Громов")
    assert (contact.site_id, contact.is_active) == (site.id, True)
    page = client.get(home).text
    for words in ("Кизел", "Пропуск", "UTC+5", "Громов", "tel:+7912"):
        assert words in page, words
    send(
        client,
        f"{home}/sites/{site.id}/edit",
        name="Кизел 2",
        zone="Asia/Omsk",
        is_active="y",
        version=site.version,
    )
    site = fresh(session, Site, id=site.id)
    assert (site.name, site.zone, site.is_active) == ("Кизел 2", "Asia/Omsk", True)
    stale = send(
        client,
        f"{home}/contacts/{contact.id}/edit",
        family_name="Другой",
        version=contact.version + 5,
    )
    assert stale.status_code == 422


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        ("sites/new", {"name": "", "zone": "Europe/Moscow"}, "Give the site a name"),
        ("sites/new", {"name": "A", "zone": "Mars/Base"}, "Mars/Base is not a time zone we know."),
        ("sites/new", {"name": "A"}, "is not a time zone we know."),
        ("contacts/new", {"family_name": ""}, "Write the family name"),
        ("contacts/new", {"family_name": "A", "email": "x"}, "x is not an e-mail address"),
        ("contacts/new", {"family_name": "A", "site_id": "999"}, "Choose one of the list."),
        ("contacts/new", {"family_name": "A" * 81}, "81 characters long"),
    ],
)
def test_wrong_sites_and_contacts(
    session: Session, people, sign_in_as, path: str, values: dict[str, str], said: str
) -> None:
    answer = send(sign_in_as(people.dispatcher), f"/customers/{people.company.id}/{path}", **values)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalar(select(func.count(Contact.id))) == 0


def test_records_of_another_company_are_not_found(session: Session, people, sign_in_as) -> None:
    contact = make_contact(session, people.company)
    client, other = sign_in_as(people.administrator), people.other_company.id
    for path in (
        f"/customers/{other}/sites/{people.site.id}/edit",
        f"/customers/{other}/contacts/{contact.id}/edit",
        f"/customers/{other}/contacts/{contact.id}/access",
        f"/customers/{other}/people/{people.operator.user_id}",
        "/customers/999999",
        "/customers/999999/edit",
        "/customers/999999/sites/new",
    ):
        assert client.get(path).status_code == 404, path
    for path in ("link", "end"):
        where = f"/customers/{other}/people/{people.operator.user_id}/{path}"
        assert send(client, where).status_code == 404


def test_a_log_in_is_given_and_the_link_chooses_a_password(
    session: Session, people, sign_in_as, client: FlaskClient
) -> None:
    contact = make_contact(session, people.company, first_name="Алексей")
    office, home = sign_in_as(people.dispatcher), f"/customers/{people.company.id}"
    answer = send(office, f"{home}/contacts/{contact.id}/access", login="a.gromov")
    user = fresh(session, User, login="a.gromov")
    assert answer.location.endswith(f"/people/{user.id}")
    assert office.get(answer.location).status_code == 200
    handed = send(office, f"{home}/people/{user.id}/link").text
    link = handed.split("http://localhost/", 1)[1].split('"')[0].split("<")[0].strip()
    assert client.get(f"/{link}").status_code == 200
    assert fresh(session, CompanyMembership, user_id=user.id).company_id == people.company.id
    taken = send(office, f"{home}/contacts/{contact.id}/access", login="a.gromov")
    assert taken.status_code == 422
    assert "can sign in already" in taken.text


def test_access_ends(session: Session, people, sign_in_as) -> None:
    user_id = people.operator.user_id
    where = f"/customers/{people.company.id}/people/{user_id}"
    assert send(sign_in_as(people.engineer), f"{where}/end").status_code == 403
    assert send(sign_in_as(people.manager), f"{where}/end").status_code == 302
    session.expire_all()
    assert session.get(CompanyMembership, (user_id, people.company.id)) is None


def test_filters_stay_in_the_address(session: Session, people, sign_in_as) -> None:
    for n in range(52):
        make_company(session, f"Каменный {n}")
    page = sign_in_as(people.dispatcher).get("/customers?q=каменный&role=owner").text
    assert 'value="каменный"' in page
    assert "Карьер Северный" not in page
    assert "role=owner" in page.split("key=")[0][-300:] or "role=owner" in page
    empty = sign_in_as(people.dispatcher).get("/customers?q=нетакого").text
    assert "Nothing under these filters" in empty


def test_an_empty_list_says_what_to_do(session: Session, people, sign_in_as) -> None:
    page = sign_in_as(people.dispatcher).get("/customers?key=broken&role=nonsense&state=x")
    assert page.status_code == 200
    assert "Карьер Северный" in page.text


@pytest.mark.parametrize(
    "path", ["", "/{id}", "/{id}/edit", "/{id}/contacts/new", "/{id}/sites/new"]
)
def test_pages_ask_little_whatever_the_number_of_rows(
    session: Session, people, sign_in_as, count_queries: Callable[[], Any], path: str
) -> None:
    for n in range(25):
        make_contact(session, make_company(session, f"Ряд {n}"))
        make_site(session, people.company, f"Место {n}")
        make_contact(session, people.company, f"Человек {n}")
    client = sign_in_as(people.dispatcher)
    with count_queries() as seen:
        client.get("/customers" + path.format(id=people.company.id))
    assert len(seen) <= QUERIES, seen


def test_the_next_fifty_go_on_where_the_first_ended(session: Session, people, sign_in_as) -> None:
    for n in range(60):
        make_company(session, f"Завод {n:02}")
    client = sign_in_as(people.dispatcher)
    first = client.get("/customers").text
    onward = re.search(r'href="(/customers\?after=[^"]+)"', first)
    assert onward is not None
    second = client.get(unescape(onward[1])).text
    shown = [set(re.findall(r"Завод \d\d", page)) for page in (first, second)]
    assert shown[0] | shown[1] == {f"Завод {n:02}" for n in range(60)}
    assert not shown[0] & shown[1]
