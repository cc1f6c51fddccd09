"""Who belongs to which company, and what of it a person may see."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service_app.accounts.models import User
from service_app.accounts.rules import Language
from service_app.core.actor import Actor
from service_app.core.errors import NotFound
from service_app.core.paging import Order, Page, fetch_page
from service_app.core.search import sort_key
from service_app.core.text import N_, Text
from service_app.customers.models import Company, CompanyMembership, Contact, Site
from service_app.customers.rules import CompanyRole, CompanyState, sought_words
from service_app.organisation.queries import home_zone


@dataclass(frozen=True)
class CompanyRow:
    """A company in a list: how many sites work, who to call first."""

    company: Company
    site_count: int
    first_contact: Contact | None


@dataclass(frozen=True)
class MemberRow:
    """A person of a company who signs in."""

    user: User
    membership: CompanyMembership


def actor_for(session: Session, user: User) -> Actor:
    """The person as services know them: staff see every company, others their own."""
    if user.is_staff:
        return Actor(user.id, user.name, user.permissions, None)
    ids = session.scalars(
        select(CompanyMembership.company_id).where(CompanyMembership.user_id == user.id)
    )
    return Actor(user.id, user.name, user.permissions, frozenset(ids))


def visible_to(actor: Actor) -> Select[Company]:
    """Companies whose page this person may open."""
    select_companies = select(Company)
    if actor.company_ids is None:
        return select_companies
    return select_companies.where(Company.id.in_(actor.company_ids))


def get_company(session: Session, actor: Actor, company_id: int) -> Company:
    """One company this person may see; raises :class:`NotFound`."""
    company = session.scalar(visible_to(actor).where(Company.id == company_id))
    if company is None:
        raise NotFound
    return company


def list_companies(
    session: Session,
    actor: Actor,
    *,
    words: str = "",
    role: CompanyRole | None = None,
    state: CompanyState = CompanyState.SERVED,
    key: str | None = None,
) -> Page[CompanyRow]:
    """Companies by name, fifty at a time; every word must be found in the company or a contact."""
    found = visible_to(actor).where(Company.is_active.is_(state is CompanyState.SERVED))
    for word in sought_words(words):
        found = found.where(_mentions(word))
    if role is not None:
        found = found.where(getattr(Company, f"is_{role.value}").is_(True))
    page = fetch_page(session, found, order=(Order(Company.sort_key), Order(Company.id)), key=key)
    ids = [company.id for company in page]
    sites, contacts = _site_counts(session, ids), _first_contacts(session, ids)
    rows = [CompanyRow(c, sites.get(c.id, 0), contacts.get(c.id)) for c in page]
    return Page(rows, page.next_key)


def find_by_requisites(session: Session, *, inn: str, kpp: str) -> Company | None:
    """The company with this INN and KPP."""
    found = select(Company).where(Company.inn == inn, Company.kpp == kpp)
    return session.scalar(found.order_by(Company.id).limit(1))


def has_companies(session: Session) -> bool:
    """Whether there is any company at all."""
    return session.scalar(select(Company.id).limit(1)) is not None


def count_companies(session: Session) -> int:
    """How many companies are served now."""
    counted = select(func.count(Company.id)).where(Company.is_active.is_(True))
    return session.scalar(counted) or 0


def company_choices(
    session: Session, actor: Actor, *, role: CompanyRole | None = None
) -> list[tuple[int, str]]:
    """(id, short name) of companies served now that this person may see, by name."""
    found = visible_to(actor).where(Company.is_active.is_(True))
    if role is not None:
        found = found.where(getattr(Company, f"is_{role.value}").is_(True))
    narrow = found.with_only_columns(Company.id, Company.short_name)
    rows = session.execute(narrow.order_by(Company.sort_key, Company.id))
    return [(company_id, name) for company_id, name in rows]


def company_name(session: Session, actor: Actor, company_id: int | None) -> str | None:
    """The short name of a company this person may see; None when there is none."""
    if company_id is None:
        return None
    found = visible_to(actor).where(Company.id == company_id)
    return session.scalar(found.with_only_columns(Company.short_name))


def list_sites(session: Session, company_id: int) -> list[Site]:
    """Every site of a company by name, those in use first."""
    found = session.scalars(select(Site).where(Site.company_id == company_id))
    return sorted(found, key=lambda s: (not s.is_active, sort_key(s.name), s.id))


def get_site(session: Session, company: Company, site_id: int) -> Site:
    """One site of this company; raises :class:`NotFound`."""
    site = session.get(Site, site_id)
    if site is None or site.company_id != company.id:
        raise NotFound
    return site


def site_choices(
    session: Session, company_id: int | None, *, kept: int | None = None
) -> list[tuple[int, str]]:
    """(id, name) of the sites in use of a company, for a select; none without a company.

    ``kept`` is offered though not in use: what a record has already stays choosable.
    """
    if company_id is None:
        return []
    sites = list_sites(session, company_id)
    return [(s.id, s.name) for s in sites if s.is_active or s.id == kept]


def zone_of_site(session: Session, site_id: int | None) -> ZoneInfo:
    """The clock of a site; of our first branch when there is no site; Moscow's before set-up."""
    zone = session.scalar(select(Site.zone).where(Site.id == site_id)) if site_id else None
    return ZoneInfo(zone) if zone else home_zone(session)


