"""In which language and zone the person at the page reads."""

import re
import uuid
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request
from flask_babel import Babel
from flask_login import current_user
from markupsafe import Markup

from service_app.core import clock
from service_app.core.reader import LANGUAGES, TRANSLATIONS_DIR, Reader
from service_app.core.text import Text
from service_app.core.zones import zone_label
from service_app.web.nav import next_url, url_with

LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
DEFAULT_ZONE = "Europe/Moscow"


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
    if "reader" not in g:
        zone = getattr(current_user, "zone", None) or DEFAULT_ZONE
        g.reader = Reader(language(), ZoneInfo(zone), clock.now())
    return g.reader  # type: ignore[no-any-return]


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
    if "sprite" not in g:  # its address is asked for once a page, not once an icon
        g.sprite = current_app.jinja_env.globals["asset"]("vendor/icons.svg")  # type: ignore[operator]
    return _drawn(g.sprite, name, cls)


@lru_cache(maxsize=1024)
def _drawn(sprite: str, name: str, cls: str) -> Markup:
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        cls, sprite, name
    )


def init_app(app: Flask) -> None:
    """Babel for templates, a finalizer that says every Text, filters for values."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS_DIR)
    Babel(app, locale_selector=language, timezone_selector=lambda: str(reader().zone))
    app.jinja_env.finalize = _finalize
    app.jinja_env.filters.update(
        t=lambda value: reader().say(value) if isinstance(value, Text) else str(value or ""),
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
        icon=icon, reader=reader, fresh_uid=uuid.uuid4, next_url=next_url, url_with=url_with
    )
    app.context_processor(lambda: {"language": reader().language, "theme": theme()})
