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
from service_app.core.text import N_, Text
from service_app.notifications.queries import people, staff_with_role
from service_app.web.forms import refusals
from service_app.web.nav import url_with
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.breaches import page, queries, service
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
