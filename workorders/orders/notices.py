"""Whom an order's news concerns."""

from datetime import datetime

from sqlalchemy.orm import Session

from service_app.accounts.permissions import Role
from service_app.core.text import Text
from service_app.customers.queries import deciders, people_of
from service_app.notifications.queries import staff_with_role
from service_app.notifications.service import notify
from workorders.orders.models import WorkOrder


def tell_customer(
    session: Session,
    order: WorkOrder,
    text: Text,
    *,
    key: str,
    at: datetime,
    only_deciders: bool = False,
) -> int:
    """The person who reported, and the company's people (or only those who decide on price)."""
    if order.company_id is None:
        return 0
    payer = order.payer_id or order.company_id
    people = deciders(session, payer) if only_deciders else people_of(session, order.company_id)
    ids = {person.id for person in people} | {order.reporter_id}
    return notify(session, user_ids=ids, text=text, link=("order", order.number), key=key, at=at)


def tell_dispatchers(
    session: Session, order: WorkOrder, text: Text, *, key: str, at: datetime
) -> int:
    """The dispatcher who took it in, else every dispatcher."""
    ids = (
        [order.dispatcher_id] if order.dispatcher_id else staff_with_role(session, Role.DISPATCHER)
    )
    return notify(
        session, user_ids=ids, text=text, link=("order", order.number), key=key, at=at, email=False
    )


def tell_engineer(session: Session, order: WorkOrder, text: Text, *, key: str, at: datetime) -> int:
    """The engineer whose order it is."""
    return notify(
        session, user_ids=[order.engineer_id], text=text, link=("order", order.number), key=key,
        at=at,
    )  # fmt: skip


def tell_managers(session: Session, order: WorkOrder, text: Text, *, key: str, at: datetime) -> int:
    """Every manager."""
    return notify(
        session, user_ids=staff_with_role(session, Role.MANAGER), text=text,
        link=("order", order.number), key=key, at=at,
    )  # fmt: skip
