"""The menu of one person on one page, and whose program it is; drawn by the layouts.

Both are made only when a template looks at them, so a fragment or a download costs nothing, and a
guest costs no query beyond the company's name, which a process keeps for some seconds.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from service_app.core.actor import Actor
from service_app.core.clock import now
from service_app.core.text import P_
from service_app.web.nav import Entry, Group, Menu, ShownEntry
from service_app.web.session import db_session

Counter = Callable[[Session, Actor, datetime], tuple[int, bool]]
KEPT_SECONDS = 10
ON_PHONE = 4
WITHOUT_NAME = P_("product", "Service")
"""What pages carry until the company has given its name."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Brand:
    """The name and the mark pages carry."""

    name: str = ""
    logo_url: str | None = None


@dataclass(frozen=True)
class Shown:
    """The whole menu of one person on one page."""

    groups: tuple[Group, ...] = ()
    bottom: tuple[ShownEntry, ...] = ()


def entries_of(menu: Menu, roles: Iterable[str]) -> tuple[Entry, ...]:
    """The lines of all the person's roles, in the menu's order of roles, none twice."""
    held = set(roles)
    found: dict[str, Entry] = {}
    for role, entries in menu.items():
        for entry in entries if role in held else ():
            found.setdefault(entry.endpoint, entry)
    return tuple(found.values())


def on_phone(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The lines of the bottom bar: those with a phone label, else the first ones."""
    named = tuple(entry for entry in entries if entry.phone_label is not None)
    return (named or entries)[:ON_PHONE]


def grouped(pairs: Iterable[tuple[Entry, ShownEntry]]) -> tuple[Group, ...]:
    """Lines under their headings; those without one come first."""
    by_label: dict[Any, list[ShownEntry]] = {None: []}
    for entry, shown in pairs:
        by_label.setdefault(entry.group, []).append(shown)
    return tuple(Group(label, tuple(rows)) for label, rows in by_label.items() if rows)


@dataclass(frozen=True)
class Sources:
    """Where the menu comes from: lines by role, figures by name, the company's name."""

    menu: Menu
    counters: Mapping[str, Counter]
    brand_of: Callable[[Session], Brand]


def init_app(app: Flask, sources: Sources) -> None:
    """Give templates ``navigation``, ``bottom_navigation``, ``organisation_name``,
    ``organisation_logo_url``, and ``has_page(endpoint)`` for links to rooms not built yet."""
    app.extensions["house_menu"] = sources
    app.jinja_env.globals["has_page"] = lambda endpoint: endpoint in app.view_functions
    lazy = {
        "navigation": LocalProxy(lambda: _shown().groups),
        "bottom_navigation": LocalProxy(lambda: _shown().bottom),
    }

    @app.context_processor
    def _menu() -> dict[str, Any]:
        brand = _brand()
        return {
            **lazy,
            "organisation_name": brand.name or WITHOUT_NAME,
            "organisation_logo_url": brand.logo_url,
        }


def _sources() -> Sources:
    return cast(Sources, current_app.extensions["house_menu"])


def forget_brand() -> None:
    """The company's name or mark changed: this process reads it anew."""
    current_app.extensions.pop("house_brand", None)


def _brand() -> Brand:
    kept: tuple[float, Brand] | None = current_app.extensions.get("house_brand")
    if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    try:
        brand = _sources().brand_of(db_session())
    except SQLAlchemyError:
        log.warning("the company's name could not be read", exc_info=True)
        return kept[1] if kept is not None else Brand()
    current_app.extensions["house_brand"] = (time.monotonic(), brand)
    return brand


def _shown() -> Shown:
    if "menu" not in g:
        g.menu = _make(_sources())
    return cast(Shown, g.menu)


def _make(sources: Sources) -> Shown:
    actor: Actor | None = getattr(current_user, "actor", None)
    if actor is None:
        return Shown()
    roles = [role.value for role in current_user.user.roles]
    entries = tuple(
        e for e in entries_of(sources.menu, roles) if e.endpoint in current_app.view_functions
    )
    counts = _counts(entries, sources.counters, actor)
    drawn = {entry.endpoint: (entry, _draw(entry, counts)) for entry in entries}
    bottom = tuple(_on_phone(*drawn[entry.endpoint]) for entry in on_phone(entries))
    return Shown(grouped(drawn.values()), bottom)


def _counts(
    entries: tuple[Entry, ...], counters: Mapping[str, Counter], actor: Actor
) -> dict[str, tuple[int, bool]]:
    """What waits, by counter; a page is worth showing without its figures."""
    wanted = {entry.count for entry in entries if entry.count in counters}
    try:
        return {name: counters[name](db_session(), actor, now()) for name in wanted if name}
    except SQLAlchemyError:
        log.warning("the menu's figures could not be read", exc_info=True)
        return {}


def _draw(entry: Entry, counts: Mapping[str, tuple[int, bool]]) -> ShownEntry:
    count, is_late = counts.get(entry.count or "", (0, False))
    here = request.endpoint or ""
    current = here == entry.endpoint or any(
        here.startswith(e) if e.endswith(".") else here == e for e in entry.also
    )
    return ShownEntry(
        entry.label, entry.icon, url_for(entry.endpoint), current, count or None, is_late
    )


def _on_phone(entry: Entry, shown: ShownEntry) -> ShownEntry:
    if entry.phone_label is None:
        return shown
    return ShownEntry(
        entry.phone_label, shown.icon, shown.url, shown.is_current, shown.count, shown.is_late
    )
