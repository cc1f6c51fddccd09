"""The customer's first page, the code on a machine, reporting a fault, the company's papers."""

from datetime import datetime, timedelta
from decimal import Decimal

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from assets.faults.rules import Severity
from assets.machines.models import Machine
from assets.machines.queries import find_by_token, get_machine
from assets.meters.models import Reading
from assets.meters.queries import last_reading, limit_of, point
from assets.meters.rules import Point, problem_with
from service_app.accounts.guard import current_actor, public, requires
from service_app.accounts.permissions import Permission as P
from service_app.core.actor import GUEST, Actor
from service_app.core.clock import now
from service_app.core.db import made_before, transaction
from service_app.core.errors import Invalid, NotFound
from service_app.core.text import N_, Text
from service_app.customers.queries import zone_of_site
from service_app.desk.order_page import shown_papers
from service_app.documents import queries as papers
from service_app.files.service import store_all
from service_app.organisation.queries import our_entity
from service_app.portal import pages, queries, service, shown
from service_app.portal.sending import Sent, sent_photos
from service_app.web.errors import sign_in_first
from service_app.web.forms import refusals
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.intake import reporting
from workorders.intake.forms import GuestForm, ReportForm
from workorders.orders import service as orders
from workorders.orders.models import WorkOrder
from workorders.orders.rules import Source, Status
from workorders.orders.service import Reporter
from workorders.orders.story import Happening
from workorders.orders.views import the_order
from workorders.sla.policy import Subject
from workorders.sla.queries import load, suggested_priority
from workorders.sla.rules import Clock, ClockKey

blueprint = Blueprint("portal", __name__)
CONSENT = N_("Consent to keep the name and phone was given with the request.")


@blueprint.get("/portal")
@requires(P.ORDERS_REPORT)
def home() -> ResponseReturnValue:
    """Decisions first, then open requests, then the other machines."""
    session, actor = db_session(), current_actor()
    found = queries.home(session, actor, now=now())
    return render_template(
        "service_app/portal/home.html",
        decisions=[shown.waiting_decision(p, reader()) for p in found.decisions],
        requests=[shown.request_row(r, reader()) for r in found.requests],
        others=[shown.machine_row(m, reader()) for m in found.others],
        home=found,
        entity=our_entity(session),
    )


@blueprint.get("/portal/report")
@requires(P.ORDERS_REPORT)
def choose_machine() -> ResponseReturnValue:
    """Which machine it is, when no code was scanned."""
    session, words = db_session(), request.args.get("q", "").strip()[:100]
    return render_template(
        "service_app/portal/choose_machine.html",
        machines=queries.list_machines(session, current_actor(), words),
        words=words,
        most=queries.MOST_CHOICES,
        entity=our_entity(session),
    )


@blueprint.get("/portal/documents")
@requires(P.DOCUMENTS_VIEW)
def documents() -> ResponseReturnValue:
    """The company's papers, newest first."""
    page = papers.list_page(db_session(), current_actor(), key=request.args.get("after"))
    return render_template(
        "service_app/portal/documents.html", page=page, rows=shown_papers(page.rows)
    )


@blueprint.route("/machines/<int:machine_id>/report", methods=["GET", "POST"])
@requires(P.ORDERS_REPORT)
def report(machine_id: int) -> ResponseReturnValue:
    """A signed-in person reports on a machine of the list."""
    sent = sent_photos()
    machine = get_machine(db_session(), current_actor(), machine_id)
    return _report(machine, current_actor(), sent, Source.PORTAL)


@blueprint.route("/q/<code>", methods=["GET", "POST"])
@public
def by_code(code: str) -> ResponseReturnValue:
    """The address of a machine's label: staff see the machine, others report a fault."""
    sent = sent_photos()
    session, actor = db_session(), current_actor()
    machine = find_by_token(session, code)
    if machine is None:
        raise NotFound
    if actor.is_staff:
        return redirect(url_for("machines.show", machine_id=machine.id))
    if actor.user_id is not None:
        get_machine(session, actor, machine.id)
    elif not machine.company.allows_guest_reports:
        return sign_in_first()
    return _report(machine, actor, sent, Source.QR)


