"""A list of machines: companies, sites and models it names are made where there is none."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.machines import service
from assets.machines.catalogue import ModelFacts, add_model
from assets.machines.models import Machine, MachineModel
from assets.machines.queries import list_models
from service_app.core.actor import Actor
from service_app.core.errors import DomainError, Invalid
from service_app.core.text import N_, Text
from service_app.customers.models import Company, Site
from service_app.customers.queries import zone_of_site
from service_app.customers.rules import CompanyFacts, SiteFacts
from service_app.customers.service import add_company, add_site
from service_app.transfers.rules import (
    Column,
    Options,
    Rejected,
    Row,
    day,
    plain_name,
    whole_to,
    words,
)
from service_app.transfers.service import Importer, Progress, Stored

TELL_EVERY = 100
COLUMNS = (
    Column("model", N_("Model"), words(80), is_needed=True,
           hint=N_("A model we do not have yet is made.")),
    Column("serial", N_("Serial number"), words(60), is_needed=True,
           hint=N_("Model and serial number are what a machine is known by.")),
    Column("inventory_number", N_("Inventory number"), words(40)),
    Column("customer", N_("Company"), words(80), is_needed=True,
           hint=N_("Short or full name; a company we do not have yet is made.")),
    Column("site", N_("Site"), words(120), hint=N_("A site of that company; made when it is new.")),
    Column("manufactured_on", N_("Manufactured on"), day, hint=N_("2026-11-24 or 24.11.2026.")),
    Column("commissioned_on", N_("Commissioned on"), day, hint=N_("The warranty begins here.")),
    Column("warranty_months", N_("Warranty, months"), whole_to(600)),
    Column("warranty_hours", N_("Warranty, running hours"), whole_to(10**6)),
)  # fmt: skip
SAMPLES = (
    ("EG-230", "EG230-00417", "17-04", "Northern Quarry", "Section 2",
     "2021-03-12", "2021-05-20", "24", "4000"),
    ("KV-15", "KV15-0093", "", "Northern Quarry", "Workshop", "2023-08-01", "2023-09-14", "12", ""),
    ("AD-200", "AD200-1170", "G-7", "Polymer Plant", "", "", "01.02.2024", "36", "6000"),
)  # fmt: skip


class _Known:
    """What the register holds, by plain names; rows of the file add to it."""

    def __init__(self, session: Session) -> None:
        self.models: dict[Any, MachineModel | None] = {}
        self.companies: dict[Any, Company | None] = {}
        self.sites: dict[Any, Site | None] = {}
        for model in list_models(session):
            for name in {plain_name(model.name), plain_name(model.english_name)} - {""}:
                _note(self.models, name, model)
        for company in session.scalars(select(Company)):
            for name in {plain_name(company.name), plain_name(company.short_name)} - {""}:
                _note(self.companies, name, company)
        for site in session.scalars(select(Site)):
            self.sites.setdefault((site.company_id, plain_name(site.name)), site)
        rows = session.execute(select(Machine.model_id, Machine.serial))
        self.machines = {(model_id, serial) for model_id, serial in rows}
        self._fresh: list[tuple[dict[Any, Any], Any]] = []

    def keep(self, names: dict[Any, Any], key: Any, record: Any) -> None:
        """A record made for the present row."""
        names[key] = record
        self._fresh.append((names, key))

    def settle(self, *, is_kept: bool) -> None:
        """The row is written; or it was refused, and what was made for it is gone with it."""
        for names, key in [] if is_kept else self._fresh:
            del names[key]
        self._fresh.clear()


def _note(names: dict[Any, Any], name: str, record: Any) -> None:
    """None marks a name that two records share."""
    names[name] = None if names.get(name, record) is not record else record


class MachinesLoader:
    """Rows of a file of machines. A machine that is there already stays as it is."""

    def __init__(self, options: Options) -> None:
        self._zone = options.clock
        self._rows: list[Row] = []
        self._lines: dict[tuple[str, str], int] = {}

    def take(self, row: Row) -> Rejected | None:
        """Keep the row; the second of the same machine is refused."""
        key = (plain_name(row.values["model"]), row.values["serial"])
        first = self._lines.setdefault(key, row.line)
        if first != row.line:
            text = Text("The same machine stands in line %(line)s already.", line=first)
            return Rejected(row.line, "serial", text)
        self._rows.append(row)
        return None

    def store(self, session: Session, *, by: Actor, at: datetime, progress: Progress) -> Stored:
        """Enter each machine through the register's own verb, its refusals beside the line."""
        known, stored = _Known(session), Stored()
        for n, row in enumerate(self._rows, 1):
            try:
                with session.begin_nested():
                    is_new = self._enter(session, known, row.values, by=by, at=at)
            except DomainError as error:
                known.settle(is_kept=False)
                column = _COLUMN_OF.get(error.field or "", error.field or "")
                stored.rejected.append(Rejected(row.line, column, error.text))
            else:
                known.settle(is_kept=True)
                stored.written += is_new
                stored.known += not is_new
            if n % TELL_EVERY == 0:
                progress(n, len(self._rows))
        return stored

    def _enter(
        self, session: Session, known: _Known, values: dict[str, Any], *, by: Actor, at: datetime
    ) -> bool:
        model = _model(session, known, values["model"], by=by, at=at)
        if (model.id, values["serial"]) in known.machines:
            return False
        company = _company(session, known, values["customer"], by=by, at=at)
        site = self._site(session, known, company, values.get("site"), by=by, at=at)
        passport = service.Passport(
            model_id=model.id,
            serial=values["serial"],
            inventory_number=values.get("inventory_number") or "",
            manufactured_on=values.get("manufactured_on"),
            commissioned_on=values.get("commissioned_on"),
            warranty_months=values.get("warranty_months"),
            warranty_hours=values.get("warranty_hours"),
        )
        service.add(session, passport, company=company, site=site, uid=uuid.uuid4(), by=by, at=at)
        known.machines.add((model.id, values["serial"]))
        return True

    def _site(
        self,
        session: Session,
        known: _Known,
        company: Company,
        name: str | None,
        *,
        by: Actor,
        at: datetime,
    ) -> Site | None:
        if not name:
            return None
        key = (company.id, plain_name(name))
        site = known.sites.get(key)
        if site is None:
            zone = self._zone or zone_of_site(session, None)
            facts = SiteFacts(name=name, zone=zone.key)
            site = add_site(session, company, facts, uid=uuid.uuid4(), by=by, at=at)
            known.keep(known.sites, key, site)
        return site


