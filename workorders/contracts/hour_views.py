"""The statement of a contract's hours: on the page, as a paper, as a table file; hours by hand."""

from datetime import date

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import NotFound
from service_app.core.text import N_
from service_app.transfers.sheets import XLSX
from service_app.web.forms import given, parse_day, refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.contracts import hours, queries
from workorders.contracts.document import issue_statement, to_xlsx
from workorders.contracts.forms import HoursForm
from workorders.contracts.hours import Statement
from workorders.contracts.models import Contract
from workorders.contracts.views import blueprint, today


@blueprint.get("/contracts/<int:contract_id>/hours")
@requires(Permission.CONTRACTS_VIEW)
def statement(contract_id: int) -> ResponseReturnValue:
    """Line by line what was taken, bought and is left in a stretch of included hours."""
    return _page(_contract(contract_id))


def _page(
    contract: Contract, *, form: HoursForm | None = None, doing: str = "", status: int = 200
) -> ResponseReturnValue:
    if form is None:
        form = HoursForm(formdata=None)
        form.on.data = today()
    page = render_template(
        "workorders/contracts/hours.html", contract=contract, said=_statement(contract), form=form,
        doing=doing, may_edit=current_actor().can(Permission.CONTRACTS_EDIT),
    )  # fmt: skip
    return page, status


@blueprint.post("/contracts/<int:contract_id>/hours/<what>")
@requires(Permission.CONTRACTS_EDIT)
def change_hours(contract_id: int, what: str) -> ResponseReturnValue:
    """Hours bought in addition, or a correction with its reason."""
    session, actor, contract = db_session(), current_actor(), _contract(contract_id)
    verbs = {"buy": hours.buy, "correct": hours.correct}
    if what not in verbs:
        raise NotFound
    form = HoursForm()
    if form.validate():
        with refusals(form), transaction(session, by=actor, at=now()):
            verbs[what](
                session, contract, form.minutes(), on=given(form.on.data), words=form.words.data,
                uid=form.key(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            tell(N_("Saved."))
            return redirect(url_for("contracts.statement", contract_id=contract.id))
    return _page(contract, form=form, doing=what, status=422)


@blueprint.post("/contracts/<int:contract_id>/hours/paper")
@requires(Permission.CUSTOMERS_VIEW)
def print_statement(contract_id: int) -> ResponseReturnValue:
    """The statement as a paper for the customer."""
    session, actor, contract = db_session(), current_actor(), _contract(contract_id)
    with transaction(session, by=actor, at=now()):
        paper = issue_statement(session, _statement(contract), today=today(), by=actor, at=now())
    return redirect(url_for("documents.show", document_id=paper.id))


@blueprint.get("/contracts/<int:contract_id>/hours.xlsx")
@requires(Permission.CONTRACTS_VIEW)
def statement_file(contract_id: int) -> ResponseReturnValue:
    """The statement as a table file."""
    said = _statement(_contract(contract_id))
    name = f"hours-{contract_id}-{said.balance.since_on:%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(to_xlsx(said, reader()), mimetype=XLSX, headers=headers)


def _contract(contract_id: int) -> Contract:
    contract = queries.get_contract(db_session(), current_actor(), contract_id)
    if contract.included_hours is None:
        raise NotFound
    return contract


def _statement(contract: Contract) -> Statement:
    return hours.statement(db_session(), contract, _day(contract))


def _day(contract: Contract) -> date:
    """The day of the address within the contract; else today, or the end that has passed."""
    try:
        asked = parse_day(request.args.get("on", ""))
    except ValueError:
        asked = today()
    last = contract.last_on
    day = max(asked, contract.starts_on)
    return min(day, last) if last is not None else day
