"""Papers of an order on demand: the intake receipt and the job sheet."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission as P
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import NotFound
from service_app.documents import service as documents
from service_app.web.session import db_session
from workorders.execution.document import job_sheet
from workorders.intake.document import receipt
from workorders.orders import service as orders
from workorders.orders.document import language_of
from workorders.orders.models import WorkOrder
from workorders.orders.views import the_order

blueprint = Blueprint("papers", __name__)
MAKERS: dict[str, tuple[str, str, Callable[[Session, WorkOrder], dict[str, Any]]]] = {
    "receipt": ("receipt", "workorders/intake/pdf/receipt.html", receipt),
    "sheet": ("job_sheet", "workorders/execution/pdf/job_sheet.html", job_sheet),
}


@blueprint.post("/orders/<number>/papers/<kind>")
@requires(P.ORDERS_DISPATCH)
def issue(number: str, kind: str) -> ResponseReturnValue:
    """Issue the paper and show it; the same press twice gives the same paper."""
    if kind not in MAKERS:
        raise NotFound
    order, session, actor = the_order(number), db_session(), current_actor()
    name, template, make = MAKERS[kind]
    with transaction(session, by=actor, at=now()):
        ground = ("order", order.number)
        paper = documents.issue(
            session, kind=name, number=documents.next_number(session, ground),
            branch_id=order.branch_id, company_id=order.payer_id or order.company_id,
            ground=ground, language=language_of(order), zone=order.zone, template=template,
            snapshot=make(session, order), uid=_key(), by=actor, at=now(),
        )  # fmt: skip
        orders.note_paper(session, order, paper.number, uid=paper.uid, by=actor, at=now())
    return redirect(url_for("documents.show", document_id=paper.id))


def _key() -> UUID:
    try:
        return UUID(request.form.get("uid", ""))
    except ValueError:
        return uuid4()
