"""Verbs of the administrator over people: add, change, block, and the first of them all."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service_app.accounts import queries
from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.accounts.rules import (
    Language,
    check_email,
    check_login,
    check_password,
    check_roles,
    plain_login,
)
from service_app.accounts.service import hash_password, lock
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.text import N_, Text

_ROLES_LOCK = "administrators"


@dataclass(frozen=True)
class Particulars:
    """What is known of a person; ``email`` is empty when there is none."""

    login: str
    family_name: str
    first_name: str
    middle_name: str = ""
    email: str = ""
    position: str = ""
    signing_ground: str = ""
    phone: str = ""
    language: Language = Language.RUSSIAN
    zone: str = "Europe/Moscow"


def add(
    session: Session,
    particulars: Particulars,
    *,
    roles: frozenset[Role],
    password: str = "",
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> User:
    """A new person. Without a password they choose one by a link handed over later.

    The same ``uid`` again answers the person already made. Raises :class:`Invalid` for a login
    or an address somebody has, roles that exclude each other, a weak password.
    """
    known = made_before(session, User, uid) if uid else None
    if known is not None:
        return known
    user = User(uid=uid)
    _write(session, user, particulars)
    check_roles(roles)
    if password:
        check_password(password, login=user.login)
        user.password_hash = hash_password(password)
    user.role_rows = [UserRole(role=role.value) for role in sorted(roles)]
    session.add(user)
    session.flush()  # for the id
    return user


def change(
    session: Session,
    user: User,
    *,
    particulars: Particulars,
    roles: frozenset[Role],
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change a person's particulars and roles.

    Raises :class:`Conflict` when somebody else did so meanwhile, :class:`NotAllowed` when nobody
    would be administrator any more or the person takes that role from themselves.
    """
    if user.version != version:
        raise Conflict
    check_roles(roles)
    if Role.ADMINISTRATOR in user.roles - roles:
        _check_administrator_may_go(session, user, by=by)
    with session.no_autoflush:
        _write(session, user, particulars)
    kept = {row.role: row for row in user.role_rows}
    user.role_rows = [kept.get(role.value) or UserRole(role=role.value) for role in sorted(roles)]


def block(session: Session, user: User, *, by: Actor, at: datetime) -> None:
    """Let the person in no more; their sessions end with the next page."""
    if user.id == by.user_id:
        raise NotAllowed(N_("You cannot block yourself; another administrator can."))
    if Role.ADMINISTRATOR in user.roles:
        _check_administrator_may_go(session, user, by=by)
    user.is_active = False
    user.session_epoch += 1


def unblock(session: Session, user: User, *, by: Actor, at: datetime) -> None:
    """Let the person in again, with the password they had."""
    user.is_active = True


def add_first_administrator(
    session: Session, particulars: Particulars, *, password: str, by: Actor, at: datetime
) -> User:
    """The person who sets an empty program up; refused as soon as there is anybody."""
    lock(session, "first administrator")
    if queries.has_people(session):
        raise NotAllowed(N_("There are people already. Sign in, or ask your administrator."))
    return add(
        session,
        particulars,
        roles=frozenset({Role.ADMINISTRATOR}),
        password=password,
        by=by,
        at=at,
    )


def _write(session: Session, user: User, particulars: Particulars) -> None:
    login, email = plain_login(particulars.login), plain_login(particulars.email) or None
    check_login(login)
    check_email(email)
    for name, value in (("login", login), ("email", email)):
        other = queries.find_by_login(session, value) if value else None
        if other is not None and other.id != user.id:
            raise Invalid(
                Text("%(value)s belongs to %(name)s already.", value=value, name=other.name), name
            )
    user.login, user.email = login, email
    user.family_name, user.first_name = particulars.family_name, particulars.first_name
    user.middle_name, user.position = particulars.middle_name, particulars.position
    user.signing_ground, user.phone = particulars.signing_ground, particulars.phone
    user.language, user.zone = particulars.language.value, particulars.zone


def _check_administrator_may_go(session: Session, user: User, *, by: Actor) -> None:
    lock(session, _ROLES_LOCK)
    if user.id == by.user_id:
        raise NotAllowed(
            N_("You cannot take the administrator role from yourself; another one can."), "roles"
        )
    if queries.count_administrators(session, except_for=user.id) == 0:
        raise NotAllowed(N_("Nobody else is administrator. Give somebody the role first."), "roles")
