"""What the customer's pages are tried on."""

import io
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.meters import service as meters
from assets.meters.models import Reading
from assets.meters.rules import ReadingSource
from service_app.core.db import transaction
from tests.workorders.builders import make_assigned, make_quotable
from workorders.intake import quoting
from workorders.intake.models import Proposal
from workorders.orders.models import OrderEvent, WorkOrder


def make_quote(
    session: Session, people, order: WorkOrder, at: datetime, valid_until: date | None = None
) -> Proposal:
    """244 ₽ with VAT, running tomorrow."""
    if order.status == "received":
        make_quotable(session, people, order, at)
    with transaction(session, by=people.dispatcher, at=at):
        return quoting.quote(
            session, order, term_at=at + timedelta(days=1), valid_until=valid_until,
            uid=uuid.uuid4(), by=people.dispatcher, at=at,
        )  # fmt: skip


def make_change(session: Session, people, order: WorkOrder, at: datetime) -> Proposal:
    """A hose found worn, asked about while the engineer is on his way."""
    make_assigned(session, people, order, at)
    with transaction(session, by=people.engineer, at=at):
        return quoting.ask_change(
            session, order, words="The hose is worn. Replace it at once?",
            amount=Decimal("6200.00"), extra_minutes=60, term_at=None, photo=None,
            uid=uuid.uuid4(), by=people.engineer, at=at,
        )  # fmt: skip


def make_reading(session: Session, people, machine: Machine, hours: str, at: datetime) -> Reading:
    """What the meter showed at a moment."""
    with transaction(session, by=people.operator, at=at):
        return meters.record_reading(
            session, machine, value=Decimal(hours), read_at=at, source=ReadingSource.OPERATOR,
            uid=uuid.uuid4(), by=people.operator, at=at,
        )  # fmt: skip


def a_report(**fields: Any) -> dict[str, Any]:
    """A filled form; each one has a key of its own."""
    return {
        "uid": str(uuid.uuid4()), "severity": "stopped", "symptom": "Boom drops by itself",
    } | fields  # fmt: skip


def a_guest(**fields: Any) -> dict[str, Any]:
    """The same by somebody who does not sign in."""
    guest = {"name": "Семён Прохожий", "phone": "+7 900 000-00-01", "consent": "y"}
    return a_report(**guest) | fields


def file_of(content: bytes, name: str = "fault.jpg") -> tuple[io.BytesIO, str]:
    """An upload as the test client sends it."""
    return io.BytesIO(content), name


def count(session: Session, table: Any) -> int:
    """How many rows a table has now."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def events_of(session: Session, order: WorkOrder, kind: str) -> list[OrderEvent]:
    """The order's events of a kind, oldest first."""
    found = select(OrderEvent).where(OrderEvent.order_id == order.id, OrderEvent.kind == kind)
    return list(session.scalars(found.order_by(OrderEvent.id)))
