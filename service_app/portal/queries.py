"""What a customer's person sees: decisions, open requests, the other machines; a guest's link."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assets.machines.models import Machine
from assets.machines.queries import count_visible
from assets.machines.queries import visible_to as visible_machines
from assets.machines.rules import Life
from assets.meters.models import Reading
from assets.meters.queries import current_hours
from service_app.core.actor import Actor
from service_app.core.text_index import matching
from workorders.intake.models import Proposal
from workorders.intake.queries import waiting_for
from workorders.orders.models import WorkOrder
from workorders.orders.queries import visible_to as visible_orders
from workorders.orders.rules import FINAL, Status
from workorders.planning.models import Visit
from workorders.planning.rules import OPEN as OPEN_VISITS

MOST_REQUESTS = 60
MOST_OTHERS = 60
MOST_CHOICES = 100
OLD_READING = timedelta(days=31)
DONE = FINAL | {Status.HANDED_OVER}


@dataclass(frozen=True)
class OwnRequest:
    """An open request and the visit planned for it."""

    order: WorkOrder
    visit: Visit | None


@dataclass(frozen=True)
class OwnMachine:
    """A machine nothing is open about; ``days_without`` a reading when that is too long."""

    machine: Machine
    reading: Reading | None
    days_without: int | None


@dataclass(frozen=True)
class Home:
    """The portal's first page. ``total`` counts the machines, those left out too."""

    decisions: Sequence[Proposal]
    requests: list[OwnRequest]
    others: list[OwnMachine]
    total: int

    @property
    def busy(self) -> int:
        """How many machines something is open about."""
        return len({r.order.machine_id for r in self.requests if r.order.machine_id})

    @property
    def others_in_all(self) -> int:
        """How many machines nothing is open about, those left out of the page too."""
        return max(self.total - self.busy, len(self.others))


def home(session: Session, actor: Actor, *, now: datetime) -> Home:
    """Decisions, open requests with their visits, the machines nothing is open about."""
    orders = session.scalars(
        visible_orders(actor)
        .where(WorkOrder.is_past.is_(False), WorkOrder.status.not_in(DONE))
        .options(joinedload(WorkOrder.machine).joinedload(Machine.model))
        .order_by(WorkOrder.received_at.desc(), WorkOrder.id.desc())
        .limit(MOST_REQUESTS)
    ).all()
    visits = planned_visits(session, [order.id for order in orders])
    busy = {order.machine_id for order in orders if order.machine_id}
    others = session.scalars(
        visible_machines(actor)
        .where(Machine.id.not_in(busy), Machine.status != Life.DISPOSED)
        .order_by(Machine.sort_key, Machine.id)
        .limit(MOST_OTHERS)
    ).all()
    hours = current_hours(session, [machine.id for machine in others])
    return Home(
        waiting_for(session, actor),
        [OwnRequest(order, visits.get(order.id)) for order in orders],
        [_own(machine, hours.get(machine.id), now) for machine in others],
        count_visible(session, actor),
    )


def _own(machine: Machine, reading: Reading | None, now: datetime) -> OwnMachine:
    age = now - reading.read_at if reading else None
    is_old = machine.has_meter and (age is None or age >= OLD_READING)
    return OwnMachine(machine, reading, (age.days if age else 0) if is_old else None)


def planned_visits(session: Session, order_ids: Collection[int]) -> dict[int, Visit]:
    """The next visit of each order that has one."""
    found = session.scalars(
        select(Visit)
        .where(Visit.order_id.in_(order_ids), Visit.status.in_(OPEN_VISITS))
        .order_by(Visit.planned_from.desc(), Visit.id.desc())
    )
    return {visit.order_id: visit for visit in found}


def list_machines(session: Session, actor: Actor, words: str = "") -> Sequence[Machine]:
    """Machines the person may report on, by model and serial."""
    return session.scalars(
        visible_machines(actor)
        .where(matching(Machine, words), Machine.status != Life.DISPOSED)
        .options(joinedload(Machine.site))
        .order_by(Machine.sort_key, Machine.id)
        .limit(MOST_CHOICES)
    ).all()


def open_request(session: Session, actor: Actor, machine_id: int) -> OwnRequest | None:
    """The newest open request on a machine among those this person may see."""
    order = session.scalars(
        visible_orders(actor)
        .where(
            WorkOrder.machine_id == machine_id,
            WorkOrder.is_past.is_(False),
            WorkOrder.status.not_in(DONE),
        )
        .order_by(WorkOrder.received_at.desc(), WorkOrder.id.desc())
        .limit(1)
    ).first()
    if order is None:
        return None
    return OwnRequest(order, planned_visits(session, [order.id]).get(order.id))


def find_followed(session: Session, token: str) -> WorkOrder | None:
    """The order of a guest's secret link."""
    return session.scalars(
        select(WorkOrder)
        .where(WorkOrder.follow_token == token)
        .options(joinedload(WorkOrder.machine).joinedload(Machine.model))
    ).one_or_none()
