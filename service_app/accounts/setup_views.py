"""The first start: an empty program leads everybody here until somebody can sign in."""

from typing import cast

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from service_app.accounts import people, queries, service, setup_code
from service_app.accounts.forms import SetUpForm
from service_app.accounts.guard import current_actor, public
from service_app.accounts.login import renew_session
from service_app.accounts.models import User
from service_app.accounts.rules import Language
from service_app.config import Config
from service_app.core.actor import GUEST
from service_app.core.clock import now
from service_app.core.db import Database, transaction
from service_app.core.errors import Invalid
from service_app.core.text import N_
from service_app.core.zones import DEFAULT_ZONE
from service_app.web.forms import refusals
from service_app.web.reading import language as reading_language
from service_app.web.session import db_session

blueprint = Blueprint("setup", __name__)
WITHOUT_PEOPLE = frozenset(
    {
        "asset",
        "web.health",
        "web.ready",
        "setup.first",
        "accounts.choose_language",
        "accounts.choose_theme",
    }
)
"""What answers before anybody can sign in; every other page leads to the first start."""
_FLAG = "house_has_people"


@blueprint.before_app_request
def lead_to_set_up() -> ResponseReturnValue | None:
    """While there is nobody at all, every page is the first start's."""
    if request.endpoint in WITHOUT_PEOPLE or current_app.extensions.get(_FLAG):
        return None
    if current_actor().user_id is None and not queries.has_people(db_session()):
        return redirect(url_for("setup.first"))
    current_app.extensions[_FLAG] = True
    return None


@blueprint.route("/setup", methods=["GET", "POST"])
@public
def first() -> ResponseReturnValue:
    """The first administrator of an empty program; afterwards there is no such page."""
    if queries.has_people(db_session()):
        abort(404)
    config, form = _config(), SetUpForm()
    if not setup_code.is_made(config.data_dir):
        setup_code.announce(config.data_dir, config.public_url)
    form.zone.data = form.zone.data or DEFAULT_ZONE
    if form.validate_on_submit():
        with refusals(form):
            user = _make_first(form)
        if not form.problems:
            setup_code.forget(config.data_dir)
            renew_session(user)
            return redirect(url_for("accounts.home"))
    page = render_template("service_app/accounts/first_start.html", form=form)
    return page, 422 if form.is_submitted() else 200


def _make_first(form: SetUpForm) -> User:
    session, at = db_session(), now()
    with transaction(session, by=GUEST, at=at):
        service.claim_code_try(session, address=request.remote_addr or "", by=GUEST, at=at)
    if not setup_code.fits(_config().data_dir, form.code.data):
        raise Invalid(N_("This is not the code the server shows. Check it."), "code")
    particulars = people.Particulars(
        login=form.login.data,
        family_name=form.family_name.data,
        first_name=form.first_name.data,
        email=form.email.data,
        language=Language(reading_language()),
        zone=form.zone.data,
    )
    with transaction(session, by=GUEST, at=at):
        return people.add_first_administrator(
            session, particulars, password=form.password.data, by=GUEST, at=at
        )


def announce(app: Flask, database: Database) -> None:
    """At the program's start, say in the log how the first administrator gets in."""
    config = cast(Config, app.extensions["house_config"])
    try:
        with database.read_session() as session:
            if queries.has_people(session):
                return
    except SQLAlchemyError:
        return  # no tables yet: the next start says it
    setup_code.announce(config.data_dir, config.public_url)


def _config() -> Config:
    return cast(Config, current_app.extensions["house_config"])
