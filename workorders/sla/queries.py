"""Policies and their calendar as the replay takes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from workorders.calendars.models import WorkCalendar
from workorders.calendars.queries import calendars_of
from workorders.calendars.service import standard_versions
from workorders.calendars.worktime import Calendar
from workorders.sla.models import PolicyVersion
from workorders.sla.rules import STANDARD, Clock, Policy, WaitReason, suggest_priority


@dataclass(frozen=True)
class Promises:
    """Everything a replay needs: every version and its calendar by id, and the present ones."""

    policies: Mapping[int, Policy]
    current_id: int
    name: str
    number: int
    calendars: Mapping[int, Calendar]

    @property
    def calendar(self) -> Calendar:
        """The calendar new orders are counted by."""
        return self.calendars[self.current_id]

    @property
    def current(self) -> Policy:
        """The version new orders get."""
        return self.policies[self.current_id]


_KEY = "promises"


def load(session: Session) -> Promises:
    """The policy's versions and calendar; read once per session.

    A company that has set nothing up yet promises by the Standard policy and calendar.
    """
    known = session.info.get(_KEY)
    if isinstance(known, Promises):
        return known
    promises = _as_stored(session)
    session.info[_KEY] = promises
    return promises


_STORED = (
    select(PolicyVersion.id, PolicyVersion.calendar_id, WorkCalendar.revision)
    .join(WorkCalendar, WorkCalendar.id == PolicyVersion.calendar_id)
    .order_by(PolicyVersion.number)
)
_kept: dict[str, tuple[list[tuple[int, int, int]], Promises]] = {}


def _as_stored(session: Session) -> Promises:
    """Versions never change and calendars count their revisions, so a process keeps the answer.

    Only what a reading session saw is kept: a writer's may yet be rolled back.
    """
    marks = [(row[0], row[1], row[2]) for row in session.execute(_STORED)]
    url = str(session.get_bind().engine.url)
    known = _kept.get(url)
    if known is not None and known[0] == marks:
        return known[1]
    promises = _build(session)
    if session.info.get("read_only"):
        _kept[url] = marks, promises
    return promises


def _build(session: Session) -> Promises:
    rows = session.scalars(select(PolicyVersion).order_by(PolicyVersion.number)).all()
    if not rows:
        return Promises({0: STANDARD}, 0, "Standard", 1, {0: _standard_calendar()})
    last = rows[-1]
    versions = {row.id: to_policy(row) for row in rows}
    by_id = calendars_of(session, {row.calendar_id for row in rows})
    return Promises(
        {0: STANDARD, **versions},
        last.id,
        last.name,
        last.number,
        {0: _standard_calendar(), **{row.id: by_id[row.calendar_id] for row in rows}},
    )


def forget(session: Session) -> None:
    """Read the policy anew: it, or its calendar, has just changed."""
    session.info.pop(_KEY, None)


def to_policy(row: PolicyVersion) -> Policy:
    """The stored version as a value."""
    limits = {
        (Clock(name), int(priority)): int(minutes)
        for key, minutes in row.limits.items()
        for name, _, priority in [key.partition(".")]
    }
    stops = {
        WaitReason(reason): frozenset(Clock(c) for c in clocks)
        for reason, clocks in row.stops.items()
    }
    priorities = {
        (severity, criticality): int(priority)
        for key, priority in row.priorities.items()
        for severity, _, criticality in [key.partition(".")]
    }
    return Policy(limits, stops, priorities)


@lru_cache(maxsize=1)
def _standard_calendar() -> Calendar:
    return Calendar(standard_versions("Europe/Moscow"))


def suggested_priority(session: Session, severity: str, criticality: str) -> int:
    """What the present policy's table gives for severity × criticality."""
    return suggest_priority(load(session).current, severity, criticality)
