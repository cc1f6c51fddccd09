"""The engineer's pages: my day, my week, an order's step, labour, the finish."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assets.faults.rules import Severity
from assets.meters.rules import UnreadReason
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission as P
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import Invalid
from service_app.core.money import standard_rate
from service_app.core.text import N_, Text
from service_app.files.intake import prepare_all
from service_app.files.service import store_all
from service_app.organisation.queries import our_entity
from service_app.web.forms import HouseForm, refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.contracts.entitlement import WITHOUT
from workorders.execution import day, entitled, queries, service
from workorders.execution import labour as labours
from workorders.execution.forms import (
    ChooseContractForm,
    FaultForm,
    FinishForm,
    HoursForm,
    LabourForm,
    MoveForm,
    PartForm,
    minutes_of,
)
from workorders.execution.rules import LabourKind, LabourRate, NoPhoto
from workorders.execution.service import Answers
from workorders.orders.entitled import choices, may_choose
from workorders.orders.forms import NoteForm
from workorders.orders.lines import add_line
from workorders.orders.models import WorkOrder
from workorders.orders.moves import Action
from workorders.orders.queries import needs_hours, refusal_of
from workorders.orders.rules import REPAIRS, LineKind
from workorders.orders.views import back_to, the_order
from workorders.planning.queries import engineers, get_engineer
from workorders.sla.queries import load

blueprint = Blueprint("execution", __name__)


@blueprint.get("/my-day")
@requires(P.ORDERS_WORK)
def my_day() -> ResponseReturnValue:
    """The job now with its next step, then the rest of the day."""
    found = day.my_day(db_session(), current_actor(), reader())
    return render_template("workorders/execution/my_day.html", day=found)


@blueprint.get("/my-week")
@requires(P.ORDERS_WORK)
def my_week() -> ResponseReturnValue:
    """The next seven days, visit by visit."""
    days = day.my_week(db_session(), current_actor(), reader())
    return render_template("workorders/execution/my_week.html", days=days)


@blueprint.get("/orders/<number>/step")
@requires(P.ORDERS_WORK)
def step(number: str) -> ResponseReturnValue:
    """What to do next on an order, and everything that may be noted meanwhile."""
    return _step_page(the_order(number))


def _step_page(order: WorkOrder, **bound: HouseForm) -> ResponseReturnValue:
    session = db_session()
    forms: dict[str, HouseForm] = {
        "move": MoveForm(formdata=None),
        "hours": HoursForm(formdata=None, prefix="hours-"),
        "fault": FaultForm(formdata=None, prefix="fault-"),
        "part": PartForm(formdata=None, prefix="part-", unit=reader().say(N_("pcs")), quantity=1),
    }
    forms |= bound
    for form in forms.values():
        _on_site_clock(order, form)
    page = render_template(
        "workorders/execution/step.html", order=order, **forms,
        state=day.step_of(session, order, now()), asked=request.path if bound else "",
        is_over=order.status_kind not in queries.AT_WORK,
    )  # fmt: skip
    return page, 422 if bound else 200


def _on_site_clock(order: WorkOrder, form: HouseForm) -> None:
    if "happened_at" in form:
        form["happened_at"].zone = ZoneInfo(order.zone)


def _move(number: str, verb: Callable[..., Any], said: Text) -> ResponseReturnValue:
    """One step in one transaction; a refusal opens the order's step page with what was asked."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = MoveForm()
    _on_site_clock(order, form)
    if form.validate():
        with refusals(form), transaction(session, by=actor, at=now()):
            verb(session, order, form, at=now())
        if not form.problems:
            tell(said.with_values(number=order.number))
            return back_to(order)
    return _step_page(order, move=form)


@blueprint.post("/orders/<number>/set-out")
@requires(P.ORDERS_WORK)
def set_out(number: str) -> ResponseReturnValue:
    """Leaving for the site."""
    said = N_("%(number)s: on the way. The customer was told.")
    return _move(number, _verb(service.set_out), said)


@blueprint.post("/orders/<number>/arrive")
@requires(P.ORDERS_WORK)
def arrive(number: str) -> ResponseReturnValue:
    """On site, not working yet."""
    return _move(number, _verb(service.arrive), N_("%(number)s: on site."))


