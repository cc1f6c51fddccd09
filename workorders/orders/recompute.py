"""Every stored clock against the replay of its order's events: the proof that it is only an index.

``sla recompute --check`` compares and changes nothing; without it what differs is put right.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core import clock
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.web.session import database
from workorders.orders import clocks
from workorders.orders.models import OrderClock, WorkOrder
from workorders.orders.queries import list_clocks, list_with_events
from workorders.sla.commands import sla
from workorders.sla.queries import Promises, load
from workorders.sla.replay import ClockResult
from workorders.sla.rules import ClockState

BATCH = 500
MOST_LINES = 50


@dataclass(frozen=True)
class Difference:
    """A stored clock that is not what the events lead to; texts are for the terminal."""

    order_id: int
    number: str
    clock: str
    field: str
    stored: str
    replayed: str

    def __str__(self) -> str:
        said = f"{self.field} is {self.stored}, the events say {self.replayed}"
        return f"{self.number} {self.clock}: {said}"


def differences(session: Session, *, now: datetime) -> Iterator[Difference]:
    """Order by order, in batches of flat memory; imported past has no clocks."""
    promises, last = load(session), 0
    while True:
        orders = session.scalars(
            select(WorkOrder)
            .where(WorkOrder.id > last, WorkOrder.is_past.is_(False))
            .order_by(WorkOrder.id)
            .limit(BATCH)
        ).all()
        if not orders:
            return
        last = orders[-1].id
        yield from _of_batch(session, orders, promises, now)
        session.expunge_all()


def _of_batch(
    session: Session, orders: Sequence[WorkOrder], promises: Promises, now: datetime
) -> Iterator[Difference]:
    ids = [order.id for order in orders]
    events, stored = list_with_events(session, ids), list_clocks(session, ids)
    for order in orders:
        found = clocks.results(order, events[order.id], promises)
        rows = {row.key: row for row in stored[order.id]}
        for key in dict.fromkeys((*found, *rows)):
            for field, has, ought in _compare(rows.get(key), found.get(key), promises, now):
                name = f"{key.clock.value}.{key.number}" if key.number else key.clock.value
                yield Difference(order.id, order.number, name, field, has, ought)


def _compare(
    row: OrderClock | None, found: ClockResult | None, promises: Promises, now: datetime
) -> Iterator[tuple[str, str, str]]:
    if row is None or found is None:
        is_gone = row is not None and row.state == ClockState.VOID and row.breached_at is None
        if (row is None) is not (found is None) and not is_gone:
            yield "clock", "there" if row else "missing", "there" if found else "none"
        return
    breached = found.breached_at
    if breached is None and row.breached_at == found.due_at and (row.breached_at or now) <= now:
        breached = row.breached_at  # noted when its deadline passed; no event is needed for that
    step_at = clocks.next_step(row.steps_taken, found, promises)[0]
    if step_at is not None and row.step_at is not None and step_at <= now:
        opens_at = promises.calendar_for(found.policy).next_open(now)
        if step_at < row.step_at <= opens_at:
            step_at = row.step_at  # found after closing, held until the opening
    pairs = (
        ("state", row.state, found.state.value),
        ("policy", row.policy_version, found.policy),
        ("start", row.started_at, found.started_at),
        ("allowance", row.allowed_seconds, found.allowed),
        ("time used", row.used_seconds, found.used),
        ("deadline", row.due_at, found.due_at),
        ("warning", row.warn_at, found.warn_at),
        ("next step", row.step_at, step_at),
        ("end", row.met_at, found.met_at),
        ("breach", row.breached_at, breached),
        ("lateness", row.late_seconds, found.late),
    )
    for field, has, ought in pairs:
        if has != ought:
            yield field, str(has), str(ought)


@sla.command("recompute")
@click.option("--check", is_flag=True, help="Compare only; the exit code tells.")
def recompute(check: bool) -> None:
    """Replay every order's events and compare, or put right, the stored clocks."""
    at = clock.now()
    with database().read_session() as session:
        found = list(differences(session, now=at))
    for one in found[:MOST_LINES]:
        click.echo(str(one))
    if len(found) > MOST_LINES:
        click.echo(f"… and {len(found) - MOST_LINES:,} more")
    orders = {one.order_id for one in found}
    if not orders:
        click.echo("Every stored clock is what its events lead to.")
    elif check:
        click.echo(f"{len(orders):,} orders differ. Run it without --check to put them right.")
        raise click.exceptions.Exit(1)
    else:
        with database().write_session() as session, transaction(session, by=SYSTEM, at=at):
            clocks.refresh_orders(session, sorted(orders), at=at)
        click.echo(f"{len(orders):,} orders put right.")
