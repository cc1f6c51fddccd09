"""A new policy version for orders already open: what would move, then an event to each."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.text import Text
from workorders.orders.heard import to_facts
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.queries import list_with_events
from workorders.orders.service import apply_policy
from workorders.sla.queries import Promises, load
from workorders.sla.replay import ClockResult, replay
from workorders.sla.rules import Clock, ClockState, Fact, FactKind, name_of

BATCH = 200
LOOKED_AT = 2000
SHOWN = 50
_NAMESPACE = uuid.UUID("0c5c1f5a-5f0c-4a50-9d5e-3d8f2f6d1c55")
_LAST = 2**62
"""The id of a fact that has not happened: after all that did at its moment."""


@dataclass(frozen=True)
class Moved:
    """One promise that would move: its deadline now and then; None where it has none."""

    number: str
    name: Text
    was: datetime | None
    becomes: datetime | None
    is_late: bool


@dataclass(frozen=True)
class Preview:
    """What applying a version would do to the open orders of its level."""

    orders: int
    looked_at: int
    earlier: int
    later: int
    late: int
    begins: int
    ends: int
    rows: Sequence[Moved]


def count_older(session: Session, version_ids: Collection[int]) -> int:
    """Open orders that follow one of these versions."""
    return session.scalar(_open_orders(version_ids).with_only_columns(func.count())) or 0


def _open_orders(version_ids: Collection[int]) -> Select[WorkOrder]:
    return select(WorkOrder).where(
        WorkOrder.ended_at.is_(None),
        WorkOrder.is_past.is_(False),
        WorkOrder.policy_version.in_(version_ids),
    )


def preview(
    session: Session, version_ids: Collection[int], version_id: int, *, at: datetime
) -> Preview:
    """Replay the open orders of older versions under the new one. Nothing is written."""
    promises, moved = load(session), []
    statement = _open_orders(version_ids).order_by(WorkOrder.id).limit(LOOKED_AT)
    orders = session.scalars(statement).all()
    for first in range(0, len(orders), BATCH):
        batch = orders[first : first + BATCH]
        events = list_with_events(session, [order.id for order in batch])
        for order in batch:
            moved += _moved(order, events[order.id], promises, version_id, at)
    return Preview(
        count_older(session, version_ids),
        len(orders),
        sum(m.was is not None and m.becomes is not None and m.becomes < m.was for m in moved),
        sum(m.was is not None and m.becomes is not None and m.becomes > m.was for m in moved),
        sum(m.is_late for m in moved),
        sum(m.was is None for m in moved),
        sum(m.becomes is None for m in moved),
        moved[:SHOWN],
    )


def _moved(
    order: WorkOrder,
    events: Sequence[OrderEvent],
    promises: Promises,
    version_id: int,
    at: datetime,
) -> list[Moved]:
    facts = to_facts(order, events)
    after = [*facts, Fact(at, _LAST, FactKind.POLICY, policy=version_id)]
    old = replay(facts, promises.policies, promises.calendars, now=at)
    new = replay(after, promises.policies, promises.calendars, now=at)
    out = []
    for key in dict.fromkeys((*old, *new)):
        was, becomes = _due(old.get(key)), _due(new.get(key))
        if was != becomes:
            is_late = becomes is not None and becomes <= at and (was is None or was > at)
            own = promises.own_clock(key.number) if key.clock is Clock.OWN else None
            name = name_of(key.clock, own.name if own else "")
            out.append(Moved(order.number, name, was, becomes, is_late))
    return out


def _due(result: ClockResult | None) -> datetime | None:
    return result.due_at if result is not None and result.state is ClockState.RUNNING else None


def apply_batch(
    session: Session,
    version_ids: Collection[int],
    version_id: int,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> int:
    """Give up to a batch of them the new version; how many. Asked again it goes on."""
    statement = _open_orders(version_ids).order_by(WorkOrder.id).limit(BATCH)
    orders = session.scalars(statement.with_for_update(skip_locked=True)).all()
    for order in orders:
        uid = uuid.uuid5(_NAMESPACE, f"{version_id}:{order.id}")
        apply_policy(session, order, version_id, reason=reason, uid=uid, by=by, at=at)
    session.flush()
    return len(orders)
