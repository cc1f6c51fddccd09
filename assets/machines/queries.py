"""Machines a person may see: one, many, by QR code, by words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload

from assets.machines.models import (
    Machine,
    MachineCompany,
    MachineEvent,
    MachineHold,
    MachineModel,
)
from assets.machines.rules import EventKind, Ground, Life
from service_app.core.actor import Actor
from service_app.core.errors import NotFound
from service_app.core.paging import PAGE_SIZE, Order, Page, fetch_page
from service_app.core.text_index import matching
from service_app.customers.models import Company, Site

WARRANTY_SOON_DAYS = 60
MOST_CHOICES = 30
ROW = (
    defer(Machine.technical_data), defer(Machine.notes), defer(Machine.search_words),
    joinedload(Machine.model).defer(MachineModel.technical_data),
    joinedload(Machine.company).load_only(Company.short_name),
    joinedload(Machine.site).load_only(Site.name),
)  # fmt: skip
PAGE = (joinedload(Machine.company), joinedload(Machine.owner), joinedload(Machine.site))


@dataclass(frozen=True)
class Filters:
    """What a list of machines is narrowed to; each part may be absent.

    ``conditions`` are those of later rooms (``page.Narrowing``).
    """

    words: str = ""
    company_id: int | None = None
    site_id: int | None = None
    model_id: int | None = None
    status: Life | None = None
    is_warranty_ending: bool = False
    conditions: tuple[ColumnElement[bool], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows the list."""
        return not self.conditions and self == Filters()


def visible_to(actor: Actor) -> Select[Machine]:
    """Machines this person may see: staff all, others what their companies run or own now."""
    machines = select(Machine)
    if actor.company_ids is None:
        return machines
    ids = actor.company_ids
    return machines.where(
        or_(Machine.operating_company_id.in_(ids), Machine.owner_company_id.in_(ids))
    )


def get_machine(session: Session, actor: Actor, machine_id: int) -> Machine:
    """One machine with its companies and site; raises :class:`NotFound`."""
    found = visible_to(actor).where(Machine.id == machine_id).options(*PAGE)
    machine = session.scalar(found)
    if machine is None:
        raise NotFound
    return machine


def find_by_token(session: Session, token: str) -> Machine | None:
    """The machine of a QR code, whoever asks; the caller decides what of it to show."""
    return session.scalar(select(Machine).where(Machine.qr_token == token).options(*PAGE))


def find_twin(
    session: Session, *, model_id: int | None, serial: str, other_than: int | None = None
) -> Machine | None:
    """Another machine of the model with this serial; an empty serial has no twin."""
    if not serial or model_id is None:
        return None
    found = select(Machine).where(Machine.model_id == model_id, Machine.serial == serial)
    return session.scalar(found.where(Machine.id != (other_than or 0)))


def list_page(
    session: Session,
    actor: Actor,
    filters: Filters,
    *,
    today: date,
    key: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Machine]:
    """Machines by model and serial, after ``key``; every word of the search must be found."""
    found = narrowed(actor, filters, today=today).options(*ROW)
    order = (Order(Machine.sort_key), Order(Machine.id))
    return fetch_page(session, found, order=order, key=key, size=size)


def narrowed(actor: Actor, filters: Filters, *, today: date) -> Select[Machine]:
    """The visible machines under the filters, in no order."""
    found = visible_to(actor).where(matching(Machine, filters.words))
    if filters.company_id is not None:
        company = filters.company_id
        found = found.where(
            or_(Machine.operating_company_id == company, Machine.owner_company_id == company)
        )
    if filters.site_id is not None:
        found = found.where(Machine.site_id == filters.site_id)
    if filters.model_id is not None:
        found = found.where(Machine.model_id == filters.model_id)
    if filters.status is not None:
        found = found.where(Machine.status == filters.status)
    if filters.is_warranty_ending:
        until = today + timedelta(days=WARRANTY_SOON_DAYS)
        found = found.where(Machine.warranty_ends_on.between(today, until))
    return found.where(*filters.conditions)


def count_visible(session: Session, actor: Actor) -> int:
    """How many machines this person may see at all."""
    ids = visible_to(actor).with_only_columns(Machine.id)
    return session.scalar(select(func.count()).select_from(ids.subquery())) or 0


