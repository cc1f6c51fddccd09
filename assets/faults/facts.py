"""What faults say on a machine's page and in the fleet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import ScalarSelect
from sqlalchemy.orm import Session

from assets.faults import queries
from assets.faults.rules import Severity
from assets.machines.models import Machine
from assets.machines.page import Cell, Column, Fact, Narrowing
from service_app.core.actor import Actor
from service_app.core.text import N_, Text


def facts(session: Session, actor: Actor, machine: Machine, now: datetime) -> Sequence[Fact]:
    """The open faults and the worst of them."""
    found = queries.list_open(session, machine.id)
    if not found:
        return (Fact(N_("Faults"), N_("none open")),)
    count = Text.plural("%(n)s open", "%(n)s open", len(found))
    url = url_for("faults.index", machine_id=machine.id)
    worst = found[0].severity_kind
    return (Fact(N_("Faults"), count, worst.label, url, _tone(worst)),)


def _cells(
    session: Session, actor: Actor, machines: Sequence[Machine], now: datetime
) -> Mapping[int, Cell]:
    counts = queries.count_open(session, [m.id for m in machines])
    return {n: _cell(n, count) for n, count in counts.items()}


def _cell(machine_id: int, count: int) -> Cell:
    text = Text.plural("%(n)s open", "%(n)s open", count)
    return Cell(text, url=url_for("faults.index", machine_id=machine_id))


FAULTS = Column(N_("Faults"), _cells)


def count(actor: Actor, machine: Machine) -> ScalarSelect[int]:
    """Every fault on record, for the tab."""
    return queries.count_all(machine.id)


OPEN_FAULTS = Narrowing(
    "fault",
    N_("Open faults"),
    N_("Any faults or none"),
    (("any", N_("With an open fault")), *((one.value, one.label) for one in Severity)),
    lambda value: queries.has_open(None if value == "any" else Severity(value)),
)
"""Machines with something wrong now, by how bad it is."""


def _tone(severity: Severity) -> str:
    return "" if severity is Severity.MINOR else severity.tone.value
