"""Pages of promises told to a customer."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import render_template
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import DomainError, NotFound
from service_app.core.text import N_, Text
from service_app.web.addresses import LARGEST
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.session import db_session
from workorders.orders import promises
from workorders.orders.forms import PromiseEndForm, PromiseForm
from workorders.orders.models import OrderEvent
from workorders.orders.promises import PromiseEnd
from workorders.orders.views import back_to, blueprint, the_order
from workorders.sla.rules import Clock

P = Permission


@blueprint.route("/orders/<number>/promises/new", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def promise(number: str) -> ResponseReturnValue:
    """Promise the customer a call, a price, a visit or a part by a moment."""
    order, session, actor, form = the_order(number), db_session(), current_actor(), PromiseForm()
    form.due_at.zone = ZoneInfo(order.zone)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            assert form.due_at.data is not None  # the form asks for it
            promises.promise(
                session, order, Clock(form.clock.data), due_at=form.due_at.data,
                what=form.what.data or "", uid=form.key(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(N_("The promise is noted; the customer sees it."))
            return back_to(order)
    page = render_template("workorders/orders/promise.html", order=order, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/orders/<number>/promises/<int:event_id>/kept")
@requires(P.ORDERS_DISPATCH)
def keep_promise(number: str, event_id: int) -> ResponseReturnValue:
    """What was promised is there."""
    return _end(number, event_id, PromiseEnd.KEPT)


@blueprint.post("/orders/<number>/promises/<int:event_id>/freed")
@requires(P.ORDERS_DISPATCH)
def free_promise(number: str, event_id: int) -> ResponseReturnValue:
    """The customer no longer needs it."""
    return _end(number, event_id, PromiseEnd.FREED)


@blueprint.route("/orders/<number>/promises/<int:event_id>", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def end_promise(number: str, event_id: int) -> ResponseReturnValue:
    """How a promise ended: at an earlier moment too, and who said so."""
    order, session, actor, form = the_order(number), db_session(), current_actor(), PromiseEndForm()
    form.happened_at.zone = ZoneInfo(order.zone)
    row = promises.find(session, order, event_id) if event_id <= LARGEST else None
    if row is None:
        raise NotFound
    if form.validate_on_submit():
        verb, said = _ENDS[PromiseEnd(form.how.data)]
        with refusals(form), transaction(session, by=actor, at=now()):
            told = form.told(form.words.data or "")
            verb(session, order, event_id, told=told, by=actor, at=now())
        if not form.problems:
            tell(said)
            return back_to(order)
    page = render_template("workorders/orders/promise_end.html", order=order, form=form, row=row)
    return page, 422 if form.is_submitted() else 200


_ENDS: dict[PromiseEnd, tuple[Callable[..., OrderEvent], Text]] = {
    PromiseEnd.KEPT: (promises.keep, N_("The promise is kept.")),
    PromiseEnd.FREED: (promises.free, N_("The promise is taken off.")),
}


def _end(number: str, event_id: int, how: PromiseEnd) -> ResponseReturnValue:
    verb, said = _ENDS[how]
    order, session, actor = the_order(number), db_session(), current_actor()
    if event_id > LARGEST:
        raise NotFound
    try:
        with transaction(session, by=actor, at=now()):
            verb(session, order, event_id, by=actor, at=now())
        tell(said)
    except NotFound:
        raise
    except DomainError as error:
        tell(error.text, "danger")
    return back_to(order)
