"""Open promises as the manager reads them: what burns first, how likely, what stands in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service_app.core.text import N_, Text
from service_app.desk.promise_queries import OpenClock, open_by_id
from service_app.reports.figures import period
from workorders.orders.countdown import ShownClock, shown
from workorders.orders.models import WorkOrder
from workorders.risk.queries import Chances
from workorders.risk.rules import Chance
from workorders.sla.queries import Promises

FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Known:
    """What a chance is told from, read once; ``loads`` are open orders by engineer."""

    promises: Promises
    chances: Chances | None
    loads: Mapping[int, int]
    now: datetime


@dataclass(frozen=True)
class Burning:
    """One row of the list: the promise, whose it is, what is known of it."""

    pill: ShownClock
    order: WorkOrder
    why: Text
    chance: Chance | None = None


@dataclass(frozen=True)
class Placed:
    """An open promise read without its order, and its chance; None for a late one."""

    row: OpenClock
    chance: Chance | None
    is_late: bool

    @property
    def urgency(self) -> tuple[bool, bool, float, datetime, int]:
        """Late ones by deadline, then the most likely; what has no chance follows by deadline."""
        told = -self.chance.value if self.chance else 0.0
        has_none = self.chance is None and not self.is_late
        return not self.is_late, has_none, told, self.row.due_at or FAR, self.row.id


def end_of_tomorrow(today: date, zone: ZoneInfo) -> datetime:
    """Until when the manager's screen looks ahead."""
    return period(today, today + timedelta(days=2), zone).end


def placed(rows: Sequence[OpenClock], known: Known) -> list[Placed]:
    """Rows with their chances, what burns first on top."""
    found = []
    for row in rows:
        is_late = row.due_at is not None and row.due_at <= known.now
        found.append(Placed(row, None if is_late else _chance_at(row, known), is_late))
    return sorted(found, key=lambda one: one.urgency)


def opened(session: Session, rows: Sequence[Placed], known: Known) -> list[Burning]:
    """These rows with their orders, in the same order; what was met meanwhile is left out."""
    clocks = {row.id: row for row in open_by_id(session, [one.row.id for one in rows])}
    out = []
    for one in rows:
        clock = clocks.get(one.row.id)
        pill = shown(clock, known.promises, known.now) if clock is not None else None
        if clock is not None and pill is not None:
            out.append(Burning(pill, clock.order, _why(clock.order, one.chance), one.chance))
    return out


def chance_of(
    pill: ShownClock, order: WorkOrder, chances: Chances | None, loads: Mapping[int, int]
) -> Chance | None:
    """The chance that an open promise will be missed; ``loads`` are open orders by engineer."""
    if chances is None or not pill.allowed:
        return None
    return chances.of(
        pill.clock.value, used=pill.used / pill.allowed, status=order.status,
        priority=order.priority, kind=order.kind, load=_load(loads, order.engineer_id),
    )  # fmt: skip


def _load(loads: Mapping[int, int], engineer_id: int | None) -> int | None:
    return loads.get(engineer_id, 0) if engineer_id is not None else None


def expected(rows: Sequence[Placed], due: int) -> float | None:
    """How many of ``due`` promises will be late: the sum of the chances of those looked at, and as
    many of the rest in proportion; None where there are none."""
    found = [row.chance.value for row in rows if row.chance is not None]
    return sum(found) * max(due / len(found), 1) if found else None


def _chance_at(row: OpenClock, known: Known) -> Chance | None:
    if known.chances is None:
        return None
    used = row.used_seconds
    if row.due_at is not None:
        calendar = known.promises.calendar_for(row.policy_version)
        used = row.allowed_seconds - calendar.between(known.now, row.due_at)
    return known.chances.of(
        row.clock, used=used / row.allowed_seconds if row.allowed_seconds else 1.0,
        status=row.status, priority=row.priority, kind=row.kind,
        load=_load(known.loads, row.engineer_id),
    )  # fmt: skip


def _why(order: WorkOrder, found: Chance | None) -> Text:
    """What stands in the way, else how those like it fared, else the state."""
    if order.wait_kind is not None:
        return Text(
            "%(reason)s since %(moment)s", reason=order.wait_kind.label, moment=order.wait_since
        )
    if order.is_guest and order.dispatcher_id is None:
        return N_("guest, must be checked first")
    if found is not None and found.total:
        return found.basis
    return order.status_kind.label
