"""Deciding: the quote's page, yes or no to a quote or a change, a question about it."""

from zoneinfo import ZoneInfo

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission as P
from service_app.core.actor import Actor
from service_app.core.clock import now
from service_app.core.db import made_before, transaction
from service_app.core.text import N_, Text
from service_app.portal import pages, shown
from service_app.portal.views import blueprint
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.intake import quoting
from workorders.intake.forms import DecisionForm, QuestionForm
from workorders.intake.models import Proposal
from workorders.intake.queries import open_proposal
from workorders.intake.rules import ProposalKind
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.rules import AnswerWay
from workorders.orders.story import Happening
from workorders.orders.views import back_to, the_order

ANSWERED = N_("This question has been answered already.")
REPLACED = N_("The price or the term was changed while you were reading. Look once more.")


@blueprint.get("/orders/<number>/quote")
@requires(P.ORDERS_VIEW)
def quote(number: str) -> ResponseReturnValue:
    """Price and day large, what for, and the decision."""
    order, actor = the_order(number), current_actor()
    if actor.is_staff:
        return redirect(url_for("intake.quote", number=number))
    if open_proposal(db_session(), order) is None:
        return back_to(order)
    return _page(order, DecisionForm(), QuestionForm())


def _page(order: WorkOrder, form: DecisionForm, question: QuestionForm) -> ResponseReturnValue:
    session, actor = db_session(), current_actor()
    question.words.id = "question"  # two fields called words on one page
    form.words.flags.optional = False  # for a refusal it is needed
    page = render_template(
        "service_app/portal/quote.html",
        form=form,
        question=question,
        **pages.quote_page(session, actor, order, reader()),
    )
    return page, 422 if form.problems or question.problems else 200


@blueprint.post("/orders/<number>/decide")
@requires(P.ORDERS_ANSWER)
def decide(number: str) -> ResponseReturnValue:
    """Yes or no to the open quote or change; refusing a quote says why in one line.

    The answer is to the proposal the person read: another one since then is shown first.
    """
    order, session, actor, form = the_order(number), db_session(), current_actor(), DecisionForm()
    event = made_before(session, OrderEvent, form.key())
    proposal = open_proposal(session, order)
    if event is None and proposal is None:
        tell(ANSWERED, "warning")
        return back_to(order)
    if event is None and proposal is not None:
        if form.proposal.data != str(proposal.ordinal) or form.answer.data not in ("yes", "no"):
            tell(REPLACED, "warning")
            return redirect(url_for("portal.quote", number=number))
        if form.validate_on_submit():
            with refusals(form), transaction(session, by=actor, at=now()):
                event = _answer(order, proposal, form, actor)
        if event is None:
            return _page(order, form, QuestionForm(formdata=None))
    tell(_noted(order, event, is_yes=form.answer.data == "yes"))
    return back_to(order)


def _answer(order: WorkOrder, proposal: Proposal, form: DecisionForm, actor: Actor) -> OrderEvent:
    is_yes, words = form.answer.data == "yes", form.words.data or ""
    given = quoting.Given(is_yes, actor.name, AnswerWay.PORTAL, words)
    is_change = proposal.kind == ProposalKind.CHANGE
    verb = quoting.answer_change if is_change else quoting.answer_quote
    return verb(db_session(), order, given, uid=form.key(), by=actor, at=now())


def _noted(order: WorkOrder, event: OrderEvent | None, *, is_yes: bool) -> Text:
    is_change = event is not None and event.kind == Happening.CHANGE_ANSWERED
    told = N_("The engineer was told.") if is_change else N_("The dispatcher was told.")
    if is_yes and order.term_at is not None:
        local = reader().in_zone(ZoneInfo(order.zone))
        text = N_("You agreed. The machine runs by %(moment)s. %(told)s")
        return text.with_values(moment=shown.until(order.term_at, local), told=told)
    said = N_("You agreed. %(told)s") if is_yes else N_("Your answer is noted. %(told)s")
    return said.with_values(told=told)


@blueprint.post("/orders/<number>/question")
@requires(P.ORDERS_ANSWER)
def ask(number: str) -> ResponseReturnValue:
    """A question about the proposal, which stays open."""
    order, session, actor, form = the_order(number), db_session(), current_actor(), QuestionForm()
    if open_proposal(session, order) is None:
        tell(ANSWERED, "warning")
        return back_to(order)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            quoting.ask_about_quote(
                session, order, form.words.data, uid=form.key(), by=actor, at=now()
            )
    if form.problems:
        return _page(order, DecisionForm(formdata=None), form)
    tell(N_("Your question went to the dispatcher."))
    return back_to(order)
