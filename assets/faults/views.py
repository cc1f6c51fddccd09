"""The tab of faults: what is and was wrong with a machine, and how each ended."""

from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assets.faults import queries, service
from assets.faults.forms import FaultForm, RejectForm, ResolveForm
from assets.faults.models import Fault
from assets.faults.rules import Detection, FaultStatus, Severity, may_move
from assets.machines.models import Machine
from assets.machines.page import machine_page
from assets.machines.queries import get_machine
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from service_app.customers.queries import zone_of_site
from service_app.files.intake import PreparedFile, prepare_all
from service_app.files.sending import send_stored
from service_app.files.service import store_all
from service_app.web.forms import HouseForm, MomentField, refusals
from service_app.web.links import link_to
from service_app.web.notices import tell
from service_app.web.session import db_session

blueprint = Blueprint("faults", __name__)
F = TypeVar("F", bound=HouseForm)
V = TypeVar("V")


@blueprint.get("/machines/<int:machine_id>/faults")
@requires(Permission.MACHINES_VIEW)
def index(machine_id: int) -> ResponseReturnValue:
    """Faults newest first, with their pictures and how they ended."""
    session, actor = db_session(), current_actor()
    machine = get_machine(session, actor, machine_id)
    page = queries.list_page(session, machine.id, key=request.args.get("after"))
    return machine_page(
        "assets/faults/index.html",
        machine,
        tab="faults.index",
        page=page,
        photos=queries.list_photos(session, [f.id for f in page]),
        steps_of=steps_of,
        link_to=link_to,
    )


@blueprint.route("/machines/<int:machine_id>/faults/new", methods=["GET", "POST"])
@requires(Permission.FAULTS_EDIT)
def report(machine_id: int) -> ResponseReturnValue:
    """A fault found by staff that needs no order of its own yet."""
    form, pictures = FaultForm(detection=Detection.WORK.value), list[PreparedFile]()
    with refusals(form):  # before the database is touched: scaling takes its time
        pictures = prepare_all(request.files.getlist("photos"))
    session, actor = db_session(), current_actor()
    machine = get_machine(session, actor, machine_id)
    _timed(form, "happened_at", machine)
    if not form.problems and form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            photos = store_all(session, pictures, by=actor, at=now())
            service.report(
                session, machine, severity=Severity(form.severity.data), symptom=form.symptom.data,
                happened_at=_given(form.happened_at.data), running_hours=form.running_hours.data,
                photos=photos, reporter=actor.name, detection=Detection(form.detection.data),
                uid=form.key(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved(machine.id, N_("The fault is noted."))
    return _form_page("report", form, machine=machine, severities=tuple(Severity))


@blueprint.get("/faults/<int:fault_id>/photos/<int:file_id>")
@requires(Permission.MACHINES_VIEW)
def photo(fault_id: int, file_id: int) -> ResponseReturnValue:
    """A picture of a fault, small with ``?small=1``."""
    file = queries.get_photo(db_session(), current_actor(), fault_id, file_id)
    return send_stored(file, thumbnail=request.args.get("small") == "1")


@blueprint.post("/faults/<int:fault_id>/start")
@requires(Permission.FAULTS_EDIT)
def start(fault_id: int) -> ResponseReturnValue:
    """Somebody works on it now."""
    session, actor = db_session(), current_actor()
    fault = queries.get_fault(session, actor, fault_id)
    with transaction(session, by=actor, at=now()):
        service.start_work(session, fault, by=actor, at=now())
    return _saved(fault.machine_id)


@blueprint.route("/faults/<int:fault_id>/resolve", methods=["GET", "POST"])
@requires(Permission.FAULTS_EDIT)
def resolve(fault_id: int) -> ResponseReturnValue:
    """Fixed: why it came, what was done, since when the machine works."""
    session, actor = db_session(), current_actor()
    fault = queries.get_fault(session, actor, fault_id)
    form = _timed(ResolveForm(version=fault.version), "ended_at", fault.machine)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.refuse_stale(fault, form.opened_on())
            service.resolve(
                session, fault, cause=form.cause.data, remedy=form.remedy.data,
                ended_at=_given(form.ended_at.data), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved(fault.machine_id, N_("The fault is fixed."))
    form.compare_with(fault)
    return _form_page("resolve", form, machine=fault.machine, fault=fault)


@blueprint.post("/faults/<int:fault_id>/confirm")
@requires(Permission.FAULTS_EDIT)
def confirm(fault_id: int) -> ResponseReturnValue:
    """The fault did not come back."""
    session, actor = db_session(), current_actor()
    fault = queries.get_fault(session, actor, fault_id)
    with transaction(session, by=actor, at=now()):
        service.confirm(session, fault, by=actor, at=now())
    return _saved(fault.machine_id)


@blueprint.route("/faults/<int:fault_id>/reject", methods=["GET", "POST"])
@requires(Permission.FAULTS_EDIT)
def reject(fault_id: int) -> ResponseReturnValue:
    """Nobody could find it."""
    session, actor = db_session(), current_actor()
    fault = queries.get_fault(session, actor, fault_id)
    form = RejectForm(version=fault.version)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.refuse_stale(fault, form.opened_on())
            service.reject(session, fault, words=form.remedy.data, by=actor, at=now())
        if not form.problems:
            return _saved(fault.machine_id)
    form.compare_with(fault)
    return _form_page("reject", form, machine=fault.machine, fault=fault)


def steps_of(fault: Fault) -> list[str]:
    """What may be done with a fault now, as endpoints."""
    ends = {
        "faults.start": FaultStatus.IN_WORK,
        "faults.resolve": FaultStatus.FIXED,
        "faults.confirm": FaultStatus.CONFIRMED,
        "faults.reject": FaultStatus.NOT_CONFIRMED,
    }
    return [name for name, to in ends.items() if may_move(fault.status_kind, to)]


def _timed(form: F, field: str, machine: Machine) -> F:
    moment: MomentField = form[field]
    moment.zone = zone_of_site(db_session(), machine.site_id)
    if not form.is_submitted():
        moment.data = now()
    return form


def _given(value: V | None) -> V:
    """The value of a field that was found filled in."""
    if value is None:
        raise ValueError("an empty field passed its check")
    return value


def _saved(machine_id: int, text: Text | None = None) -> ResponseReturnValue:
    tell(text or N_("Saved."))
    return redirect(url_for("faults.index", machine_id=machine_id))


def _form_page(name: str, form: object, **values: object) -> ResponseReturnValue:
    page = render_template(f"assets/faults/{name}.html", form=form, **values)
    return page, 422 if request.method == "POST" else 200
