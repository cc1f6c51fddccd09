"""Holidays of a country or of an iCalendar file: looked at first, then entered as days."""

from dataclasses import dataclass

from babel import Locale
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import DomainError, Invalid
from service_app.core.text import N_
from service_app.desk.calendars import blueprint, count_anew, stored_calendar, year_of
from service_app.web.forms import parse_day
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.calendars import service
from workorders.calendars.countries import days_of
from workorders.calendars.ical import MOST_BYTES, read_days
from workorders.calendars.rules import ExceptionKind, Interval, say_hours
from workorders.calendars.service import NewDay


@dataclass(frozen=True)
class Offered:
    """A day that may be entered; ``why_not`` says why it is left out."""

    day: NewDay
    hours: str
    is_known: bool
    is_past: bool


@blueprint.post("/admin/calendars/holidays")
@requires(Permission.ORGANISATION_EDIT)
def look_at_holidays() -> ResponseReturnValue:
    """The days of a country or of a file, before any is entered."""
    stored, year = stored_calendar(db_session()), year_of(request.form, now().year)
    try:
        days, source = _asked(year)
    except DomainError as error:
        tell(error.text, "danger")
        return redirect(url_for("calendars.index", calendar=stored.id, year=year))
    today = reader().today
    known = {day.on for day in stored.days}
    rows = [
        Offered(day, say_hours(day.intervals), day.on in known, day.on <= today) for day in days
    ]
    return render_template(
        "service_app/desk/holidays.html", stored=stored, year=year, rows=rows, source=source
    )


def _asked(year: int) -> tuple[list[NewDay], str]:
    """The days of the file sent, else of the country chosen, and what they come from."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        content = sent.stream.read(MOST_BYTES + 1)
        found = read_days(content, year)
        return [NewDay(d.on, ExceptionKind.HOLIDAY, (), d.name) for d in found], sent.filename[:80]
    country = request.form.get("country", "")
    try:
        listed = days_of(country, year)
    except (KeyError, NotImplementedError):
        text = N_("The holidays of %(country)s are not known.")
        raise Invalid(text.with_values(country=country[:40])) from None
    names = Locale(reader().language).territories
    days = [NewDay(on, kind, hours) for on, (kind, hours) in sorted(listed.items())]
    return days, str(names.get(country, country))


@blueprint.post("/admin/calendars/holidays/enter")
@requires(Permission.ORGANISATION_EDIT)
def enter_holidays() -> ResponseReturnValue:
    """Enter the days that were ticked; those entered already and those begun stay as they are."""
    session, actor = db_session(), current_actor()
    stored, year = stored_calendar(session), year_of(request.form, now().year)
    try:
        with transaction(session, by=actor, at=now()):
            days = [day for text in request.form.getlist("day")[:400] if (day := _day(text))]
            count = service.enter_days(session, stored, days, by=actor, at=now())
            counted = count_anew(session)
        said = N_("%(days)s days of %(year)s are entered, %(orders)s open orders counted anew.")
        tell(said.with_values(days=count, year=str(year), orders=counted))
    except DomainError as error:
        tell(error.text, "danger")
    return redirect(url_for("calendars.index", calendar=stored.id, year=year))


def _day(text: str) -> NewDay | None:
    """``2027-01-01/holiday/`` or ``2027-02-22/short/540-780,840-1020``, and the name of its row."""
    parts = text.split("/")
    if len(parts) != 3 or parts[1] not in set(ExceptionKind):
        return None
    try:
        on = parse_day(parts[0])
        hours = tuple(
            Interval(int(a), int(b)) for a, _, b in (p.partition("-") for p in parts[2].split(","))
            if a
        )  # fmt: skip
    except ValueError:
        return None
    return NewDay(on, ExceptionKind(parts[1]), hours, request.form.get(f"name.{on}", "")[:120])
