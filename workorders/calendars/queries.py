"""The stored calendar as the arithmetic takes it, kept by its revision."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from workorders.calendars.models import WorkCalendar
from workorders.calendars.rules import Interval, Week
from workorders.calendars.worktime import Calendar, Version

_kept: dict[tuple[str, int, int], Calendar] = {}


def find_default(session: Session) -> WorkCalendar | None:
    """The company's calendar: the first one made."""
    return session.scalars(select(WorkCalendar).order_by(WorkCalendar.id).limit(1)).first()


def find_calendar(session: Session, calendar_id: int) -> WorkCalendar | None:
    """One calendar with its weeks and days."""
    return session.get(WorkCalendar, calendar_id)


def list_calendars(session: Session) -> list[tuple[int, str]]:
    """Every calendar's id and name, the company's own first."""
    rows = session.execute(select(WorkCalendar.id, WorkCalendar.name).order_by(WorkCalendar.id))
    return [(row[0], row[1]) for row in rows]


def calendar_of(session: Session, calendar_id: int) -> Calendar:
    """The arithmetic of a stored calendar; built once per revision and process."""
    revision = session.scalar(select(WorkCalendar.revision).where(WorkCalendar.id == calendar_id))
    return _kept_or_built(session, calendar_id, int(revision or 0))


def _kept_or_built(session: Session, calendar_id: int, revision: int) -> Calendar:
    key = (str(session.get_bind().engine.url), calendar_id, revision)
    found = _kept.get(key)
    if found is None:
        found = build(session.get_one(WorkCalendar, calendar_id))
        if session.info.get("read_only"):  # a writer's calendar may yet be rolled back
            if len(_kept) > 32:
                _kept.clear()
            _kept[key] = found
    return found


def calendars_of(session: Session, calendar_ids: Collection[int]) -> dict[int, Calendar]:
    """The same for several at once: one query for what has not changed."""
    found = select(WorkCalendar.id, WorkCalendar.revision).where(WorkCalendar.id.in_(calendar_ids))
    return {
        calendar_id: _kept_or_built(session, calendar_id, revision)
        for calendar_id, revision in session.execute(found)
    }


def build(stored: WorkCalendar) -> Calendar:
    """A stored calendar as versions of weeks."""
    exceptions = {d.on: _intervals(d.intervals) for d in stored.days}
    return Calendar(
        [
            Version(v.since, Week(tuple(_intervals(d) for d in v.week), exceptions, v.zone))
            for v in stored.versions
        ]
    )


def _intervals(pairs: list[list[int]]) -> tuple[Interval, ...]:
    return tuple(Interval(int(a), int(b)) for a, b in pairs)
