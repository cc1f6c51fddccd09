"""Pages of machines: the fleet, one machine, its passport and life."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assets.machines import queries, service
from assets.machines.forms import (
    MoveForm,
    NewMachineForm,
    PassportForm,
    TransferForm,
    data_lines,
)
from assets.machines.models import Machine
from assets.machines.page import (
    asked_conditions,
    fleet_columns,
    machine_page,
    narrowings,
)
from assets.machines.queries import Filters
from assets.machines.rules import MOVE_WORDS, MOVES, Life
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.actor import Actor
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from service_app.customers.queries import (
    company_choices,
    company_name,
    get_company,
    get_site,
    site_choices,
)
from service_app.web.addresses import asked_id
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session

blueprint = Blueprint("machines", __name__, url_prefix="/machines")


@blueprint.get("")
@requires(Permission.MACHINES_VIEW)
def index() -> ResponseReturnValue:
    """The fleet by model and serial; words and filters stay in the address."""
    session, actor, filters = db_session(), current_actor(), asked_filters()
    today = reader().today
    page = queries.list_page(session, actor, filters, today=today, key=request.args.get("after"))
    return render_template(
        "assets/machines/index.html",
        page=page,
        columns=fleet_columns(session, actor, page.rows, now()),
        filters=filters,
        companies=[] if actor.is_staff else queries.company_filter_choices(session, actor),
        company=company_name(session, actor, filters.company_id),
        models=queries.model_choices(session, language=reader().language),
        lives=tuple(Life),
        narrowings=[(one, one.chosen(request.args)) for one in narrowings()],
        total=queries.count_visible(session, actor) if not page.rows else None,
    )


def asked_filters() -> Filters:
    """The filters of the address; what is not understood is left out."""
    asked = request.args
    return Filters(
        words=asked.get("q", "").strip()[:100],
        company_id=asked_id("company"),
        site_id=asked_id("site"),
        model_id=asked_id("model"),
        status=next((life for life in Life if life.value == asked.get("status")), None),
        is_warranty_ending=asked.get("warranty") == "ending",
        conditions=asked_conditions(asked),
    )


@blueprint.get("/<int:machine_id>")
@requires(Permission.MACHINES_VIEW)
def show(machine_id: int) -> ResponseReturnValue:
    """What one has to know of a machine at once, and its next moves."""
    session, actor = db_session(), current_actor()
    machine = queries.get_machine(session, actor, machine_id)
    return machine_page(
        "assets/machines/show.html",
        machine,
        tab="machines.show",
        moves=[(life, MOVE_WORDS[life]) for life in MOVES[machine.life]],
        holds=queries.open_holds(session, machine.id) if actor.is_staff else (),
    )


@blueprint.get("/<int:machine_id>/journal")
@requires(Permission.MACHINES_VIEW)
def journal(machine_id: int) -> ResponseReturnValue:
    """The machine's life, newest first."""
    session, actor = db_session(), current_actor()
    machine = queries.get_machine(session, actor, machine_id)
    _staff_only(actor)
    return machine_page(
        "assets/machines/journal.html",
        machine,
        tab="machines.journal",
        events=queries.list_events(session, machine.id),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MACHINES_EDIT)
