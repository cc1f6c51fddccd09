"""Photos of an order's story."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from service_app.files.models import StoredFile
from workorders.orders.models import OrderEvent, OrderPhoto, WorkOrder


def attach(
    session: Session,
    order: WorkOrder,
    event: OrderEvent,
    files: Sequence[StoredFile],
    *,
    stage: str = "during",
) -> None:
    """Tie stored files to an event. ``stage`` is before, during or after the work."""
    session.add_all(
        OrderPhoto(order_id=order.id, event_id=event.id, file_id=file.id, stage=stage)
        for file in files
    )
