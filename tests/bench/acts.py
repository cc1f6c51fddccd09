"""The house's own act of a filled order, with a drawn signature."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.documents import service
from service_app.documents.models import IssuedDocument
from service_app.files import intake
from service_app.files import service as files
from tests.service_app.documents.builders import drawing
from workorders.handover import document
from workorders.handover.models import HandoverAct
from workorders.handover.rules import SigningWay
from workorders.orders.models import WorkOrder
from workorders.orders.rules import Status


def issue_act(session: Session, *, at: datetime) -> IssuedDocument:
    """The next paper of the first closed order; to be called in a transaction."""
    closed = select(WorkOrder).where(WorkOrder.status == Status.CLOSED).order_by(WorkOrder.id)
    order = session.scalars(closed.limit(1)).one()
    ink = files.store(session, intake.from_bytes(drawing(), "ink.png"), by=SYSTEM, at=at)
    person = {"name": "Ковалёв А. С.", "position": "инженер", "ground": "доверенность № 14"}
    signed = HandoverAct(
        giver=person,
        taker=person,
        giver_signature_id=ink.id,
        taker_signature_id=ink.id,
        demonstration="Запущена под нагрузкой, 30 минут.",
        happened_at=at,
        way=SigningWay.SCREEN.value,
        outside_number="",
        remarks="",
    )
    ground = ("order", order.number)
    return service.issue(
        session,
        kind="act",
        number=service.next_number(session, ground),
        branch_id=order.branch_id,
        company_id=order.company_id,
        ground=ground,
        language="ru",
        zone=order.zone,
        template="workorders/handover/pdf/act.html",
        snapshot=document.act(session, order, signed, None),
        uid=uuid.uuid4(),
        by=SYSTEM,
        at=at,
    )
