"""Pages of handover: ready, sign in three ways, refuse, back to work, scan, close."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission as P
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import DomainError
from service_app.core.text import N_, Text
from service_app.customers.queries import contacts_of
from service_app.files.intake import PreparedFile, prepare, prepare_drawing
from service_app.files.service import store
from service_app.organisation.queries import our_entity
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.session import db_session
from workorders.handover import queries, service
from workorders.handover.forms import BackForm, CloseForm, ReadyForm, RefuseForm, ScanForm, SignForm
from workorders.handover.rules import SigningWay
from workorders.orders import lines
from workorders.orders.models import WorkOrder
from workorders.orders.moves import Action
from workorders.orders.queries import list_lines, needs_hours, refusal_of
from workorders.orders.views import back_to, the_order

blueprint = Blueprint("handover", __name__)


@blueprint.route("/orders/<number>/ready", methods=["GET", "POST"])
@requires(P.ORDERS_HANDOVER)
def make_ready(number: str) -> ResponseReturnValue:
    """Tell the customer it is ready, with the papers to bring."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = ReadyForm()
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.make_ready(
                session, order, papers_to_bring=form.papers.data, told=form.told(), uid=form.key(),
                by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(Text("%(number)s is ready. The customer was told.", number=number))
            return back_to(order)
    page = render_template("workorders/handover/ready.html", order=order, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/orders/<number>/handover", methods=["GET", "POST"])
@requires(P.ORDERS_HANDOVER)
def sign(number: str) -> ResponseReturnValue:
    """What was done and what it costs above the line both sign."""
    form = SignForm()
    drawn = _drawings(form)
    order, session, actor = the_order(number), db_session(), current_actor()
    if not form.is_submitted():
        _suggest(form, order)
    elif form.validate() and not form.problems:
        with refusals(form), transaction(session, by=actor, at=now()):
            files = {k: store(session, f, by=actor, at=now()) for k, f in drawn.items()}
            signing = service.Signing(
                giver=form.giver(), taker=form.taker(), way=SigningWay(form.way.data),
                demonstration=form.demonstration.data, remarks=form.remarks.data,
                running_hours=form.running_hours.data, giver_signature=files.get("giver"),
                taker_signature=files.get("taker"), taker_consents=form.taker_consents.data,
                outside_number=form.outside_number.data, scan=files.get("scan"),
            )  # fmt: skip
            service.hand_over(
                session, order, signing, told=form.told(), uid=form.key(), by=actor, at=now()
            )
        if not form.problems:
            tell(Text("%(number)s is handed over. The act goes to the customer.", number=number))
            return redirect(url_for("handover.signed", number=number))
    return _sign_page(order, form)


def _drawings(form: SignForm) -> dict[str, PreparedFile]:
    """Signatures and the scan, prepared before the database is asked anything."""
    out: dict[str, PreparedFile] = {}
    if not form.is_submitted():
        return out
    try:
        for side in ("giver", "taker"):
            found = prepare_drawing(form[f"{side}_signature"].data or "")
            if found is not None:
                out[side] = found
        upload = request.files.get("scan")
        if upload and upload.filename:
            out["scan"] = prepare(upload)
    except DomainError as error:
        form.refuse(error)
    return out


def _suggest(form: SignForm, order: WorkOrder) -> None:
    """The person at the phone hands over; the customer's first contact accepts."""
    user = current_user.user
    form.giver_name.data, form.giver_position.data = user.full_name, user.position
    form.giver_ground.data = user.signing_ground
    contacts = contacts_of(db_session(), order.company_id) if order.company_id else []
    if contacts:
        form.taker_name.data, form.taker_position.data = contacts[0].full_name, contacts[0].position
        form.taker_ground.data = contacts[0].signing_ground
    form.demonstration.data = order.demonstration


def _sign_page(order: WorkOrder, form: SignForm) -> ResponseReturnValue:
    session, actor = db_session(), current_actor()
    done = [line for line in list_lines(session, order.id) if line.is_done]
    page = render_template(
        "workorders/handover/sign.html", order=order, form=form, lines=done,
        sums=lines.sums_of(done, order.currency), asks_hours=needs_hours(order),
        missing=refusal_of(session, order, Action.HAND_OVER, actor), ways=list(SigningWay),
        entity=our_entity(session),
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/orders/<number>/signed")
@requires(P.ORDERS_HANDOVER)
def signed(number: str) -> ResponseReturnValue:
    """The act's number, its paper, and the code that opens it on the customer's phone."""
    order, session = the_order(number), db_session()
    act = queries.signed_act(session, order.id)
    if act is None:
        return redirect(url_for("handover.sign", number=number))
    return render_template("workorders/handover/signed.html", order=order, act=act)


@blueprint.route("/orders/<number>/refused", methods=["GET", "POST"])
@requires(P.ORDERS_HANDOVER)
def refuse(number: str) -> ResponseReturnValue:
    """The customer does not accept; the order goes back to work."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = RefuseForm()
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.refuse(
                session, order, reason=form.reason.data, taker=form.taker.data, uid=form.key(),
                by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(Text("%(number)s is back in work.", number=number))
            return back_to(order)
    page = render_template("workorders/handover/refuse.html", order=order, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/orders/<number>/back-to-work", methods=["GET", "POST"])
@requires(P.ORDERS_WORK)
def return_to_work(number: str) -> ResponseReturnValue:
    """Not finished after all."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = BackForm()
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.return_to_work(
                session, order, reason=form.reason.data, uid=form.key(), by=actor, at=now()
            )
        if not form.problems:
            tell(Text("%(number)s is back in work.", number=number))
            return back_to(order)
    page = render_template("workorders/handover/return_to_work.html", order=order, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/orders/<number>/scan", methods=["GET", "POST"])
@requires(P.ORDERS_HANDOVER)
def add_scan(number: str) -> ResponseReturnValue:
    """The scan of a paper signed by hand."""
    form = ScanForm()
    upload = request.files.get("scan")
    prepared = prepare(upload) if upload and upload.filename else None
    order, session, actor = the_order(number), db_session(), current_actor()
    if form.validate_on_submit() and prepared is not None:
        with refusals(form), transaction(session, by=actor, at=now()):
            file = store(session, prepared, by=actor, at=now())
            service.add_scan(session, order, file, uid=form.key(), by=actor, at=now())
        if not form.problems:
            tell(N_("The scan is kept with the order."))
            return back_to(order)
    page = render_template("workorders/handover/add_scan.html", order=order, form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/orders/<number>/close", methods=["GET", "POST"])
@requires(P.ORDERS_CLOSE)
def close(number: str) -> ResponseReturnValue:
    """Close; where paper was signed, the day its original came back is asked."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = CloseForm()
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            if form.received_on.data is not None:
                service.receive_original(
                    session, order, form.received_on.data, uid=form.key(), by=actor, at=now()
                )
            service.close(
                session, order, words=form.words.data, uid=service.twin_key(form.key()), by=actor,
                at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(Text("%(number)s is closed.", number=number))
            return back_to(order)
    page = render_template(
        "workorders/handover/close.html", order=order, form=form,
        missing=refusal_of(session, order, Action.CLOSE, actor),
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200
