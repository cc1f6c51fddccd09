"""Working calendars: the week, dated exceptions, and a try of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import Conflict, DomainError, NotFound
from service_app.core.text import N_, Text
from service_app.desk.calendar_forms import DayForm, TryForm, WeekForm
from service_app.organisation.queries import home_zone
from service_app.web.addresses import asked_id
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.calendars import service
from workorders.calendars.countries import countries
from workorders.calendars.models import CalendarDay, CalendarVersion, WorkCalendar
from workorders.calendars.queries import build, find_calendar, find_default, list_calendars
from workorders.calendars.rules import (
    OFFICE_WEEK,
    ROUND_THE_CLOCK,
    ExceptionKind,
    Interval,
    say_hours,
    usual_hours,
)
from workorders.calendars.worktime import Calendar
from workorders.orders import clocks
from workorders.sla import queries as sla
from workorders.sla.policy import STANDARD
from workorders.sla.service import add_level, add_version

blueprint = Blueprint("calendars", __name__)


@dataclass(frozen=True)
class Tried:
    """The answer of a try."""

    due_at: datetime
    length: timedelta


@blueprint.get("/admin/calendars")
@requires(Permission.ORGANISATION_EDIT)
def index() -> ResponseReturnValue:
    """The week, the exceptions of a year, and a try of them."""
    return _page(db_session())


@blueprint.post("/admin/calendars/set-up")
@requires(Permission.ORGANISATION_EDIT)
def set_up() -> ResponseReturnValue:
    """Make the calendar and the policy a company starts with; a second press changes nothing."""
    session, actor = db_session(), current_actor()
    with transaction(session, by=actor, at=now()):
        if find_default(session) is None:
            name, zone = reader().say(N_("Working days")), str(home_zone(session))
            made = service.make_standard(session, name=name, zone=zone, by=actor, at=now())
            level = add_level(session, name=reader().say(N_("Standard")), by=actor, at=now())
            add_version(session, STANDARD, level=level, calendar=made, by=actor, at=now())
    tell(N_("The standard calendar and promises are set up. New orders follow them."))
    return redirect(url_for("calendars.index"))


@blueprint.post("/admin/calendars/week")
@requires(Permission.ORGANISATION_EDIT)
def change_week() -> ResponseReturnValue:
    """A new week from this moment on; time before it counts by the old one."""
    session, actor, form = db_session(), current_actor(), WeekForm()
    stored = stored_calendar(session)
    counted = 0
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            if form.opened_on() != stored.revision:
                raise Conflict
            week = [field.intervals for field in form.days]
            service.set_week(
                session, stored, week, zone=form.zone.data, since=form.since(now()), by=actor,
                at=now(),
            )  # fmt: skip
            counted = count_anew(session)
        if not form.problems:
            tell(_counted_anew(counted))
            return redirect(url_for("calendars.index", calendar=stored.id))
        form.version.data = str(stored.revision)
    return _page(session, week_form=form)


@blueprint.post("/admin/calendars/days")
@requires(Permission.ORGANISATION_EDIT)
def add_day() -> ResponseReturnValue:
    """Add or change a dated exception."""
    session, actor, form = db_session(), current_actor(), DayForm()
    stored = stored_calendar(session)
    counted = 0
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            kind, on = ExceptionKind(form.kind.data), form.day()
            service.set_day(
                session, stored, on, kind, _hours(stored, form, kind), by=actor, at=now()
            )
            counted = count_anew(session)
        if not form.problems:
            tell(_counted_anew(counted))
            return redirect(url_for("calendars.index", calendar=stored.id, year=form.day().year))
    return _page(session, day_form=form)


@blueprint.post("/admin/calendars/days/<on>/remove")
@requires(Permission.ORGANISATION_EDIT)
def remove_day(on: str) -> ResponseReturnValue:
    """The day follows its weekday again."""
    session, actor, stored = db_session(), current_actor(), stored_calendar(db_session())
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise NotFound from None
    try:
        with transaction(session, by=actor, at=now()):
            service.remove_day(session, stored, day, by=actor, at=now())
            counted = count_anew(session)
        tell(_counted_anew(counted))
    except DomainError as error:
        tell(error.text, "danger")
    return redirect(url_for("calendars.index", calendar=stored.id, year=day.year))


def _hours(stored: WorkCalendar, form: DayForm, kind: ExceptionKind) -> tuple[Interval, ...]:
    week = [[Interval(a, b) for a, b in day] for day in _last(stored).week]
    usual = usual_hours(kind, week[form.day().weekday()], week)
    if kind in (ExceptionKind.HOLIDAY, ExceptionKind.DAY_OFF):
        return usual
    return form.hours.intervals or usual


@blueprint.post("/admin/calendars/add")
@requires(Permission.ORGANISATION_EDIT)
def add() -> ResponseReturnValue:
    """Another calendar: office days, or round the clock."""
    session, actor = db_session(), current_actor()
    stored = stored_calendar(session)
    week = ROUND_THE_CLOCK if request.form.get("week") == "always" else OFFICE_WEEK
    try:
        with transaction(session, by=actor, at=now()):
            made = service.add_calendar(
                session, name=request.form.get("name", ""), zone=_last(stored).zone, week=week,
                by=actor, at=now(),
            )  # fmt: skip
    except DomainError as error:
        tell(error.text, "danger")
        return redirect(url_for("calendars.index", calendar=stored.id))
    tell(Text("%(name)s is added. A level of service may count by it.", name=made.name))
    return redirect(url_for("calendars.index", calendar=made.id))


@blueprint.post("/admin/calendars/rename")
@requires(Permission.ORGANISATION_EDIT)
def rename() -> ResponseReturnValue:
    """Another name."""
    session, actor, stored = db_session(), current_actor(), stored_calendar(db_session())
    try:
        with transaction(session, by=actor, at=now()):
            service.rename(session, stored, request.form.get("name", ""), by=actor, at=now())
        tell(N_("Saved."))
    except DomainError as error:
        tell(error.text, "danger")
    return redirect(url_for("calendars.index", calendar=stored.id))


def _countries() -> list[tuple[str, str]]:
    """Codes and names in the reader's language, by name."""
    names = Locale(reader().language).territories
    found = [(code, str(names.get(code, code))) for code in countries()]
    return sorted(found, key=lambda pair: pair[1])