def add() -> ResponseReturnValue:
    """A new machine: first whose, then which."""
    session, actor = db_session(), current_actor()
    companies = company_choices(session, actor)
    company_id = asked_id("company")
    if company_id is None or company_id not in dict(companies):
        return _choose_company(companies, N_("Add a machine"), None)
    company, form = get_company(session, actor, company_id), NewMachineForm()
    if not form.is_submitted():
        form.status.data, form.criticality.data = Life.IN_OPERATION.value, "normal"
    _offer(form, company_id)
    form.owner_id.options = companies
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            owner_id, site_id = form.owner_id.data, form.site_id.data
            machine = service.add(
                session, form.passport(), company=company,
                owner=get_company(session, actor, owner_id) if owner_id else None,
                site=get_site(session, company, site_id) if site_id else None,
                status=Life(form.status.data), uid=form.key(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved(machine, Text("%(machine)s is added.", machine=machine.full_name))
    return _form_page("add", form, company=company)


@blueprint.route("/<int:machine_id>/edit", methods=["GET", "POST"])
@requires(Permission.MACHINES_EDIT)
def edit(machine_id: int) -> ResponseReturnValue:
    """Correct the passport; the ground stands in the machine's life."""
    session, actor = db_session(), current_actor()
    machine = queries.get_machine(session, actor, machine_id)
    form = PassportForm(obj=machine, data={"data": data_lines(machine.technical_data)})
    _offer(form, machine.operating_company_id, kept=machine.site_id)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            site_id = form.site_id.data
            service.change(
                session, machine, form.passport(),
                site=get_site(session, machine.company, site_id) if site_id else None,
                version=form.opened_on(), paper=form.paper(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved(machine)
    form.compare_with(machine)
    return _form_page("edit", form, machine=machine)


@blueprint.route("/<int:machine_id>/transfer", methods=["GET", "POST"])
@requires(Permission.MACHINES_EDIT)
def transfer(machine_id: int) -> ResponseReturnValue:
    """Another company, owner or site from a day on: first whose, then where."""
    session, actor = db_session(), current_actor()
    machine = queries.get_machine(session, actor, machine_id)
    companies = company_choices(session, actor)
    company_id = asked_id("company")
    if company_id is None or company_id not in dict(companies):
        return _choose_company(companies, N_("Transfer"), machine)
    company = get_company(session, actor, company_id)
    form = TransferForm(version=machine.version, owner_id=company_id, on=reader().today)
    form.owner_id.options, form.site_id.options = companies, site_choices(session, company_id)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            site_id = form.site_id.data
            service.transfer(
                session, machine, company=company,
                owner=get_company(session, actor, form.owner_id.data),
                site=get_site(session, company, site_id) if site_id else None,
                on=form.day(), version=form.opened_on(), paper=form.paper(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved(machine, Text("Transferred to %(company)s.", company=company.short_name))
    return _form_page("transfer", form, machine=machine, company=company)


@blueprint.route("/<int:machine_id>/life/<to>", methods=["GET", "POST"])
@requires(Permission.MACHINES_EDIT)
def move(machine_id: int, to: str) -> ResponseReturnValue:
    """Put into operation, into storage, decommission: a day, a ground, a remark."""
    session, actor = db_session(), current_actor()
    machine = queries.get_machine(session, actor, machine_id)
    life = next((one for one in Life if one.value == to), None)
    if life is None:
        abort(404)
    form = MoveForm(version=machine.version, on=reader().today)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.move_life(
                session, machine, life, on=form.day(), words=form.words.data,
                paper=form.paper(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved(machine)
    return _form_page("move", form, machine=machine, life=life, label=MOVE_WORDS[life])


@blueprint.post("/<int:machine_id>/token")
@requires(Permission.MACHINES_EDIT)
def reissue_token(machine_id: int) -> ResponseReturnValue:
    """A new QR code; the old label opens nothing from now on."""
    session, actor = db_session(), current_actor()
    machine = queries.get_machine(session, actor, machine_id)
    with transaction(session, by=actor, at=now()):
        service.reissue_token(session, machine, by=actor, at=now())
    return _saved(machine, N_("The old label opens nothing now. Print the new one."))


def _offer(form: PassportForm, company_id: int, kept: int | None = None) -> None:
    session = db_session()
    form.model_id.options = queries.model_choices(session, language=reader().language)
    form.site_id.options = site_choices(session, company_id, kept=kept)


def _choose_company(
    companies: list[tuple[int, str]], title: Text, machine: Machine | None
) -> ResponseReturnValue:
    return render_template(
        "assets/machines/choose_company.html", companies=companies, title=title, machine=machine
    )


def _staff_only(actor: Actor) -> None:
    if not actor.is_staff:
        abort(404)


def _saved(machine: Machine, text: Text | None = None) -> ResponseReturnValue:
    tell(text or N_("Saved."))
    return redirect(url_for("machines.show", machine_id=machine.id))


def _form_page(name: str, form: object, **values: object) -> ResponseReturnValue:
    page = render_template(f"assets/machines/{name}.html", form=form, **values)
    return page, 422 if request.method == "POST" else 200
