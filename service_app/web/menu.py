"""The menu of one person on one page, and whose program it is; drawn by the layouts.

Both are made only when a template looks at them, so a fragment or a download costs nothing, and a
guest costs no query beyond the company's name, which a process keeps for some seconds.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from flask import Flask, current_app, g, request
from flask_login import current_user
from sqlalchemy import Executable, Integer, ScalarSelect, bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

from service_app.core.actor import Actor
from service_app.core.clock import now
from service_app.core.db import UtcDateTime
from service_app.core.text import P_
from service_app.web.addresses import link
from service_app.web.nav import Entry, Group, Menu, ShownEntry
from service_app.web.session import db_session

NOW = bindparam("now", type_=UtcDateTime())
USER = bindparam("user_id", type_=Integer())
BELL = "bell"
"""The counter of the person's unread notices, asked with those of the menu."""
KEPT_SECONDS = 10
ON_PHONE = 4
WITHOUT_NAME = P_("product", "Service")
"""What pages carry until the company has given its name."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Counter:
    """A figure beside a line of the menu: counted as of :data:`NOW`, for :data:`USER`."""

    count: ScalarSelect[int]
    is_late: bool = False


@dataclass(frozen=True, eq=False)
class OwnFigures:
    """Figures of one page by their names, made once a process; one of a counter's name stands for
    it."""

    columns: Mapping[str, ScalarSelect[Any]]


NO_FIGURES = OwnFigures({})


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
    more: tuple[ShownEntry, ...] = ()


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


@dataclass(frozen=True, eq=False)
class Sources:
    """Where the menu comes from: lines by role, figures by name, the company's name."""

    menu: Menu
    counters: Mapping[str, Counter]
    brand_of: Callable[[Session], Brand]


def init_app(app: Flask, sources: Sources) -> None:
    """Give templates the menu and the brand, and ``has_page(endpoint)`` for rooms not built yet.

    ``has_unread``, ``navigation``, ``bottom_navigation`` and ``more_navigation`` (what the bottom
    bar has no room for), ``organisation_name``, ``organisation_logo_url``.
    """
    app.extensions["house_menu"] = sources
    app.jinja_env.globals["has_page"] = lambda endpoint: endpoint in app.view_functions
    lazy = {
        "navigation": LocalProxy(lambda: _shown().groups),
        "bottom_navigation": LocalProxy(lambda: _shown().bottom),
        "has_unread": LocalProxy(lambda: bool(_figures().get(BELL))),
        "more_navigation": LocalProxy(lambda: _shown().more),
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
    entries = _entries(sources)
    fits = {entry.endpoint: _fit(entry, request.endpoint or "") for entry in entries}
    nearest = max(fits.values(), default=0)
    drawn = {
        e.endpoint: (e, _draw(e, sources, is_current=0 < nearest == fits[e.endpoint]))
        for e in entries
    }
    below = on_phone(entries)
    bottom = tuple(_on_phone(*drawn[entry.endpoint]) for entry in below)
    more = tuple(shown for entry, shown in drawn.values() if entry not in below)
    return Shown(grouped(drawn.values()), bottom, more)


def _entries(sources: Sources) -> tuple[Entry, ...]:
    if getattr(current_user, "actor", None) is None:
        return ()
    roles = [role.value for role in current_user.user.roles]
    return tuple(
        e for e in entries_of(sources.menu, roles) if e.endpoint in current_app.view_functions
    )


def figures_with(own: OwnFigures, **values: Any) -> Mapping[str, Any]:
    """A page's own figures, asked with the menu's in one query; ``values`` are their parameters."""
    g.figures = _read(own, values)
    return cast(Mapping[str, Any], g.figures)


def _figures() -> Mapping[str, int]:
    """What waits, by counter, in one query a page; a page is worth showing without its figures."""
    if "figures" not in g:
        try:
            g.figures = _read(NO_FIGURES, {})
        except SQLAlchemyError:
            log.warning("the menu's figures could not be read", exc_info=True)
            g.figures = {}
    return cast(Mapping[str, int], g.figures)


def _read(own: OwnFigures, values: Mapping[str, Any]) -> Mapping[str, Any]:
    sources, actor = _sources(), getattr(current_user, "actor", None)
    wanted = {entry.count for entry in _entries(sources)} | {BELL}
    names = tuple(n for n in sources.counters if isinstance(actor, Actor) and n in wanted)
    asked = (*own.columns, *(name for name in names if name not in own.columns))
    if not asked:
        return {}
    user_id = actor.user_id if isinstance(actor, Actor) else None
    known = {"now": now(), "user_id": user_id, **values}
    row = db_session().execute(_statement(sources, own, asked), known).one()
    return dict(zip(asked, row, strict=True))


@lru_cache(maxsize=64)
def _statement(sources: Sources, own: OwnFigures, names: tuple[str, ...]) -> Executable:
    counts = {name: counter.count for name, counter in sources.counters.items()}
    return select(*({**counts, **own.columns}[name] for name in names))


def _fit(entry: Entry, here: str) -> int:
    """How nearly an entry names the present page: a page's own name says more than its room's."""
    names = (entry.endpoint, *entry.also)
    fits = (e for e in names if here == e or (e.endswith(".") and here.startswith(e)))
    return max(map(len, fits), default=0)


def _draw(entry: Entry, sources: Sources, *, is_current: bool) -> ShownEntry:
    name = entry.count or ""
    count = _figures().get(name, 0) if name else 0
    is_late = count > 0 and sources.counters[name].is_late
    return ShownEntry(
        entry.label, entry.icon, link(entry.endpoint), is_current, count or None, is_late
    )


def _on_phone(entry: Entry, shown: ShownEntry) -> ShownEntry:
    if entry.phone_label is None:
        return shown
    return ShownEntry(
        entry.phone_label, shown.icon, shown.url, shown.is_current, shown.count, shown.is_late
    )
