"""Verbs over machines: enter, change, transfer, hold, move through life, relabel."""

import uuid
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from assets.machines import queries
from assets.machines.models import (
    Machine,
    MachineCompany,
    MachineEvent,
    MachineHold,
    new_token,
)
from assets.machines.rules import (
    ENDED,
    Criticality,
    EventKind,
    Ground,
    Life,
    Paper,
    may_move,
    problem_with_dates,
)
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.text import N_, Text
from service_app.customers.models import Company, Site
from service_app.customers.queries import zone_of_site

NO_PAPER = Paper()


@dataclass(frozen=True)
class Passport:
    """What a machine is asked for, apart from its companies, site and status."""

    model_id: int | None = None
    model_words: str = ""
    serial: str = ""
    inventory_number: str = ""
    manufactured_on: date | None = None
    shipped_on: date | None = None
    commissioned_on: date | None = None
    warranty_months: int | None = None
    warranty_hours: int | None = None
    criticality: Criticality = Criticality.NORMAL
    technical_data: tuple[tuple[str, str], ...] = ()
    notes: str = ""


def add(
    session: Session,
    passport: Passport,
    *,
    company: Company,
    owner: Company | None = None,
    site: Site | None = None,
    status: Life = Life.IN_OPERATION,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Machine:
    """A new machine in the register; the same ``uid`` gives the same machine.

    Raises :class:`Invalid` for a serial the model has already, a site of another company, and
    days that cannot be true.
    """
    known = made_before(session, Machine, uid)
    if known is not None:
        return known
    machine = Machine(uid=uid, company=company, owner=owner or company, status=status)
    _put_at(session, machine, company, site)
    _fill(session, machine, passport, today=_today(session, machine, at))
    session.add(machine)
    session.flush()  # for the id
    since = machine.commissioned_on or machine.shipped_on or machine.manufactured_on
    for who, is_owner in ((company, False), (owner or company, True)):
        session.add(
            MachineCompany(
                machine_id=machine.id, company_id=who.id, is_owner=is_owner, since_on=since
            )
        )
    _note(session, machine, EventKind.ADDED, N_("Entered into the register"), by=by, at=at)
    return machine


def change(
    session: Session,
    machine: Machine,
    passport: Passport,
    *,
    site: Site | None,
    version: int,
    paper: Paper = NO_PAPER,
    by: Actor,
    at: datetime,
) -> None:
    """Correct the passport; ``paper`` is the ground that stands in the machine's life.

    Raises :class:`Conflict` when somebody saved meanwhile.
    """
    if machine.version != version:
        raise Conflict
    _put_at(session, machine, machine.company, site)
    _fill(session, machine, passport, today=_today(session, machine, at))
    if session.is_modified(machine):
        _note(
            session, machine, EventKind.CHANGED, N_("Passport changed"), paper=paper, by=by, at=at
        )


def transfer(
    session: Session,
    machine: Machine,
    *,
    company: Company,
    owner: Company,
    site: Site | None,
    on: date,
    version: int,
    running_hours: Decimal | None = None,
    paper: Paper = NO_PAPER,
    by: Actor,
    at: datetime,
) -> None:
    """Another company runs or owns the machine from ``on``; its past stays in its life.

    Raises :class:`NotAllowed` while holds stand, :class:`Invalid` for a future day, a day before
    the last transfer, or when nothing changes.
    """
    if machine.version != version:
        raise Conflict
    is_moved = (company.id, owner.id) != (machine.operating_company_id, machine.owner_company_id)
    if not is_moved and (site.id if site else None) == machine.site_id:
        raise Invalid(N_("Nothing changes: choose another company, owner or site."), "company_id")
    if is_moved:
        _refuse_held(session, machine)
    _refuse_future(on, _today(session, machine, at))
    for who, is_owner in ((company, False), (owner, True)):
        _pass_on(session, machine, who, is_owner=is_owner, on=on)
    machine.company, machine.owner = company, owner
    machine.operating_company_id, machine.owner_company_id = company.id, owner.id
    _put_at(session, machine, company, site)
    machine.make_findable()
    text = Text("Transferred: run by %(company)s, owned by %(owner)s, site %(site)s",
                company=company.short_name, owner=owner.short_name,
                site=site.name if site else "–")  # fmt: skip
    _note(
        session, machine, EventKind.TRANSFERRED, text, on=on, running_hours=running_hours,
        paper=paper, by=by, at=at,
    )  # fmt: skip


def move_life(
    session: Session,
    machine: Machine,
    to: Life,
    *,
    on: date,
    running_hours: Decimal | None = None,
    words: str = "",
    paper: Paper = NO_PAPER,
    by: Actor,
    at: datetime,
) -> None:
    """Move the machine to another status of its life on a day.

    Raises :class:`NotAllowed` for a move the table has not, and for the end of life while holds
    stand.
    """
    current = machine.life
    if not may_move(current, to):
        raise NotAllowed(
            Text("From “%(current)s” it cannot go to “%(to)s”.", current=current.label, to=to.label)
        )
    if to in ENDED:
        _refuse_held(session, machine)
    _refuse_future(on, _today(session, machine, at))
    machine.status = to
    if to is Life.SHIPPED and machine.shipped_on is None:
        machine.shipped_on = on
    if to is Life.IN_OPERATION and machine.commissioned_on is None:
        machine.commissioned_on = on
    machine.reckon_warranty()
    text = Text("%(old)s → %(new)s", old=current.label, new=to.label)
    if words:
        text = Text("%(old)s → %(new)s: %(words)s", old=current.label, new=to.label, words=words)
    _note(
        session, machine, EventKind.MOVED, text, on=on, running_hours=running_hours, paper=paper,
        by=by, at=at,
    )  # fmt: skip


def reissue_token(session: Session, machine: Machine, *, by: Actor, at: datetime) -> None:
    """A new QR code; the label on the machine stops working and has to be replaced."""
    machine.qr_token = new_token()
    text = N_("New QR code; the old label works no more")
    _note(session, machine, EventKind.RELABELLED, text, by=by, at=at)


def hold(
    session: Session, machine: Machine, *, text: Text, ground: Ground, by: Actor, at: datetime
) -> MachineHold:
    """Keep the machine as it is for a later record; a second hold of the same ground is one."""
    known = queries.find_hold(session, ground)
    if known is not None:
        return known
    placed = MachineHold(
        machine_id=machine.id,
        text=text.to_json(),
        ground_kind=ground.kind,
        ground_id=ground.id,
        ground_number=ground.number,
        placed_at=at,
    )
    session.add(placed)
    return placed


def lift(session: Session, ground: Ground, *, by: Actor, at: datetime) -> None:
    """The later record needs the machine kept no more; lifting twice does no harm."""
    placed = queries.find_hold(session, ground)
    if placed is not None:
        placed.lifted_at = at


def _fill(session: Session, machine: Machine, passport: Passport, *, today: date) -> None:
    if passport.model_id is None and not passport.model_words:
        raise Invalid(N_("Choose the model, or write what stands on its plate."), "model_id")
    twin = queries.find_twin(
        session, model_id=passport.model_id, serial=passport.serial, other_than=machine.id
    )
    if twin is not None:
        sentence = Text("%(machine)s is in the register already.", machine=twin.full_name)
        raise Invalid(sentence, "serial")
    problem = problem_with_dates(
        passport.manufactured_on, passport.shipped_on, passport.commissioned_on, today
    )
    if problem is not None:
        raise Invalid(problem[1], problem[0])
    for field in fields(passport):
        value = getattr(passport, field.name)
        if field.name == "technical_data":
            value = [list(pair) for pair in value]
        if getattr(machine, field.name) != value:
            setattr(machine, field.name, value)
    machine.model = queries.get_model(session, passport.model_id) if passport.model_id else None
    machine.reckon_warranty()
    machine.make_findable()


def _put_at(session: Session, machine: Machine, company: Company, site: Site | None) -> None:
    if site is not None and site.company_id != company.id:
        raise Invalid(
            Text(
                "%(site)s is not a site of %(company)s.", site=site.name, company=company.short_name
            ),
            "site_id",
        )
    machine.site = site
    machine.site_id = site.id if site else None  # beside the record, so that the journal tells it


def _pass_on(
    session: Session, machine: Machine, company: Company, *, is_owner: bool, on: date
) -> None:
    rows = queries.list_companies(session, machine.id)
    last = next((row for row in rows if row.is_owner is is_owner and row.until_on is None), None)
    if last is not None and last.company_id == company.id:
        return
    if last is not None:
        if last.since_on is not None and on < last.since_on:
            raise Invalid(Text("Earlier than the last transfer, %(day)s.", day=last.since_on), "on")
        last.until_on = on
    session.add(
        MachineCompany(machine_id=machine.id, company_id=company.id, is_owner=is_owner, since_on=on)
    )


def _today(session: Session, machine: Machine, at: datetime) -> date:
    """The date where the machine stands."""
    site_id = machine.site.id if machine.site else None
    return at.astimezone(zone_of_site(session, site_id)).date()


def _refuse_held(session: Session, machine: Machine) -> None:
    holds = queries.open_holds(session, machine.id)
    if holds:
        text = holds[0].words
        for one in holds[1:]:
            text = Text("%(first)s; %(next)s", first=text, next=one.words)
        raise NotAllowed(Text("Not now: %(holds)s.", holds=text))


def _refuse_future(on: date, today: date) -> None:
    if on > today:
        raise Invalid(Text("%(day)s has not come yet.", day=on), "on")


def _note(
    session: Session,
    machine: Machine,
    kind: EventKind,
    text: Text,
    *,
    on: date | None = None,
    running_hours: Decimal | None = None,
    paper: Paper = NO_PAPER,
    by: Actor,
    at: datetime,
) -> None:
    session.add(
        MachineEvent(
            machine_id=machine.id,
            kind=kind,
            happened_on=on or _today(session, machine, at),
            recorded_at=at,
            running_hours=running_hours,
            text=text.to_json(),
            ground_document=paper.document,
            ground_number=paper.number,
            ground_on=paper.dated_on,
            by_user_id=by.user_id,
            by_name=by.name,
        )
    )
