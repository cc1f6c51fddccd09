"""The administrator's pages: people and their roles, the matrix of permissions."""

from typing import TypeVar, cast

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts import people, queries, service
from service_app.accounts.forms import NewPersonForm, PersonForm
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import MATRIX, Permission, Role
from service_app.accounts.rules import State
from service_app.config import Config
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.enums import Labelled
from service_app.core.text import Text
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session

blueprint = Blueprint("people", __name__, url_prefix="/admin")
L = TypeVar("L", bound=Labelled)


@blueprint.get("/people")
@requires(Permission.PEOPLE_EDIT)
def index() -> ResponseReturnValue:
    """Everybody who signs in, by family name; search and filters stay in the address."""
    words = request.args.get("q", "")[:100]
    role, state = _chosen(Role, "role"), _chosen(State, "state")
    page = queries.list_people(
        db_session(), words=words, role=role, state=state, key=request.args.get("after")
    )
    return render_template(
        "service_app/accounts/people.html",
        page=page,
        words=words,
        role=role,
        state=state,
        roles=tuple(Role),
        states=tuple(State),
    )


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Permission.PEOPLE_EDIT)
def add() -> ResponseReturnValue:
    """A new person with their roles."""
    session, actor, form = db_session(), current_actor(), NewPersonForm()
    if not form.is_submitted():
        form.language.data, form.zone.data = reader().language, str(reader().zone)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            user = people.add(
                session,
                form.particulars(),
                roles=form.roles.roles(),
                password=form.password.data or "",
                uid=form.key(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            tell(Text("%(name)s is added.", name=user.name))
            return redirect(url_for("people.edit", user_id=user.id))
    page = render_template("service_app/accounts/person.html", form=form, user=None)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/people/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.PEOPLE_EDIT)
def edit(user_id: int) -> ResponseReturnValue:
    """One person: particulars, roles, and below them the link and the block."""
    session, actor = db_session(), current_actor()
    user = queries.get_user(session, user_id)
    form = PersonForm(obj=user)
    if not form.is_submitted():
        form.roles.data = [role.value for role in user.roles]
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            people.change(
                session,
                user,
                particulars=form.particulars(),
                roles=form.roles.roles(),
                version=form.opened_on(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            tell(Text("%(name)s is saved.", name=user.name))
            return redirect(url_for("people.index"))
        form.compare_with(user)
    page = render_template("service_app/accounts/person.html", form=form, user=user)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/people/<int:user_id>/link")
@requires(Permission.PEOPLE_EDIT)
def hand_over_link(user_id: int) -> ResponseReturnValue:
    """A one-time link to choose a password, shown once."""
    session, actor = db_session(), current_actor()
    user = queries.get_user(session, user_id)
    with transaction(session, by=actor, at=now()):
        token = service.hand_over_link(session, user, by=actor, at=now())
    config = cast(Config, current_app.extensions["house_config"])
    base = config.public_url or request.host_url.rstrip("/")
    link = base + url_for("accounts.choose_password", token=token)
    return render_template("service_app/accounts/handed_link.html", user=user, link=link)


@blueprint.post("/people/<int:user_id>/block")
@requires(Permission.PEOPLE_EDIT)
def block(user_id: int) -> ResponseReturnValue:
    """Let the person in no more."""
    session, actor = db_session(), current_actor()
    user = queries.get_user(session, user_id)
    with transaction(session, by=actor, at=now()):
        people.block(session, user, by=actor, at=now())
    tell(Text("%(name)s is blocked and signed out everywhere.", name=user.name))
    return redirect(url_for("people.edit", user_id=user.id))


@blueprint.post("/people/<int:user_id>/unblock")
@requires(Permission.PEOPLE_EDIT)
def unblock(user_id: int) -> ResponseReturnValue:
    """Let the person in again."""
    session, actor = db_session(), current_actor()
    user = queries.get_user(session, user_id)
    with transaction(session, by=actor, at=now()):
        people.unblock(session, user, by=actor, at=now())
    tell(Text("%(name)s may sign in again.", name=user.name))
    return redirect(url_for("people.edit", user_id=user.id))


@blueprint.get("/permissions")
@requires(Permission.PEOPLE_EDIT)
def permissions() -> ResponseReturnValue:
    """Who may do what: the matrix as the program itself reads it."""
    return render_template(
        "service_app/accounts/permissions.html", matrix=MATRIX, roles=tuple(Role)
    )


def _chosen(kind: type[L], name: str) -> L | None:
    value = request.args.get(name, "")
    return kind(value) if value in set(kind) else None
