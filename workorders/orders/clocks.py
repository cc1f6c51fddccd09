"""The clocks of an order: replayed from its events, stored as an index, shown as countdowns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

from sqlalchemy import insert, inspect, select, update
from sqlalchemy.orm import Session, joinedload

from service_app.core.text import N_, Text
from workorders.calendars.worktime import Calendar
from workorders.orders.models import OrderClock, OrderEvent, WorkOrder
from workorders.orders.rules import Place, Status
from workorders.orders.story import Happening
from workorders.sla.queries import Promises, load
from workorders.sla.replay import ClockResult, replay
from workorders.sla.rules import (
    SOON_SECONDS,
    SOON_SHARE,
    Clock,
    ClockState,
    Fact,
    FactKind,
    WaitReason,
)

REFRESH_BATCH = 200
_H, _F = Happening, FactKind
_FACTS: dict[str, FactKind] = {
    _H.RECEIVED: _F.RECEIVED,
    _H.ACCEPT: _F.ACCEPTED,
    _H.DECLINE: _F.DECLINED,
    _H.DUPLICATE: _F.DUPLICATE,
    _H.CANCEL: _F.CANCELLED,
    _H.QUOTE: _F.QUOTED,
    _H.APPROVE: _F.APPROVED,
    _H.ARRIVED: _F.ARRIVED,
    _H.RUNS_AGAIN: _F.RUNS_AGAIN,
    _H.FINISH: _F.DONE,
    _H.REFUSE_ACT: _F.REFUSED,
    _H.RETURN_TO_WORK: _F.REFUSED,
    _H.CLOSE: _F.CLOSED,
    _H.WAIT_OPENED: _F.WAIT_OPENED,
    _H.WAIT_CLOSED: _F.WAIT_CLOSED,
    _H.PRIORITY_CHANGED: _F.PRIORITY,
    _H.POLICY_CHANGED: _F.POLICY,
}
_AGREES = frozenset({_H.APPROVE, _H.CHANGE_ANSWERED, _H.TERM_AGREED})


_STORED = tuple(c.key for c in inspect(OrderClock).column_attrs if c.key != "id")


def to_facts(order: WorkOrder, events: Iterable[OrderEvent]) -> list[Fact]:
    """What the replay listens to, undone events left out."""
    listed = list(events)
    gone = {e.undoes_id for e in listed if e.undoes_id is not None}
    facts: list[Fact] = []
    for event in listed:
        if event.id in gone or event.undoes_id is not None or event.data.get("with") in gone:
            continue
        facts.extend(_facts_of(order, event))
    return facts


def speaks_to_clocks(event: OrderEvent) -> bool:
    """Whether an event, or taking it back, can change what the clocks say."""
    return event.kind in _FACTS or event.kind in _AGREES or event.undoes_id is not None


def _facts_of(order: WorkOrder, event: OrderEvent) -> list[Fact]:
    kind = _FACTS.get(event.kind)
    at, number, data = event.happened_at, event.id, event.data
    out = []
    if kind is _F.RECEIVED:
        priority: int | None = int(data.get("priority", order.priority))
        out.append(Fact(at, number, kind, priority=priority, policy=order.policy_version))
        if order.place == Place.WORKSHOP:
            out.append(Fact(at, number, _F.NO_VISIT))
    elif kind is not None:
        reason = WaitReason(event.reason) if kind is _F.WAIT_OPENED and event.reason else None
        priority = int(data["priority"]) if kind is _F.PRIORITY else None
        policy = int(data["policy"]) if kind is _F.POLICY else None
        out.append(Fact(at, number, kind, reason, priority, policy))
    elif event.kind == _H.ASSIGN and event.from_status == Status.ACCEPTED:
        out.append(Fact(at, number, _F.NOTHING_TO_PAY))
    is_yes = data.get("answer", "yes") == "yes"
    if event.kind in _AGREES and data.get("term") and is_yes:
        out.append(Fact(at, number, _F.AGREED, due_at=datetime.fromisoformat(data["term"])))
    return out


def results(
    order: WorkOrder, events: Iterable[OrderEvent], promises: Promises, now: datetime | None = None
) -> dict[Clock, ClockResult]:
    """The order's clocks as its events lead to them."""
    return replay(to_facts(order, events), promises.policies, promises.calendars, now=now)


