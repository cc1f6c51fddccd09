"""What a machine's own record says in the band on top and in the fleet."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.machines.page import Cell, Column, Fact
from service_app.core.actor import Actor
from service_app.core.text import N_, Text
from service_app.organisation.queries import home_day


def facts(session: Session, actor: Actor, machine: Machine, now: datetime) -> Sequence[Fact]:
    """The warranty: until when, from which day, up to how many running hours."""
    ends = machine.warranty_ends_on
    if ends is None:
        return (Fact(N_("Warranty"), N_("not known")),) if actor.is_staff else ()
    line = (
        Text("or %(n)s %(unit)s, whichever first", n=machine.warranty_hours, unit=machine.unit.mark)
        if machine.warranty_hours
        else Text("from %(day)s", day=machine.warranty_starts_on)
    )
    return (Fact(N_("Warranty"), _until(ends, home_day(session, now)), line),)


def _cells(
    session: Session, actor: Actor, machines: Sequence[Machine], now: datetime
) -> Mapping[int, Cell]:
    today = home_day(session, now)
    return {
        m.id: Cell(_until(m.warranty_ends_on, today))
        for m in machines
        if m.warranty_ends_on is not None
    }


WARRANTY = Column(N_("Warranty"), _cells)


def _until(ends: date, today: date) -> Text:
    if ends < today:
        return Text("ended %(day)s", day=ends)
    return Text("until %(day)s", day=ends)