_COLUMN_OF = {"company_id": "customer", "site_id": "site", "model_id": "model"}


def _model(session: Session, known: _Known, name: str, *, by: Actor, at: datetime) -> MachineModel:
    key = plain_name(name)
    model = known.models.get(key)
    if model is None and key in known.models:
        text = N_("Several models are called %(name)s. Rename one of them first.")
        raise Invalid(text.with_values(name=name), "model")
    if model is None:
        model = add_model(session, ModelFacts(name=name), uid=uuid.uuid4(), by=by, at=at)
        known.keep(known.models, key, model)
    return model


def _company(session: Session, known: _Known, name: str, *, by: Actor, at: datetime) -> Company:
    key = plain_name(name)
    company = known.companies.get(key)
    if company is None and key in known.companies:
        text = N_("Several companies are called %(name)s. Write the full name of the right one.")
        raise Invalid(text.with_values(name=name), "customer")
    if company is None:
        facts = CompanyFacts(name=name, short_name=name)
        company = add_company(session, facts, uid=uuid.uuid4(), by=by, at=at)
        known.keep(known.companies, key, company)
    return company


IMPORTER = Importer(
    kind="machines",
    label=N_("Machines"),
    columns=COLUMNS,
    loader=MachinesLoader,
    table=Machine.__tablename__,
    samples=SAMPLES,
    hint=N_("The register: one row a machine. A machine that is there already stays as it is."),
)


class Serials:
    """Machines by what a file calls them: the serial number alone."""

    def __init__(self, session: Session) -> None:
        self._exact: dict[str, list[int]] = {}
        self._loose: dict[str, list[int]] = {}
        rows = session.execute(select(Machine.id, Machine.serial).where(Machine.serial != ""))
        for machine_id, serial in rows:
            self._exact.setdefault(serial, []).append(machine_id)
            self._loose.setdefault(plain_name(serial), []).append(machine_id)

    def find(self, serial: str) -> int | Text:
        """The machine's id; a sentence when there is none or there are several."""
        found = self._exact.get(serial) or self._loose.get(plain_name(serial), [])
        if len(found) == 1:
            return found[0]
        if found:
            text = N_("%(n)s machines have the serial number %(serial)s. Enter this row by hand.")
            return text.with_values(n=len(found), serial=serial)
        return Text("There is no machine with the serial number %(serial)s.", serial=serial)
