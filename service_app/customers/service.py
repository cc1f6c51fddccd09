"""Verbs over outside companies, their sites, contacts and log-ins."""

import uuid
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from service_app.accounts import people
from service_app.accounts import queries as accounts
from service_app.accounts.models import User
from service_app.accounts.permissions import Role
from service_app.accounts.rules import Language
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.text import N_, Text
from service_app.core.zones import is_zone
from service_app.customers import queries
from service_app.customers.models import Company, CompanyMembership, Contact, Site
from service_app.customers.rules import CompanyFacts, CompanyRole, ContactFacts, SiteFacts
from service_app.organisation.rules import problem_with_email, problems_with


def add_company(
    session: Session, facts: CompanyFacts, *, uid: uuid.UUID, by: Actor, at: datetime
) -> Company:
    """A new company; the same form sent twice gives the same one.

    Raises :class:`Invalid` for requisites that cannot be true and for an INN and KPP of a company
    we have already.
    """
    known = made_before(session, Company, uid)
    if known is not None:
        return known
    company = Company(uid=uid)
    _fill_company(session, company, facts)
    session.add(company)
    session.flush()  # for the id
    return company


def change_company(
    session: Session,
    company: Company,
    facts: CompanyFacts,
    *,
    is_active: bool,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Other requisites, roles or notes; papers and orders keep what they froze."""
    _refuse_stale(company.version, version)
    _fill_company(session, company, facts)
    company.is_active = is_active


def add_site(
    session: Session, company: Company, facts: SiteFacts, *, uid: uuid.UUID, by: Actor, at: datetime
) -> Site:
    """A place where the company's machines work; the same form sent twice gives the same one."""
    known = made_before(session, Site, uid)
    if known is not None:
        return known
    _check_site(facts)
    site = Site(uid=uid, company_id=company.id, **asdict(facts))
    session.add(site)
    session.flush()  # for the id
    return site


def change_site(
    session: Session,
    site: Site,
    facts: SiteFacts,
    *,
    is_active: bool,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Name, address, zone, access; moments stored before stay, they are only shown otherwise."""
    _refuse_stale(site.version, version)
    _check_site(facts)
    _fill(site, asdict(facts))
    site.is_active = is_active


def add_contact(
    session: Session,
    company: Company,
    facts: ContactFacts,
    *,
    site: Site | None,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Contact:
    """A person of the company we talk to; two people may share a phone."""
    known = made_before(session, Contact, uid)
    if known is not None:
        return known
    _check_contact(company, facts, site)
    contact = Contact(
        uid=uid, company_id=company.id, site_id=site.id if site else None, **asdict(facts)
    )
    session.add(contact)
    session.flush()  # for the id
    return contact


def change_contact(
    session: Session,
    contact: Contact,
    facts: ContactFacts,
    *,
    company: Company,
    site: Site | None,
    is_active: bool,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Name, phone, site; whether the person decides on price follows into their log-in."""
    _refuse_stale(contact.version, version)
    _check_contact(company, facts, site)
    _fill(contact, asdict(facts))
    contact.site_id, contact.is_active = site.id if site else None, is_active
    if contact.user_id is not None:
        membership = session.get(CompanyMembership, (contact.user_id, company.id))
        if membership is not None:
            membership.decides_on_price = facts.decides_on_price


def give_access(
    session: Session,
    contact: Contact,
    *,
    company: Company,
    login: str,
    email: str,
    by: Actor,
    at: datetime,
) -> User:
    """Let a contact sign in as an operator of the company; the person chooses a password by link.

    Somebody who already signs in for another company, with the same login and e-mail, gets this
    one too. Raises :class:`Invalid` for a login of staff or of another person.
    """
    if contact.user_id is not None:
        raise NotAllowed(Text("%(name)s can sign in already.", name=contact.short_name), "login")
    if not contact.is_active:
        raise NotAllowed(Text("%(name)s is not there any more.", name=contact.short_name))
    user = _same_person(session, login=login, email=email)
    if user is None:
        user = people.add(
            session,
            _particulars(session, contact, company=company, login=login, email=email),
            roles=frozenset({Role.OPERATOR}),
            by=by,
            at=at,
        )
    contact.user_id = user.id
    if session.get(CompanyMembership, (user.id, company.id)) is None:
        tie(session, user, company, decides_on_price=contact.decides_on_price, by=by, at=at)
    return user


def tie(
    session: Session,
    user: User,
    company: Company,
    *,
    decides_on_price: bool,
    by: Actor,
    at: datetime,
) -> CompanyMembership:
    """An operator signs in for this company."""
    if user.is_staff:
        raise NotAllowed(
            Text("%(name)s works for us and sees every company anyway.", name=user.name), "login"
        )
    membership = CompanyMembership(
        user_id=user.id, company_id=company.id, decides_on_price=decides_on_price
    )
    session.add(membership)
    return membership


def change_member(
    session: Session,
    membership: CompanyMembership,
    *,
    decides_on_price: bool,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Whether the person may say yes or no to a price; the contact behind them follows."""
    _refuse_stale(membership.version, version)
    membership.decides_on_price = decides_on_price
    contact = queries.find_contact_of(session, membership.user_id, membership.company_id)
    if contact is not None:
        contact.decides_on_price = decides_on_price


def end_access(session: Session, membership: CompanyMembership, *, by: Actor, at: datetime) -> None:
    """The person sees this company no more; what they wrote stays under their name."""
    contact = queries.find_contact_of(session, membership.user_id, membership.company_id)
    if contact is not None:
        contact.user_id = None
    session.delete(membership)


def _same_person(session: Session, *, login: str, email: str) -> User | None:
    user = accounts.find_by_login(session, login) if login else None
    is_same = user is not None and (user.email or "") == email.strip().casefold()
    return user if is_same and email and user is not None and not user.is_staff else None


def _particulars(
    session: Session, contact: Contact, *, company: Company, login: str, email: str
) -> people.Particulars:
    return people.Particulars(
        login=login,
        email=email,
        family_name=contact.family_name,
        first_name=contact.first_name,
        middle_name=contact.middle_name,
        position=contact.position,
        signing_ground=contact.signing_ground,
        phone=contact.phone,
        language=Language(company.language),
        zone=str(queries.zone_of_site(session, contact.site_id)),
    )


def _fill_company(session: Session, company: Company, facts: CompanyFacts) -> None:
    for named, value in (("name", facts.name), ("short_name", facts.short_name)):
        if not value:
            raise Invalid(N_("A company needs a name."), named)
    if not facts.roles:
        raise Invalid(N_("Tick what the company is to us, one thing at least."), "roles")
    for named, problem in problems_with(facts.requisites):
        raise Invalid(problem, named)
    if (wrong := problem_with_email(facts.email)) is not None:
        raise Invalid(wrong, "email")
    _refuse_twin(session, company, facts)
    plain = {k: v for k, v in asdict(facts).items() if k not in ("requisites", "roles")}
    is_role = {f"is_{role.value}": role in facts.roles for role in CompanyRole}
    _fill(company, {**plain, **asdict(facts.requisites), **is_role})


def _refuse_twin(session: Session, company: Company, facts: CompanyFacts) -> None:
    """Two cards of one company split its history; a branch of it has a KPP of its own."""
    inn, kpp = facts.requisites.inn, facts.requisites.kpp
    if not inn or (inn, kpp) == (company.inn, company.kpp):
        return
    twin = queries.find_by_requisites(session, inn=inn, kpp=kpp)
    if twin is not None and twin.id != company.id:
        raise Invalid(
            Text(
                "%(name)s has this INN and KPP already. Open it, or enter the KPP of the branch.",
                name=twin.short_name,
            ),
            "inn",
        )


def _check_site(facts: SiteFacts) -> None:
    if not facts.name:
        raise Invalid(N_("Give the site a name people there use."), "name")
    if not is_zone(facts.zone):
        raise Invalid(Text("%(zone)s is not a time zone we know.", zone=facts.zone[:60]), "zone")


def _check_contact(company: Company, facts: ContactFacts, site: Site | None) -> None:
    if not facts.family_name:
        raise Invalid(N_("Write the family name, or how the person is called."), "family_name")
    if (wrong := problem_with_email(facts.email)) is not None:
        raise Invalid(wrong, "email")
    if site is not None and site.company_id != company.id:
        raise Invalid(N_("Choose a site of this company."), "site_id")


def _fill(record: Company | Site | Contact, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(record, name, value)


def _refuse_stale(stored: int, opened_on: int) -> None:
    if stored != opened_on:
        raise Conflict
