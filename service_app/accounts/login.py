"""flask-login over our own people: who is at the page, with what they may do."""

from collections.abc import Callable
from typing import Any

import flask
from flask import Flask, current_app
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.web.session import database, db_session, is_reading

ActorFor = Callable[[Session, User], Actor]


class SignedIn(UserMixin):  # type: ignore[misc]
    """The signed-in person for the length of a request."""

    def __init__(self, user: User, actor: Actor) -> None:
        self.user = user
        self.actor = actor
        self.language = user.language
        self.theme = user.theme
        self.zone = user.zone

    def get_id(self) -> str:
        """The id and the epoch: a changed password ends every other session."""
        return f"{self.user.id}.{self.user.session_epoch}"


def init_app(app: Flask, actor_for: ActorFor) -> None:
    """Load the signed-in person once a request."""
    manager = LoginManager(app)
    manager.session_protection = None
    app.extensions["actor_for"] = actor_for

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _load(mark: str) -> SignedIn | None:
        if is_reading():
            return load_signed_in(db_session(), mark, actor_for)
        # A writing session would take SQLite's one writing place before the form is even read.
        with database().read_session() as session:
            return load_signed_in(session, mark, actor_for)

    app.context_processor(_person)


def load_signed_in(session: Session, mark: str, actor_for: ActorFor) -> SignedIn | None:
    """The person behind a session cookie, unless left, blocked or signed out elsewhere."""
    head, _, epoch = mark.partition(".")
    if not (head.isdigit() and epoch.isdigit()):
        return None
    user = session.get(User, int(head))
    if user is None or not user.is_active or user.session_epoch != int(epoch):
        return None
    return SignedIn(user, actor_for(session, user))


def _person() -> dict[str, Any]:
    actor = getattr(current_user, "actor", None)
    return {"actor": actor, "person": getattr(current_user, "user", None)}


def renew_session(user: User) -> None:
    """Sign this person in. Nothing of the session before survives, whoever planted it there."""
    flask.session.clear()
    actor_for: ActorFor = current_app.extensions["actor_for"]
    login_user(SignedIn(user, actor_for(db_session(), user)))
    flask.session.permanent = True
