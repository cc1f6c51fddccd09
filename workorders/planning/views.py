"""Assigning an engineer and planning the visit."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission as P
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from service_app.web.forms import given, refusals
from service_app.web.notices import tell
from service_app.web.session import db_session
from workorders.orders.models import WorkOrder
from workorders.orders.views import back_to, the_order
from workorders.planning import queries, service
from workorders.planning.forms import AssignForm
from workorders.sla.queries import load

blueprint = Blueprint("planning", __name__)


@blueprint.route("/orders/<number>/assign", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def assign(number: str) -> ResponseReturnValue:
    """Choose the engineer and the stretch; a busy one is told and may be assigned anyway."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = AssignForm()
    form.engineer.options = form.second.options = queries.engineer_choices(session)
    form.planned_from.zone = form.planned_to.zone = ZoneInfo(order.zone)
    if not form.is_submitted():
        _suggest(form, order)
    elif form.validate():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.assign(
                session, order, queries.get_engineer(session, form.engineer.data),
                planned_from=given(form.planned_from.data), planned_to=given(form.planned_to.data),
                crew=[form.second.data] if form.second.data else [], purpose=form.purpose.data,
                even_if_busy=form.even_if_busy.data, told=form.told(), uid=form.key(), by=actor,
                at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(Text("%(number)s is assigned. Engineer and customer were told.", number=number))
            return back_to(order)
    visits = queries.list_for_order(session, order.id)
    page = render_template("workorders/planning/assign.html", order=order, form=form, visits=visits)
    return page, 422 if form.is_submitted() else 200


def _suggest(form: AssignForm, order: WorkOrder) -> None:
    """The next working hour, two hours long, the engineer who has the order."""
    session = db_session()
    start = load(session).calendar.next_open(now() + timedelta(minutes=30))
    start = start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=bool(start.minute))
    visit = queries.open_visit(session, order.id)
    form.engineer.data = order.engineer_id
    form.planned_from.data = visit.planned_from if visit else start
    form.planned_to.data = visit.planned_to if visit else start + timedelta(hours=2)
    form.purpose.data = visit.purpose if visit else ""


@blueprint.post("/orders/<number>/visits/<int:visit_id>/call-off")
@requires(P.ORDERS_DISPATCH)
def call_off(number: str, visit_id: int) -> ResponseReturnValue:
    """A planned visit does not take place."""
    order, session, actor = the_order(number), db_session(), current_actor()
    visit = queries.get_visit(session, order, visit_id)
    with transaction(session, by=actor, at=now()):
        service.call_off(session, order, visit, by=actor, at=now())
    tell(N_("The visit is called off."))
    return back_to(order)