def start(session: Session, order: WorkOrder, event: OrderEvent, *, at: datetime) -> None:
    """The clocks of an order just opened: its one event is in hand and no row is stored yet."""
    rows = []
    for clock, result in results(order, [event], load(session)).items():
        row = OrderClock(
            order_id=order.id, clock=clock.value, late_seconds=0, is_breach_changed=False
        )
        _fill(row, result, at)
        rows.append({name: getattr(row, name) for name in _STORED})
    if rows:
        session.execute(insert(OrderClock), rows)


def refresh(session: Session, order: WorkOrder, *, at: datetime) -> None:
    """Bring the stored clocks in line with the events. Imported past has none."""
    if order.is_past:
        return
    events = session.scalars(select(OrderEvent).where(OrderEvent.order_id == order.id)).all()
    stored = {
        row.clock: row
        for row in session.scalars(select(OrderClock).where(OrderClock.order_id == order.id))
    }
    store(session, order, events, stored, load(session), at=at)


def store(
    session: Session,
    order: WorkOrder,
    events: Sequence[OrderEvent],
    stored: dict[str, OrderClock],
    promises: Promises,
    *,
    at: datetime,
) -> None:
    """Write the answer of the replay into the rows that index it."""
    found = results(order, events, promises)
    for clock, result in found.items():
        row = stored.get(clock)
        if row is None:
            row = OrderClock(order_id=order.id, clock=clock.value, late_seconds=0)
            session.add(row)
        _fill(row, result, at)
    for name, row in stored.items():
        if Clock(name) not in found:
            _take_away(session, row)


def _take_away(session: Session, row: OrderClock) -> None:
    """No fact starts this clock any more; one that was missed stays, so that its breach can go."""
    if row.breached_at is None and not row.is_breach_changed:
        session.delete(row)
        return
    row.state, row.is_breach_changed = ClockState.VOID.value, True
    row.due_at = row.warn_at = row.met_at = row.breached_at = None
    row.late_seconds = 0


def _fill(row: OrderClock, result: ClockResult, at: datetime) -> None:
    if result.due_at != row.due_at and result.due_at is not None and result.due_at > at:
        row.told_at = row.warned_at = None  # a new deadline may be told of again
    before = (row.breached_at, row.late_seconds, row.state)
    row.state = result.state.value
    row.started_at = result.started_at
    row.allowed_seconds = result.allowed
    row.used_seconds = result.used
    row.due_at = result.due_at
    row.warn_at = result.warn_at
    row.met_at = result.met_at
    is_over = result.due_at is not None and result.due_at < at
    row.breached_at = result.breached_at or (result.due_at if is_over else None)
    row.late_seconds = result.late
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