def count_anew(session: Session) -> int:
    """Open orders counted by the calendars as they are now; how many."""
    sla.forget(session)
    return clocks.refresh_open(session, at=now())


def stored_calendar(session: Session) -> WorkCalendar:
    """The calendar of the address; raises NotFound when there is none."""
    stored = _find(session)
    if stored is None:
        raise NotFound
    return stored


def _find(session: Session) -> WorkCalendar | None:
    """The calendar of the address, else the company's own; None while there is none.

    Raises NotFound for one that does not exist.
    """
    if not request.args.get("calendar"):
        return find_default(session)
    asked = asked_id("calendar")
    found = find_calendar(session, asked) if asked is not None else None
    if found is None:
        raise NotFound
    return found


def _last(stored: WorkCalendar) -> CalendarVersion:
    return stored.versions[-1]


def _page(
    session: Session, *, week_form: WeekForm | None = None, day_form: DayForm | None = None
) -> ResponseReturnValue:
    stored = _find(session)
    is_refused = week_form is not None or day_form is not None
    if stored is not None and week_form is None:
        week_form = WeekForm(formdata=None)
        week_form.begin(stored)
    today = reader().today
    year = year_of(request.args, today.year)
    calendar = build(stored) if stored is not None else sla.load(session).calendar
    page = render_template(
        "service_app/desk/calendars.html", stored=stored, week_form=week_form,
        day_form=day_form or DayForm(formdata=None), year=year, today=today,
        days=_days(stored, year) if stored else [], say_hours=_said, **_try(calendar),
        calendars=list_calendars(session), countries=_countries() if stored else [],
    )  # fmt: skip
    return page, 422 if is_refused else 200


def year_of(arguments: Mapping[str, str], usual: int) -> int:
    """The year asked for, between 2000 and 2100; else the usual one."""
    try:
        year = int(arguments.get("year", ""))
    except ValueError:
        return usual
    return year if 2000 <= year <= 2100 else usual


def _days(stored: WorkCalendar, year: int) -> list[tuple[CalendarDay, ExceptionKind]]:
    return [(day, ExceptionKind(day.kind)) for day in stored.days if day.on.year == year]


def _said(pairs: list[list[int]]) -> str:
    return say_hours(Interval(a, b) for a, b in pairs)


def _try(calendar: Calendar) -> dict[str, Any]:
    """*From … add … → due*, asked in the address."""
    is_asked = "start" in request.args
    form = TryForm(formdata=request.args if is_asked else None)
    form.start.zone = ZoneInfo(str(calendar.zone))
    tried = None
    start, hours = form.start.data, form.add.data
    if is_asked and form.validate() and start is not None and hours is not None:
        try:
            length = timedelta(hours=float(hours))
            tried = Tried(calendar.due(start, int(length.total_seconds())), length)
        except DomainError as error:
            form.refuse(error)
    return {"try_form": form, "tried": tried, "zone": form.start.zone}


def _counted_anew(orders: int) -> Text:
    return Text.plural(
        "Saved. The deadline of %(n)s open order was counted anew.",
        "Saved. The deadlines of %(n)s open orders were counted anew.",
        orders,
    )
