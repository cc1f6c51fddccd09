"""In which language and zone the person at the page reads."""

import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, request
from flask_login import current_user
from markupsafe import Markup

from service_app.core import clock
from service_app.core.reader import LANGUAGES, Reader
from service_app.core.text import Text
from service_app.core.zones import DEFAULT_ZONE, zone_label
from service_app.web import words
from service_app.web.addresses import here
from service_app.web.nav import next_url, url_with

LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")


def language() -> str:
    """The signed-in person's language, else the cookie's, else what the browser asks for."""
    own = getattr(current_user, "language", None) or request.cookies.get(LANGUAGE_COOKIE)
    if own in LANGUAGES:
        return str(own)
    return request.accept_languages.best_match(LANGUAGES) or current_app.config["LANGUAGE"]


def theme() -> str:
    """Light, dark, or as the system has it."""
    own = getattr(current_user, "theme", None) or request.cookies.get(THEME_COOKIE)
    return own if own in THEMES else "auto"


def reader() -> Reader:
    """The person at the page as a reader, made once a request."""
    own = here()
    found: Reader | None = own.get("reader")
    if found is None:
        zone = getattr(current_user, "zone", None) or DEFAULT_ZONE
        found = own.reader = Reader(language(), ZoneInfo(zone), clock.now())
    return found


def _finalize(value: Any) -> Any:
    if isinstance(value, Text):
        return reader().say(value)
    return "" if value is None else value


def tel(phones: str) -> str:
    """The address that calls the first of the numbers somebody wrote in a field."""
    first = re.split(r"[,;/]", phones)[0]
    return "tel:" + re.sub(r"[^\d+]", "", first)


def icon(name: str, cls: str = "i") -> Markup:
    """One symbol of the sprite."""
    own = here()
    sprite: str | None = own.get("sprite")
    if sprite is None:  # its address is asked for once a page, not once an icon
        made = current_app.jinja_env.globals["asset"]("vendor/icons.svg")  # type: ignore[operator]
        sprite = own.sprite = str(made)
    return _drawn(sprite, name, cls)


@lru_cache(maxsize=1024)
def _drawn(sprite: str, name: str, cls: str) -> Markup:
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        cls, sprite, name
    )


def _keeping() -> Callable[[Any, StrEnum], Markup]:
    drawn: dict[Any, Markup] = {}

    def kept(macro: Any, member: StrEnum) -> Markup:
        """What a macro draws for a member of an enum: alike in every row, so drawn once."""
        key = (reader().language, macro, type(member), member)
        found = drawn.get(key)
        if found is None:
            found = drawn[key] = Markup(macro(member))
        return found

    return kept


def init_app(app: Flask) -> None:
    """The words of templates, a finalizer that says every Text, filters for values."""
    words.init_app(app, reader)
    app.jinja_env.finalize = _finalize
    app.jinja_env.filters.update(
        t=lambda value: reader().say(value) if isinstance(value, Text) else str(value or ""),
        shown=lambda value: reader().shown(value),
        moment=lambda value: reader().moment(value),
        short_moment=lambda value: reader().short_moment(value),
        clock_time=lambda value: reader().clock_time(value),
        day=lambda value: reader().day(value),
        full_day=lambda value: reader().full_day(value),
        weekday=lambda value: reader().weekday(value),
        local_date=lambda value: reader().local(value).date(),
        duration=lambda value: reader().duration(value),
        decimal=lambda value: Decimal(str(value)),
        number=lambda value, places=None: reader().number(value, places),
        money=lambda value, currency="RUB": reader().money(value, currency),
        zone=lambda value: zone_label(value, language=reader().language, now=reader().now),
        tel=tel,
    )
    app.jinja_env.globals.update(
        icon=icon,
        kept=_keeping(),
        reader=reader,
        fresh_uid=uuid.uuid4,
        next_url=next_url,
        url_with=url_with,
    )
    app.context_processor(lambda: {"language": reader().language, "theme": theme()})
