"""A database of a given size: companies, machines with readings, orders with events and clocks.

The company, its people, calendar and policy are made through the services, the many rows by bulk
inserts that keep what the models keep: search words and sort keys, numbers, stories that lead to
their statuses, and clocks that are the replay of the stories. Rows are numbered from 1, so the
database must be empty.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from types import SimpleNamespace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from assets.faults.models import Fault
from assets.machines import catalogue
from assets.machines.models import Machine, MachineModel
from assets.machines.rules import ModelKind
from assets.meters.models import Meter, MeterSegment, Reading
from service_app.accounts import people
from service_app.accounts.models import User
from service_app.accounts.permissions import Role
from service_app.core.actor import SYSTEM
from service_app.core.db import Base, transaction
from service_app.customers.models import Company, CompanyMembership, Site
from service_app.demo import company as demo_company
from service_app.organisation import service as organisation
from service_app.organisation.models import NumberSeries
from service_app.organisation.queries import list_branches
from workorders.breaches.models import Breach
from workorders.calendars import service as calendars
from workorders.contracts.models import Contract, ContractUse
from workorders.orders import clocks
from workorders.orders.models import OrderClock, OrderEvent, OrderLine, WorkOrder
from workorders.orders.rules import FINAL, Status, format_number
from workorders.orders.service import order_words
from workorders.orders.story import Happening as H
from workorders.planning.models import Visit
from workorders.sla import service as sla
from workorders.sla.policy import Policy
from workorders.sla.queries import Promises, load
from workorders.sla.rules import ClockState, WaitReason

PASSWORD = "correct horse bench staple"
BATCH = 5_000
MACHINES_PER_COMPANY = 20
ENGINEERS = 20
YEARS = 3
OPEN_SHARE = 0.02

PLACES = ("стрела", "ковш", "кабина", "двигатель", "насос", "генератор", "редуктор", "рукав")
TROUBLES = (
    "не заводится",
    "течёт масло",
    "греется под нагрузкой",
    "сильно шумит",
    "падает давление",
    "не слушается рычага",
    "горит красная лампа",
    "глохнет через час",
)

Row = dict[str, Any]

# The story that leads to each status: what happened, how many hours after the step before.
_ACCEPTED = ((H.RECEIVED, 0.0), (H.ACCEPT, 0.3))
_QUOTED = (*_ACCEPTED, (H.QUOTE, 2.0), (H.WAIT_OPENED, 0.0))
_APPROVED = (*_QUOTED, (H.APPROVE, 3.0), (H.WAIT_CLOSED, 0.0))
_SCHEDULED = (*_ACCEPTED, (H.ASSIGN, 1.0))
_IN_WORK = (*_SCHEDULED, (H.ARRIVED, 4.0), (H.START, 0.1))
_DONE = (*_SCHEDULED, (H.START, 5.0), (H.FINISH, 3.0))
_HANDED_OVER = (*_DONE, (H.HAND_OVER, 1.0))
STORIES: Mapping[Status, tuple[tuple[H, float], ...]] = {
    Status.RECEIVED: _ACCEPTED[:1],
    Status.ACCEPTED: _ACCEPTED,
    Status.QUOTED: _QUOTED,
    Status.APPROVED: _APPROVED,
    Status.SCHEDULED: _SCHEDULED,
    Status.IN_WORK: _IN_WORK,
    Status.DONE: _DONE,
    Status.READY: (*_DONE, (H.MAKE_READY, 0.5)),
    Status.HANDED_OVER: _HANDED_OVER,
    Status.CLOSED: (*_HANDED_OVER, (H.CLOSE, 20.0)),
    Status.DECLINED: ((H.RECEIVED, 0.0), (H.DECLINE, 1.0)),
    Status.CANCELLED: (*_ACCEPTED, (H.CANCEL, 5.0)),
}
_TO = {
    H.RECEIVED: Status.RECEIVED,
    H.ACCEPT: Status.ACCEPTED,
    H.QUOTE: Status.QUOTED,
    H.APPROVE: Status.APPROVED,
    H.ASSIGN: Status.SCHEDULED,
    H.START: Status.IN_WORK,
    H.FINISH: Status.DONE,
    H.MAKE_READY: Status.READY,
    H.HAND_OVER: Status.HANDED_OVER,
    H.CLOSE: Status.CLOSED,
    H.DECLINE: Status.DECLINED,
    H.CANCEL: Status.CANCELLED,
}
_OPEN = tuple(s for s in STORIES if s not in FINAL)
_ENDED = (Status.CLOSED,) * 18 + (Status.DECLINED, Status.CANCELLED)


@dataclass(frozen=True)
class Size:
    """How many rows of each kind."""

    machines: int
    orders: int
    readings: int


SMALL = Size(1_000, 10_000, 100_000)
FULL = Size(10_000, 100_000, 1_000_000)


@dataclass
class Filler:
    """What the rows refer to. ``at`` is the moment the last of them was written."""

    session: Session
    size: Size
    at: datetime

    def __post_init__(self) -> None:
        self.chance = random.Random(7)
        self.numbers: dict[int, int] = {}
        self.users: dict[str, User] = {}
        self.engineers: list[User] = []

    def insert(self, model: type[Base], rows: Iterable[Row]) -> int:
        """Write rows in batches; how many there were."""
        count, waiting = 0, iter(rows)
        while batch := list(islice(waiting, BATCH)):
            self.session.execute(insert(model.__table__), batch)  # type: ignore[arg-type]
            count += len(batch)
        return count


def fill(session: Session, size: Size, *, at: datetime) -> dict[str, int]:
    """Fill an empty database; the number of rows by table. Every log-in has ``PASSWORD``."""
    filler = Filler(session, size, at)
    with transaction(session, by=SYSTEM, at=at):
        _our_side(filler)
        promises = load(session)
        sites = _companies(filler)
        machines = _machines(filler, sites)
        counts = {
            "machine": len(machines),
            "reading": _readings(filler, machines),
            **_orders(filler, machines, promises),
        }
        filler.insert(
            NumberSeries,
            (
                {"kind": "order", "branch_id": filler.branch.id, "year": year, "last": last}
                for year, last in filler.numbers.items()
            ),
        )
    return counts


def _our_side(f: Filler) -> None:
    session, at = f.session, f.at
    roles = {role.value: role for role in Role}
    for n in range(1, ENGINEERS):
        roles[f"engineer{n}"] = Role.ENGINEER
    hashed = ""
    for login, role in roles.items():
        particulars = people.Particulars(login, "Петров", login.capitalize(), phone="+7 900 000")
        user = people.add(
            session,
            particulars,
            roles=frozenset({role}),
            password="" if hashed else PASSWORD,
            by=SYSTEM,
            at=at,
        )
        hashed = hashed or user.password_hash  # hashing is slow on purpose: once is enough
        user.password_hash = hashed
        f.users[login] = user
        if role is Role.ENGINEER:
            f.engineers.append(user)
    organisation.set_up(
        session,
        demo_company.ENTITY,
        branch=demo_company.BRANCH,
        team_name=demo_company.TEAM,
        by=SYSTEM,
        at=at,
    )
    f.branch = list_branches(session)[0]
    week = calendars.make_standard(session, name="Будни", zone=f.branch.zone, by=SYSTEM, at=at)
    level = sla.add_level(session, name="Стандарт", by=SYSTEM, at=at)
    sla.add_version(session, Policy(), level=level, calendar=week, by=SYSTEM, at=at)


def _companies(f: Filler) -> list[tuple[Company, Site]]:
    found = []
    for n in range(1, max(1, f.size.machines // MACHINES_PER_COMPANY) + 1):
        name = f"Карьер {n:04d}"
        made = Company(name=f"ООО «{name}»", short_name=name, inn=f"77{n:08d}", phone="+7 495 000")
        f.session.add(made)
        site = Site(company=made, name="Площадка", address="шоссе, 1", zone="Europe/Moscow")
        f.session.add(site)
        found.append((made, site))
    f.session.flush()
    _contracts(f, [company for company, _ in found])
    operator = f.users["operator"]
    f.session.add(CompanyMembership(user_id=operator.id, company_id=found[0][0].id))
    f.session.flush()
    return found


def _contracts(f: Filler, companies: list[Company]) -> None:
    """Two contracts a company: scheduled services, and hours of which half are used."""
    began = f.at.date() - timedelta(days=100)
    common = {
        "state": "active", "scope": "company", "starts_on": began, "renewal": "none",
        "renewal_months": 12, "remind_days": 30, "covers_labour": True, "covers_material": False,
        "covers_travel": True, "parts_discount_percent": 0, "fee_per": "month", "currency": "RUB",
        "included_per": "period", "counts_travel": False, "notes": "", "search_words": "",
        "version": 1, "ends_on": began + timedelta(days=1000),
    }  # fmt: skip
    f.insert(
        Contract,
        (
            common | {
                "uid": uuid.uuid4(), "number": f"{mark}-{company.id}", "company_id": company.id,
                "kind": kind, "works": works, "included_hours": hours,
            }
            for company in companies
            for mark, kind, works, hours in (
                ("A", "service", "services", None), ("P", "prepaid", "repairs", 100)
            )
        ),
    )  # fmt: skip
    found = f.session.scalars(select(Contract.id).where(Contract.kind == "prepaid"))
    f.insert(
        ContractUse,
        (
            {
                "uid": uuid.uuid4(), "contract_id": contract_id, "kind": "work", "minutes": 60,
                "used_on": began + timedelta(days=n), "cause": uuid.uuid4(), "ground_kind": "",
                "ground_number": "", "who": "", "words": "", "recorded_at": f.at, "by_name": "",
            }
            for contract_id in found.all()
            for n in range(50)
        ),
    )  # fmt: skip


def _models(f: Filler) -> list[MachineModel]:
    kinds = (ModelKind.EXCAVATOR, ModelKind.GENERATOR, ModelKind.OTHER)
    return [
        catalogue.add_model(
            f.session,
            catalogue.ModelFacts(
                name=f"М-{n}00", english_name=f"M-{n}00", kind=kinds[n % 3], maker="Завод"
            ),
            uid=uuid.uuid4(),
            by=SYSTEM,
            at=f.at,
        )
        for n in range(1, 11)
    ]


def _machines(f: Filler, sites: list[tuple[Company, Site]]) -> list[Machine]:
    """Machines that are in the table, kept apart from the session."""
    models, machines = _models(f), []
    for n in range(1, f.size.machines + 1):
        owner, site = sites[(n - 1) % len(sites)]
        machine = Machine(
            id=n,
            model=models[n % len(models)],
            serial=f"EG{n % 900 + 100}-{n:05d}",
            inventory_number=str(n),
            company=owner,
            site=site,
        )
        machine.make_findable()
        machines.append(machine)
    f.insert(
        Machine,
        (
            {
                "id": m.id,
                "model_id": m.model.id if m.model else None,
                "serial": m.serial,
                "inventory_number": m.inventory_number,
                "operating_company_id": m.company.id,
                "owner_company_id": m.company.id,
                "site_id": m.site.id if m.site else None,
                "commissioned_on": (f.at - timedelta(days=700)).date(),
                "sort_key": m.sort_key,
                "search_words": m.search_words,
                "company_version": m.company_version,
            }
            for m in machines
        ),
    )
    return machines


def _readings(f: Filler, machines: list[Machine]) -> int:
    each = f.size.readings // len(machines)
    ids = range(1, len(machines) + 1)
    f.insert(Meter, ({"id": n, "machine_id": n, "revision": each} for n in ids))
    f.insert(MeterSegment, ({"id": n, "meter_id": n, "ordinal": 1} for n in ids))
    begin = f.at - timedelta(days=each)

    def rows() -> Iterator[Row]:
        for n in ids:
            for day in range(each):
                value, moment = Decimal(day * 8 + n % 8), begin + timedelta(days=day)
                yield {
                    "meter_id": n, "segment_id": n, "value": value, "total": value,
                    "read_at": moment, "recorded_at": moment, "source": "file", "by_name": "Файл",
                }  # fmt: skip

    return f.insert(Reading, rows())


@dataclass
class _Batch:
    """Rows of a few thousand orders, written together."""

    faults: list[Row]
    orders: list[Row]
    events: list[Row]
    clocks: list[Row]
    breaches: list[Row]
    lines: list[Row]
    visits: list[Row]

    def write(self, f: Filler) -> dict[str, int]:
        parts = {
            Fault: self.faults, WorkOrder: self.orders, OrderEvent: self.events,
            OrderClock: self.clocks, Breach: self.breaches, OrderLine: self.lines,
            Visit: self.visits,
        }  # fmt: skip
        return {model.__tablename__: f.insert(model, rows) for model, rows in parts.items()}


def _orders(f: Filler, machines: list[Machine], promises: Promises) -> dict[str, int]:
    counts: dict[str, int] = {}
    event_id = 1
    for first in range(1, f.size.orders + 1, BATCH):
        batch = _Batch([], [], [], [], [], [], [])
        for n in range(first, min(first + BATCH, f.size.orders + 1)):
            event_id = _order(f, batch, n, event_id, machines[n % len(machines)], promises)
        for table, count in batch.write(f).items():
            counts[table] = counts.get(table, 0) + count
    return counts


def _order(
    f: Filler, batch: _Batch, n: int, event_id: int, machine: Machine, promises: Promises
) -> int:
    """One order with all that hangs on it; the next free number of an event."""
    is_open = n > f.size.orders * (1 - OPEN_SHARE)
    status = _OPEN[n % len(_OPEN)] if is_open else _ENDED[n % len(_ENDED)]
    received = _received(f, n, is_open=is_open)
    row = _order_row(f, n, machine, status, received, promises)
    events = _events(f, row, status, event_id)
    row["phase_since"] = events[-1]["happened_at"]
    row["ended_at"] = events[-1]["happened_at"] if status in FINAL else None
    if status is Status.QUOTED:
        row |= {"wait_reason": WaitReason.APPROVAL.value, "wait_since": row["phase_since"]}
    batch.orders.append(row)
    batch.events.extend(events)
    batch.faults.append(_fault_row(n, machine, row))
    batch.lines.append(_line_row(n))
    if status in (Status.SCHEDULED, Status.IN_WORK):
        batch.visits.append(_visit_row(f, n, row, is_there=status is Status.IN_WORK))
    for clock in _clock_rows(f, row, events, promises):
        batch.clocks.append(clock)
        if clock["breached_at"] is not None:
            batch.breaches.append(_breach_row(clock))
    return event_id + len(events)


def _received(f: Filler, n: int, *, is_open: bool) -> datetime:
    """The past spreads over the years; what is open came within the last week."""
    share = n / f.size.orders
    if is_open:
        share = (share - 1 + OPEN_SHARE) / OPEN_SHARE
        return f.at - timedelta(days=7) * (1 - share) - timedelta(hours=20)
    return f.at - timedelta(days=365 * YEARS) * (1 - share) - timedelta(days=9)


def _order_row(
    f: Filler,
    n: int,
    machine: Machine,
    status: Status,
    received: datetime,
    promises: Promises,
) -> Row:
    f.numbers[received.year] = ordinal = f.numbers.get(received.year, 0) + 1
    symptom = f"{f.chance.choice(PLACES).capitalize()} {f.chance.choice(TROUBLES)}"
    engineer = None if status in (Status.RECEIVED, Status.ACCEPTED) else f.engineers[n % ENGINEERS]
    row = {
        "id": n,
        "number": format_number(f.branch.number_prefix, received.year, ordinal),
        "branch_id": f.branch.id,
        "kind": "repair",
        "place": "on_site",
        "status": status.value,
        "priority": n % 4 + 1,
        "severity": ("stopped", "degraded", "minor")[n % 3],
        "symptom": symptom,
        "source": "phone",
        "machine_id": machine.id,
        "fault_id": n,
        "company_id": machine.company.id,
        "payer_id": machine.company.id,
        "site_id": machine.site.id if machine.site else None,
        "zone": f.branch.zone,
        "reporter_name": "Иван Петров",
        "received_at": received,
        "expectation": "make_it_run",
        "rules_acknowledged_at": received,
        "engineer_id": engineer.id if engineer else None,
        "dispatcher_id": f.users["dispatcher"].id,
        "wait_reason": None,
        "wait_since": None,
        "policy_version": promises.version_of(None, f.at),
    }
    seen = SimpleNamespace(**row, machine=machine, company=machine.company, external_id=None)
    row["search_words"] = order_words(seen)  # type: ignore[arg-type]
    return row


def _events(f: Filler, order: Row, status: Status, first_id: int) -> list[Row]:
    """The story up to ``status``; no step lies in the future."""
    rows: list[Row] = []
    at, before = order["received_at"], None
    for number, (kind, hours) in enumerate(STORIES[status], first_id):
        at = min(at + timedelta(hours=hours * f.chance.uniform(0.5, 2.5)), f.at)
        to = _TO.get(kind)
        data: Row = {}
        if kind is H.RECEIVED:
            data = {"source": "phone", "priority": order["priority"]}
        elif kind in (H.WAIT_OPENED, H.WAIT_CLOSED):
            data = {"with": number - 1}
        elif kind is H.ASSIGN:
            data = {"engineer": "Петров Е."}
        rows.append(
            {
                "id": number,
                "order_id": order["id"],
                "kind": kind.value,
                "happened_at": at,
                "recorded_at": at,
                "by_user_id": f.users["dispatcher"].id,
                "by_name": f.users["dispatcher"].name,
                "is_for_customer": True,
                "is_customer": False,
                "from_status": before if to else None,
                "to_status": to.value if to else None,
                "reason": WaitReason.APPROVAL.value
                if kind in (H.WAIT_OPENED, H.WAIT_CLOSED)
                else None,
                "undoes_id": None,
                "words": order["symptom"] if kind is H.RECEIVED else "",
                "data": data,
            }
        )
        before = to.value if to else before
    return rows


def _fault_row(n: int, machine: Machine, order: Row) -> Row:
    return {
        "id": n,
        "machine_id": machine.id,
        "severity": order["severity"],
        "status": "confirmed" if order["ended_at"] else "open",
        "symptom": order["symptom"],
        "happened_at": order["received_at"],
        "recorded_at": order["received_at"],
        "reporter": order["reporter_name"],
        "ended_at": order["ended_at"],
    }


def _line_row(n: int) -> Row:
    return {
        "order_id": n,
        "position": 1,
        "kind": "work",
        "coverage": "customer",
        "description": "Диагностика и ремонт",
        "unit": "н·ч",
        "quantity": Decimal(2),
        "net_price": Decimal(3200),
        "vat_rate": "22",
        "is_done": True,
    }


def _visit_row(f: Filler, n: int, order: Row, *, is_there: bool) -> Row:
    begin = f.at + timedelta(hours=n % 5 - 2)
    return {
        "order_id": order["id"],
        "leader_id": order["engineer_id"],
        "status": "on_site" if is_there else "planned",
        "planned_from": begin,
        "planned_to": begin + timedelta(hours=2),
        "arrived_at": order["phase_since"] if is_there else None,
    }


def _clock_rows(f: Filler, order: Row, events: list[Row], promises: Promises) -> Iterator[Row]:
    """The replay of the story, stored as ``orders.clocks`` stores it; everybody was told."""
    seen = [SimpleNamespace(**e) for e in events]
    found = clocks.results(SimpleNamespace(**order), seen, promises)  # type: ignore[arg-type]
    for key, result in found.items():
        is_over = result.due_at is not None and result.due_at < f.at
        yield {
            "order_id": order["id"],
            "clock": key.clock.value,
            "number": key.number,
            "label": "",
            "policy_version": result.policy,
            "state": result.state.value,
            "started_at": result.started_at,
            "allowed_seconds": result.allowed,
            "used_seconds": result.used,
            "due_at": result.due_at,
            "warn_at": result.warn_at,
            "met_at": result.met_at,
            "breached_at": result.breached_at or (result.due_at if is_over else None),
            "late_seconds": result.late,
            "warned_at": f.at if is_over else None,
            "tell_at": result.due_at,
            "told_at": f.at if is_over else None,
            "step_at": None,
            "steps_taken": [],
        }


def _breach_row(clock: Row) -> Row:
    is_running = clock["state"] == ClockState.RUNNING.value
    return {
        "order_id": clock["order_id"],
        "clock": clock["clock"],
        "number": clock["number"],
        "label": clock["label"],
        "state": "open",
        "breached_at": clock["breached_at"],
        "late_seconds": clock["late_seconds"],
        "is_running": is_running,
        "suggested": {"repair": 100},
    }


def now() -> datetime:
    """The moment the database is filled as of, without fractions."""
    return datetime.now(UTC).replace(microsecond=0)
