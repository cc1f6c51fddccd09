"""The job sheet: what the engineer takes along."""

from typing import Any

from sqlalchemy.orm import Session

from service_app.core.text import N_
from service_app.documents.snapshots import signer
from workorders.execution.queries import list_labour
from workorders.orders.document import common, money
from workorders.orders.models import WorkOrder
from workorders.orders.queries import list_lines
from workorders.planning.queries import list_for_order
from workorders.planning.rules import VisitStatus


def job_sheet(session: Session, order: WorkOrder) -> dict[str, Any]:
    """Machine, fault, place and access, planned visits, planned works, room for what was done."""
    visits = [v for v in list_for_order(session, order.id) if v.status != VisitStatus.CANCELLED]
    return common(session, order) | {
        "money": money(order, list_lines(session, order.id)),
        "visits": [
            {
                "from": v.planned_from,
                "to": v.planned_to,
                "who": v.leader.full_name,
                "for": v.purpose,
            }
            for v in visits
        ],
        "labour": [
            {"on": x.worked_on, "who": x.user.short_name, "minutes": x.minutes, "words": x.words}
            for x in list_labour(session, order.id)
        ],
        "signers": [
            signer(
                heading=N_("Engineer"), name=order.engineer.short_name if order.engineer else ""
            ),
            signer(heading=N_("Customer"), name=""),
        ],
    }
