"""What running hours say on a machine's page and in the fleet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import g
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.machines.page import Cell, Column, Fact
from assets.machines.rules import MeterUnit
from assets.meters import queries
from assets.meters.estimate import Basis
from assets.meters.models import Reading
from service_app.core.actor import Actor
from service_app.core.text import N_, Text

OLD_DAYS = 30
"""A reading older than this is said to be old."""


def state_now(session: Session, machine: Machine, now: datetime) -> queries.MeterState:
    """The meter's state, read once a request however many parts of the page ask."""
    known: dict[int, queries.MeterState] = g.setdefault("meter_states", {})
    if machine.id not in known:
        known[machine.id] = queries.state_of(session, machine, now=now)
    return known[machine.id]


def facts(session: Session, actor: Actor, machine: Machine, now: datetime) -> Sequence[Fact]:
    """The total and how much the machine works, with what that rests on."""
    if not machine.has_meter:
        return ()
    state = state_now(session, machine, now)
    label = N_("Running hours") if machine.unit is MeterUnit.HOURS else N_("Meter")
    if state.last is None:
        total = Fact(label, "–", N_("no reading yet"))
    else:
        line = Text(
            "%(age)s, %(source)s", age=age(state.last, now), source=state.last.source_kind.label
        )
        total = Fact(label, _figure(machine, state.last), line, tone=_tone(state.last, now))
    rate = state.rate
    if rate.basis is Basis.NOTHING:
        return (total,)
    per_day = Text("%(n)s a day", n=rate.per_day)
    line = Text("%(low)s to %(high)s, %(basis)s", low=rate.low, high=rate.high,
                basis=rate.basis.label)  # fmt: skip
    return (total, Fact(N_("Use"), per_day, line))


def _cells(
    session: Session, actor: Actor, machines: Sequence[Machine], now: datetime
) -> Mapping[int, Cell]:
    latest = queries.current_hours(session, [m.id for m in machines])
    return {
        m.id: Cell(_figure(m, latest[m.id]), age(latest[m.id], now), tone=_tone(latest[m.id], now))
        for m in machines
        if m.id in latest
    }


HOURS = Column(N_("Running hours"), _cells)


def age(reading: Reading, now: datetime) -> Text:
    """How old a reading is: ``today``, ``12 days ago``."""
    days = max((now - reading.read_at).days, 0)
    if days == 0:
        return N_("less than a day ago")
    return Text.plural("%(n)s day ago", "%(n)s days ago", days)


def _tone(reading: Reading, now: datetime) -> str:
    return "amber" if (now - reading.read_at).days > OLD_DAYS else ""


def _figure(machine: Machine, reading: Reading) -> Text:
    return Text("%(n)s %(unit)s", n=reading.total, unit=machine.unit.mark)
