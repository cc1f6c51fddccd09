"""The clocks of an order: replayed from its events, stored as an index of what is due.

How a stored clock is drawn is in :mod:`workorders.orders.countdown`.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, insert, inspect, select, update
from sqlalchemy.orm import Session, joinedload

from workorders.orders.heard import to_facts
from workorders.orders.models import OrderClock, OrderEvent, WorkOrder
from workorders.sla.queries import Promises, load
from workorders.sla.replay import ClockResult, replay
from workorders.sla.rules import Clock, ClockKey, ClockState
from workorders.sla.steps import Running, schedule

REFRESH_BATCH = 200
_STORED = tuple(c.key for c in inspect(OrderClock).column_attrs if c.key != "id")


def results(
    order: WorkOrder, events: Iterable[OrderEvent], promises: Promises, now: datetime | None = None
) -> dict[ClockKey, ClockResult]:
    """The order's clocks as its events lead to them."""
    return replay(to_facts(order, events), promises.policies, promises.calendars, now=now)


def start(session: Session, order: WorkOrder, event: OrderEvent, *, at: datetime) -> None:
    """The clocks of an order just opened: its one event is in hand and no row is stored yet."""
    rows, promises = [], load(session)
    for key, result in results(order, [event], promises).items():
        row = _row(order, key, promises)
        row.is_breach_changed, row.steps_taken = False, []
        _fill(row, result, at, promises)
        rows.append({name: getattr(row, name) for name in _STORED})
    if rows:
        session.execute(insert(OrderClock), rows)


def refresh(session: Session, order: WorkOrder, *, at: datetime) -> None:
    """Bring the stored clocks in line with the events. Imported past has none."""
    if order.is_past:
        return
    events = session.scalars(select(OrderEvent).where(OrderEvent.order_id == order.id)).all()
    stored = {
        row.key: row for row in session.scalars(_held().where(OrderClock.order_id == order.id))
    }
    store(session, order, events, stored, load(session), at=at)


def _held() -> Select[OrderClock]:
    """Rows read anew and held until the end, so that a sweep tells before this change or after."""
    held = select(OrderClock).order_by(OrderClock.id).with_for_update()
    return held.execution_options(populate_existing=True)


def store(
    session: Session,
    order: WorkOrder,
    events: Sequence[OrderEvent],
    stored: dict[ClockKey, OrderClock],
    promises: Promises,
    *,
    at: datetime,
) -> None:
    """Write the answer of the replay into the rows that index it."""
    found = results(order, events, promises)
    for key, result in found.items():
        row = stored.get(key)
        if row is None:
            row = _row(order, key, promises)
            session.add(row)
        _fill(row, result, at, promises)
    for key, row in stored.items():
        if key not in found:
            _take_away(session, row)


def _row(order: WorkOrder, key: ClockKey, promises: Promises) -> OrderClock:
    own = promises.own_clock(key.number) if key.clock is Clock.OWN else None
    return OrderClock(
        order_id=order.id, clock=key.clock.value, number=key.number,
        label=own.name if own else "", late_seconds=0,
    )  # fmt: skip


def _take_away(session: Session, row: OrderClock) -> None:
    """No fact starts this clock any more; one that was missed stays, so that its breach can go."""
    if row.breached_at is None and not row.is_breach_changed:
        session.delete(row)
        return
    row.state, row.is_breach_changed = ClockState.VOID.value, True
    row.due_at = row.warn_at = row.tell_at = row.met_at = row.breached_at = None
    row.late_seconds, row.step_at = 0, None


def step_key(version: int, place: int, due_at: datetime) -> str:
    """A step as it is remembered: once for each deadline."""
    return f"{version}.{place}@{int(due_at.timestamp())}"


def next_step(
    taken: Collection[str], result: ClockResult, promises: Promises
) -> tuple[datetime | None, int]:
    """When the next escalation step falls, and its place in the policy; None while none does."""
    return next(iter(untaken(taken, result, promises)), (None, -1))


def untaken(
    taken: Collection[str], result: ClockResult, promises: Promises
) -> list[tuple[datetime, int]]:
    """The steps of a running clock that were not yet taken for its deadline."""
    if result.due_at is None:
        return []
    return [
        (moment, place)
        for moment, place in steps_of(result, promises)
        if step_key(result.policy, place, result.due_at) not in taken
    ]


