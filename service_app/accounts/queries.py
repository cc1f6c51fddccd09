"""Reads of people who sign in."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from service_app.accounts.models import ResetLink, SignInAttempt, User, UserRole
from service_app.accounts.permissions import Role
from service_app.accounts.rules import DEMO_LOGINS, State, plain_login, search_text, token_hash
from service_app.core.errors import NotFound
from service_app.core.paging import Order, Page, fetch_page


def has_people(session: Session) -> bool:
    """Whether anybody can sign in at all; a new installation has nobody."""
    return session.scalar(select(User.id).limit(1)) is not None


def find_by_login(session: Session, typed: str) -> User | None:
    """The person with this log-in or e-mail address."""
    name = plain_login(typed)
    return session.scalar(select(User).where(or_(User.login == name, User.email == name)))


def get_user(session: Session, user_id: int) -> User:
    """One person; raises :class:`NotFound`."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def find_reset_link(session: Session, token: str, *, at: datetime) -> ResetLink | None:
    """The link behind a token while it can still be used."""
    return session.scalar(
        select(ResetLink).where(
            ResetLink.token_sha256 == token_hash(token),
            ResetLink.used_at.is_(None),
            ResetLink.expires_at > at,
        )
    )


def count_tries(session: Session, subject: str, *, since: datetime) -> int:
    """How many tries were counted for a subject after the moment."""
    return (
        session.scalar(
            select(func.count(SignInAttempt.id)).where(
                SignInAttempt.subject == subject, SignInAttempt.at > since
            )
        )
        or 0
    )


def count_administrators(session: Session, *, except_for: int) -> int:
    """Administrators who can sign in, one person left out."""
    return (
        session.scalar(
            select(func.count(User.id))
            .join(UserRole, UserRole.user_id == User.id)
            .where(
                UserRole.role == Role.ADMINISTRATOR.value,
                User.is_active.is_(True),
                User.id != except_for,
            )
        )
        or 0
    )


def list_people(
    session: Session,
    *,
    words: str = "",
    role: Role | None = None,
    state: State | None = None,
    key: str | None = None,
) -> Page[User]:
    """People by family name, fifty at a time; every word must be found somewhere."""
    found = select(User).options(selectinload(User.role_rows))
    for word in search_text(words).split():
        found = found.where(User.search_words.contains(word, autoescape=True))
    if role is not None:
        found = found.where(_holds(role))
    if state is not None:
        found = found.where(User.is_active.is_(state is State.ACTIVE))
    order = (Order(User.sort_key), Order(User.id))
    return fetch_page(session, found, order=order, key=key)


def people_choices(session: Session, *, role: Role | None = None) -> Sequence[tuple[int, str]]:
    """(id, short name) of people who can sign in, by name; for selects."""
    found = select(User).where(User.is_active.is_(True)).order_by(User.sort_key, User.id)
    if role is not None:
        found = found.where(_holds(role))
    return [(user.id, user.short_name) for user in session.scalars(found).unique()]


def demo_people(session: Session) -> list[User]:
    """The demo company's people whom the sign-in page offers, one a role, in fixed order.

    The page asks for them in demo mode only.
    """
    found = session.scalars(
        select(User).where(User.login.in_(DEMO_LOGINS), User.is_active.is_(True))
    ).unique()
    by_login = {user.login: user for user in found}
    return [by_login[login] for login in DEMO_LOGINS if login in by_login]


def _holds(role: Role) -> ColumnElement[bool]:
    return User.id.in_(select(UserRole.user_id).where(UserRole.role == role.value))