def _report(machine: Machine, actor: Actor, sent: Sent, source: Source) -> ResponseReturnValue:
    session, is_guest = db_session(), actor.user_id is None
    form = GuestForm() if is_guest else ReportForm()
    previous = None if is_guest else last_reading(session, machine.id)
    is_ready = form.validate_on_submit()
    if form.is_submitted():
        is_ready = sent.is_fine(form) and is_ready
    if is_ready and _hours_fit(form, machine, previous):
        order = None
        speaker = _speaker(form, actor)
        with refusals(form), transaction(session, by=speaker, at=now()):
            order = _take(machine, form, speaker, sent, source)
        if order is not None:
            return redirect(_after(order))
    if form.is_submitted():
        sent.keep(form)
    open_request = None if is_guest else queries.open_request(session, actor, machine.id)
    is_asked = open_request is not None and not form.is_submitted() and "anew" not in request.args
    page = render_template(
        "service_app/portal/report.html",
        machine=machine,
        form=form,
        is_guest=is_guest,
        previous=previous,
        kept=len(sent.files),
        open_request=shown.request_row(open_request, reader()) if open_request else None,
        is_asked=is_asked,
        promises=_promises(machine),
        severities=list(Severity),
    )
    return page, 422 if form.is_submitted() else 200


def _after(order: WorkOrder) -> str:
    if order.follow_token and order.is_guest:
        return url_for("portal.follow", token=order.follow_token, sent=1)
    return url_for("portal.received", number=order.number)


def _speaker(form: ReportForm, actor: Actor) -> Actor:
    """A guest acts under the name they gave."""
    if actor.user_id is not None:
        return actor
    return Actor(None, str(form["name"].data), GUEST.may, GUEST.company_ids)


def _hours_fit(form: ReportForm, machine: Machine, previous: Reading | None) -> bool:
    """Hours that cannot be true are asked about once; sent again, they go as a note."""
    hours: Decimal | None = form.running_hours.data
    if "without_hours" in request.form:
        form.running_hours.data = None
        return True
    if hours is None or previous is None or form.sent_hours.data == str(hours):
        return True
    last = point(previous)
    new = Point(now(), hours, last.total - last.value + hours)
    zone = zone_of_site(db_session(), machine.site_id)
    problem = problem_with(new, previous=last, following=None, limit=limit_of(machine), zone=zone)
    if problem is None:
        return True
    day = previous.read_at.astimezone(zone).date()
    if new.total < last.total:
        problem = Text("Hours are less than on %(day)s (%(hours)s).", day=day, hours=last.value)
    sentence = Text("%(why)s Send without them, or check.", why=problem)
    form.refuse(Invalid(sentence, "running_hours"))
    form.sent_hours.data = str(hours)
    return False


def _take(
    machine: Machine, form: ReportForm, speaker: Actor, sent: Sent, source: Source
) -> WorkOrder:
    session = db_session()
    if sent.files or speaker.user_id is None:  # neither kept nor counted a second time
        known = made_before(session, WorkOrder, form.key())
        if known is not None:
            return known
    if speaker.user_id is None:
        address = request.remote_addr or ""
        service.count_report(session, address=address, machine_id=machine.id, at=now())
        reporter = Reporter(speaker.name, str(form["phone"].data), is_guest=True)
    else:
        person = current_user.user
        reporter = Reporter(person.name, person.phone, person.id)
    photos = store_all(session, sent.files, by=speaker, at=now())
    what = reporting.Report(
        Severity(form.severity.data), form.symptom.data, form.running_hours.data, photos
    )
    order = reporting.report(
        session, machine, what, source=source, reporter=reporter, uid=form.key(), by=speaker,
        at=now(),
    )  # fmt: skip
    if reporter.is_guest:
        orders.append(
            session, order, Happening.NOTE, data={"text": CONSENT.to_json()}, by=speaker, at=now()
        )
    return order


def _promises(machine: Machine) -> dict[str, tuple[datetime, timedelta]]:
    """By severity, until when somebody answers a request sent now, and how much time that is."""
    session = db_session()
    promises = load(session)
    out = {}
    for severity in Severity:
        priority = suggested_priority(session, severity, machine.criticality, at=now())
        about = Subject(priority, machine.criticality)
        seconds = promises.usual_at(now()).seconds(ClockKey(Clock.RESPONSE), about)
        if seconds is not None:
            due = promises.calendar.due(now(), seconds)
            out[severity.value] = (due, timedelta(seconds=seconds))
    return out


@blueprint.get("/orders/<number>/received")
@requires(P.ORDERS_REPORT)
def received(number: str) -> ResponseReturnValue:
    """The number, the next promise, what happens next; once taken in, the request itself."""
    order = the_order(number)
    if order.status != Status.RECEIVED:
        return redirect(url_for("orders.show", number=number))
    return render_template(
        "service_app/portal/received.html", **pages.after_sending(db_session(), order, reader())
    )