@dataclass(frozen=True)
class ShownClock:
    """A countdown as the pill macro draws it. ``seconds`` is left, or late; ``share`` 0 … 1."""

    clock: Clock
    name: Text
    tone: str
    text: Text | timedelta | str
    title: Text
    share: float = 0.0
    seconds: int = 0
    runs_until: datetime | None = None
    due_at: datetime | None = None
    used: int = 0
    allowed: int = 0
    met_at: datetime | None = None
    soon: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it may still be kept or missed."""
        return self.tone in ("", "soon", "late", "paused")

    @property
    def is_late(self) -> bool:
        """Whether its deadline has passed unmet."""
        return self.tone == "late"


class Counted(Protocol):
    """What a countdown needs of a stored clock, whole or as a row of a list."""

    @property
    def clock(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def met_at(self) -> datetime | None: ...
    @property
    def breached_at(self) -> datetime | None: ...
    @property
    def late_seconds(self) -> int: ...
    @property
    def allowed_seconds(self) -> int: ...
    @property
    def used_seconds(self) -> int: ...


def shown(row: Counted, calendar: Calendar, now: datetime) -> ShownClock | None:
    """The stored clock as of now; None when it no longer applies."""
    clock = Clock(row.clock)
    if row.state == ClockState.VOID:
        return None
    if row.state == ClockState.MET:
        return _shown_met(row, clock)
    if row.state == ClockState.PAUSED or row.due_at is None:
        left = max(0, row.allowed_seconds - row.used_seconds)
        title = Text("%(name)s: the clock stands still", name=clock.label)
        return ShownClock(
            clock, clock.label, "paused", timedelta(seconds=left), title,
            _share(row.used_seconds, row.allowed_seconds), left,
            used=row.used_seconds, allowed=row.allowed_seconds,
        )  # fmt: skip
    return _shown_running(row, clock, calendar, now)


def _shown_met(row: Counted, clock: Clock) -> ShownClock:
    if row.breached_at is not None:
        late = timedelta(seconds=row.late_seconds)
        text, tone = Text("late by %(time)s", time=late), "missed"
    else:
        text, tone = N_("kept"), "met"
    title = Text("%(name)s: %(moment)s", name=clock.label, moment=row.met_at)
    return ShownClock(
        clock, clock.label, tone, text, title, seconds=row.late_seconds,
        used=row.used_seconds, allowed=row.allowed_seconds, met_at=row.met_at,
    )  # fmt: skip


def _shown_running(row: Counted, clock: Clock, calendar: Calendar, now: datetime) -> ShownClock:
    assert row.due_at is not None
    until = _closes(calendar, now)
    if now > row.due_at:
        late = calendar.between(row.due_at, now)
        title = Text("%(name)s was promised by %(moment)s", name=clock.label, moment=row.due_at)
        return ShownClock(
            clock, clock.label, "late", _plus(late), title, 1.0, late, until, row.due_at,
            row.allowed_seconds + late, row.allowed_seconds,
        )  # fmt: skip
    left = calendar.between(now, row.due_at)
    soon = max(row.allowed_seconds // SOON_SHARE, SOON_SECONDS)
    title = Text("%(name)s: promised by %(moment)s", name=clock.label, moment=row.due_at)
    used = max(0, row.allowed_seconds - left)
    return ShownClock(
        clock, clock.label, "soon" if left <= soon else "", timedelta(seconds=left), title,
        _share(used, row.allowed_seconds), left, until, row.due_at, used, row.allowed_seconds,
        soon=soon,
    )  # fmt: skip


@lru_cache(maxsize=16)
def _closes(calendar: Calendar, now: datetime) -> datetime | None:
    """When today's work ends: asked once a page, not once a clock."""
    return calendar.closes(now)


def _plus(seconds: int) -> Text:
    return Text("+%(time)s", time=timedelta(seconds=seconds))


def _share(used: int, allowed: int) -> float:
    return min(1.0, used / allowed) if allowed else 1.0


def shown_all(rows: Iterable[OrderClock], calendar: Calendar, now: datetime) -> list[ShownClock]:
    """Every clock that applies, in the order of the table."""
    order = list(Clock)
    found = [s for row in rows if (s := shown(row, calendar, now)) is not None]
    return sorted(found, key=lambda s: order.index(s.clock))


def nearest(clocks: Iterable[ShownClock]) -> ShownClock | None:
    """The promise that burns first: late ones, then by deadline, then what stands still."""
    still_open = [c for c in clocks if c.is_open]
    far = datetime.max.replace(tzinfo=UTC)
    return min(
        still_open,
        key=lambda c: (c.due_at is None, c.due_at or far),
        default=None,
    )


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
    stored: dict[int, dict[str, OrderClock]] = {n: {} for n in ids}
    for row in session.scalars(select(OrderClock).where(OrderClock.order_id.in_(ids))):
        stored[row.order_id][row.clock] = row
    for order in orders:
        store(session, order, events[order.id], stored[order.id], promises, at=at)
    session.flush()
