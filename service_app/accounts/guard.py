"""Every route says who may use it; the factory refuses a route that does not."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, abort
from flask_login import current_user

from service_app.accounts.permissions import Permission
from service_app.core.actor import GUEST, Actor
from service_app.web.errors import sign_in_first

P = ParamSpec("P")
R = TypeVar("R")
PUBLIC = "public"
_MARK = "house_guard"


def current_actor() -> Actor:
    """Who is at the page: the signed-in person, or a guest without any permission."""
    return cast(Actor, getattr(current_user, "actor", GUEST))


def requires(*permissions: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in only a signed-in person who holds one of the permissions.

    A guest is sent to the log-in page, others get 403.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = current_actor()
            if actor.user_id is None:
                return cast(R, sign_in_first())
            if not any(actor.can(p) for p in permissions):
                abort(403)
            return view(*args, **kwargs)

        setattr(guarded, _MARK, permissions)
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Open to everybody, signed in or not."""
    setattr(view, _MARK, PUBLIC)
    return view


def guard_of(view: Callable[..., Any]) -> Any:
    """The permissions of a view, PUBLIC, or None when it has no guard."""
    return getattr(view, _MARK, None)


def check_every_route(app: Flask) -> None:
    """Refuse to start with an unguarded route."""
    bare = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if guard_of(app.view_functions[rule.endpoint]) is None and rule.endpoint != "static"
    ]
    if bare:
        raise RuntimeError(f"routes without a guard: {', '.join(sorted(bare))}")
