"""Pages of a machine that become papers: its passport and its QR labels."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assets.machines import queries
from assets.machines.forms import LabelsForm
from assets.machines.labels import MOST, issue_labels, labels_of
from assets.machines.models import Machine
from assets.machines.page import machine_page, past_page
from assets.machines.papers import issue_passport, technical_data_of
from assets.machines.past import as_of
from assets.machines.queries import Filters
from assets.machines.rules import LabelLayout
from assets.machines.views import asked_filters, blueprint
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import Text
from service_app.documents.render import qr_picture
from service_app.web.addresses import LARGEST
from service_app.web.forms import parse_day, refusals
from service_app.web.reading import reader
from service_app.web.session import db_session


@blueprint.route("/<int:machine_id>/passport", methods=["GET", "POST"])
@requires(Permission.MACHINES_VIEW)
def passport(machine_id: int) -> ResponseReturnValue:
    """The passport in the order of the formular's sections, on any day; sent, it is printed."""
    session, actor = db_session(), current_actor()
    machine = queries.get_machine(session, actor, machine_id)
    zone = ZoneInfo(machine.site.zone) if machine.site else reader().zone
    today = now().astimezone(zone).date()
    on, problem = _asked_day(today)
    state, companies = machine, queries.list_companies(session, machine.id)
    if on < today:
        state = as_of(session, machine, on, zone=zone, companies=companies)
    if request.method == "POST" and problem is None:
        with transaction(session, by=actor, at=now()):
            paper = issue_passport(session, machine, state, on=on, by=actor, at=now())
        return redirect(url_for("documents.show", document_id=paper.id))
    draw = past_page if on < today else machine_page
    page = draw(
        "assets/machines/passport.html",
        machine,
        tab="machines.passport",
        state=state,
        data=technical_data_of(state),
        companies=companies,
        on=on,
        today=today,
        problem=problem,
        entered_on=queries.entered_on(session, machine.id) if on < today else None,
    )
    return page, 422 if problem and request.method == "POST" else 200


def _asked_day(today: date) -> tuple[date, Text | None]:
    """The day of the address, today when there is none; what is wrong with it, if anything."""
    asked = request.args.get("on", "").strip()
    if not asked:
        return today, None
    try:
        day = parse_day(asked)
    except ValueError:
        return today, Text("%(text)s is not a day", text=asked[:40])
    return (day, None) if day <= today else (today, Text("%(day)s has not come yet.", day=day))


@blueprint.route("/labels", methods=["GET", "POST"])
@requires(Permission.MACHINES_EDIT)
def labels() -> ResponseReturnValue:
    """QR labels of the machines named, or of those under the filters; sent, they become a PDF."""
    session, actor, filters = db_session(), current_actor(), asked_filters()
    machines, next_key = _labelled(filters)
    public_url = current_app.extensions["house_config"].public_url or ""
    language, form = _language_of(machines), LabelsForm()
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            paper = issue_labels(
                session, machines, layout=LabelLayout(form.layout.data), public_url=public_url,
                language=language, by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return redirect(url_for("documents.show", document_id=paper.id))
    page = render_template(
        "assets/machines/labels.html",
        form=form,
        machines=machines,
        labels=labels_of(machines, public_url=public_url, language=language),
        qr=qr_picture,
        filters=filters,
        companies=queries.company_filter_choices(session, actor),
        next_key=next_key,
        is_chosen="id" in request.args,
    )
    return page, 422 if request.method == "POST" else 200


def _labelled(filters: Filters) -> tuple[Sequence[Machine], str | None]:
    """The machines whose labels are asked for, and where the next ones begin."""
    session, actor = db_session(), current_actor()
    if "id" in request.args:
        ids = [n for n in request.args.getlist("id", type=int) if 0 < n <= LARGEST][:MOST]
        return queries.list_by_ids(session, actor, ids), None
    today, key = reader().today, request.args.get("after")
    page = queries.list_page(session, actor, filters, today=today, key=key, size=MOST)
    return page.rows, page.next_key


def _language_of(machines: Sequence[Machine]) -> str:
    """Papers speak the customer's language; labels for several languages speak the reader's."""
    spoken = {machine.company.language for machine in machines}
    return spoken.pop() if len(spoken) == 1 else reader().language
