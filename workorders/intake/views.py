"""Pages of intake for staff: new request, accept, refuse, merge, agree, quote, answers, changes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from assets.machines.queries import get_machine, machine_choices
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission as P
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import NotFound
from service_app.core.text import N_, Text
from service_app.customers.queries import company_choices, contacts_of
from service_app.files.intake import prepare_all
from service_app.files.service import store_all
from service_app.organisation.queries import our_entity
from service_app.web.addresses import LARGEST, asked_id
from service_app.web.forms import HouseForm, RecordField, given, refusals
from service_app.web.notices import tell
from service_app.web.session import db_session
from workorders.intake import queries, quoting, reporting, service
from workorders.intake.forms import (
    AcceptForm,
    AnswerForm,
    CallForm,
    ChangeForm,
    DuplicateForm,
    ExpectationForm,
    PromiseForm,
    QuoteForm,
    ReasonForm,
    StaffReportForm,
)
from workorders.intake.rules import ProposalKind
from workorders.orders import lines
from workorders.orders.models import WorkOrder
from workorders.orders.moves import Action
from workorders.orders.queries import get_order, list_lines, refusal_of
from workorders.orders.rules import AnswerWay, Expectation
from workorders.orders.views import back_to, the_order

blueprint = Blueprint("intake", __name__)


@blueprint.route("/orders/new", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def open_by_staff() -> ResponseReturnValue:
    """A request by phone or e-mail."""
    files = prepare_all(request.files.getlist("photos"))
    session, actor = db_session(), current_actor()
    form = StaffReportForm(kind="repair", place="on_site", source="phone")
    form.company.options = company_choices(session, actor)
    if not form.is_submitted():
        form.machine.data = asked_id("machine")
    words = _offer_machines(form.machine)
    if not _is_finding() and form.validate_on_submit():
        order = None
        with refusals(form), transaction(session, by=actor, at=now()):
            photos = store_all(session, files, by=actor, at=now())
            order = reporting.open_by_staff(
                session, form.request(), photos=photos, told=form.told(), uid=form.key(),
                by=actor, at=now(),
            )  # fmt: skip
        if order is not None and not form.problems:
            tell(Text("Request %(number)s is taken in.", number=order.number))
            return back_to(order)
    page = render_template("workorders/intake/open_by_staff.html", form=form, words=words)
    return page, 422 if form.is_submitted() and not _is_finding() else 200


def _is_finding() -> bool:
    """Whether the form was only sent to look for a machine."""
    return "find" in request.form


def _offer_machines(field: RecordField) -> str:
    """Machines by the words typed beside the field; the only one found is chosen."""
    words = request.values.get("machine_q", "")[:100].strip()
    kept = field.data if field.data is not None and 0 < field.data <= LARGEST else None
    found = machine_choices(db_session(), current_actor(), words=words, kept=kept)
    field.options = found
    if words and len(found) == 1:
        field.data = found[0][0]
    return words


@blueprint.route("/orders/<number>/accept", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def accept(number: str) -> ResponseReturnValue:
    """Accept asks nothing when the machine is known."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = AcceptForm()
    words = "" if order.machine_id else _offer_machines(form.machine)

    def act() -> None:
        chosen = form.machine.data
        machine = get_machine(session, actor, chosen) if chosen else None
        service.accept(
            session, order, told=form.told(), machine=machine, uid=form.key(), by=actor, at=now()
        )

    said = Text("%(number)s is accepted. The customer was told.", number=order.number)
    return _act(order, form, act, "accept", said, words=words)


def _act(
    order: WorkOrder,
    form: HouseForm,
    act: Callable[[], Any],
    template: str,
    said: Text,
    **more: Any,
) -> ResponseReturnValue:
    """Show the form, or do what it asks in one transaction and go back to the order."""
    session, actor = db_session(), current_actor()
    if not _is_finding() and form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            act()
        if not form.problems:
            tell(said)
            target = request.form.get("back", "")
            is_ours = target.startswith("/") and not target.startswith("//")
            return redirect(target) if is_ours else back_to(order)
    page = render_template(f"workorders/intake/{template}.html", order=order, form=form, **more)
    return page, 422 if form.is_submitted() and not _is_finding() else 200


