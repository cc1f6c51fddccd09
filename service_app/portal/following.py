"""Following a request: its page, a guest's secret link, adding words and photos."""

from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, public, requires
from service_app.accounts.permissions import Permission as P
from service_app.core.actor import GUEST, Actor
from service_app.core.clock import now
from service_app.core.db import made_before, transaction
from service_app.core.errors import NotFound
from service_app.core.text import N_
from service_app.desk import order_page
from service_app.files.service import store_all
from service_app.portal import pages, queries, service
from service_app.portal.sending import Sent, sent_photos
from service_app.portal.views import blueprint
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.intake import reporting
from workorders.intake.forms import DetailForm
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.views import blueprint as orders
from workorders.orders.views import the_order


@orders.get("/orders/<number>")
@requires(P.ORDERS_VIEW)
def show(number: str) -> ResponseReturnValue:
    """An order: the staff's page, or the customer's form of the same address."""
    order, session, actor = the_order(number), db_session(), current_actor()
    if actor.is_staff:
        values = order_page.staff_page(session, actor, order, reader(), _before())
        return render_template("service_app/desk/order.html", **values)
    values = pages.own_page(session, actor, order, reader(), _before())
    return render_template("service_app/portal/order.html", **values)


def _before() -> tuple[datetime, int] | None:
    moment, _, event_id = request.args.get("before", "").partition("/")
    try:
        at, number = datetime.fromisoformat(moment.replace(" ", "+")), int(event_id)
    except ValueError:
        return None
    return (at, number) if at.tzinfo and 1 < at.year < 9999 and 0 < number < 2**63 else None


@blueprint.route("/orders/<number>/details", methods=["GET", "POST"])
@requires(P.ORDERS_REPORT)
def add_detail(number: str) -> ResponseReturnValue:
    """The customer adds words or photos to an open request."""
    sent = sent_photos()
    order, actor, form = the_order(number), current_actor(), DetailForm()
    if _added(order, form, sent, by=actor):
        tell(N_("Added. The dispatcher was told."))
        return redirect(url_for("orders.show", number=number))
    page = render_template(
        "service_app/portal/add_detail.html", order=order, form=form, kept=len(sent.files)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/follow/<token>", methods=["GET", "POST"])
@public
def follow(token: str) -> ResponseReturnValue:
    """A guest's own request by the secret link: how it goes, and adding a detail."""
    sent = sent_photos()
    session, form = db_session(), DetailForm()
    order = queries.find_followed(session, token)
    if order is None:
        raise NotFound
    guest = Actor(None, order.reporter_name, GUEST.may, GUEST.company_ids)
    if _added(order, form, sent, by=guest):
        tell(N_("Added. The dispatcher was told."))
        return redirect(url_for("portal.follow", token=token))
    page = render_template(
        "service_app/portal/follow.html",
        form=form,
        kept=len(sent.files),
        is_sent="sent" in request.args and not form.is_submitted(),
        **pages.after_sending(session, order, reader()),
    )
    return page, 422 if form.is_submitted() else 200


def _added(order: WorkOrder, form: DetailForm, sent: Sent, *, by: Actor) -> bool:
    """Whether the detail was taken; else the form says why and keeps the photos."""
    session = db_session()
    if not form.is_submitted():
        return False
    is_ready = form.validate_on_submit()
    if sent.is_fine(form) and is_ready:
        with refusals(form), transaction(session, by=by, at=now()):
            if made_before(session, OrderEvent, form.key()) is None:
                if by.user_id is None:
                    service.count_detail(session, order_id=order.id, at=now())
                photos = store_all(session, sent.files, by=by, at=now())
                reporting.add_detail(
                    session, order, words=form.words.data or "", photos=photos, uid=form.key(),
                    by=by, at=now(),
                )  # fmt: skip
        if not form.problems:
            return True
    sent.keep(form)
    return False
