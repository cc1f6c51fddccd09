"""Companies, sites, contacts and log-ins: what is kept, what is refused."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.accounts.permissions import Role
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from service_app.customers import queries, service
from service_app.customers.models import Company, CompanyMembership
from service_app.customers.rules import (
    CompanyFacts,
    CompanyRole,
    CompanyState,
    ContactFacts,
    SiteFacts,
)
from service_app.organisation.rules import Requisites
from tests.service_app.customers.builders import AT, make_company, make_contact, make_site

SBER = Requisites(inn="7707083893", kpp="773601001")


def names(session: Session, actor, **sought) -> list[str]:
    return [r.company.short_name for r in queries.list_companies(session, actor, **sought)]


def test_the_same_form_twice_makes_one_company(session: Session, now: datetime) -> None:
    uid, facts = uuid.uuid4(), CompanyFacts(name="АО «Одно»", short_name="Одно")
    for _ in range(2):
        with transaction(session, by=SYSTEM, at=now):
            service.add_company(session, facts, uid=uid, by=SYSTEM, at=now)
    assert session.scalar(select(func.count(Company.id))) == 1


def test_one_inn_and_kpp_is_one_company_but_a_branch_of_it_is_another(session: Session) -> None:
    make_company(session, "Первый", requisites=SBER)
    with pytest.raises(Invalid, match="Первый has this INN") as refusal:
        make_company(session, "Второй", requisites=SBER)
    assert refusal.value.field == "inn"
    make_company(session, "Филиал", requisites=Requisites(inn="7707083893", kpp="665801001"))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": ""}, "name"),
        ({"roles": frozenset()}, "roles"),
        ({"requisites": Requisites(inn="7707083894")}, "inn"),
        ({"email": "a@"}, "email"),
    ],
)
def test_what_cannot_be_true_is_refused(session: Session, facts: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        make_company(session, **facts)
    assert refusal.value.field == field
    assert not queries.has_companies(session)


def test_search_finds_by_name_inn_phone_and_contact(session: Session, people) -> None:
    mine = people.dispatcher
    quarry = make_company(session, "Щебёнка Урала", requisites=SBER, phone="8 (343) 200-30-40")
    make_contact(session, quarry, "Лебедев", phone="+7 912 345-67-89, 8 900 000-00-11")
    for words in (
        "щебенка", "УРАЛ щеб", "7707083893", "7707 083 893", "77070", "+7 343 200 30 40",
        "200-30-40", "лебедев", "8 912 345 67 89", "000-00-11",
    ):  # fmt: skip
        assert names(session, mine, words=words) == ["Щебёнка Урала"], words
    for words in ("уголь", "щебёнка уголь", "9999999", "бенка"):
        assert names(session, mine, words=words) == [], words


def test_filters_by_role_and_by_whether_it_is_served(session: Session, people) -> None:
    maker = make_company(session, "Завод", roles=frozenset({CompanyRole.MAKER}))
    assert names(session, people.dispatcher, role=CompanyRole.MAKER) == ["Завод"]
    assert maker.roles == {CompanyRole.MAKER}
    facts = CompanyFacts(name="Завод", short_name="Завод", roles=maker.roles)
    with transaction(session, by=SYSTEM, at=AT):
        service.change_company(
            session,
            maker,
            facts,
            is_active=False,
            version=maker.version,
            by=SYSTEM,
            at=AT,
        )
    assert names(session, people.dispatcher, role=CompanyRole.MAKER) == []
    assert names(session, people.dispatcher, state=CompanyState.FORMER) == ["Завод"]
    assert maker.id not in dict(queries.company_choices(session, people.dispatcher))


def test_pages_follow_each_other_by_name_without_gap(session: Session, people) -> None:
    made = {make_company(session, f"Компания {n}").short_name for n in range(1, 54)}
    first = queries.list_companies(session, people.manager, words="компания")
    rest = queries.list_companies(session, people.manager, words="компания", key=first.next_key)
    seen = [r.company.short_name for r in [*first, *rest]]
    assert (len(first), len(rest), rest.next_key) == (50, 3, None)
    assert set(seen) == made
    assert seen[:3] == ["Компания 1", "Компания 2", "Компания 3"]
    assert seen[-1] == "Компания 53"


def test_a_customers_person_sees_the_own_company_only(session: Session, people) -> None:
    assert names(session, people.operator) == ["Карьер Северный"]
    assert queries.company_choices(session, people.operator) == [
        (people.company.id, "Карьер Северный")
    ]
    with pytest.raises(NotFound):
        queries.get_company(session, people.operator, people.other_company.id)


def test_a_stale_change_is_refused(session: Session, people, now: datetime) -> None:
    facts = CompanyFacts(name="x", short_name="x")
    with pytest.raises(Conflict), transaction(session, by=SYSTEM, at=now):
        service.change_company(
            session, people.company, facts, is_active=True, version=99, by=SYSTEM, at=now
        )
    assert people.company.short_name == "Карьер Северный"


def test_a_site_has_a_zone_we_know(session: Session, people) -> None:
    with pytest.raises(Invalid, match="Mars/Base is not a time zone") as refusal:
        make_site(session, people.company, zone="Mars/Base")
    assert refusal.value.field == "zone"
    site = make_site(session, people.company, "Кизел", zone="Asia/Yekaterinburg")
    assert queries.zone_of_site(session, site.id) == ZoneInfo("Asia/Yekaterinburg")
    assert queries.zone_of_site(session, None) == ZoneInfo("Europe/Moscow")


def test_sites_sort_as_people_count_and_closed_ones_leave_the_choices(
    session: Session, people, now: datetime
) -> None:
    company = make_company(session)
    sites = [make_site(session, company, f"Участок {n}") for n in (10, 9, 2)]
    assert [name for _, name in queries.site_choices(session, company.id)] == [
        "Участок 2",
        "Участок 9",
        "Участок 10",
    ]
    with transaction(session, by=SYSTEM, at=now):
        service.change_site(
            session,
            sites[0],
            SiteFacts(name="Участок 10"),
            is_active=False,
            version=sites[0].version,
            by=SYSTEM,
            at=now,
        )
    assert sites[0].id not in dict(queries.site_choices(session, company.id))
    assert sites[0].id in dict(queries.site_choices(session, company.id, kept=sites[0].id))
    assert queries.site_choices(session, None) == []


def test_two_contacts_may_share_a_phone(session: Session, people) -> None:
    first = make_contact(session, people.company, "Первый", phone="+7 1")
    second = make_contact(session, people.company, "Второй", phone="+7 1")
    assert queries.contacts_of(session, people.company.id) == [second, first]


def test_a_contact_is_at_a_site_of_the_own_company(session: Session, people) -> None:
    with pytest.raises(Invalid, match="site of this company"):
        make_contact(session, people.other_company, site=people.site)


def test_a_site_or_contact_of_another_company_is_not_found(session: Session, people) -> None:
    contact = make_contact(session, people.company)
    with pytest.raises(NotFound):
        queries.get_site(session, people.other_company, people.site.id)
    with pytest.raises(NotFound):
        queries.get_contact(session, people.other_company, contact.id)
    with pytest.raises(NotFound):
        queries.get_member(session, people.other_company, people.operator.user_id)


def give(session: Session, contact, company, now: datetime, **typed) -> User:
    typed = {"login": "a.gromov", "email": "gromov@example.org", **typed}
    with transaction(session, by=SYSTEM, at=now):
        return service.give_access(session, contact, company=company, by=SYSTEM, at=now, **typed)


def test_a_contact_gets_a_log_in_as_operator(session: Session, people, now: datetime) -> None:
    contact = make_contact(
        session, people.company, first_name="Алексей", site=people.site, decides_on_price=True
    )
    user = give(session, contact, people.company, now)
    assert user.roles == {Role.OPERATOR}
    assert (user.family_name, user.first_name) == ("Громов", "Алексей")
    assert contact.user_id == user.id
    assert queries.actor_for(session, user).company_ids == {people.company.id}
    assert queries.deciders(session, people.company.id) == [user]
    assert {u.id for u in queries.people_of(session, people.company.id)} == {
        user.id,
        people.operator.user_id,
    }


def test_a_second_log_in_for_a_contact_is_refused(session: Session, people, now: datetime) -> None:
    contact = make_contact(session, people.company)
    give(session, contact, people.company, now)
    with pytest.raises(NotAllowed, match="can sign in already"):
        give(session, contact, people.company, now, login="other", email="")


@pytest.mark.parametrize(
    "typed",
    [
        {"login": "dispatcher", "email": "dispatcher@example.org"},
        {"login": "outsider", "email": ""},
        {"login": "outsider", "email": "somebody@example.org"},
        {"login": "new.one", "email": "engineer@example.org"},
        {"login": "with blank", "email": ""},
    ],
)
def test_a_log_in_of_staff_or_of_somebody_else_is_refused(
    session: Session, people, now: datetime, typed: dict[str, str]
) -> None:
    contact = make_contact(session, people.company)
    with pytest.raises(DomainError):
        give(session, contact, people.company, now, **typed)
    session.refresh(contact)
    assert contact.user_id is None


def test_one_person_may_sign_in_for_two_companies(session: Session, people, now: datetime) -> None:
    contact = make_contact(session, people.company, "Чужой")
    user = give(
        session, contact, people.company, now, login="outsider", email="outsider@example.org"
    )
    assert user.id == people.outsider.user_id
    assert [c.id for c in queries.companies_of(session, user.id)] == [
        people.company.id,
        people.other_company.id,
    ]


def test_the_right_to_decide_goes_both_ways(session: Session, people, now: datetime) -> None:
    contact = make_contact(session, people.company)
    user = give(session, contact, people.company, now)
    membership = session.get(CompanyMembership, (user.id, people.company.id))
    with transaction(session, by=SYSTEM, at=now):
        service.change_member(
            session,
            membership,
            decides_on_price=True,
            version=membership.version,
            by=SYSTEM,
            at=now,
        )
    assert contact.decides_on_price
    with transaction(session, by=SYSTEM, at=now):
        service.change_contact(
            session,
            contact,
            ContactFacts(family_name="Громов", decides_on_price=False),
            company=people.company,
            site=None,
            is_active=True,
            version=contact.version,
            by=SYSTEM,
            at=now,
        )
    assert queries.deciders(session, people.company.id) == []


def test_access_ends_and_may_be_given_again(session: Session, people, now: datetime) -> None:
    contact = make_contact(session, people.company)
    user = give(session, contact, people.company, now)
    row = queries.get_member(session, people.company, user.id)
    with transaction(session, by=SYSTEM, at=now):
        service.end_access(session, row.membership, by=SYSTEM, at=now)
    assert queries.actor_for(session, user).company_ids == frozenset()
    assert contact.user_id is None
    assert give(session, contact, people.company, now).id == user.id


def test_staff_are_not_tied_to_a_company(session: Session, people, now: datetime) -> None:
    engineer = session.get(User, people.engineer.user_id)
    with pytest.raises(NotAllowed, match="works for us"):
        service.tie(session, engineer, people.company, decides_on_price=False, by=SYSTEM, at=now)
