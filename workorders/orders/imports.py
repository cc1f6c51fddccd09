"""A company's past: closed orders without clock, notice or number, in the machines' history."""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import list_currencies
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, joinedload

from assets.faults.rules import Severity
from assets.machines.imports import Serials
from assets.machines.models import Machine
from service_app.core.actor import Actor
from service_app.core.errors import Invalid
from service_app.core.search import search_words
from service_app.core.text import N_, Text
from service_app.customers.queries import zone_of_site
from service_app.organisation.queries import default_branch, our_entity
from service_app.transfers.rules import (
    Column,
    Options,
    Rejected,
    Row,
    WhenWritten,
    moment,
    number,
    one_of,
    whole,
    words,
)
from service_app.transfers.service import Importer, Progress, Stored
from workorders.orders.models import WorkOrder
from workorders.orders.rules import Kind, Place, Source, Status

ROWS_AT_ONCE = 1_000
USUAL_PRIORITY = 3
CLOCK_SKEW = timedelta(minutes=2)
_RUSSIAN = {
    "ремонт": Kind.REPAIR,
    "то": Kind.SCHEDULED_SERVICE,
    "техобслуживание": Kind.SCHEDULED_SERVICE,
    "техническое обслуживание": Kind.SCHEDULED_SERVICE,
    "плановое то": Kind.SCHEDULED_SERVICE,
    "сервисная кампания": Kind.CAMPAIGN,
    "ввод в эксплуатацию": Kind.COMMISSIONING,
    "осмотр": Kind.INSPECTION,
    "консультация": Kind.CONSULTATION,
    "обучение": Kind.TRAINING,
    "ремонт агрегата": Kind.COMPONENT_REPAIR,
}
KINDS = {kind.value: kind.value for kind in Kind}
KINDS |= {str(kind.label): kind.value for kind in Kind}
KINDS |= {word: kind.value for word, kind in _RUSSIAN.items()}


def priority(cell: str) -> int:
    """1, the most urgent, to 4."""
    value = whole(cell)
    if not 1 <= value <= 4:
        raise Invalid(Text("%(text)s is not a priority from 1 to 4", text=cell[:40]))
    return value


def currency(cell: str) -> str:
    """Three letters of ISO 4217."""
    code = cell.upper()
    if code not in list_currencies():
        raise Invalid(Text("%(text)s is not a currency such as RUB or EUR", text=cell[:40]))
    return code


COLUMNS = (
    Column("serial", N_("Serial number"), words(60), is_needed=True,
           hint=N_("Of a machine in the register.")),
    Column("opened_at", N_("Opened at"), moment, is_needed=True,
           hint=N_("A day without a time is taken as 00:00 and shown as a day.")),
    Column("closed_at", N_("Closed at"), moment, is_needed=True,
           hint=N_("The same column as the opening will do when the file has no other.")),
    Column("kind", N_("Kind"), one_of(KINDS), is_needed=True,
           hint=N_("repair, scheduled_service, inspection …")),
    Column("priority", N_("Priority"), priority, hint=N_("1 to 4; 3 when it is not given.")),
    Column("symptom", N_("Symptom"), words(500), hint=N_("What was wrong or asked for.")),
    Column("cost", N_("Cost"), number, hint=N_("The whole sum; zero and minus are kept.")),
    Column("currency", N_("Currency"), currency, hint=N_("RUB, EUR …; ours when not given.")),
    Column("external_id", N_("Number in the old system"), words(100),
           hint=N_("The order is known by it. Without it, by all its other columns.")),
)  # fmt: skip
SAMPLES = (
    ("EG230-00417", "2024-03-04 09:15", "2024-03-05 16:00", "repair", "2",
     "Boom cylinder leaks", "48200.00", "RUB", "WO-1881"),
    ("EG230-00417", "2024-06-10", "2024-06-10", "scheduled_service", "",
     "500 h service", "21300", "RUB", "WO-2017"),
    ("KV15-0093", "17.09.2024", "18.09.2024", "repair", "3", "Pressure drops", "0", "RUB", ""),
)  # fmt: skip


@dataclass(slots=True)
class _Past:
    """A row on its way: what it says and what it is known by."""

    row: Row
    identity: str
    machine_id: int = 0


def identity_of(values: Mapping[str, Any]) -> str:
    """The SHA-256 of a row's mapped values, however the file wrote them (CSV and XLSX differ)."""
    said = [[name, _said(value)] for name, value in sorted(values.items()) if value is not None]
    canonical = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _said(value: Any) -> str:
    if isinstance(value, WhenWritten):
        return value.local.date().isoformat() if value.is_day_only else value.local.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return str(value)


