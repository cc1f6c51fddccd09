"""What orders say on a machine's page and in the fleet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import ScalarSelect
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.machines.page import Cell, Column, Fact
from service_app.core.actor import Actor
from service_app.core.text import N_, Text
from workorders.orders import queries
from workorders.orders.models import WorkOrder


def facts(session: Session, actor: Actor, machine: Machine, now: datetime) -> Sequence[Fact]:
    """The newest open order, and by when the machine runs or how far the order is."""
    order = queries.newest_open(session, actor, [machine.id]).get(machine.id)
    if order is None:
        return (Fact(N_("Open order"), N_("none")),)
    return (Fact(N_("Open order"), order.number, _line(order, actor), _url(order)),)


def _cells(
    session: Session, actor: Actor, machines: Sequence[Machine], now: datetime
) -> Mapping[int, Cell]:
    found = queries.newest_open(session, actor, [m.id for m in machines])
    return {n: Cell(o.number, _status(o, actor), _url(o)) for n, o in found.items()}


OPEN_ORDER = Column(N_("Open order"), _cells)


def count(actor: Actor, machine: Machine) -> ScalarSelect[int]:
    """The orders this person may see, for the tab."""
    return queries.count_for_machine(actor, machine.id)


def count_papers(actor: Actor, machine: Machine) -> ScalarSelect[int]:
    """The papers this person may see, for the tab."""
    return queries.count_papers(actor, machine.id)


def _line(order: WorkOrder, actor: Actor) -> Text:
    if order.term_at is not None and order.runs_again_at is None:
        return Text("runs by %(moment)s", moment=order.term_at)
    return _status(order, actor)


def _status(order: WorkOrder, actor: Actor) -> Text:
    return order.status_kind.label if actor.is_staff else order.operator_status


def _url(order: WorkOrder) -> str:
    return url_for("orders.show", number=order.number)
