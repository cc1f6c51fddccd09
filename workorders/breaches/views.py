"""Pages of breaches: the list, and the review of one."""

from collections.abc import Sequence
from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission, Role
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import DomainError, NotFound
from service_app.core.text import N_, Text
from service_app.notifications.queries import people, staff_with_role
from service_app.organisation.queries import home_day
from service_app.web.forms import refusals
from service_app.web.nav import url_with
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.breaches import actions, page, queries, service
from workorders.breaches.forms import ReviewForm
from workorders.breaches.models import Breach
from workorders.breaches.rules import BreachFilter, Cause
from workorders.sla.queries import load
from workorders.sla.rules import Clock

blueprint = Blueprint("breaches", __name__)
ALL_HAVE = N_("Every breach has its cause.")
_STAFF = (Role.ENGINEER, Role.DISPATCHER, Role.STOREKEEPER, Role.MANAGER, Role.ADMINISTRATOR)


@blueprint.get("/breaches")
@requires(Permission.PROMISES_VIEW)
def index() -> ResponseReturnValue:
    """Missed promises, under filters kept in the address."""
    session = db_session()
    named = request.args.get("show"), request.args.get("clock")
    chosen = next((f for f in BreachFilter if f == named[0]), None)
    clock = next((c for c in Clock if c == named[1]), None)
    found = queries.list_page(session, chosen, clock, key=request.args.get("after"))
    without = queries.count_without_cause(session)
    is_empty = not found.rows and chosen is None and clock is None
    return render_template(
        "workorders/breaches/index.html", page=found, chosen=chosen, clock=clock,
        chips=_chips(chosen, clock), without=without, is_empty=is_empty,
        next_id=queries.next_without_cause(session) if without else None,
        may_review=current_actor().can(Permission.BREACHES_REVIEW),
        late=partial(queries.late_now, calendar=load(session).calendar, now=now()),
    )  # fmt: skip


def _chips(chosen: BreachFilter | None, clock: Clock | None) -> list[tuple[Text, str, bool]]:
    shows = [
        (f.label, url_with(show=None if f is chosen else f.value), f is chosen)
        for f in BreachFilter
    ]
    return shows + [
        (c.label, url_with(clock=None if c is clock else c.value), c is clock) for c in Clock
    ]


@blueprint.get("/breaches/<int:breach_id>")
@requires(Permission.PROMISES_VIEW)
def show(breach_id: int) -> ResponseReturnValue:
    """The review of one breach, filled in from the order's story."""
    session = db_session()
    breach = queries.get_breach(session, breach_id)
    form = ReviewForm(formdata=None)
    form.begin(breach)
    return _page(session, breach, form), 200


@blueprint.post("/breaches/<int:breach_id>")
@requires(Permission.BREACHES_REVIEW)
def give_cause(breach_id: int) -> ResponseReturnValue:
    """Confirm the cause and go to the next breach without one."""
    session, actor = db_session(), current_actor()
    breach, form = queries.get_breach(session, breach_id), ReviewForm()
    form.action_owner.options = _owners(session)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.give_cause(
                session, breach, shares=form.shares(), comment=form.comment.data,
                action=form.given_action(), version=form.opened_on(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _to_next(session, breach)
    form.compare_with(breach)
    return _page(session, breach, form), 422


@blueprint.get("/actions")
@requires(Permission.ACTIONS_DO)
def list_actions() -> ResponseReturnValue:
    """A person's own corrective actions; everybody's for those who see breaches."""
    session, actor, args = db_session(), current_actor(), request.args
    may_see = actor.can(Permission.PROMISES_VIEW)
    is_all, is_done = may_see and args.get("show") == "all", args.get("state") == "done"
    found = actions.list_actions(
        session, owner_id=None if is_all else actor.user_id, is_done=is_done, key=args.get("after")
    )
    chips = [(N_("Done already"), url_with(state=None if is_done else "done"), is_done)]
    if may_see:
        chips.insert(0, (N_("Everybody's"), url_with(show=None if is_all else "all"), is_all))
    return render_template(
        "workorders/breaches/actions.html", page=found, chips=chips, is_done=is_done,
        may_see=may_see, may_review=actor.can(Permission.BREACHES_REVIEW),
        today=home_day(session, now()),
    )  # fmt: skip


@blueprint.post("/actions/<int:breach_id>/done")
@requires(Permission.ACTIONS_DO)
def finish_action(breach_id: int) -> ResponseReturnValue:
    """A corrective action is done."""
    session, actor = db_session(), current_actor()
    breach = queries.get_breach(session, breach_id)
    if breach.action_owner_id != actor.user_id and not actor.can(Permission.BREACHES_REVIEW):
        raise NotFound
    try:
        with transaction(session, by=actor, at=now()):
            actions.finish(
                session, breach, words=request.form.get("words", ""),
                version=request.form.get("version", 0, type=int), by=actor, at=now(),
            )  # fmt: skip
        tell(N_("The action is done."))
    except DomainError as error:
        tell(error.text, "danger")
    return redirect(url_for("breaches.list_actions"))


def _to_next(session: Session, breach: Breach) -> ResponseReturnValue:
    following = queries.next_without_cause(session, after=breach)
    said = Text("The cause of %(number)s is kept.", number=breach.order.number)
    if following is None:
        tell(Text("%(said)s %(rest)s", said=said, rest=ALL_HAVE))
        return redirect(url_for("breaches.index"))
    tell(said)
    return redirect(url_for("breaches.show", breach_id=following))


def _owners(session: Session) -> Sequence[tuple[int, str]]:
    ids = staff_with_role(session, *_STAFF)
    return sorted(((p.id, p.short_name) for p in people(session, ids)), key=lambda pair: pair[1])


def _page(session: Session, breach: Breach, form: ReviewForm) -> str:
    may_review = current_actor().can(Permission.BREACHES_REVIEW) and not breach.is_withdrawn
    form.action_owner.options = _owners(session) if may_review else ()
    return render_template(
        "workorders/breaches/show.html", breach=breach, form=form, causes=tuple(Cause),
        review=page.review_of(session, breach, reader()), may_review=may_review,
        total=sum(v for v in form.shares().values() if isinstance(v, int)),
        waiting=queries.count_without_cause(session),
    )  # fmt: skip
