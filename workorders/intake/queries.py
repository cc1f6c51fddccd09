"""Proposals: what waits for the customer's yes or no."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from service_app.core.actor import Actor
from service_app.core.errors import NotFound
from workorders.intake.models import Proposal
from workorders.orders.models import WorkOrder
from workorders.orders.queries import visible_to
from workorders.orders.rules import OPEN


def list_for_order(session: Session, order_id: int) -> Sequence[Proposal]:
    """An order's proposals, newest first."""
    return session.scalars(
        select(Proposal).where(Proposal.order_id == order_id).order_by(Proposal.ordinal.desc())
    ).all()


def open_proposal(session: Session, order: WorkOrder) -> Proposal | None:
    """The proposal without an answer, if there is one."""
    return session.scalars(
        select(Proposal)
        .where(Proposal.order_id == order.id, Proposal.answer.is_(None))
        .order_by(Proposal.ordinal.desc())
    ).first()


def get_proposal(session: Session, order: WorkOrder, ordinal: int) -> Proposal:
    """One proposal of an order the caller may already see."""
    found = session.scalars(
        select(Proposal).where(Proposal.order_id == order.id, Proposal.ordinal == ordinal)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def waiting_for(session: Session, actor: Actor) -> Sequence[Proposal]:
    """Open proposals of the orders this person may see, oldest first."""
    orders = visible_to(actor).with_only_columns(WorkOrder.id)
    return session.scalars(
        select(Proposal)
        .where(Proposal.answer.is_(None), Proposal.order_id.in_(orders))
        .options(joinedload(Proposal.order).joinedload(WorkOrder.machine))
        .order_by(Proposal.asked_at)
        .limit(20)
    ).all()


def open_by_order(session: Session, order_ids: Collection[int]) -> dict[int, Proposal]:
    """Open proposals by order id."""
    rows = session.scalars(
        select(Proposal).where(Proposal.order_id.in_(order_ids), Proposal.answer.is_(None))
    )
    return {row.order_id: row for row in rows}


def likely_twins(session: Session, actor: Actor, order: WorkOrder) -> Sequence[WorkOrder]:
    """Open orders of the same machine, else of the same company, newest first."""
    same = (
        WorkOrder.machine_id == order.machine_id
        if order.machine_id
        else WorkOrder.company_id == order.company_id
    )
    return session.scalars(
        visible_to(actor)
        .where(
            same,
            WorkOrder.id != order.id,
            WorkOrder.is_past.is_(False),
            WorkOrder.status.in_(OPEN),
        )
        .order_by(WorkOrder.received_at.desc())
        .limit(8)
    ).all()