class OrdersLoader:
    """Rows of a file of past orders. An order that is there already changes nothing."""

    def __init__(self, options: Options) -> None:
        self._zone = options.clock
        self._rows: list[_Past] = []
        self._alike: Counter[str] = Counter()
        self._lines: dict[str, int] = {}

    def take(self, row: Row) -> Rejected | None:
        """Keep the row with its identity; identical rows without a number are told by ordinal."""
        given = row.values.get("external_id")
        if given:
            identity = f"ext:{given}"
            first = self._lines.setdefault(identity, row.line)
            if first != row.line:
                text = Text("The same number stands in line %(line)s already.", line=first)
                return Rejected(row.line, "external_id", text)
        else:
            digest = identity_of(row.values)
            self._alike[digest] += 1
            identity = f"sha:{digest}:{self._alike[digest]}"
        self._rows.append(_Past(row, identity))
        return None

    def store(self, session: Session, *, by: Actor, at: datetime, progress: Progress) -> Stored:
        """Thousand after thousand: find the machines, leave out what is there, insert the rest."""
        stored, total = Stored(), len(self._rows)
        serials = Serials(session)
        usual = _Usual.of(session, self._zone)
        for start in range(0, total, ROWS_AT_ONCE):
            batch = self._rows[start : start + ROWS_AT_ONCE]
            fresh = list(_with_machines(_unknown(session, batch, stored), serials, stored))
            machines = _machines(session, {past.machine_id for past in fresh})
            rows = []
            for past in fresh:
                made = usual.order(session, past, machines[past.machine_id], at)
                if isinstance(made, Rejected):
                    stored.rejected.append(made)
                else:
                    rows.append(made)
            if rows:
                session.execute(insert(WorkOrder), rows)
            stored.written += len(rows)
            progress(start + len(batch), total)
        return stored


def _unknown(session: Session, batch: list[_Past], stored: Stored) -> Iterator[_Past]:
    identities = [past.identity for past in batch]
    found = select(WorkOrder.external_id).where(WorkOrder.external_id.in_(identities))
    there = set(session.scalars(found))
    stored.known += len(there)
    return (past for past in batch if past.identity not in there)


def _with_machines(fresh: Iterator[_Past], serials: Serials, stored: Stored) -> Iterator[_Past]:
    for past in fresh:
        found = serials.find(past.row.values["serial"])
        if isinstance(found, Text):
            stored.rejected.append(Rejected(past.row.line, "serial", found))
        else:
            past.machine_id = found
            yield past


def _machines(session: Session, ids: set[int]) -> dict[int, Machine]:
    found = select(Machine).where(Machine.id.in_(ids))
    with_company = found.options(joinedload(Machine.company), joinedload(Machine.site))
    return {machine.id: machine for machine in session.scalars(with_company)}


@dataclass
class _Usual:
    """What every order of the file has where its row says nothing."""

    branch_id: int
    currency: str
    zone: ZoneInfo | None
    home: ZoneInfo

    @classmethod
    def of(cls, session: Session, zone: ZoneInfo | None) -> "_Usual":
        """Our first branch and currency. Raises NotAllowed while the company is not set up."""
        entity = our_entity(session)
        return cls(
            default_branch(session).id,
            entity.currency if entity else "RUB",
            zone,
            zone_of_site(session, None),
        )

    def order(
        self, session: Session, past: _Past, machine: Machine, at: datetime
    ) -> dict[str, Any] | Rejected:
        """The order's columns as plain values, or why there can be none."""
        values, line = past.row.values, past.row.line
        zone = self.zone or (ZoneInfo(machine.site.zone) if machine.site else self.home)
        opened, closed = values["opened_at"], values["closed_at"]
        opened_at, closed_at = opened.in_zone(zone), closed.in_zone(zone)
        if closed.is_day_only and opened_at.astimezone(zone).date() == closed.local.date():
            closed_at = max(opened_at, closed_at)
        if closed_at < opened_at:
            text = Text("Closed before it was opened, %(opened)s.", opened=opened.local.date())
            return Rejected(line, "closed_at", text)
        if closed_at > at + CLOCK_SKEW:
            return Rejected(line, "closed_at", N_("This moment has not come yet."))
        symptom = values.get("symptom") or ""
        kind = Kind(values["kind"])
        return {
            "uid": uuid.uuid4(),
            "number": f"past-{hashlib.sha256(past.identity.encode()).hexdigest()[:14]}",
            "external_id": past.identity,
            "branch_id": self.branch_id,
            "kind": kind.value,
            "place": Place.ON_SITE.value,
            "status": Status.CLOSED.value,
            "priority": values.get("priority") or USUAL_PRIORITY,
            "severity": Severity.MINOR.value,
            "symptom": symptom,
            "source": Source.IMPORT.value,
            "machine_id": machine.id,
            "company_id": machine.operating_company_id,
            "payer_id": machine.operating_company_id,
            "site_id": machine.site_id,
            "zone": zone.key,
            "received_at": opened_at,
            "phase_since": closed_at,
            "ended_at": closed_at,
            "is_day_only": opened.is_day_only,
            "is_past": True,
            "past_cost": values.get("cost"),
            "currency": values.get("currency") or self.currency,
            "search_words": search_words(
                symptom,
                machine.full_name,
                machine.inventory_number,
                machine.company.name,
                values.get("external_id"),
            ),
        }


IMPORTER = Importer(
    kind="orders",
    label=N_("Past work orders"),
    columns=COLUMNS,
    loader=OrdersLoader,
    table=WorkOrder.__tablename__,
    samples=SAMPLES,
    hint=N_("History only: closed orders, without deadlines, notices or numbers of ours."),
)
