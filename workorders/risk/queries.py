"""The chances as pages ask for them, and the past they are counted from."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from workorders.orders.models import OrderClock, OrderEvent, WorkOrder
from workorders.orders.rules import OPEN, Status
from workorders.orders.story import Happening
from workorders.risk.models import RiskModel
from workorders.risk.rules import (
    MEMORY,
    Bin,
    Chance,
    Sample,
    Tables,
    Trial,
    chance,
    load_of,
    step_of,
)
from workorders.sla.queries import load
from workorders.sla.rules import ClockState

BEGINS = (Happening.START.value, Happening.ARRIVED.value)
_NOT_BEGUN = frozenset(
    {Status.RECEIVED, Status.ACCEPTED, Status.QUOTED, Status.APPROVED, Status.SCHEDULED}
)
BATCH = 2000
T = TypeVar("T")


@dataclass(frozen=True)
class Chances:
    """The tables in force. ``trial`` is None while there is too little past to try them."""

    tables: Tables
    promises: int
    fitted_at: datetime
    cut_at: datetime | None
    trial: Trial | None
    told: dict[tuple[object, ...], Chance | None] = field(default_factory=dict, compare=False)
    """Chances told before: a list of a thousand promises asks for some dozens of them."""

    def of(
        self,
        clock: str,
        *,
        used: float,
        status: str,
        priority: int,
        kind: str,
        load: int | None = None,
    ) -> Chance | None:
        """The chance of an open promise of an order; ``load`` is its engineer's open orders."""
        step, group = step_of(used), load_of(load)
        key = clock, step, status, priority, kind, group
        if key not in self.told:
            self.told[key] = chance(
                self.tables, clock, step=step, has_begun=Status(status) not in _NOT_BEGUN,
                priority=str(priority), kind=kind, load=group,
            )  # fmt: skip
        return self.told[key]


_kept: dict[tuple[str, int, datetime], Chances] = {}


Counting = tuple[int, datetime]
"""One counting of the tables: its id, and when it was; an id may come again after a restore."""


def newest_of(column: InstrumentedAttribute[T]) -> ScalarSelect[T]:
    """A column of the newest counting, to be asked with other figures; None while there is none."""
    return select(column).order_by(RiskModel.id.desc()).limit(1).scalar_subquery()


def load_chances(session: Session) -> Chances | None:
    """The newest tables; None while there are none."""
    newest = session.execute(
        select(RiskModel.id, RiskModel.fitted_at).order_by(RiskModel.id.desc()).limit(1)
    ).one_or_none()
    return chances_of(session, (newest[0], newest[1]) if newest is not None else None)


def chances_of(session: Session, counting: Counting | None) -> Chances | None:
    """The tables of a counting; read once per counting and process."""
    if counting is None:
        return None
    key = str(session.get_bind().engine.url), *counting
    found = _kept.get(key)
    if found is None:
        row = session.get_one(RiskModel, counting[0])
        trial = to_trial(row.trial)
        found = Chances(row.tables, row.promises, row.fitted_at, row.cut_at, trial)
        _kept.clear()  # another thread may be at it: what is returned is our own
        _kept[key] = found
    return found


def to_trial(data: dict[str, object] | None) -> Trial | None:
    """The stored trial as a value."""
    if data is None:
        return None
    bins = [Bin(int(n), float(p), float(c)) for n, p, c in data["bins"]]  # type: ignore[attr-defined]
    return Trial(
        int(str(data["questions"])), float(str(data["brier"])), float(str(data["base"])), bins
    )


