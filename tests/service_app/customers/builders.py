"""Companies, sites and contacts for tests, made by the services."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.customers import service
from service_app.customers.models import Company, Contact, Site
from service_app.customers.rules import CompanyFacts, ContactFacts, SiteFacts

AT = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)


def make_company(session: Session, short_name: str = "Северный", **facts: Any) -> Company:
    facts = {"name": f"АО «{short_name}»", "short_name": short_name, **facts}
    with transaction(session, by=SYSTEM, at=AT):
        return service.add_company(
            session, CompanyFacts(**facts), uid=uuid.uuid4(), by=SYSTEM, at=AT
        )


def make_site(session: Session, company: Company, name: str = "Участок 1", **facts: Any) -> Site:
    with transaction(session, by=SYSTEM, at=AT):
        return service.add_site(
            session, company, SiteFacts(name=name, **facts), uid=uuid.uuid4(), by=SYSTEM, at=AT
        )


def make_contact(
    session: Session, company: Company, family_name: str = "Громов", **facts: Any
) -> Contact:
    site = facts.pop("site", None)
    with transaction(session, by=SYSTEM, at=AT):
        return service.add_contact(
            session,
            company,
            ContactFacts(family_name=family_name, **facts),
            site=site,
            uid=uuid.uuid4(),
            by=SYSTEM,
            at=AT,
        )
