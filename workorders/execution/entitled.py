"""An order goes over to another contract, and the hours of its labour with it."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from workorders.execution import labour, queries
from workorders.orders import entitled
from workorders.orders.models import WorkOrder


def choose_contract(
    session: Session,
    order: WorkOrder,
    contract_id: int,
    *,
    reason: str,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """A person decides by which contract the order is answered, or WITHOUT; the reason is kept.

    What its labour took goes over; labour entered while it had none takes from the new one.
    Raises Invalid for another contract or without a reason, NotAllowed for an order that ended.
    """
    entitled.choose_contract(session, order, contract_id, reason=reason, uid=uid, by=by, at=at)
    session.flush()
    session.refresh(order, ["contract"])
    for entry in queries.list_labour(session, order.id):
        labour.take_hours(session, order, entry, by=by, at=at)
