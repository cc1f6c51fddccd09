"""The act of work done with acceptance–transfer, as the plain data its PDF is made of.

The seven fields of 402-ФЗ article 9: name, date, issuer, content of the fact, measure with units,
positions, signatures with names.
"""

from typing import Any

from sqlalchemy.orm import Session

from service_app.core.text import N_
from service_app.documents.snapshots import issuer, signer
from service_app.files.models import StoredFile
from workorders.execution.queries import list_labour
from workorders.handover.models import HandoverAct
from workorders.handover.rules import SigningWay
from workorders.orders.document import common, money
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.queries import list_lines


def act(
    session: Session, order: WorkOrder, signed: HandoverAct, finished: OrderEvent | None
) -> dict[str, Any]:
    """The snapshot of an act at the moment of signing."""
    done = [line for line in list_lines(session, order.id) if line.is_done]
    labour = list_labour(session, order.id)
    return common(session, order) | {
        "money": money(order, done),
        "works": finished.words if finished else "",
        "cause": order.fault.cause if order.fault else "",
        "labour_minutes": sum(x.minutes for x in labour),
        "engineers": sorted({x.user.full_name for x in labour}),
        "demonstration": signed.demonstration,
        "done_at": finished.happened_at if finished else None,
        "handed_over_at": signed.happened_at,
        "way": SigningWay(signed.way).label,
        "is_on_paper": signed.way == SigningWay.PAPER,
        "agreement": issuer(session, "ru")["simple_signature_agreement"]
        if signed.way == SigningWay.SCREEN
        else "",
        "outside_number": signed.outside_number,
        "remarks": signed.remarks,
        "giver": _signer(
            session, N_("Handed over by, contractor"), signed.giver, signed.giver_signature_id
        ),
        "taker": _signer(
            session, N_("Accepted by, customer"), signed.taker, signed.taker_signature_id
        ),
    }


def _signer(
    session: Session, heading: Any, who: dict[str, Any], file_id: int | None
) -> dict[str, Any]:
    file = session.get(StoredFile, file_id) if file_id else None
    return signer(
        heading=heading, name=who["name"], position=who.get("position", ""),
        ground=who.get("ground", ""), signature=file.key if file else None,
    )  # fmt: skip
