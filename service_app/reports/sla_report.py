"""The month's report of promises: everything the page, the paper and the table file say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service_app.reports import queries
from service_app.reports.figures import (
    Kept,
    LateTime,
    Period,
    Waited,
    late_time,
    month_before,
    month_period,
    period_before,
    together,
)
from service_app.reports.queries import EVERYBODYS, BreachRow, Person, Whose
from service_app.reports.rules import CauseShare, ClockKept, Range, by_clock, pareto, wilson
from workorders.sla.queries import load
from workorders.sla.rules import Clock, WaitReason

TREND_MONTHS = 12
WORST = 10
USED_OF = (Clock.RESTORE, Clock.AGREED, Clock.RESPONSE)
"""Whose time used is drawn: the first of these that has any promise."""


@dataclass(frozen=True)
class Answerable:
    """A person or branch with the promises of its orders, and how sure the share is."""

    who: Person
    kept: Kept
    range: Range


@dataclass(frozen=True)
class SlaReport:
    """A month of promises, of one company or of all. ``months`` are the trend's, the last is this.

    ``used`` counts the promises of ``used_of`` by tenths of their time, the late ones last.
    """

    period: Period
    whose: Whose
    is_month: bool
    clocks: Sequence[ClockKept]
    late: LateTime
    causes: Sequence[CauseShare]
    used_of: Clock
    used: Sequence[int]
    months: Sequence[Period]
    trend: Mapping[Clock, Sequence[Kept]]
    breaches: Sequence[BreachRow]
    withdrawn: Sequence[BreachRow]
    engineers: Sequence[Answerable]
    branches: Sequence[Answerable]
    waits: Sequence[tuple[WaitReason, Waited]]

    @property
    def kept(self) -> Kept:
        """All clocks together."""
        return together(row.kept for row in self.clocks)

    @property
    def net(self) -> Kept:
        """The same without the customer's own delays."""
        return together(row.net for row in self.clocks)

    @property
    def before(self) -> Kept:
        """The month before."""
        return together(row.before for row in self.clocks)

    @property
    def worst(self) -> Sequence[BreachRow]:
        """The longest breaches."""
        return self.breaches[:WORST]


def sla_report(
    session: Session,
    first: date,
    zone: ZoneInfo,
    now: datetime,
    *,
    chosen: Period | None = None,
    whose: Whose = EVERYBODYS,
) -> SlaReport:
    """The report of the month that begins on ``first``, or of a chosen period, on the branch's
    clock. The trend is of the twelve months until then."""
    last = (chosen.after - timedelta(days=1)).replace(day=1) if chosen else first
    months = _months_until(last, zone)
    period = chosen or months[-1]
    found = queries.kept_in(session, months, whose=whose)
    kept, before = found[-1], found[-2]
    if chosen is not None:
        (kept,) = queries.kept_in(session, [chosen], whose=whose)
        (before,) = queries.kept_in(session, [period_before(chosen, zone)], whose=whose)
    calendar = load(session).calendar
    listed = queries.list_breaches(session, period, calendar, now, whose=whose)
    stand = [row for row in listed if not row.is_withdrawn]
    late = late_time(row.missed for row in stand)
    clocks = by_clock(kept, before, (row.missed for row in stand))
    used_of = _drawn(clocks)
    waits = queries.waits_in(session, period, calendar, now, whose)
    return SlaReport(
        period, whose, chosen is None, clocks, late, pareto(late), used_of,
        queries.time_used(session, period, used_of, whose=whose),
        months, {c: [month[c] for month in found] for c in Clock},
        stand, [row for row in listed if row.is_withdrawn],
        answerable(queries.by_engineer(session, period, whose=whose)),
        answerable(queries.by_branch(session, period, whose=whose)),
        sorted(waits.items(), key=lambda pair: -pair[1].seconds),
    )  # fmt: skip


def _months_until(first: date, zone: ZoneInfo) -> list[Period]:
    firsts = [first]
    while len(firsts) < TREND_MONTHS:
        firsts.append(month_before(firsts[-1]))
    return [month_period(day, zone) for day in reversed(firsts)]


def _drawn(clocks: Sequence[ClockKept]) -> Clock:
    there = {row.clock for row in clocks if row.kept.total}
    return next((clock for clock in USED_OF if clock in there), Clock.RESTORE)


def answerable(found: Mapping[Person, Kept]) -> list[Answerable]:
    """Each with the range of its share, by name: nobody is ranked by a few cases."""
    rows = [(who, kept, wilson(kept)) for who, kept in found.items()]
    known = [Answerable(who, kept, bounds) for who, kept, bounds in rows if bounds is not None]
    return sorted(known, key=lambda row: row.who.name)
