"""Signing in and out, passwords, own settings."""

from typing import cast

import flask
from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from service_app.accounts import queries, service
from service_app.accounts.forms import (
    AskResetForm,
    ChangePasswordForm,
    NewPasswordForm,
    SettingsForm,
    SignInForm,
)
from service_app.accounts.guard import current_actor, public, requires
from service_app.accounts.login import renew_session
from service_app.accounts.models import User
from service_app.accounts.permissions import Permission
from service_app.accounts.rules import (
    DEMO_LOGINS,
    DOES_NOT_FIT,
    TOO_MANY_TRIES,
    Language,
    Theme,
    own_path,
)
from service_app.config import Config
from service_app.core.actor import GUEST
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import Invalid, NotAllowed
from service_app.core.text import N_
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.reading import LANGUAGE_COOKIE, THEME_COOKIE
from service_app.web.session import db_session

blueprint = Blueprint("accounts", __name__)
A_YEAR = 365 * 24 * 3600


@blueprint.get("/")
@requires(Permission.SIGNED_IN)
def home() -> ResponseReturnValue:
    """The first page of the person's most particular role."""
    roles = {role.value for role in current_user.user.roles}
    homes: dict[str, str] = current_app.extensions.get("house_homes", {})
    own = (homes[role] for role in homes if role in roles)
    endpoint = next((e for e in own if e in current_app.view_functions), "accounts.me")
    return redirect(url_for(endpoint))


@blueprint.route("/login", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Login or e-mail and password."""
    if current_actor().user_id is not None:
        return redirect(_after_sign_in())
    form = SignInForm()
    if form.validate_on_submit():
        user = _try(form)
        if user is not None:
            return _enter(user)
    config = _config()
    demo = queries.demo_people(db_session()) if config.is_demo else []
    page = render_template(
        "service_app/accounts/sign_in.html", form=form, demo=demo, next=_next(), config=config
    )
    return page, 422 if form.is_submitted() else 200


def _try(form: SignInForm) -> User | None:
    """The person, when the password fits; the lock of the first commit is free meanwhile."""
    session, typed, at = db_session(), form.login.data or "", now()
    with transaction(session, by=GUEST, at=at):
        claimed = service.claim_try(
            session, typed, address=request.remote_addr or "", by=GUEST, at=at
        )
    if not claimed.is_allowed:
        form.refuse(NotAllowed(TOO_MANY_TRIES))
        return None
    known = claimed.user.password_hash if claimed.user else ""
    if not service.fits(form.password.data or "", known):
        form.refuse(Invalid(DOES_NOT_FIT))
        return None
    with transaction(session, by=GUEST, at=at):
        service.record_sign_in(session, claimed, by=GUEST, at=at)
    return claimed.user


@blueprint.post("/login/as/<login>")
@public
def sign_in_demo(login: str) -> ResponseReturnValue:
    """One of the demo company's people, without a password; elsewhere there is no such page."""
    user = queries.find_by_login(db_session(), login)
    if not _config().is_demo or login not in DEMO_LOGINS or user is None or not user.is_active:
        abort(404)
    return _enter(user)


@blueprint.post("/logout")
@requires(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    logout_user()
    flask.session.clear()
    return redirect(url_for("accounts.home"))


@blueprint.route("/reset", methods=["GET", "POST"])
@public
def ask_reset() -> ResponseReturnValue:
    """Ask for a link to choose a new password; the answer never tells whose address it is."""
    form, config = AskResetForm(), _config()
    if form.validate_on_submit() and config.public_url:
        session, at = db_session(), now()
        with transaction(session, by=GUEST, at=at):
            service.ask_reset(session, email=form.email.data, link_to=_link, by=GUEST, at=at)
        tell(N_("If there is such an address, a link is on its way."))
        return redirect(url_for("accounts.sign_in"))
    page = render_template("service_app/accounts/ask_reset.html", form=form, config=config)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@public
def choose_password(token: str) -> ResponseReturnValue:
    """Choose a new password by a one-time link."""
    session, form, at = db_session(), NewPasswordForm(), now()
    if queries.find_reset_link(session, token, at=at) is None:
        return render_template("service_app/accounts/link_is_over.html"), 410
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=GUEST, at=at):
            service.use_reset_link(session, token, password=form.password.data, by=GUEST, at=at)
        if not form.problems:
            logout_user()
            tell(N_("The password is changed. Sign in with the new one."))
            return redirect(url_for("accounts.sign_in"))
    page = render_template("service_app/accounts/choose_password.html", form=form, token=token)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/me", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def me() -> ResponseReturnValue:
    """Own language, colours, zone, phone and keys."""
    session, actor, user = db_session(), current_actor(), _self()
    form = SettingsForm(obj=user)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.change_settings(
                session,
                user,
                language=Language(form.language.data),
                theme=Theme(form.theme.data),
                zone=form.zone.data,
                phone=form.phone.data,
                are_keys_on=form.are_keys_on.data,
                version=form.opened_on(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            _read_anew(user)
            tell(N_("Your settings are saved."))
            return redirect(url_for("accounts.me"))
        form.compare_with(user)
    page = render_template("service_app/accounts/me.html", form=form, user=user)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/me/password", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """A new password for oneself; sessions elsewhere end."""
    session, actor, user, form = db_session(), current_actor(), _self(), ChangePasswordForm()
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.change_password(
                session,
                user,
                current=form.current.data,
                password=form.password.data,
                by=actor,
                at=now(),
            )
        if not form.problems:
            renew_session(user)
            tell(N_("The password is changed. You are signed out everywhere else."))
            return redirect(url_for("accounts.me"))
    page = render_template("service_app/accounts/change_password.html", form=form)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/language/<code>")
@public
def choose_language(code: str) -> ResponseReturnValue:
    """Read the pages in another language; the choice stays on this device."""
    if code not in set(Language):
        abort(404)
    return _switch(LANGUAGE_COOKIE, language=Language(code))


@blueprint.post("/theme/<code>")
@public
def choose_theme(code: str) -> ResponseReturnValue:
    """Light or dark pages; the choice stays on this device."""
    if code not in set(Theme):
        abort(404)
    return _switch(THEME_COOKIE, theme=Theme(code))


def _switch(
    cookie: str, *, language: Language | None = None, theme: Theme | None = None
) -> ResponseReturnValue:
    actor = current_actor()
    if actor.user_id is not None:
        with transaction(db_session(), by=actor, at=now()):
            service.switch(
                db_session(), _self(), language=language, theme=theme, by=actor, at=now()
            )
    response = redirect(_next() or url_for("accounts.home"))
    chosen = str(language or theme)
    secure = _config().is_https
    response.set_cookie(
        cookie, chosen, max_age=A_YEAR, samesite="Lax", secure=secure, httponly=True
    )
    return response


def _enter(user: User) -> ResponseReturnValue:
    target = _after_sign_in()
    renew_session(user)
    return redirect(target)


def _read_anew(user: User) -> None:
    """What is said from now on is said in the language just chosen."""
    current_user.language, current_user.theme, current_user.zone = (
        user.language,
        user.theme,
        user.zone,
    )
    flask.g.pop("reader", None)


def _after_sign_in() -> str:
    return _next() or url_for("accounts.home")


def _next() -> str | None:
    return own_path(request.values.get("next"))


def _self() -> User:
    return db_session().get_one(User, current_user.user.id)


def _config() -> Config:
    return cast(Config, current_app.extensions["house_config"])


def _link(token: str) -> str:
    return _config().public_url + url_for("accounts.choose_password", token=token)