def steps_of(result: ClockResult, promises: Promises) -> list[tuple[datetime, int]]:
    """Every step of a running clock with its moment."""
    policy = promises.policies.get(result.policy)
    if policy is None or not policy.steps or result.due_at is None or result.point is None:
        return []
    of = Running(
        result.clock, result.started_at, result.point, result.used, result.allowed, result.due_at
    )
    return schedule(policy.steps, of, promises.calendar_for(result.policy))


def _fill(row: OrderClock, result: ClockResult, at: datetime, promises: Promises) -> None:
    if result.due_at != row.due_at and result.due_at is not None and result.due_at > at:
        row.told_at = row.warned_at = None  # a new deadline may be told of again
    if result.due_at != row.due_at:
        row.tell_at = result.due_at
    before = (row.breached_at, row.late_seconds, row.state)
    row.state = result.state.value
    row.policy_version = result.policy
    row.started_at = result.started_at
    row.allowed_seconds = result.allowed
    row.used_seconds = result.used
    row.due_at = result.due_at
    row.warn_at = result.warn_at
    row.met_at = result.met_at
    is_over = result.due_at is not None and result.due_at < at
    row.breached_at = result.breached_at or (result.due_at if is_over else None)
    row.late_seconds = result.late
    row.step_at = next_step(row.steps_taken or [], result, promises)[0]
    after = (row.breached_at, row.late_seconds, row.state)
    if after != before and (row.breached_at or before[0]):
        row.is_breach_changed = True


def has_changed(session: Session) -> bool:
    """Whether the breach of any clock came, went or grew since it was last taken."""
    found = select(OrderClock.id).where(OrderClock.is_breach_changed).limit(1)
    return session.scalar(found) is not None


def take_changed(session: Session, *, limit: int) -> Sequence[OrderClock]:
    """Clocks whose breach changed, each given out once: to be used in the taker's transaction."""
    batch = select(OrderClock.id).where(OrderClock.is_breach_changed).limit(limit)
    ids = session.scalars(
        update(OrderClock)
        .where(
            OrderClock.id.in_(batch.with_for_update(skip_locked=True)),
            OrderClock.is_breach_changed,
        )
        .values(is_breach_changed=False)
        .returning(OrderClock.id)
        .execution_options(synchronize_session=False)
    ).all()
    return session.scalars(
        select(OrderClock)
        .where(OrderClock.id.in_(ids))
        .options(joinedload(OrderClock.order))
        .order_by(OrderClock.id)
        .execution_options(populate_existing=True)
    ).all()


def refresh_open(session: Session, *, at: datetime) -> int:
    """Count every open promise anew: the calendar it rests on has changed. How many orders."""
    open_states = (ClockState.RUNNING.value, ClockState.PAUSED.value)
    ids = session.scalars(
        select(OrderClock.order_id).where(OrderClock.state.in_(open_states)).distinct()
    ).all()
    refresh_orders(session, ids, at=at)
    return len(ids)


def refresh_orders(session: Session, ids: Sequence[int], *, at: datetime) -> None:
    """Bring the stored clocks of many orders in line with their events."""
    promises = load(session)
    for first in range(0, len(ids), REFRESH_BATCH):
        _refresh_batch(session, ids[first : first + REFRESH_BATCH], promises, at=at)


def _refresh_batch(
    session: Session, ids: Sequence[int], promises: Promises, *, at: datetime
) -> None:
    orders = session.scalars(select(WorkOrder).where(WorkOrder.id.in_(ids))).all()
    events: dict[int, list[OrderEvent]] = {n: [] for n in ids}
    for event in session.scalars(select(OrderEvent).where(OrderEvent.order_id.in_(ids))):
        events[event.order_id].append(event)
    stored: dict[int, dict[ClockKey, OrderClock]] = {n: {} for n in ids}
    for row in session.scalars(_held().where(OrderClock.order_id.in_(ids))):
        stored[row.order_id][row.key] = row
    for order in orders:
        store(session, order, events[order.id], stored[order.id], promises, at=at)
    session.flush()
