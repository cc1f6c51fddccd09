"""Papers of intake: the receipt with the service rules, and the quote."""

from typing import Any

from sqlalchemy.orm import Session

from service_app.core.text import N_
from service_app.documents.snapshots import signer
from workorders.intake.models import Proposal
from workorders.orders.document import common, money
from workorders.orders.models import WorkOrder
from workorders.orders.queries import list_lines


def receipt(session: Session, order: WorkOrder) -> dict[str, Any]:
    """What was taken in, in which state, and the rules that were shown."""
    return common(session, order) | {
        "signers": [
            signer(heading=N_("Taken in by, contractor"), name=_dispatcher(order)),
            signer(heading=N_("Handed in by, customer; rules read"), name=order.reporter_name),
        ],
    }


def quote(session: Session, order: WorkOrder, proposal: Proposal) -> dict[str, Any]:
    """Term and price as they are put to the customer."""
    return common(session, order) | {
        "money": money(order, list_lines(session, order.id)),
        "term_at": proposal.term_at,
        "valid_until": proposal.valid_until,
        "words": proposal.words,
        "signers": [
            signer(heading=N_("Quoted by, contractor"), name=_dispatcher(order)),
            signer(heading=N_("Approved by, customer"), name=""),
        ],
    }


def _dispatcher(order: WorkOrder) -> str:
    return order.dispatcher.short_name if order.dispatcher else ""
