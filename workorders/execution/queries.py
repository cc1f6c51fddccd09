"""Labour of orders, and what an engineer has running."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from assets.machines.models import Machine
from service_app.core.errors import NotFound
from workorders.execution.models import Labour
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.rules import Status
from workorders.orders.story import Happening
from workorders.planning.models import Visit
from workorders.planning.queries import open_visit
from workorders.planning.rules import OPEN, VisitStatus


def labour_minutes(session: Session, order_id: int) -> int:
    """Minutes of everybody on an order."""
    found = session.scalar(
        select(func.coalesce(func.sum(Labour.minutes), 0)).where(
            Labour.order_id == order_id, Labour.is_removed.is_(False)
        )
    )
    return int(found or 0)


def list_labour(session: Session, order_id: int) -> Sequence[Labour]:
    """Labour of an order, by day."""
    return (
        session.scalars(
            select(Labour)
            .where(Labour.order_id == order_id, Labour.is_removed.is_(False))
            .options(joinedload(Labour.user))
            .order_by(Labour.worked_on, Labour.id)
        )
        .unique()
        .all()
    )


def get_labour(session: Session, order: WorkOrder, labour_id: int) -> Labour:
    """One entry of an order the caller may already see."""
    found = session.get(Labour, labour_id)
    if found is None or found.order_id != order.id or found.is_removed:
        raise NotFound
    return found


def minutes_on(session: Session, user_id: int, day: date) -> int:
    """Minutes a person has on a day over all orders."""
    found = session.scalar(
        select(func.coalesce(func.sum(Labour.minutes), 0)).where(
            Labour.user_id == user_id, Labour.worked_on == day, Labour.is_removed.is_(False)
        )
    )
    return int(found or 0)


def running_for(session: Session, user_id: int, *, except_order: int = 0) -> WorkOrder | None:
    """The order an engineer has in work and not waiting, if any."""
    return session.scalars(
        select(WorkOrder)
        .where(
            WorkOrder.engineer_id == user_id,
            WorkOrder.status == Status.IN_WORK,
            WorkOrder.wait_reason.is_(None),
            WorkOrder.id != except_order,
        )
        .order_by(WorkOrder.id)
        .limit(1)
    ).first()


def ready_for(session: Session, user_id: int) -> Sequence[WorkOrder]:
    """Orders an engineer has done or ready, to be handed over."""
    return session.scalars(
        select(WorkOrder)
        .where(
            WorkOrder.engineer_id == user_id,
            WorkOrder.status.in_([Status.DONE, Status.READY]),
        )
        .options(joinedload(WorkOrder.machine), joinedload(WorkOrder.company))
        .order_by(WorkOrder.id)
        .limit(20)
    ).all()


AT_WORK = (Status.ACCEPTED, Status.SCHEDULED, Status.IN_WORK)
"""Statuses in which an engineer has something to do before the handover."""


def without_visit(session: Session, user_id: int) -> Sequence[WorkOrder]:
    """Orders an engineer has to do for which no visit is open or planned, oldest first."""
    is_planned = exists().where(Visit.order_id == WorkOrder.id, Visit.status.in_(OPEN))
    return (
        session.scalars(
            select(WorkOrder)
            .where(WorkOrder.engineer_id == user_id, WorkOrder.status.in_(AT_WORK), ~is_planned)
            .options(
                joinedload(WorkOrder.machine).joinedload(Machine.model),
                joinedload(WorkOrder.company),
                joinedload(WorkOrder.site),
            )
            .order_by(WorkOrder.received_at, WorkOrder.id)
            .limit(50)
        )
        .unique()
        .all()
    )


def running_since(session: Session, order_id: int) -> datetime | None:
    """When the work last began or went on."""
    return session.scalar(
        select(func.max(OrderEvent.happened_at)).where(
            OrderEvent.order_id == order_id,
            OrderEvent.kind.in_([Happening.START, Happening.WAIT_CLOSED, Happening.RETURN_TO_WORK]),
        )
    )


def is_on_site(session: Session, order_id: int) -> bool:
    """Whether a crew is on site for the order now."""
    visit = open_visit(session, order_id)
    return visit is not None and visit.status == VisitStatus.ON_SITE
