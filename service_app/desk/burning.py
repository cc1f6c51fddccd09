"""Open promises as the manager reads them: what burns first, how likely, what stands in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from service_app.core.text import N_, Text
from service_app.desk.promise_queries import OpenClock
from service_app.reports.figures import period
from workorders.orders.countdown import ShownClock, shown
from workorders.orders.models import OrderClock, WorkOrder
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

    @property
    def urgency(self) -> tuple[bool, bool, float, datetime]:
        """Late ones by deadline, then the most likely; what has no chance follows by deadline."""
        return urgency(self.pill.due_at, self.chance, is_late=self.pill.is_late)


def urgency(
    due_at: datetime | None, chance: Chance | None, *, is_late: bool
) -> tuple[bool, bool, float, datetime]:
    """The place of an open promise among others: the smallest burns first."""
    told = -chance.value if chance and not is_late else 0.0
    return not is_late, chance is None and not is_late, told, due_at or FAR


def end_of_tomorrow(today: date, zone: ZoneInfo) -> datetime:
    """Until when the manager's screen looks ahead."""
    return period(today, today + timedelta(days=2), zone).end


def burning(rows: Sequence[OrderClock], known: Known) -> list[Burning]:
    """Rows with their chances, what burns first on top."""
    return sorted(each(rows, known), key=lambda row: row.urgency)


def each(rows: Sequence[OrderClock], known: Known) -> list[Burning]:
    """Rows with their chances, in the order they come; what no longer applies is left out."""
    out = []
    for row in rows:
        pill = shown(row, known.promises, known.now)
        if pill is not None:
            found = None
            if not pill.is_late:
                found = chance_of(pill, row.order, known.chances, known.loads)
            out.append(Burning(pill, row.order, _why(row.order, found), found))
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


def expected(rows: Sequence[OpenClock], known: Known) -> float | None:
    """How many of these will be late, as a sum of chances; None where there are none."""
    found = [one.value for row in rows if (one := chance_at(row, known)) is not None]
    return sum(found) if found else None


def chance_at(row: OpenClock, known: Known) -> Chance | None:
    """The chance of an open promise read without its order; None for a late one."""
    if known.chances is None or (row.due_at is not None and row.due_at <= known.now):
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
