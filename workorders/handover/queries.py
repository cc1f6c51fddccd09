"""Handovers of an order."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workorders.handover.models import HandoverAct
from workorders.handover.rules import HandoverResult


def list_for_order(session: Session, order_id: int) -> Sequence[HandoverAct]:
    """Every attempt, newest first."""
    return session.scalars(
        select(HandoverAct).where(HandoverAct.order_id == order_id).order_by(HandoverAct.id.desc())
    ).all()


def signed_act(session: Session, order_id: int) -> HandoverAct | None:
    """The act that was signed, if one was."""
    found = list_for_order(session, order_id)
    return next((act for act in found if act.result != HandoverResult.REFUSED), None)
