"""Verbs of people who sign in: sign in, passwords and links, own settings."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from service_app.accounts import queries
from service_app.accounts.models import ResetLink, SignInAttempt, User
from service_app.accounts.rules import (
    HANDED_LINK_LIVES,
    LETTER_LINK_LIVES,
    LETTERS_PER_HOUR,
    LINK_IS_OVER,
    TOO_MANY_CODES,
    TRIES_PER_ADDRESS,
    TRIES_PER_LOGIN,
    WAIT,
    Language,
    Theme,
    check_password,
    plain_login,
    throttle_subject,
    token_hash,
)
from service_app.core.actor import Actor
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.text import N_
from service_app.outbox import service as outbox

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id with 19 MiB and two passes (OWASP's first choice): eight threads at once fit in the
web server's memory."""
LETTER_SUBJECT = N_("A new password")
LETTER_BODY = N_(
    "Somebody, probably you, asked for a new password for %(name)s.\n\n"
    "Choose it here within an hour; the link works once:\n%(link)s\n\n"
    "If it was not you, do nothing: the old password stays."
)


@dataclass(frozen=True)
class Try:
    """A claimed try to sign in: the person it is about (if any), and the row of the address."""

    user: User | None
    is_allowed: bool
    address_row_id: int | None = None


def hash_password(password: str) -> str:
    """Argon2id hash with its salt and parameters."""
    return _HASHER.hash(password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def fits(password: str, password_hash: str) -> bool:
    """Whether the password belongs to the hash. Without a hash the same work is done in vain."""
    try:
        return _HASHER.verify(password_hash or _nobodys_hash(), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def claim_try(session: Session, typed: str, *, address: str, by: Actor, at: datetime) -> Try:
    """Count a try before the password is looked at, so that workers share one limit.

    The caller commits, then checks the password, then calls :func:`record_sign_in` when it fits.
    """
    user = queries.find_by_login(session, typed)
    subject = _login_subject(user, typed)
    from_address = throttle_subject("address", address)
    limits = ((subject, TRIES_PER_LOGIN), (from_address, TRIES_PER_ADDRESS))
    if not all(_is_below(session, s, limit=n, within=WAIT, at=at) for s, n in limits):
        return Try(None, is_allowed=False)
    _count(session, subject, at=at)
    address_row = _count(session, from_address, at=at)
    session.flush()  # for the id
    known = user if user is not None and user.is_active else None
    return Try(known, is_allowed=True, address_row_id=address_row.id)


def record_sign_in(session: Session, claimed: Try, *, by: Actor, at: datetime) -> None:
    """The password was right: this try and the person's earlier ones are forgotten."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == claimed.address_row_id))
    if claimed.user is not None:
        _forget_tries(session, claimed.user)


def change_password(
    session: Session, user: User, *, current: str, password: str, by: Actor, at: datetime
) -> None:
    """A person changes their own password; their other sessions end."""
    if not fits(current, user.password_hash):
        raise Invalid(N_("The current password does not fit."), "current")
    set_password(session, user, password=password, by=by, at=at)


def set_password(session: Session, user: User, *, password: str, by: Actor, at: datetime) -> None:
    """Give a person this password; every session of theirs and every open link ends."""
    check_password(password, login=user.login)
    user.password_hash = hash_password(password)
    user.session_epoch += 1
    session.execute(
        update(ResetLink)
        .where(ResetLink.user_id == user.id, ResetLink.used_at.is_(None))
        .values(used_at=at)
    )
    _forget_tries(session, user)


def share_password(
    session: Session, users: Iterable[User], *, password: str, by: Actor, at: datetime
) -> None:
    """One password for several people, known to everybody, as in the demo company.

    It is hashed once, and may be as weak as it likes.
    """
    password_hash = hash_password(password)
    for user in users:
        user.password_hash = password_hash


def ask_reset(
    session: Session, *, email: str, link_to: Callable[[str], str], by: Actor, at: datetime
) -> None:
    """Send a link to the address if it is somebody's. Nothing tells whether it was."""
    user = queries.find_by_login(session, email)
    if user is None or not user.is_active or not user.email:
        return
    subject = throttle_subject("letter", str(user.id))
    if not _is_below(session, subject, limit=LETTERS_PER_HOUR, within=timedelta(hours=1), at=at):
        return
    _count(session, subject, at=at)
    token = _make_link(session, user, lives=LETTER_LINK_LIVES, at=at)
    outbox.send(
        session,
        to=user.email,
        subject=LETTER_SUBJECT,
        body=LETTER_BODY.with_values(name=user.name, link=link_to(token)),
        language=user.language,
        at=at,
    )


def hand_over_link(session: Session, user: User, *, by: Actor, at: datetime) -> str:
    """A one-time link to choose a password, for the administrator to hand over: its token."""
    if not user.is_active:
        raise NotAllowed(N_("This person is blocked. Unblock them first."))
    return _make_link(session, user, lives=HANDED_LINK_LIVES, at=at)


def use_reset_link(session: Session, token: str, *, password: str, by: Actor, at: datetime) -> User:
    """Choose a new password by a link; it works once, whoever is first."""
    link = queries.find_reset_link(session, token, at=at)
    user = session.get(User, link.user_id) if link else None
    if user is None or not user.is_active:
        raise NotAllowed(LINK_IS_OVER)
    check_password(password, login=user.login)
    claimed = session.execute(
        update(ResetLink)
        .where(ResetLink.token_sha256 == token_hash(token), ResetLink.used_at.is_(None))
        .values(used_at=at)
        .returning(ResetLink.id)
    ).first()
    if claimed is None:
        raise NotAllowed(LINK_IS_OVER)
    set_password(session, user, password=password, by=by, at=at)
    return user


def change_settings(
    session: Session,
    user: User,
    *,
    language: Language,
    theme: Theme,
    zone: str,
    phone: str,
    are_keys_on: bool,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """A person's own language, look, zone, phone and keys."""
    if user.version != version:
        raise Conflict
    user.language, user.theme, user.zone = language.value, theme.value, zone
    user.phone, user.are_keys_on = phone, are_keys_on


def switch(
    session: Session,
    user: User,
    *,
    language: Language | None = None,
    theme: Theme | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """One of the two switches in the page's corner."""
    user.language = language.value if language else user.language
    user.theme = theme.value if theme else user.theme


def claim_code_try(session: Session, *, address: str, by: Actor, at: datetime) -> None:
    """Count a try of the first-start code; raises :class:`NotAllowed` when there were too many."""
    subject = throttle_subject("setup", address)
    if not _is_below(session, subject, limit=TRIES_PER_LOGIN, within=WAIT, at=at):
        raise NotAllowed(TOO_MANY_CODES)
    _count(session, subject, at=at)


def sweep(session: Session, *, before: datetime) -> int:
    """Delete tries and links nobody can use any more; how many rows."""
    tries = session.execute(delete(SignInAttempt).where(SignInAttempt.at < before))
    links = session.execute(delete(ResetLink).where(ResetLink.expires_at < before))
    return int(tries.rowcount + links.rowcount)  # type: ignore[attr-defined]


def lock(session: Session, name: str) -> None:
    """Until the commit, others who ask for the same name wait (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def _make_link(session: Session, user: User, *, lives: timedelta, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(ResetLink(user_id=user.id, token_sha256=token_hash(token), expires_at=at + lives))
    return token


def _login_subject(user: User | None, typed: str) -> str:
    """One person has one count, whether the log-in or the address was typed."""
    return throttle_subject("login", str(user.id) if user else f"?{plain_login(typed)}")


def _is_below(
    session: Session, subject: str, *, limit: int, within: timedelta, at: datetime
) -> bool:
    lock(session, subject)
    return queries.count_tries(session, subject, since=at - within) < limit


def _count(session: Session, subject: str, *, at: datetime) -> SignInAttempt:
    attempt = SignInAttempt(subject=subject, at=at)
    session.add(attempt)
    return attempt


def _forget_tries(session: Session, user: User) -> None:
    subject = _login_subject(user, "")
    session.execute(delete(SignInAttempt).where(SignInAttempt.subject == subject))
