"""Faults a person may see."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from assets.faults.models import Fault, FaultPhoto
from assets.faults.rules import OPEN, Severity
from assets.machines.models import Machine
from assets.machines.queries import visible_to as visible_machines
from service_app.core.actor import Actor
from service_app.core.errors import NotFound
from service_app.core.paging import Order, Page, fetch_page
from service_app.files.models import StoredFile

_WORST_FIRST = {Severity.STOPPED: 0, Severity.DEGRADED: 1, Severity.MINOR: 2}


def visible_to(actor: Actor) -> Select[Fault]:
    """Faults of the machines this person may see."""
    faults = select(Fault)
    if actor.company_ids is None:
        return faults
    return faults.where(Fault.machine_id.in_(visible_machines(actor).with_only_columns(Machine.id)))


def get_fault(session: Session, actor: Actor, fault_id: int) -> Fault:
    """One fault; raises :class:`NotFound`."""
    fault = session.scalar(visible_to(actor).where(Fault.id == fault_id))
    if fault is None:
        raise NotFound
    return fault


def list_page(session: Session, machine_id: int, *, key: str | None = None) -> Page[Fault]:
    """A machine's faults, newest first."""
    found = select(Fault).where(Fault.machine_id == machine_id)
    order = (Order(Fault.happened_at, is_descending=True), Order(Fault.id, is_descending=True))
    return fetch_page(session, found, order=order, key=key)


def list_open(session: Session, machine_id: int) -> Sequence[Fault]:
    """What is wrong with the machine now, the worst first."""
    found = select(Fault).where(Fault.machine_id == machine_id, Fault.status.in_(OPEN))
    faults = session.scalars(found.order_by(Fault.happened_at, Fault.id))
    return sorted(faults, key=lambda f: _WORST_FIRST[f.severity_kind])


def count_open(session: Session, machine_ids: Collection[int]) -> dict[int, int]:
    """How many open faults each machine has that has any."""
    counted = select(Fault.machine_id, func.count()).where(
        Fault.machine_id.in_(machine_ids), Fault.status.in_(OPEN)
    )
    rows = session.execute(counted.group_by(Fault.machine_id))
    return {row[0]: row[1] for row in rows}


def count_all(machine_id: int) -> ScalarSelect[int]:
    """How many faults the machine had in its life, as a part of a query."""
    return select(func.count()).where(Fault.machine_id == machine_id).scalar_subquery()


def has_open(severity: Severity | None = None) -> ColumnElement[bool]:
    """Machines with an open fault, of this severity or of any."""
    found = select(Fault.machine_id).where(Fault.status.in_(OPEN))
    if severity is not None:
        found = found.where(Fault.severity == severity)
    return Machine.id.in_(found)


def list_photos(session: Session, fault_ids: Collection[int]) -> dict[int, list[StoredFile]]:
    """Pictures by fault."""
    out: dict[int, list[StoredFile]] = {}
    found = select(FaultPhoto).where(FaultPhoto.fault_id.in_(fault_ids)).order_by(FaultPhoto.id)
    for photo in session.scalars(found):
        out.setdefault(photo.fault_id, []).append(photo.file)
    return out


def get_photo(session: Session, actor: Actor, fault_id: int, file_id: int) -> StoredFile:
    """A picture of a fault this person may see; raises :class:`NotFound`."""
    fault = get_fault(session, actor, fault_id)
    found = select(FaultPhoto).where(FaultPhoto.fault_id == fault.id, FaultPhoto.file_id == file_id)
    photo = session.scalar(found)
    if photo is None:
        raise NotFound
    return photo.file
