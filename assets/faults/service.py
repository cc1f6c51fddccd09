"""Verbs over faults: report, start, resolve, confirm, or find that there is none."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from assets.faults.models import Fault, FaultPhoto
from assets.faults.rules import Detection, FaultStatus, Severity, Standing, may_move
from assets.machines.models import Machine
from assets.machines.rules import Ground
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.text import N_, Text
from service_app.files.models import StoredFile


def report(
    session: Session,
    machine: Machine,
    *,
    severity: Severity,
    symptom: str,
    happened_at: datetime,
    running_hours: Decimal | None,
    photos: Sequence[StoredFile],
    reporter: str,
    detection: Detection = Detection.REPORT,
    ground: Ground | None = None,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Fault:
    """Somebody says what is wrong with the machine; the same ``uid`` gives the same fault.

    ``ground`` is the work that found it, ``running_hours`` the machine's total when it is known.
    Raises :class:`Invalid` for an empty sentence or a moment to come.
    """
    known = made_before(session, Fault, uid)
    if known is not None:
        return known
    if not symptom.strip():
        raise Invalid(N_("One sentence is enough, but we need it."), "symptom")
    if happened_at > at + timedelta(minutes=2):
        raise Invalid(N_("This moment has not come yet."), "happened_at")
    fault = Fault(
        uid=uid, machine_id=machine.id, severity=severity, symptom=symptom.strip()[:500],
        happened_at=happened_at, recorded_at=at, running_hours=running_hours, reporter=reporter,
        reporter_id=by.user_id, detection=detection,
    )  # fmt: skip
    if ground is not None:
        name_ground(session, fault, ground, by=by, at=at)
    session.add(fault)
    session.flush()  # for the id
    add_photos(session, fault, photos, by=by, at=at)
    return fault


def name_ground(session: Session, fault: Fault, ground: Ground, *, by: Actor, at: datetime) -> None:
    """The later record the fault belongs to: the order that deals with it, or that found it."""
    fault.ground_kind, fault.ground_id = ground.kind, ground.id
    fault.ground_number = ground.number


def add_photos(
    session: Session, fault: Fault, photos: Sequence[StoredFile], *, by: Actor, at: datetime
) -> None:
    """More pictures of the same fault."""
    session.flush()  # files need their ids
    session.add_all(FaultPhoto(fault_id=fault.id, file_id=photo.id) for photo in photos)


def start_work(session: Session, fault: Fault, *, by: Actor, at: datetime) -> None:
    """Somebody works on it now; saying so twice does no harm."""
    if fault.status_kind is not FaultStatus.IN_WORK:
        _move(fault, FaultStatus.IN_WORK)
        fault.ended_at = fault.confirmed_at = None


def resolve(
    session: Session,
    fault: Fault,
    *,
    cause: str,
    remedy: str,
    ended_at: datetime,
    by: Actor,
    at: datetime,
) -> None:
    """It is fixed: why it came, what was done, since when the machine works again.

    Raises :class:`Invalid` when nothing is said of the remedy, or for an end before the start or
    in the future.
    """
    if not remedy.strip():
        raise Invalid(N_("Say what was done."), "remedy")
    if ended_at < fault.happened_at:
        sentence = Text("It began only at %(moment)s.", moment=fault.happened_at)
        raise Invalid(sentence, "ended_at")
    if ended_at > at + timedelta(minutes=2):
        raise Invalid(N_("This moment has not come yet."), "ended_at")
    _move(fault, FaultStatus.FIXED)
    fault.cause, fault.remedy, fault.ended_at = cause.strip(), remedy.strip(), ended_at


def confirm(session: Session, fault: Fault, *, by: Actor, at: datetime) -> None:
    """The customer or the next reading agrees: it is fixed."""
    _move(fault, FaultStatus.CONFIRMED)
    fault.confirmed_at = at


def reject(session: Session, fault: Fault, *, words: str, by: Actor, at: datetime) -> None:
    """Nobody could find it: the machine does its work. The words say how that was seen."""
    if not words.strip():
        raise Invalid(N_("Say how it was checked."), "remedy")
    _move(fault, FaultStatus.NOT_CONFIRMED)
    fault.remedy, fault.ended_at = words.strip(), at


def mark_duplicate(session: Session, fault: Fault, *, of: Fault, by: Actor, at: datetime) -> None:
    """The same fault was reported before."""
    if of is fault or of.machine_id != fault.machine_id or of.duplicate_of_id is not None:
        raise Invalid(N_("Choose another fault of the same machine."), "duplicate_of_id")
    _move(fault, FaultStatus.DUPLICATE)
    fault.duplicate_of_id, fault.ended_at = of.id, None


def put_back(session: Session, fault: Fault, before: Standing, *, by: Actor, at: datetime) -> None:
    """The step that moved the fault was taken back: it stands as before the step.

    A fault that somebody has moved on since then stays where it is.
    """
    if fault.status_kind is not before.became:
        return
    fault.status, fault.ended_at = before.status, before.ended_at
    fault.cause, fault.remedy = before.cause, before.remedy
    fault.duplicate_of_id = None


def refuse_stale(fault: Fault, version: int) -> None:
    """Raise :class:`Conflict` when somebody saved meanwhile."""
    if fault.version != version:
        raise Conflict


def _move(fault: Fault, to: FaultStatus) -> None:
    current = fault.status_kind
    if not may_move(current, to):
        raise NotAllowed(
            Text("From “%(current)s” it cannot go to “%(to)s”.", current=current.label, to=to.label)
        )
    fault.status = to
