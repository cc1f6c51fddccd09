"""The tab of running hours: the picture, the readings, and what may be done with them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assets.machines.models import Machine
from assets.machines.page import machine_page
from assets.machines.queries import get_machine
from assets.meters import plot, queries, service
from assets.meters.facts import state_now
from assets.meters.forms import ReadingForm, ReplaceForm, UnreadForm, VoidForm
from assets.meters.models import Reading
from assets.meters.rules import ReadingSource, UnreadReason, per_day
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.actor import Actor
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from service_app.customers.queries import zone_of_site
from service_app.web.forms import HouseForm, MomentField, refusals
from service_app.web.notices import tell
from service_app.web.session import db_session

blueprint = Blueprint("meters", __name__, url_prefix="/machines/<int:machine_id>/hours")
PLOTTED = timedelta(days=365)
PLOTTED_ON_PHONE = timedelta(days=183)
F = TypeVar("F", bound=HouseForm)
V = TypeVar("V")


@blueprint.get("")
@requires(Permission.MACHINES_VIEW)
def index(machine_id: int) -> ResponseReturnValue:
    """The picture of a year and every reading, the voided ones too."""
    session, actor = db_session(), current_actor()
    machine = get_machine(session, actor, machine_id)
    page = queries.list_page(session, machine.id, key=request.args.get("after"))
    state = state_now(session, machine, now())
    return machine_page(
        "assets/meters/index.html",
        machine,
        tab="meters.index",
        page=page,
        rates=_rates(page.rows),
        rate=state.rate,
        pictures=_pictures(machine, state, now()),
        unread=queries.last_unread(session, machine.id),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.METERS_RECORD)
def record(machine_id: int) -> ResponseReturnValue:
    """Enter running hours; what cannot be is said beside the field."""
    session, actor = db_session(), current_actor()
    machine = get_machine(session, actor, machine_id)
    form = _timed(ReadingForm(), "read_at", machine)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            reading = service.record_reading(
                session, machine, value=_given(form.value.data), read_at=_given(form.read_at.data),
                source=_source(actor), uid=form.key(), by=actor, at=now(),
                replaced=form.replaced.data, ground=form.ground.data,
            )  # fmt: skip
        if not form.problems:
            return _saved(machine, Text("Recorded: %(value)s.", value=reading.value))
    last = queries.last_reading(session, machine.id)
    return _form_page("record", form, machine=machine, last=last)


@blueprint.route("/replace", methods=["GET", "POST"])
@requires(Permission.METERS_CORRECT)
def replace(machine_id: int) -> ResponseReturnValue:
    """Another meter from a moment on; the total goes on."""
    session, actor = db_session(), current_actor()
    machine = get_machine(session, actor, machine_id)
    form = _timed(ReplaceForm(), "replaced_at", machine)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.replace_meter(
                session, machine, old_value=form.old_value.data,
                new_value=_given(form.new_value.data), replaced_at=_given(form.replaced_at.data),
                ground=form.ground.data, source=_source(actor), uid=form.key(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved(machine, N_("The new meter counts on from the old total."))
    last = queries.last_reading(session, machine.id)
    return _form_page("replace", form, machine=machine, last=last)


@blueprint.route("/unread", methods=["GET", "POST"])
@requires(Permission.METERS_RECORD)
def record_unread(machine_id: int) -> ResponseReturnValue:
    """The meter could not be read, and why."""
    session, actor = db_session(), current_actor()
    machine = get_machine(session, actor, machine_id)
    form = _timed(UnreadForm(), "seen_at", machine)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.record_unread(
                session, machine, reason=UnreadReason(form.reason.data), words=form.remark.data,
                seen_at=_given(form.seen_at.data), uid=form.key(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved(machine, N_("Noted that the meter could not be read."))
    return _form_page("record_unread", form, machine=machine)


@blueprint.route("/<int:reading_id>/void", methods=["GET", "POST"])
@requires(Permission.METERS_CORRECT)
def void(machine_id: int, reading_id: int) -> ResponseReturnValue:
    """A wrong reading counts no more; it stays in the list."""
    session, actor = db_session(), current_actor()
    machine = get_machine(session, actor, machine_id)
    reading = queries.get_reading(session, machine, reading_id)
    form = VoidForm()
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.void_reading(session, reading, reason=form.reason.data, by=actor, at=now())
        if not form.problems:
            return _saved(machine, N_("Voided. What rests on it is made anew."))
    return _form_page("void", form, machine=machine, reading=reading)


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


def _source(actor: Actor) -> ReadingSource:
    if not actor.is_staff:
        return ReadingSource.OPERATOR
    return ReadingSource.STAFF if actor.can(Permission.METERS_CORRECT) else ReadingSource.ENGINEER


def _rates(rows: Sequence[Reading]) -> dict[int, Decimal]:
    """Units a day since the reading before, of those that count."""
    counted = [r for r in rows if not r.is_voided]
    return {
        later.id: per_day(queries.point(earlier), queries.point(later))
        for later, earlier in pairwise(counted)
        if later.read_at > earlier.read_at
    }


def _pictures(
    machine: Machine, state: queries.MeterState, moment: datetime
) -> tuple[plot.Picture | None, plot.Picture | None]:
    """A year for the desk, half a year for the phone."""
    session = db_session()
    readings = queries.list_plotted(session, machine.id, since=moment - PLOTTED)
    starts = {r.segment.starts_at for r in readings if not r.segment.is_void}
    replaced = sorted(at for at in starts if at is not None)

    def draw(since: datetime) -> plot.Picture | None:
        shown = [r for r in readings if r.read_at >= since]
        counted = [queries.point(r) for r in shown if not r.is_voided]
        voided = [queries.point(r) for r in shown if r.is_voided]
        return plot.draw(counted, voided, replaced, state.rate, moment)

    return draw(moment - PLOTTED), draw(moment - PLOTTED_ON_PHONE) or draw(moment - PLOTTED)


def _saved(machine: Machine, text: Text) -> ResponseReturnValue:
    tell(text)
    return redirect(url_for("meters.index", machine_id=machine.id))


def _form_page(name: str, form: object, **values: object) -> ResponseReturnValue:
    page = render_template(f"assets/meters/{name}.html", form=form, **values)
    return page, 422 if request.method == "POST" else 200
