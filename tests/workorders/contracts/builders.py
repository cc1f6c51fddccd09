"""Contracts as tests want them."""

import uuid
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from service_app.core.db import transaction
from workorders.contracts import service
from workorders.contracts.models import Contract
from workorders.contracts.rules import Act, ContractKind, Cost, Scope
from workorders.contracts.service import Terms

YEAR = Terms(
    number="118/25",
    kind=ContractKind.SERVICE,
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    scope=Scope.COMPANY,
    covers=frozenset({Cost.LABOUR, Cost.TRAVEL}),
)
PACKAGE = replace(
    YEAR,
    number="P-1",
    kind=ContractKind.PREPAID,
    covers=frozenset({Cost.LABOUR}),
    included_hours=Decimal(10),
)


def make_contract(
    session: Session, people, at: datetime, terms: Terms = YEAR, *, machines=(), company=None,
    is_signed: bool = True,
) -> Contract:  # fmt: skip
    """A contract of the operator's company, put in force."""
    by = people.manager
    with transaction(session, by=by, at=at):
        made = service.make(
            session, company or people.company, terms, uid=uuid.uuid4(), by=by, at=at
        )
        for machine in machines:
            service.name_machine(session, made, machine, by=by, at=at)
        session.flush()
        if is_signed:
            service.act(session, made, Act.SIGN, version=made.version, by=by, at=at)
    return made