def contacts_of(session: Session, company_id: int) -> list[Contact]:
    """People of a company we talk to by name, those who left last."""
    found = session.scalars(select(Contact).where(Contact.company_id == company_id))
    return sorted(found, key=lambda c: (not c.is_active, sort_key(c.full_name), c.id))


def get_contact(session: Session, company: Company, contact_id: int) -> Contact:
    """One contact of this company; raises :class:`NotFound`."""
    contact = session.get(Contact, contact_id)
    if contact is None or contact.company_id != company.id:
        raise NotFound
    return contact


def contact_choices(session: Session, company_id: int | None) -> list[tuple[int, str]]:
    """(id, "name, phone") of contacts who are there, for a select; none without a company."""
    if company_id is None:
        return []
    return [
        (c.id, ", ".join(part for part in (c.short_name, c.phone) if part))
        for c in contacts_of(session, company_id)
        if c.is_active
    ]


def find_contact_of(session: Session, user_id: int, company_id: int) -> Contact | None:
    """The contact behind a log-in."""
    return session.scalar(
        select(Contact).where(Contact.user_id == user_id, Contact.company_id == company_id)
    )


def list_members(session: Session, company_id: int) -> list[MemberRow]:
    """Who signs in for a company, by name; blocked people too."""
    rows = session.execute(
        select(User, CompanyMembership)
        .join(CompanyMembership, CompanyMembership.user_id == User.id)
        .where(CompanyMembership.company_id == company_id)
        .order_by(User.sort_key, User.id)
    ).unique()
    return [MemberRow(user, membership) for user, membership in rows]


def get_member(session: Session, company: Company, user_id: int) -> MemberRow:
    """One person who signs in for this company; raises :class:`NotFound`."""
    membership = session.get(CompanyMembership, (user_id, company.id))
    user = session.get(User, user_id)
    if membership is None or user is None:
        raise NotFound
    return MemberRow(user, membership)


def people_of(session: Session, company_id: int) -> list[User]:
    """Who of a company can sign in now: they are told about its machines and orders."""
    return [row.user for row in list_members(session, company_id) if row.user.is_active]


def deciders(session: Session, company_id: int) -> list[User]:
    """Who of a company may say yes or no to a price in the portal."""
    return [
        row.user
        for row in list_members(session, company_id)
        if row.user.is_active and row.membership.decides_on_price
    ]


@dataclass(frozen=True)
class Deciders:
    """Whether a person may decide on price, and who else may, by name."""

    may: bool
    names: str


def may_decide_on_price(session: Session, company_id: int | None, user_id: int) -> Deciders:
    """A company that named nobody lets each of its people decide."""
    found = deciders(session, company_id) if company_id is not None else []
    names = ", ".join(person.short_name for person in found)
    return Deciders(not found or user_id in {person.id for person in found}, names)


def companies_of(session: Session, user_id: int) -> list[Company]:
    """The companies a person signs in for."""
    return list(
        session.scalars(
            select(Company)
            .join(CompanyMembership, CompanyMembership.company_id == Company.id)
            .where(CompanyMembership.user_id == user_id)
            .order_by(Company.sort_key, Company.id)
        )
    )


def requisites_of(company: Company) -> list[tuple[Text, Text | str]]:
    """(label, value) in the order papers have them; a value may be empty."""
    return [
        (N_("INN"), company.inn),
        (N_("KPP"), company.kpp),
        (N_("OGRN"), company.ogrn),
        (N_("Address"), company.address),
        (N_("Bank"), company.bank_name),
        (N_("BIK"), company.bik),
        (N_("Account"), company.account),
        (N_("Correspondent account"), company.correspondent_account),
        (N_("Contract"), company.contract_note),
        (N_("Language of papers and letters"), Language(company.language).label),
    ]


def _mentions(word: str) -> ColumnElement[bool]:
    in_contacts = select(Contact.company_id).where(_stands_in(Contact.search_words, word))
    return or_(_stands_in(Company.search_words, word), Company.id.in_(in_contacts))


def _stands_in(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return (literal(" ") + column).contains(word, autoescape=True)


def _site_counts(session: Session, ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(Site.company_id, func.count(Site.id))
        .where(Site.company_id.in_(ids), Site.is_active.is_(True))
        .group_by(Site.company_id)
    )
    return {row.company_id: row[1] for row in rows}


def _first_contacts(session: Session, ids: list[int]) -> dict[int, Contact]:
    rows = session.scalars(
        select(Contact)
        .where(Contact.company_id.in_(ids), Contact.is_active.is_(True))
        .order_by(Contact.decides_on_price, Contact.id.desc())
    )
    return {contact.company_id: contact for contact in rows}
