"""Papers of machines that anybody may ask for at any time: labels and passports."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from assets.machines.models import Machine
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.documents import service as documents
from service_app.documents.models import IssuedDocument
from service_app.documents.rules import DocumentKind
from service_app.documents.snapshots import issuer
from service_app.organisation.queries import default_branch
from service_app.organisation.service import take_number

PASSPORT = "assets/machines/pdf/passport.html"
MARKS = {DocumentKind.LABELS: "QR", DocumentKind.PASSPORT: "P"}
"""What the numbers of these papers begin with: ``QR26-0001``."""


def issue_once(
    session: Session,
    kind: DocumentKind,
    snapshot: Mapping[str, Any],
    *,
    template: str,
    language: str,
    machine: Machine | None,
    company_id: int | None,
    by: Actor,
    at: datetime,
) -> IssuedDocument:
    """Issue a paper, or find the one that says the same; ``machine`` when it is of one alone."""
    uid = documents.key_of_content(
        kind, snapshot, template=template, language=language, company_id=company_id
    )
    known = made_before(session, IssuedDocument, uid)
    if known is not None:
        return known
    branch = default_branch(session)
    ordinal = take_number(session, kind=kind.value, branch_id=branch.id, year=at.year)
    number = f"{branch.number_prefix}{MARKS[kind]}{at.year % 100:02d}-{ordinal:04d}"
    ground = ("machine", str(machine.id)) if machine else (kind.value, number)
    return documents.issue(
        session, kind=kind.value, number=number, branch_id=branch.id, company_id=company_id,
        ground=ground, language=language, zone=branch.zone, template=template, snapshot=snapshot,
        uid=uid, by=by, at=at,
    )  # fmt: skip


def issue_passport(
    session: Session, machine: Machine, state: Machine, *, on: date, by: Actor, at: datetime
) -> IssuedDocument:
    """The machine's passport data on a day (``state``, see ``past.as_of``), for its company."""
    language = machine.company.language
    own = machine.operating_company_id
    if by.company_ids is not None and own not in by.company_ids:
        own = machine.owner_company_id
    return issue_once(
        session, DocumentKind.PASSPORT, passport(session, state, language=language, on=on),
        template=PASSPORT, language=language, machine=machine, company_id=own, by=by, at=at,
    )  # fmt: skip


def passport(session: Session, state: Machine, *, language: str, on: date) -> dict[str, Any]:
    """What the paper is made of."""
    return {
        "issuer": issuer(session, language),
        "ground_name": state.name_in(language),
        "on": on,
        "title": state.title_in(language),
        "maker": state.model.maker if state.model else "",
        "serial": state.serial,
        "inventory_number": state.inventory_number,
        "manufactured_on": state.manufactured_on,
        "shipped_on": state.shipped_on,
        "commissioned_on": state.commissioned_on,
        "company": state.company.name,
        "owner": state.owner.name,
        "site": ", ".join(p for p in (state.site.name, state.site.address) if p)
        if state.site
        else "",
        "warranty_months": state.warranty_months,
        "warranty_hours": state.warranty_hours,
        "unit": state.unit.mark,
        "warranty_starts_on": state.warranty_starts_on,
        "warranty_ends_on": state.warranty_ends_on,
        "data": technical_data_of(state),
    }


def technical_data_of(machine: Machine) -> list[tuple[str, str]]:
    """The machine's own values first, then the model's that it has none of."""
    own = {name for name, _value in machine.technical_data}
    shared = machine.model.technical_data if machine.model else []
    return [
        *((name, value) for name, value in machine.technical_data),
        *((name, value) for name, value in shared if name not in own),
    ]
