"""Pages of our own side: company and letterhead, branches, teams, numbers."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service_app.accounts.guard import current_actor, public, requires
from service_app.accounts.models import User
from service_app.accounts.permissions import Permission
from service_app.accounts.queries import get_user
from service_app.core.actor import Actor
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import NotFound
from service_app.core.text import N_, Text
from service_app.files import service as files
from service_app.files.intake import prepare
from service_app.files.sending import send_stored
from service_app.organisation import queries, service
from service_app.organisation.forms import (
    BranchForm,
    EntityForm,
    LogoForm,
    PlaceForm,
    SetUpForm,
    TeamForm,
)
from service_app.organisation.models import LegalEntity, StaffMembership
from service_app.web.forms import refusals
from service_app.web.menu import forget_brand
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session

blueprint = Blueprint("organisation", __name__)
SAVED = N_("Saved.")
ANY_SECTION = (
    Permission.ORGANISATION_EDIT,
    Permission.PEOPLE_EDIT,
    Permission.IMPORTS_RUN,
    Permission.JOURNAL_VIEW,
    Permission.JOBS_VIEW,
)


@blueprint.get("/admin")
@requires(*ANY_SECTION)
def index() -> ResponseReturnValue:
    """Sections this person may open, with what is unset; ``q`` searches among settings."""
    session, actor, me = db_session(), current_actor(), reader()
    sought = request.args.get("q", "").strip()[:100]
    shown = [
        (section, section.unset(session) if section.unset else None)
        for section in current_app.extensions["admin_sections"]
        if section.endpoint in current_app.view_functions
        and actor.can(section.permission)
        and queries.is_about(section, sought, say=me.say)
    ]
    return render_template("service_app/organisation/index.html", sections=shown, q=sought)


@blueprint.route("/admin/company", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def company() -> ResponseReturnValue:
    """Company and letterhead; in an empty database the first save makes the branch too."""
    session, actor = db_session(), current_actor()
    entity = queries.our_entity(session)
    if entity is None:
        return _set_up(session, actor)
    form = EntityForm(obj=entity)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.change_entity(
                session, entity, form.facts(), version=form.opened_on(), by=actor, at=now()
            )
        if not form.problems:
            forget_brand()
            tell(N_("Saved. New papers carry it; papers issued before stay as they were."))
            return redirect(url_for("organisation.company"))
    form.compare_with(entity)
    return _company_page(form, entity=entity)


def _set_up(session: Session, actor: Actor) -> ResponseReturnValue:
    form = SetUpForm(currency="RUB", is_vat_payer=True)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.set_up(
                session,
                form.facts(),
                branch=form.branch_facts(),
                team_name=reader().say(N_("Service team")),
                by=actor,
                at=now(),
            )
        if not form.problems:
            forget_brand()
            tell(N_("The company is set up, with its first branch and team."))
            return redirect(url_for("organisation.company"))
    return _company_page(form, entity=None)


def _company_page(
    form: EntityForm, *, entity: LegalEntity | None, logo_form: LogoForm | None = None
) -> ResponseReturnValue:
    page = render_template(
        "service_app/organisation/company.html",
        form=form,
        entity=entity,
        logo_form=logo_form or LogoForm(formdata=None),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/admin/company/logo", methods=["POST"])
@requires(Permission.ORGANISATION_EDIT)
def change_logo() -> ResponseReturnValue:
    """Take a picture in, or take the present one off when none was chosen."""
    form, session, actor = LogoForm(), db_session(), current_actor()
    entity = queries.our_entity(session)
    if entity is None:
        raise NotFound
    with refusals(form), transaction(session, by=actor, at=now()):
        picture = prepare(form.photos.data) if form.photos.data else None
        stored = files.store(session, picture, by=actor, at=now()) if picture else None
        service.change_logo(session, entity, stored, by=actor, at=now())
    if form.problems:
        return _company_page(EntityForm(formdata=None, obj=entity), entity=entity, logo_form=form)
    forget_brand()
    tell(N_("The logo is changed.") if entity.logo_id else N_("The logo is taken off."))
    return redirect(url_for("organisation.company"))


@blueprint.get("/logo")
@public
def logo() -> ResponseReturnValue:
    """The company's picture; it stands on the sign-in page too."""
    entity = queries.our_entity(db_session())
    if entity is None or entity.logo is None:
        abort(404)
    return send_stored(entity.logo)


