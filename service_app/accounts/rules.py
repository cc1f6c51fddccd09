"""Plain rules of signing in: limits, passwords, log-ins, and where a person may be led."""

import hashlib
import re
import unicodedata
from datetime import timedelta
from urllib.parse import urlsplit

from service_app.accounts.permissions import Role
from service_app.core.enums import Labelled
from service_app.core.errors import Invalid
from service_app.core.text import N_, Text

TRIES_PER_LOGIN = 5
TRIES_PER_ADDRESS = 30
"""Many people of one office may share an address, so it bears more than one log-in does."""
WAIT = timedelta(minutes=5)
LETTERS_PER_HOUR = 3
LETTER_LINK_LIVES = timedelta(hours=1)
HANDED_LINK_LIVES = timedelta(days=3)
"""A link an administrator hands over: whoever is given it may be off shift until Monday."""
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
DEMO_LOGINS = ("operator", "engineer", "dispatcher", "storekeeper", "manager", "administrator")
"""The demo company's people that the sign-in page offers, in this order."""

DOES_NOT_FIT = N_("Login or password does not fit.")
TOO_MANY_TRIES = N_("Too many tries. Wait 5 minutes, or reset the password.")
TOO_MANY_CODES = N_("Too many tries. Wait 5 minutes.")
LINK_IS_OVER = N_("This link is used up or too old. Ask for a new one.")
_LOGIN = re.compile(r"[\w.\-]{2,80}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[^@\s]+@localhost")


class Language(Labelled):
    """Languages of pages and letters, each called by its own name."""

    RUSSIAN = "ru", N_("Русский")
    ENGLISH = "en", N_("English")


class Theme(Labelled):
    """Light or dark pages."""

    AUTO = "auto", N_("As the system has it")
    LIGHT = "light", N_("Light")
    DARK = "dark", N_("Dark")


class State(Labelled):
    """Which people a list shows."""

    ACTIVE = "active", N_("May sign in")
    BLOCKED = "blocked", N_("Blocked")


def plain_login(typed: str) -> str:
    """A log-in or an address the way it is stored and compared."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def check_login(login: str) -> None:
    """Raise :class:`Invalid` unless this may be a log-in."""
    if not _LOGIN.fullmatch(login):
        raise Invalid(
            N_("A login is 2 to 80 letters, figures, dots and hyphens, without blanks or @."),
            "login",
        )


def check_email(email: str | None) -> None:
    """Raise :class:`Invalid` unless letters can be sent there; none at all is fine."""
    if email and not _EMAIL.fullmatch(email):
        raise Invalid(Text("%(email)s is not an e-mail address.", email=email[:80]), "email")


def check_password(password: str, *, login: str) -> None:
    """Raise :class:`Invalid` when the password is too easy to guess (or far too long)."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            Text(
                "A password has at least %(n)s characters. Four words that do not belong"
                " together make a good one.",
                n=SHORTEST_PASSWORD,
            ),
            "password",
        )
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(
            Text("A password has at most %(n)s characters.", n=LONGEST_PASSWORD), "password"
        )
    if plain_login(password) == login or len(set(password)) < 4:
        raise Invalid(N_("This password is too easy to guess. Choose another."), "password")


def check_roles(roles: frozenset[Role]) -> None:
    """Raise :class:`Invalid` unless the roles can belong to one person."""
    if not roles:
        raise Invalid(N_("Choose at least one role."), "roles")
    if Role.OPERATOR in roles and len(roles) > 1:
        raise Invalid(
            N_(
                "An operator belongs to a customer, the other roles to us. Choose one or the other."
            ),
            "roles",
        )


def throttle_subject(kind: str, value: str) -> str:
    """The name tries are counted under. What was typed may hold a password, so it is hashed."""
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()[:40]}"


def token_hash(token: str) -> str:
    """What is kept of a one-time link."""
    return hashlib.sha256(token.encode()).hexdigest()


def own_path(target: str | None) -> str | None:
    """The target if it is a path of this site, else None: nobody is led to a stranger's page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(c) < 32 or c == "\\" for c in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def search_text(*parts: str | None) -> str:
    """Words in the form searches compare: lower case, ``ё`` as ``е``, one blank between."""
    text = unicodedata.normalize("NFKC", " ".join(p for p in parts if p)).casefold()
    return " ".join(text.replace("ё", "е").split())