@blueprint.post("/orders/<number>/leave")
@requires(P.ORDERS_WORK)
def leave(number: str) -> ResponseReturnValue:
    """Leaving the site."""
    return _move(number, _verb(service.leave), N_("%(number)s: the visit is over."))


@blueprint.post("/orders/<number>/runs-again")
@requires(P.ORDERS_WORK)
def mark_runs_again(number: str) -> ResponseReturnValue:
    """The machine runs, though work may go on."""
    said = N_("%(number)s: noted that the machine runs again.")
    return _move(number, _verb(service.mark_runs_again), said)


@blueprint.post("/orders/<number>/start")
@requires(P.ORDERS_WORK)
def start(number: str) -> ResponseReturnValue:
    """Begin the work; with another job running it asks first."""

    def act(session: Any, order: WorkOrder, form: MoveForm, *, at: datetime) -> None:
        service.start(
            session, order, told=form.told(), pause_running=form.pause_running.data,
            uid=form.key(), by=current_actor(), at=at,
        )  # fmt: skip

    return _move(number, act, N_("%(number)s: the work has begun."))


def _verb(verb: Callable[..., Any]) -> Callable[..., Any]:
    def act(session: Any, order: WorkOrder, form: MoveForm, *, at: datetime) -> None:
        verb(session, order, told=form.told(), uid=form.key(), by=current_actor(), at=at)

    return act