@blueprint.get("/admin/branches")
@requires(Permission.ORGANISATION_EDIT)
def branches() -> ResponseReturnValue:
    """Branches with their teams, and who works where."""
    session = db_session()
    return render_template(
        "service_app/organisation/branches.html",
        branches=queries.list_branches(session),
        teams=queries.list_teams(session),
        staff=queries.list_staff(session),
    )


@blueprint.route("/admin/branches/new", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def add_branch() -> ResponseReturnValue:
    """One more branch."""
    session, actor, form = db_session(), current_actor(), BranchForm()
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.add_branch(session, form.facts(), uid=form.key(), by=actor, at=now())
        if not form.problems:
            return _saved()
    return _form_page("branch", form, branch=None)


@blueprint.route("/admin/branches/<int:branch_id>/edit", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def edit_branch(branch_id: int) -> ResponseReturnValue:
    """A branch's name, city, zone, prefix."""
    session, actor = db_session(), current_actor()
    branch = queries.get_branch(session, branch_id)
    form = BranchForm(obj=branch)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.change_branch(
                session,
                branch,
                form.facts(),
                is_active=form.is_active.data,
                version=form.opened_on(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            return _saved()
    form.compare_with(branch)
    return _form_page("branch", form, branch=branch)


@blueprint.route("/admin/branches/<int:branch_id>/teams/new", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def add_team(branch_id: int) -> ResponseReturnValue:
    """One more team of a branch."""
    session, actor, form = db_session(), current_actor(), TeamForm()
    branch = queries.get_branch(session, branch_id)
    form.lead_user_id.options = queries.staff_choices(session)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.add_team(
                session,
                branch,
                name=form.name.data,
                lead=_person(session, form.lead_user_id.data),
                uid=form.key(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            return _saved()
    return _form_page("team", form, branch=branch, team=None)


@blueprint.route("/admin/teams/<int:team_id>/edit", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def edit_team(team_id: int) -> ResponseReturnValue:
    """A team's name and leader."""
    session, actor = db_session(), current_actor()
    team = queries.get_team(session, team_id)
    form = TeamForm(obj=team)
    form.lead_user_id.options = queries.staff_choices(session, kept=team.lead_user_id)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.change_team(
                session,
                team,
                name=form.name.data,
                lead=_person(session, form.lead_user_id.data),
                is_active=form.is_active.data,
                version=form.opened_on(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            return _saved()
    form.compare_with(team)
    return _form_page("team", form, branch=team.branch, team=team)


@blueprint.route("/admin/staff/<int:user_id>/place", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_EDIT)
def place_person(user_id: int) -> ResponseReturnValue:
    """In which branch and team a person of ours works."""
    session, actor = db_session(), current_actor()
    user = queries.get_staff(session, user_id)
    membership = queries.find_membership(session, user_id)
    form = PlaceForm(obj=membership)
    kept = membership or StaffMembership()
    form.branch_id.options = queries.branch_choices(session, kept=kept.branch_id)
    form.team_id.options = queries.team_choices(session, kept=kept.team_id)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            team = queries.get_team(session, form.team_id.data) if form.team_id.data else None
            branch = queries.get_branch(session, form.branch_id.data)
            service.place_person(
                session,
                user,
                branch=branch,
                team=team,
                version=form.opened_on(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            tell(Text("%(name)s is placed.", name=user.name))
            return redirect(url_for("organisation.branches"))
    if membership is not None:
        form.compare_with(membership)
    return _form_page("place_person", form, user=user)


@blueprint.get("/admin/numbers")
@requires(Permission.ORGANISATION_EDIT)
def numbers() -> ResponseReturnValue:
    """Which numbers were given last, by kind, branch and year."""
    return render_template(
        "service_app/organisation/numbers.html",
        series=queries.list_series(db_session()),
        kinds=current_app.extensions["number_kinds"],
    )


def _person(session: Session, user_id: int | None) -> User | None:
    return get_user(session, user_id) if user_id else None


def _saved() -> ResponseReturnValue:
    tell(SAVED)
    return redirect(url_for("organisation.branches"))


def _form_page(name: str, form: object, **values: object) -> ResponseReturnValue:
    page = render_template(f"service_app/organisation/{name}.html", form=form, **values)
    return page, 422 if request.method == "POST" else 200