def samples(session: Session, now: datetime) -> Iterator[Sample]:
    """Every promise of the last year that was kept or missed, with the share of time used when
    work began.

    One whose time is not yet up, counted without pauses, is left out even when it was kept
    already: those of the same days that will be missed are not known yet. Withdrawn breaches have
    no moment and count as kept; imported past has no clocks.
    """
    since = now - MEMORY
    promises, loads = load(session), _loads(session, since)
    for rows in _batches(session, since):
        begun = _begun(session, {row[0] for row in rows})
        for row in rows:
            order_id, clock, started, used, allowed, breached, version, priority, kind, who = row
            first, share = begun.get(order_id), None
            calendar = promises.calendar_for(version)
            if calendar.due(started, allowed) > now:
                continue
            if first is not None:
                share = min(calendar.between(started, first), used) / allowed
            yield Sample(
                clock, str(priority), kind, used / allowed, breached is not None, share, started,
                load_of(loads.at(who, started)),
            )  # fmt: skip


class _Loads:
    """How many orders each engineer had open at any moment of the stretch read."""

    def __init__(self) -> None:
        self.begun: dict[int, list[datetime]] = defaultdict(list)
        self.ended: dict[int, list[datetime]] = defaultdict(list)

    def at(self, engineer: int | None, moment: datetime) -> int | None:
        """The count just before a moment; None without an engineer."""
        if engineer is None:
            return None
        return bisect_left(self.begun[engineer], moment) - bisect_left(self.ended[engineer], moment)


def _loads(session: Session, since: datetime) -> _Loads:
    found = _Loads()
    rows = session.execute(
        select(WorkOrder.engineer_id, WorkOrder.received_at, WorkOrder.ended_at)
        .where(
            WorkOrder.engineer_id.is_not(None), WorkOrder.is_past.is_(False),
            WorkOrder.ended_at.is_(None) | (WorkOrder.ended_at > since),
        )
        .execution_options(yield_per=BATCH)
    )  # fmt: skip
    for engineer, received, ended in rows:
        assert engineer is not None  # the query asked
        found.begun[engineer].append(received)
        if ended is not None:
            found.ended[engineer].append(ended)
    for moments in (*found.begun.values(), *found.ended.values()):
        moments.sort()
    return found


def loads_now(session: Session, engineers: Collection[int | None]) -> dict[int, int]:
    """Open orders of each of these engineers: a stretch of one index for each."""
    asked = sorted({n for n in engineers if n is not None})
    if not asked:
        return {}
    counted = (
        select(WorkOrder.engineer_id, func.count())
        .where(WorkOrder.engineer_id.in_(asked), WorkOrder.status.in_(OPEN))
        .group_by(WorkOrder.engineer_id)
    )
    return {row[0]: row[1] for row in session.execute(counted) if row[0] is not None}


_Past = tuple[int, str, datetime, int, int, datetime | None, int, int, str, int | None]


def _batches(session: Session, since: datetime) -> Iterator[list[_Past]]:
    last = 0
    while True:
        found = session.execute(
            select(
                OrderClock.order_id, OrderClock.clock, OrderClock.started_at,
                OrderClock.used_seconds, OrderClock.allowed_seconds, OrderClock.breached_at,
                OrderClock.policy_version, WorkOrder.priority, WorkOrder.kind,
                WorkOrder.engineer_id, OrderClock.id,
            )
            .join(WorkOrder, WorkOrder.id == OrderClock.order_id)
            .where(
                OrderClock.id > last, OrderClock.started_at > since, OrderClock.allowed_seconds > 0,
                (OrderClock.state == ClockState.MET.value) | OrderClock.breached_at.is_not(None),
            )
            .order_by(OrderClock.id)
            .limit(BATCH)
        ).all()  # fmt: skip
        if not found:
            return
        last = found[-1][10]
        yield [(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9]) for r in found]


def _begun(session: Session, order_ids: set[int]) -> dict[int, datetime]:
    rows = session.execute(
        select(OrderEvent.order_id, func.min(OrderEvent.happened_at))
        .where(OrderEvent.order_id.in_(order_ids), OrderEvent.kind.in_(BEGINS))
        .group_by(OrderEvent.order_id)
    )
    return {row[0]: row[1] for row in rows}
