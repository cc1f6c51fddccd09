"""A stored clock as the pill that people read: what it counts, how much is left, how late it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

from service_app.core.text import N_, Text
from workorders.calendars.worktime import Calendar
from workorders.orders.models import OrderClock
from workorders.sla.policy import SOON_SECONDS, SOON_SHARE
from workorders.sla.queries import Promises
from workorders.sla.rules import TOLD, Clock, ClockKey, ClockState, name_of


@dataclass(frozen=True)
class ShownClock:
    """A countdown as the pill macro draws it. ``seconds`` is left, or late; ``share`` 0 … 1."""

    key: ClockKey
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
    def clock(self) -> Clock:
        """The kind of clock."""
        return self.key.clock

    @property
    def is_told(self) -> bool:
        """Whether somebody promised it to the customer for a moment."""
        return self.clock in TOLD

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
    def number(self) -> int: ...
    @property
    def label(self) -> str: ...
    @property
    def policy_version(self) -> int: ...
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


def shown(row: Counted, promises: Promises, now: datetime) -> ShownClock | None:
    """The stored clock as of now; None when it no longer applies."""
    if row.state == ClockState.VOID:
        return None
    key, name = ClockKey(Clock(row.clock), row.number), name_of(row.clock, row.label)
    if row.state == ClockState.MET:
        return _shown_met(row, key, name)
    if row.state == ClockState.PAUSED or row.due_at is None:
        left = max(0, row.allowed_seconds - row.used_seconds)
        title = Text("%(name)s: the clock stands still", name=name)
        return ShownClock(
            key, name, "paused", timedelta(seconds=left), title,
            _share(row.used_seconds, row.allowed_seconds), left,
            used=row.used_seconds, allowed=row.allowed_seconds,
        )  # fmt: skip
    return _shown_running(row, key, name, promises.calendar_for(row.policy_version), now)


def _shown_met(row: Counted, key: ClockKey, name: Text) -> ShownClock:
    if row.breached_at is not None:
        late = timedelta(seconds=row.late_seconds)
        text, tone = Text("late by %(time)s", time=late), "missed"
    else:
        text, tone = N_("kept"), "met"
    title = Text("%(name)s: %(moment)s", name=name, moment=row.met_at)
    return ShownClock(
        key, name, tone, text, title, seconds=row.late_seconds,
        used=row.used_seconds, allowed=row.allowed_seconds, met_at=row.met_at,
    )  # fmt: skip


def _shown_running(
    row: Counted, key: ClockKey, name: Text, calendar: Calendar, now: datetime
) -> ShownClock:
    assert row.due_at is not None
    until = _closes(calendar, now)
    if now > row.due_at:
        late = calendar.between(row.due_at, now)
        title = Text("%(name)s was promised by %(moment)s", name=name, moment=row.due_at)
        return ShownClock(
            key, name, "late", _plus(late), title, 1.0, late, until, row.due_at,
            row.allowed_seconds + late, row.allowed_seconds,
        )  # fmt: skip
    left = calendar.between(now, row.due_at)
    soon = max(row.allowed_seconds // SOON_SHARE, SOON_SECONDS)
    title = Text("%(name)s: promised by %(moment)s", name=name, moment=row.due_at)
    used = max(0, row.allowed_seconds - left)
    return ShownClock(
        key, name, "soon" if left <= soon else "", timedelta(seconds=left), title,
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


def shown_all(rows: Iterable[OrderClock], promises: Promises, now: datetime) -> list[ShownClock]:
    """Every clock that applies, in the order of the table."""
    order = list(Clock)
    found = [s for row in rows if (s := shown(row, promises, now)) is not None]
    return sorted(found, key=lambda s: (order.index(s.clock), s.key.number))


def nearest(clocks: Iterable[ShownClock]) -> ShownClock | None:
    """The promise that burns first: late ones, then by deadline, then what stands still."""
    still_open = [c for c in clocks if c.is_open]
    far = datetime.max.replace(tzinfo=UTC)
    return min(
        still_open,
        key=lambda c: (c.due_at is None, c.due_at or far),
        default=None,
    )
