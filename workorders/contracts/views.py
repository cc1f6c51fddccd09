"""Pages of contracts: list, one, its terms, machines, contacts and moves."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from assets.machines.queries import get_machine
from assets.machines.rules import months_later
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import NotFound
from service_app.core.text import N_, Text
from service_app.customers.models import Company
from service_app.customers.queries import (
    company_choices,
    contact_choices,
    get_company,
    get_contact,
    site_choices,
)
from service_app.customers.rules import CompanyRole
from service_app.organisation.queries import home_day, our_entity
from service_app.web.addresses import asked_id
from service_app.web.forms import given, refusals
from service_app.web.notices import tell
from service_app.web.session import db_session
from workorders.contracts import queries, service
from workorders.contracts.forms import (
    ContactForm,
    ContractForm,
    MachineForm,
    MoveForm,
    fill,
)
from workorders.contracts.models import Contract
from workorders.contracts.rules import (
    MOVES,
    PRACTICE,
    Act,
    ContractKind,
    Scope,
    Shown,
)
from workorders.sla.queries import level_choices

blueprint = Blueprint("contracts", __name__)
P = Permission


@blueprint.get("/contracts")
@requires(P.CONTRACTS_VIEW)
def index() -> ResponseReturnValue:
    """Contracts in force, ending soon, with hours nearly used up; filters in the address."""
    session, actor, asked = db_session(), current_actor(), request.args
    shown = next((s for s in Shown if s.value == asked.get("show")), Shown.RUNNING)
    kind = next((k for k in ContractKind if k.value == asked.get("kind")), None)
    words = asked.get("q", "").strip()[:100]
    company_id = asked_id("company")
    company = get_company(session, actor, company_id) if company_id is not None else None
    page = queries.list_contracts(
        session, actor, shown=shown, today=today(), words=words, kind=kind, company_id=company_id,
        key=asked.get("after"),
    )  # fmt: skip
    return render_template(
        "workorders/contracts/index.html", page=page, q=words, shown=shown, kind=kind,
        company=company, shows=tuple(Shown), kinds=tuple(ContractKind),
        has_none=not page.rows and not queries.has_contracts(session),
    )  # fmt: skip


@blueprint.get("/contracts/<int:contract_id>")
@requires(P.CONTRACTS_VIEW)
def show(contract_id: int) -> ResponseReturnValue:
    """One contract: what it covers, its hours, machines, people and story."""
    return _page(_contract(contract_id))


def _page(
    contract: Contract,
    *,
    machine_form: MachineForm | None = None,
    contact_form: ContactForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session, actor = db_session(), current_actor()
    may_edit = actor.can(P.CONTRACTS_EDIT)
    machine_form = machine_form or MachineForm(formdata=None)
    contact_form = contact_form or ContactForm(formdata=None)
    if may_edit:
        machine_form.machine_id.options = _machine_options(session, contract)
        contact_form.contact_id.options = _contact_options(session, contract)
    page = render_template(
        "workorders/contracts/show.html",
        contract=contract,
        practice=PRACTICE[contract.kind_kind],
        balance=queries.balances_on(session, [contract], _day_of_balance(contract)).get(
            contract.id
        ),
        machines=queries.list_machines(session, contract.id),
        contacts=queries.list_contacts(session, contract.id),
        events=queries.list_events(session, contract.id),
        acts=[act for act in Act if act in MOVES[contract.state_kind]],
        may_edit=may_edit,
        is_over=not MOVES[contract.state_kind] or contract.state == "ended",
        machine_form=machine_form,
        contact_form=contact_form,
        today=today(),
    )
    return page, status


def _day_of_balance(contract: Contract) -> date:
    last = contract.last_on
    day = max(today(), contract.starts_on)
    return min(day, last) if last is not None else day


@blueprint.route("/contracts/new", methods=["GET", "POST"])
@requires(P.CONTRACTS_EDIT)
def add() -> ResponseReturnValue:
    """A new contract of a company; the company is chosen first."""
    session, actor = db_session(), current_actor()
    companies = company_choices(session, actor)
    company_id = asked_id("company")
    if company_id is None or company_id not in dict(companies):
        return render_template("workorders/contracts/choose_company.html", companies=companies)
    company, form = get_company(session, actor, company_id), ContractForm()
    if not form.is_submitted():
        entity = our_entity(session)
        form.begin(today(), entity.currency if entity else "RUB")
        form.number.data = ""
    _offer(session, form, company, None)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            made = service.make(session, company, form.terms(), uid=form.key(), by=actor, at=now())
        if not form.problems:
            tell(Text("Contract %(number)s is a draft. Name its machines and put it in force.",
                      number=made.number))  # fmt: skip
            return redirect(url_for("contracts.show", contract_id=made.id))
    return _form_page(form, company, None)


@blueprint.route("/contracts/<int:contract_id>/edit", methods=["GET", "POST"])
@requires(P.CONTRACTS_EDIT)
def edit(contract_id: int) -> ResponseReturnValue:
    """Other terms, for orders to come."""
    session, actor, contract = db_session(), current_actor(), _contract(contract_id)
    form = ContractForm()
    if not form.is_submitted():
        fill(form, contract)
    _offer(session, form, contract.company, contract)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.change(
                session, contract, form.terms(), version=form.opened_on(), by=actor, at=now()
            )
        if not form.problems:
            tell(N_("Saved. Orders from now on follow the new terms."))
            return redirect(url_for("contracts.show", contract_id=contract.id))
    form.compare_with(contract)
    return _form_page(form, contract.company, contract)


def _form_page(
    form: ContractForm, company: Company, contract: Contract | None
) -> ResponseReturnValue:
    page = render_template(
        "workorders/contracts/form.html", form=form, company=company, contract=contract,
        practices=[(kind, PRACTICE[kind]) for kind in ContractKind],
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def _offer(
    session: Session, form: ContractForm, company: Company, contract: Contract | None
) -> None:
    """What the selects choose from, and what the contract has kept."""
    form.site_id.options = site_choices(
        session, company.id, kept=contract.site_id if contract else None
    )
    levels = dict(level_choices(session))
    if contract is not None and contract.level is not None:
        levels.setdefault(contract.level.id, contract.level.name)
    form.policy_id.options = list(levels.items())
    form.price_list_id.options = queries.price_list_choices(
        session, contract.price_list_id if contract else None
    )
    payers = dict(company_choices(session, current_actor(), role=CompanyRole.PAYER))
    payers.pop(company.id, None)
    if contract is not None and contract.payer is not None:
        payers.setdefault(contract.payer.id, contract.payer.short_name)
    form.payer_id.options = list(payers.items())


@blueprint.route("/contracts/<int:contract_id>/do/<what>", methods=["GET", "POST"])
@requires(P.CONTRACTS_EDIT)
def act(contract_id: int, what: str) -> ResponseReturnValue:
    """Put in force, suspend, go on, renew, end: a day and why where they are asked."""
    session, actor, contract = db_session(), current_actor(), _contract(contract_id)
    if what not in set(Act) or Act(what) not in MOVES[contract.state_kind]:
        raise NotFound
    move, form = Act(what), MoveForm()
    if not form.is_submitted():
        form.version.data = str(contract.version)
        form.day.data = _usual_day(contract, move)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.act(
                session, contract, move, version=form.opened_on(), day=form.day.data,
                words=form.words.data, by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(N_("Saved."))
            return redirect(url_for("contracts.show", contract_id=contract.id))
    page = render_template(
        "workorders/contracts/act.html", form=form, contract=contract, act=move,
        asks_day=move in (Act.RENEW, Act.END), asks_why=move in (Act.END, Act.SUSPEND),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def _usual_day(contract: Contract, move: Act) -> date | None:
    last = contract.last_on
    if move is Act.END:
        return today()
    return months_later(last, contract.renewal_months) if move is Act.RENEW and last else None


@blueprint.post("/contracts/<int:contract_id>/machines")
@requires(P.CONTRACTS_EDIT)
def name_machine(contract_id: int) -> ResponseReturnValue:
    """One more machine the contract is about."""
    session, actor, contract = db_session(), current_actor(), _contract(contract_id)
    form = MachineForm()
    form.machine_id.options = _machine_options(session, contract)
    if form.validate():
        with refusals(form), transaction(session, by=actor, at=now()):
            machine = get_machine(session, actor, given(form.machine_id.data))
            service.name_machine(
                session, contract, machine, since_on=form.since_on.data, by=actor, at=now()
            )
        if not form.problems:
            tell(Text("%(machine)s is added.", machine=machine.full_name))
            return redirect(url_for("contracts.show", contract_id=contract.id))
    return _page(contract, machine_form=form, status=422)


@blueprint.post("/contracts/<int:contract_id>/machines/<int:row_id>/drop")
@requires(P.CONTRACTS_EDIT)
def drop_machine(contract_id: int, row_id: int) -> ResponseReturnValue:
    """The contract is not about a machine from tomorrow on."""
    session, actor, contract = db_session(), current_actor(), _contract(contract_id)
    with transaction(session, by=actor, at=now()):
        service.drop_machine(session, contract, row_id, until_on=today(), by=actor, at=now())
    tell(N_("The machine is taken out; open orders keep the contract."))
    return redirect(url_for("contracts.show", contract_id=contract.id))


@blueprint.post("/contracts/<int:contract_id>/contacts")
@requires(P.CONTRACTS_EDIT)
def add_contact(contract_id: int) -> ResponseReturnValue:
    """Somebody we write to about the contract."""
    session, actor, contract = db_session(), current_actor(), _contract(contract_id)
    form = ContactForm()
    form.contact_id.options = _contact_options(session, contract)
    if form.validate():
        with refusals(form), transaction(session, by=actor, at=now()):
            contact = get_contact(session, contract.company, given(form.contact_id.data))
            service.add_contact(
                session, contract, contact, about=form.about.data, by=actor, at=now()
            )
        if not form.problems:
            tell(N_("Saved."))
            return redirect(url_for("contracts.show", contract_id=contract.id))
    return _page(contract, contact_form=form, status=422)


@blueprint.post("/contracts/<int:contract_id>/contacts/<int:row_id>/drop")
@requires(P.CONTRACTS_EDIT)
def drop_contact(contract_id: int, row_id: int) -> ResponseReturnValue:
    """Write to them no more."""
    session, actor, contract = db_session(), current_actor(), _contract(contract_id)
    with transaction(session, by=actor, at=now()):
        service.drop_contact(session, contract, row_id, by=actor, at=now())
    tell(N_("Saved."))
    return redirect(url_for("contracts.show", contract_id=contract.id))


def _contract(contract_id: int) -> Contract:
    return queries.get_contract(db_session(), current_actor(), contract_id)


def _machine_options(session: Session, contract: Contract) -> list[tuple[int, str]]:
    if contract.scope_kind is not Scope.MACHINES:
        return []
    return queries.machine_choices(session, current_actor(), contract)


def _contact_options(session: Session, contract: Contract) -> list[tuple[int, str]]:
    return contact_choices(session, contract.company_id)


def today() -> date:
    """The day where our company is: what contracts begin and end by."""
    return home_day(db_session(), now())