def search(session: Session, actor: Actor, words: str, *, limit: int = 8) -> Sequence[Machine]:
    """The first machines found by words, for a search field over everything."""
    if not words.strip():
        return []
    found = visible_to(actor).where(matching(Machine, words)).options(*ROW)
    return session.scalars(found.order_by(Machine.sort_key, Machine.id).limit(limit)).all()


def list_by_ids(session: Session, actor: Actor, ids: Sequence[int]) -> Sequence[Machine]:
    """The visible machines among ``ids``, by model and serial."""
    found = visible_to(actor).where(Machine.id.in_(ids)).options(*PAGE)
    return session.scalars(found.order_by(Machine.sort_key, Machine.id)).all()


def machine_choices(
    session: Session, actor: Actor, *, words: str = "", kept: int | None = None
) -> list[tuple[int, str]]:
    """(id, "model serial, inventory number, company") of the first machines found by words.

    Disposed machines are left out; ``kept`` is chosen already and stays among them.
    """
    found = visible_to(actor).where(matching(Machine, words), Machine.status != Life.DISPOSED)
    ordered = found.order_by(Machine.sort_key, Machine.id).limit(MOST_CHOICES).options(*ROW)
    rows = list(session.scalars(ordered))
    if kept is not None and all(machine.id != kept for machine in rows):
        rows += session.scalars(visible_to(actor).where(Machine.id == kept).options(*ROW))
    return [(m.id, ", ".join(p for p in _named_by(m) if p)) for m in rows]


def _named_by(machine: Machine) -> tuple[str, str, str]:
    return machine.full_name, machine.inventory_number, machine.company.short_name


def model_choices(session: Session, *, language: str = "ru") -> list[tuple[int, str]]:
    """(id, name) of every model, by name."""
    return [(m.id, m.name_in(language)) for m in list_models(session)]


def list_models(session: Session) -> Sequence[MachineModel]:
    """Every model by name."""
    found = select(MachineModel).order_by(MachineModel.sort_key, MachineModel.id)
    return session.scalars(found).all()


def counts_by_model(session: Session) -> dict[int, int]:
    """How many machines there are of each model."""
    counted = select(Machine.model_id, func.count()).where(Machine.model_id.is_not(None))
    rows = session.execute(counted.group_by(Machine.model_id))
    return {model_id: n for model_id, n in rows if model_id is not None}


def get_model(session: Session, model_id: int) -> MachineModel:
    """One model; raises :class:`NotFound`."""
    model = session.get(MachineModel, model_id)
    if model is None:
        raise NotFound
    return model


def company_filter_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """(id, short name) of companies that run or own a machine this person may see."""
    seen = visible_to(actor).subquery()
    ids = select(seen.c.operating_company_id).union(select(seen.c.owner_company_id))
    found = select(Company.id, Company.short_name).where(Company.id.in_(ids))
    return [(n, name) for n, name in session.execute(found.order_by(Company.sort_key, Company.id))]


def list_events(session: Session, machine_id: int) -> Sequence[MachineEvent]:
    """The machine's life, newest first."""
    found = select(MachineEvent).where(MachineEvent.machine_id == machine_id)
    return session.scalars(
        found.order_by(MachineEvent.happened_on.desc(), MachineEvent.id.desc())
    ).all()


def entered_on(session: Session, machine_id: int) -> date | None:
    """The day the machine was entered into the register."""
    found = select(MachineEvent.happened_on).where(
        MachineEvent.machine_id == machine_id, MachineEvent.kind == EventKind.ADDED
    )
    return session.scalar(found.order_by(MachineEvent.id).limit(1))


def list_companies(session: Session, machine_id: int) -> Sequence[MachineCompany]:
    """Who ran and owned the machine, newest first."""
    found = select(MachineCompany).where(MachineCompany.machine_id == machine_id)
    newest = found.order_by(MachineCompany.id.desc())
    return session.scalars(newest.options(joinedload(MachineCompany.company))).all()


def open_holds(session: Session, machine_id: int) -> Sequence[MachineHold]:
    """What forbids to end the machine's life now, oldest first."""
    return session.scalars(
        select(MachineHold)
        .where(MachineHold.machine_id == machine_id, MachineHold.lifted_at.is_(None))
        .order_by(MachineHold.id)
    ).all()


def find_hold(session: Session, ground: Ground) -> MachineHold | None:
    """The open hold placed by a later record."""
    return session.scalar(
        select(MachineHold).where(
            MachineHold.ground_kind == ground.kind,
            MachineHold.ground_id == ground.id,
            MachineHold.lifted_at.is_(None),
        )
    )
