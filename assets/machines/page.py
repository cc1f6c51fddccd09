"""A machine's page is made by many rooms: each gives facts, columns and tabs of its own.

The registry lists them; a room further right draws its tab with :func:`machine_page`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import Flask, current_app, render_template
from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from service_app.accounts.guard import current_actor
from service_app.core.actor import Actor
from service_app.core.clock import now
from service_app.core.text import Text
from service_app.web.session import db_session

Shown = Text | str


@dataclass(frozen=True)
class Fact:
    """One figure of the band on top: label, value, a line of context, where it leads."""

    label: Text
    value: Shown
    line: Shown = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Cell:
    """What a column of the fleet says of one machine."""

    value: Shown
    line: Shown = ""
    url: str = ""
    tone: str = ""


FactSource = Callable[[Session, Actor, Machine, datetime], Sequence[Fact]]
CountSource = Callable[[Actor, Machine], ScalarSelect[int]]
CellSource = Callable[[Session, Actor, Sequence[Machine], datetime], Mapping[int, Cell]]


@dataclass(frozen=True)
class Column:
    """A column of the fleet, filled for all machines of a page at once."""

    label: Text
    cells: CellSource


@dataclass(frozen=True)
class Tab:
    """A tab of a machine's page; ``endpoint`` takes ``machine_id``.

    ``count`` is the query of how much it holds; one statement asks for every tab.
    """

    label: Text
    endpoint: str
    is_for_staff: bool = False
    count: CountSource | None = None


@dataclass(frozen=True)
class Narrowing:
    """A filter of the fleet that another room gives, found in the address under ``name``.

    ``anything`` is the choice that narrows nothing; ``condition`` takes a chosen value.
    """

    name: str
    label: Text
    anything: Text
    choices: tuple[tuple[str, Text], ...]
    condition: Callable[[str], ColumnElement[bool]]

    def chosen(self, given: Mapping[str, str]) -> str:
        """The value asked for in the address; empty when it is none of the choices."""
        asked = given.get(self.name, "")
        return asked if asked in dict(self.choices) else ""


@dataclass(frozen=True)
class MachinePages:
    """What the registry gives."""

    facts: tuple[FactSource, ...] = ()
    columns: tuple[Column, ...] = ()
    tabs: tuple[Tab, ...] = ()
    narrowings: tuple[Narrowing, ...] = ()


def init_app(app: Flask, pages: MachinePages) -> None:
    """Hang the registry's lists on the application."""
    app.extensions["machine_pages"] = pages


def _pages() -> MachinePages:
    return cast(MachinePages, current_app.extensions["machine_pages"])


def machine_page(template: str, machine: Machine, *, tab: str, **values: Any) -> str:
    """A tab of a machine's page: facts on top, tabs, and ``template`` below.

    ``template`` extends ``assets/machines/layout.html``; ``tab`` is the tab's endpoint.
    """
    session, actor, moment = db_session(), current_actor(), now()
    facts = [f for source in _pages().facts for f in source(session, actor, machine, moment)]
    return _drawn(template, machine, tab, {"facts": facts} | values)


def past_page(template: str, machine: Machine, *, tab: str, **values: Any) -> str:
    """The same of a day gone by: without the facts, which are of today."""
    return _drawn(template, machine, tab, values)


def _drawn(template: str, machine: Machine, tab: str, values: dict[str, Any]) -> str:
    session, actor = db_session(), current_actor()
    tabs = [
        t
        for t in _pages().tabs
        if t.endpoint in current_app.view_functions and (actor.is_staff or not t.is_for_staff)
    ]
    counts = _counts(session, actor, machine, tabs)
    shown = [(t, counts.get(t.endpoint)) for t in tabs]
    return render_template(template, machine=machine, tabs_shown=shown, current_tab=tab, **values)


def _counts(
    session: Session, actor: Actor, machine: Machine, tabs: Sequence[Tab]
) -> dict[str, int]:
    """How much each tab holds that says so, by endpoint."""
    asked = {t.endpoint: t.count(actor, machine) for t in tabs if t.count is not None}
    if not asked:
        return {}
    return dict(zip(asked, session.execute(select(*asked.values())).one(), strict=True))


def fleet_columns(
    session: Session, actor: Actor, machines: Sequence[Machine], moment: datetime
) -> list[tuple[Text, Mapping[int, Cell]]]:
    """(label, cells by machine) of the columns other rooms give to the fleet."""
    return [(c.label, c.cells(session, actor, machines, moment)) for c in _pages().columns]


def narrowings() -> tuple[Narrowing, ...]:
    """Filters of the fleet that other rooms give."""
    return _pages().narrowings


def asked_conditions(given: Mapping[str, str]) -> tuple[ColumnElement[bool], ...]:
    """What the address asks of the fleet by those filters."""
    return tuple(one.condition(one.chosen(given)) for one in narrowings() if one.chosen(given))