@blueprint.post("/orders/<number>/hours")
@requires(P.ORDERS_WORK)
def record_hours(number: str) -> ResponseReturnValue:
    """Running hours, or why the meter cannot be read."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = HoursForm(prefix="hours-")
    _on_site_clock(order, form)
    if form.validate():
        with refusals(form), transaction(session, by=actor, at=now()):
            _record(order, form)
        if not form.problems:
            tell(N_("Running hours are noted."))
            return back_to(order)
    return _step_page(order, hours=form)


def _record(order: WorkOrder, form: HoursForm) -> None:
    session, at = db_session(), now()
    told, uid, by = form.told(), form.key(), current_actor()
    if form.value.data is not None:
        service.record_hours(session, order, form.value.data, told=told, uid=uid, by=by, at=at)
    elif form.unread.data:
        reason = UnreadReason(form.unread.data)
        service.record_unread(session, order, reason, told=told, uid=uid, by=by, at=at)
    else:
        raise Invalid(N_("Write what the meter shows, or why it cannot be read."), "value")


@blueprint.post("/orders/<number>/fault-found")
@requires(P.ORDERS_WORK)
def found_fault(number: str) -> ResponseReturnValue:
    """Another fault of the machine, found during the work."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = FaultForm(prefix="fault-")
    if form.validate():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.found_fault(
                session, order, severity=Severity(form.severity.data), symptom=form.symptom.data,
                uid=form.key(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(N_("The fault is open on the machine. Ask the customer whether to repair it now."))
            return back_to(order)
    return _step_page(order, fault=form)


@blueprint.post("/orders/<number>/parts-used")
@requires(P.ORDERS_WORK)
def use_part(number: str) -> ResponseReturnValue:
    """A part used becomes a line; finishing is never blocked by stock."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = PartForm(prefix="part-")
    if form.validate():
        entity = our_entity(session)
        rate = standard_rate(reader().today, is_vat_payer=entity is None or entity.is_vat_payer)
        with refusals(form), transaction(session, by=actor, at=now()):
            values = form.line(order.coverage_for(LineKind.PART), rate)
            add_line(session, order, values, uid=form.key(), by=actor, at=now())
        if not form.problems:
            tell(N_("The part is noted."))
            return back_to(order)
    return _step_page(order, part=form)


@blueprint.get("/orders/<number>/note")
@requires(P.ORDERS_WORK)
def note(number: str) -> ResponseReturnValue:
    """A note or photos, one screen for a thumb."""
    order = the_order(number)
    return render_template(
        "workorders/execution/note.html", order=order, form=NoteForm(formdata=None),
        is_photo="photo" in request.args,
    )  # fmt: skip


@blueprint.route("/orders/<number>/labour", methods=["GET", "POST"])
@requires(P.ORDERS_WORK)
def labour(number: str) -> ResponseReturnValue:
    """Labour of an order: the list, and a new entry."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = LabourForm(kind=LabourKind.WORK, rate=LabourRate.NORMAL, **_labour_defaults(order))
    people = engineers(session)
    form.person.options = [(p.id, p.short_name) for p in people]
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            labours.enter_labour(
                session, order, get_engineer(session, form.person.data), form.spent(),
                uid=form.key(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(N_("Labour is entered."))
            return redirect(url_for("execution.labour", number=number))
    rows = queries.list_labour(session, order.id)
    page = render_template("workorders/execution/labour.html", order=order, form=form, rows=rows)
    return page, 422 if form.is_submitted() else 200


def _labour_defaults(order: WorkOrder) -> dict[str, Any]:
    today = now().astimezone(ZoneInfo(order.zone)).date()
    return {"person": current_actor().user_id, "worked_on": today}


@blueprint.post("/orders/<number>/labour/<int:labour_id>/remove")
@requires(P.ORDERS_WORK)
def remove_labour(number: str, labour_id: int) -> ResponseReturnValue:
    """Take an entry out."""
    order, session, actor = the_order(number), db_session(), current_actor()
    entry = queries.get_labour(session, order, labour_id)
    with transaction(session, by=actor, at=now()):
        labours.remove_labour(session, order, entry, by=actor, at=now())
    tell(N_("The entry is taken out."))
    return redirect(url_for("execution.labour", number=number))


@blueprint.route("/orders/<number>/finish", methods=["GET", "POST"])
@requires(P.ORDERS_WORK)
def finish(number: str) -> ResponseReturnValue:
    """The work is done: asks on one page what is still missing."""
    files = prepare_all(request.files.getlist("photos"))
    order, session, actor = the_order(number), db_session(), current_actor()
    form = FinishForm()
    _on_site_clock(order, form)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            photos = store_all(session, files, by=actor, at=now())
            service.finish(
                session, order, words=form.words.data, cause=form.cause.data,
                done_lines=_ticked(), has_left=form.has_left.data,
                answers=_answers(order, form, photos), told=form.told(), uid=form.key(), by=actor,
                at=now(),
            )  # fmt: skip
        if not form.problems:
            said = N_("%(number)s: the work is done. Dispatcher and customer were told.")
            tell(said.with_values(number=number))
            return back_to(order)
    page = render_template(
        "workorders/execution/finish.html", order=order, form=form, ticked=_ticked(),
        lines=service.lines_to_do(session, order), needs_hours=needs_hours(order),
        needs_photo=order.kind in REPAIRS,
        is_on_site=queries.is_on_site(session, order.id),
        labour=timedelta(minutes=queries.labour_minutes(session, order.id)),
        refusal=refusal_of(session, order, Action.FINISH, actor),
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


def _ticked() -> frozenset[int]:
    return frozenset(request.form.getlist("done", type=int))


def _answers(order: WorkOrder, form: FinishForm, photos: Any) -> Answers:
    """What the last page brought; labour is the engineer's own, on the day it happened."""
    minutes = minutes_of(form.hours.data, form.minutes.data)
    spent = None
    if minutes > 0:
        moment = form.happened_at.data or now()
        worked_on = moment.astimezone(ZoneInfo(order.zone)).date()
        mine = (p for p in engineers(db_session()) if p.id == current_actor().user_id)
        user = next(mine, order.engineer)
        assert user is not None  # nothing is in work without an engineer
        spent = (user, labours.Spent(LabourKind.WORK, LabourRate.NORMAL, minutes, worked_on))
    unread = UnreadReason(form.unread.data) if form.unread.data else None
    no_photo = NoPhoto(form.no_photo.data) if form.no_photo.data else None
    return Answers(form.value.data, unread, spent, photos, no_photo)


@blueprint.route("/orders/<number>/contract", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def choose_contract(number: str) -> ResponseReturnValue:
    """By which contract the order is answered: those that cover the machine, or none; and why."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = ChooseContractForm()
    if not form.is_submitted():
        form.contract_id.data = order.contract_id or WITHOUT
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            asked = form.contract_id.data
            entitled.choose_contract(
                session, order, asked if asked is not None else -1, reason=form.reason.data,
                uid=form.key(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(N_("The contract is chosen; promises follow its level."))
            return back_to(order)
    found = choices(session, order)
    known = [found.contract, *found.others] if found.contract else []
    page = render_template(
        "workorders/execution/choose_contract.html", order=order, form=form, may=may_choose(order),
        options=[(one, choices(session, order, chosen=one.id)) for one in known],
        without=choices(session, order, chosen=WITHOUT), levels=load(session).levels,
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200