@blueprint.route("/orders/<number>/decline", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def decline(number: str) -> ResponseReturnValue:
    """Refuse a request, with the reason the customer will read."""
    return _end(number, Action.DECLINE, service.decline)


@blueprint.route("/orders/<number>/cancel", methods=["GET", "POST"])
@requires(P.ORDERS_CANCEL)
def cancel(number: str) -> ResponseReturnValue:
    """Stop an order, with the reason the customer will read."""
    return _end(number, Action.CANCEL, service.cancel)


def _end(number: str, action: Action, verb: Callable[..., Any]) -> ResponseReturnValue:
    order, session, actor = the_order(number), db_session(), current_actor()
    form = ReasonForm()

    def act() -> None:
        verb(session, order, reason=form.reason.data, uid=form.key(), by=actor, at=now())

    said = Text("Done: %(action)s. The customer was told.", action=action.label)
    return _act(order, form, act, "reason", said, action=action)


@blueprint.route("/orders/<number>/duplicate", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def mark_duplicate(number: str) -> ResponseReturnValue:
    """Merge into the order it repeats; the likely ones are shown."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = DuplicateForm()

    def act() -> None:
        twin = get_order(session, actor, form.twin.data)
        service.mark_duplicate(session, order, twin, uid=form.key(), by=actor, at=now())

    likely = queries.likely_twins(session, actor, order)
    said = Text("%(number)s is merged.", number=order.number)
    return _act(order, form, act, "duplicate", said, likely=likely)


@blueprint.route("/orders/<number>/expectation", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def agree_expectation(number: str) -> ResponseReturnValue:
    """What is expected, and that the service rules were shown."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = ExpectationForm(
        expectation=order.expectation, acknowledged_how=order.rules_acknowledged_how
    )

    def act() -> None:
        service.agree_expectation(
            session, order, Expectation(form.expectation.data),
            acknowledged_how=form.acknowledged_how.data, uid=form.key(), by=actor, at=now(),
        )  # fmt: skip

    said = N_("The expectation is noted.")
    return _act(order, form, act, "expectation", said, entity=our_entity(session))


@blueprint.route("/orders/<number>/promise", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def promise_answer(number: str) -> ResponseReturnValue:
    """Promise the day on which term and price will be told."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = PromiseForm()

    def act() -> None:
        service.promise_answer(
            session, order, given(form.day.data), uid=form.key(), by=actor, at=now()
        )

    return _act(order, form, act, "promise", N_("The promise is noted; the customer sees it."))


@blueprint.route("/orders/<number>/call", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def agree_call(number: str) -> ResponseReturnValue:
    """A call for today's list."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = CallForm()
    form.call_at.zone = ZoneInfo(order.zone)

    def act() -> None:
        service.agree_call(
            session,
            order,
            call_at=given(form.call_at.data),
            about=form.about.data,
            uid=form.key(),
            by=actor,
            at=now(),
        )

    return _act(order, form, act, "call", N_("The call is in the list."))


@blueprint.post("/orders/<number>/called")
@requires(P.ORDERS_DISPATCH)
def called(number: str) -> ResponseReturnValue:
    """The customer was called, as agreed or without that; a second press changes nothing."""
    order, session, actor, form = the_order(number), db_session(), current_actor(), HouseForm()
    with transaction(session, by=actor, at=now()):
        service.note_call(session, order, uid=form.key(), by=actor, at=now())
    tell(N_("The call is noted."))
    return back_to(order)


@blueprint.route("/orders/<number>/term-and-price", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def quote(number: str) -> ResponseReturnValue:
    """Tell term and price; the price is the sum of the lines the customer pays."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = QuoteForm()
    form.term_at.zone = form.happened_at.zone = ZoneInfo(order.zone)
    found = list_lines(session, order.id)

    def act() -> None:
        quoting.quote(
            session, order, term_at=given(form.term_at.data), valid_until=form.valid_until.data,
            words=form.words.data, told=form.told(), uid=form.key(), by=actor, at=now(),
        )  # fmt: skip

    said = Text("The quote for %(number)s went to the customer.", number=order.number)
    return _act(
        order, form, act, "quote", said, lines=found, sums=lines.sums_of(found, order.currency),
        missing=refusal_of(session, order, Action.QUOTE, actor),
    )  # fmt: skip


@blueprint.route("/orders/<number>/answer", methods=["GET", "POST"])
@requires(P.ORDERS_RECORD_ANSWER)
def record_answer(number: str) -> ResponseReturnValue:
    """The customer's yes or no, recorded by staff: who, how, when."""
    order, session, actor = the_order(number), db_session(), current_actor()
    proposal = queries.open_proposal(session, order)
    form = AnswerForm()
    is_change = proposal is not None and proposal.kind == ProposalKind.CHANGE

    def act() -> None:
        given = quoting.Given(
            form.answer.data == "yes", form.name.data, AnswerWay(form.way.data), form.words.data
        )
        if is_change:
            quoting.answer_change(session, order, given, uid=form.key(), by=actor, at=now())
        else:
            quoting.answer_quote(
                session, order, given, told=form.told(), uid=form.key(), by=actor, at=now()
            )

    contacts = contacts_of(session, order.company_id) if order.company_id else []
    return _act(
        order, form, act, "answer", N_("The answer is recorded."), proposal=proposal,
        contacts=contacts,
    )  # fmt: skip


@blueprint.route("/orders/<number>/change", methods=["GET", "POST"])
@requires(P.ORDERS_WORK)
def ask_change(number: str) -> ResponseReturnValue:
    """Put a change of term, price or scope to the customer for a yes or no."""
    files = prepare_all(request.files.getlist("photos"))
    order, session, actor = the_order(number), db_session(), current_actor()
    form = ChangeForm()
    form.term_at.zone = ZoneInfo(order.zone)

    def act() -> None:
        photos = store_all(session, files, by=actor, at=now())
        quoting.ask_change(
            session, order, words=form.words.data, amount=form.amount.data or Decimal(0),
            extra_minutes=int(form.extra_minutes.data or 0), term_at=form.term_at.data,
            photo=photos[0] if photos else None, uid=form.key(), by=actor, at=now(),
        )  # fmt: skip

    said = N_("The customer is asked. Work goes on meanwhile.")
    return _act(order, form, act, "change", said)


@blueprint.get("/orders/<number>/proposals/<int:ordinal>")
@requires(P.ORDERS_VIEW)
def proposal(number: str, ordinal: int) -> ResponseReturnValue:
    """A quote or change as it was put to the customer."""
    order, session = the_order(number), db_session()
    if not current_actor().is_staff:
        raise NotFound
    found = queries.get_proposal(session, order, ordinal)
    return render_template("workorders/intake/proposal.html", order=order, proposal=found)
