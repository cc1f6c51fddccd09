"""Verbs of calendars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from service_app.core.actor import Actor
from service_app.core.errors import Invalid
from service_app.core.text import N_
from workorders.calendars.models import CalendarDay, CalendarVersion, WorkCalendar
from workorders.calendars.queries import build
from workorders.calendars.rules import OFFICE_WEEK, ExceptionKind, Interval, Week, problems
from workorders.calendars.seed import FIRST_YEAR, LAST_YEAR, russian_days, russian_exceptions
from workorders.calendars.worktime import Version

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def standard_versions(zone: str) -> list[Version]:
    """Monday–Friday 09–18 with a lunch break and the Russian working calendar."""
    return [Version(BEGINNING, Week(OFFICE_WEEK, russian_exceptions(), zone))]


def make_standard(
    session: Session, *, name: str, zone: str, by: Actor, at: datetime
) -> WorkCalendar:
    """The calendar a new company starts with; its days are rows a person may edit."""
    calendar = WorkCalendar(name=name)
    calendar.versions = [
        CalendarVersion(since=BEGINNING, zone=zone, week=[_pairs(d) for d in OFFICE_WEEK])
    ]
    calendar.days = [
        CalendarDay(on=day, kind=kind, intervals=_pairs(intervals))
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for day, (kind, intervals) in sorted(russian_days(year).items())
    ]
    session.add(calendar)
    session.flush()
    return calendar


def add_calendar(
    session: Session,
    *,
    name: str,
    zone: str,
    week: Sequence[Sequence[Interval]],
    by: Actor,
    at: datetime,
) -> WorkCalendar:
    """Another calendar, still without days that differ. Raises Invalid for a name that is empty or
    taken, or a week that could not be."""
    calendar = WorkCalendar(name=_free_name(session, name))
    session.add(calendar)
    set_week(session, calendar, week, zone=zone, since=BEGINNING, by=by, at=at)
    return calendar


def rename(session: Session, calendar: WorkCalendar, name: str, *, by: Actor, at: datetime) -> None:
    """Another name. Raises Invalid for one that is empty or taken."""
    if name.strip() != calendar.name:
        calendar.name = _free_name(session, name)
    session.flush()


def _free_name(session: Session, name: str) -> str:
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid(N_("Give the calendar a name."), "name")
    taken = {row.casefold() for row in session.scalars(select(WorkCalendar.name))}
    if name.casefold() in taken:
        raise Invalid(N_("There is a calendar of this name."), "name")
    return name


@dataclass(frozen=True)
class NewDay:
    """A dated exception as it is entered, with what it is called."""

    on: date
    kind: ExceptionKind
    intervals: tuple[Interval, ...]
    name: str = ""


def enter_days(
    session: Session, calendar: WorkCalendar, days: Sequence[NewDay], *, by: Actor, at: datetime
) -> int:
    """Enter days that have not begun; days already entered stay. How many were fresh.

    Raises Invalid for hours that could not be.
    """
    today = at.astimezone(ZoneInfo(calendar.versions[-1].zone)).date()
    known = {day.on for day in calendar.days}
    fresh = {day.on: day for day in days if day.on > today and day.on not in known}
    last = calendar.versions[-1]
    week = tuple(tuple(Interval(a, b) for a, b in day) for day in last.week)
    wrong = problems(Week(week, {on: day.intervals for on, day in fresh.items()}, last.zone))
    if wrong:
        raise Invalid(wrong[0])
    for on, day in sorted(fresh.items()):
        calendar.days.append(
            CalendarDay(on=on, kind=day.kind, intervals=_pairs(day.intervals), name=day.name)
        )
    build(calendar)
    _touch(session, calendar)
    return len(fresh)


def set_week(
    session: Session,
    calendar: WorkCalendar,
    week: Sequence[Sequence[Interval]],
    *,
    zone: str,
    since: datetime,
    by: Actor,
    at: datetime,
) -> None:
    """A new version from a moment on. Raises Invalid for a week that could not be."""
    days = tuple(tuple(sorted(d)) for d in week)
    wrong = problems(Week(days, {}, zone))
    if wrong:
        raise Invalid(wrong[0])
    version = next((v for v in calendar.versions if v.since == since), None)
    if version is None:
        version = CalendarVersion(since=since)
        calendar.versions.append(version)
    version.zone, version.week = zone, [_pairs(d) for d in days]
    _touch(session, calendar)


def set_day(
    session: Session,
    calendar: WorkCalendar,
    on: date,
    kind: ExceptionKind,
    intervals: Sequence[Interval],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """One dated exception, new or changed. Raises Invalid for a day that has begun: what was
    counted with it stays."""
    _check_ahead(calendar, on, at)
    day = next((d for d in calendar.days if d.on == on), None)
    if day is None:
        day = CalendarDay(on=on)
        calendar.days.append(day)
    day.kind, day.intervals = kind, _pairs(intervals)
    build(calendar)
    _touch(session, calendar)


def remove_day(
    session: Session, calendar: WorkCalendar, on: date, *, by: Actor, at: datetime
) -> None:
    """The day follows its weekday again. Raises Invalid for a day that has begun."""
    _check_ahead(calendar, on, at)
    calendar.days = [d for d in calendar.days if d.on != on]
    _touch(session, calendar)


def _check_ahead(calendar: WorkCalendar, on: date, at: datetime) -> None:
    today = at.astimezone(ZoneInfo(calendar.versions[-1].zone)).date()
    if on <= today:
        text = N_("%(day)s has begun: deadlines were counted with it. Change a day that comes.")
        raise Invalid(text.with_values(day=on), "on")


def _touch(session: Session, calendar: WorkCalendar) -> None:
    """Count the revision up even when only rows below the calendar changed."""
    session.flush()
    flag_modified(calendar, "name")
    session.flush()


def _pairs(intervals: Sequence[Interval]) -> list[list[int]]:
    return [[i.start, i.end] for i in intervals]
