"""Models and machines for tests, made through the services."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assets.machines import catalogue, service
from assets.machines.models import Machine, MachineModel
from assets.machines.rules import MeterUnit, ModelKind
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.customers.models import Company, Site


def make_model(session: Session, now: datetime, name: str = "ЭГ-230", **facts: Any) -> MachineModel:
    given = {"english_name": "EG-230", "kind": ModelKind.EXCAVATOR, "maker": "ТЗЭ"} | facts
    with transaction(session, by=SYSTEM, at=now):
        return catalogue.add_model(
            session, catalogue.ModelFacts(name=name, **given), uid=uuid.uuid4(), by=SYSTEM, at=now
        )


def make_machine(
    session: Session,
    company: Company,
    now: datetime,
    *,
    model: MachineModel | None = None,
    site: Site | None = None,
    owner: Company | None = None,
    serial: str = "EG230-00417",
    **passport: Any,
) -> Machine:
    if model is None:
        passport.setdefault("model_words", "Самодельный пресс")
    with transaction(session, by=SYSTEM, at=now):
        return service.add(
            session,
            service.Passport(model_id=model.id if model else None, serial=serial, **passport),
            company=company,
            owner=owner,
            site=site,
            uid=uuid.uuid4(),
            by=SYSTEM,
            at=now,
        )


def make_printer(session: Session, company: Company, now: datetime) -> Machine:
    model = make_model(
        session,
        now,
        "П-100",
        kind=ModelKind.PRINTER,
        meter_unit=MeterUnit.PAGES,
        english_name="P-100",
    )
    return make_machine(session, company, now, model=model, serial="P-1")
