"""The manager's screen: what is late, what will be, and why."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.reader import Reader
from service_app.core.text import N_, Text
from service_app.desk import promise_queries as queries
from service_app.desk.burning import Known, end_of_tomorrow, expected, opened, placed
from service_app.organisation.queries import home_zone
from service_app.reports import figures, plots
from service_app.reports import queries as reports
from service_app.reports.figures import Period
from service_app.reports.rules import pareto
from service_app.reports.sla_report import answerable
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.breaches import queries as breaches
from workorders.breaches.rules import BreachFilter
from workorders.risk.plots import calibration
from workorders.risk.queries import chances_of, loads_now
from workorders.sla.queries import load
from workorders.sla.rules import Clock

blueprint = Blueprint("promises", __name__)
CUSTOMERS_SHOWN = 12
BREACHES_SHOWN = 5
BY_WEEK = N_("Share of promises kept by week, per cent, lately: %(said)s")


@dataclass(frozen=True)
class Months:
    """The month looked at and its neighbours, as the address names them."""

    present: Period
    label: Text
    name: Text
    in_name: Text
    before: str
    before_in_name: Text
    after: str | None


@blueprint.get("/promises")
@requires(Permission.PROMISES_VIEW)
def index() -> ResponseReturnValue:
    """Late now, due next, kept by clock and week, late hours by cause, customers."""
    session, me = db_session(), reader()
    zone = home_zone(session)
    today = me.now.astimezone(zone).date()
    first = figures.read_month(request.args.get("month"), today)
    return render_template(
        "service_app/desk/promises.html",
        months=_months(first, today, zone),
        may_review=current_actor().can(Permission.BREACHES_REVIEW),
        **_now_part(session, me, today, zone),
        **_month_part(session, me, first, today, zone),
    )


def _months(first: date, today: date, zone: ZoneInfo) -> Months:
    before, after = figures.month_before(first), figures.month_after(first)
    return Months(
        figures.month_period(first, zone),
        Text("%(month)s %(year)s", month=figures.MONTHS[first.month - 1], year=str(first.year)),
        figures.MONTHS[first.month - 1],
        figures.IN_MONTH[first.month - 1],
        f"{before:%Y-%m}",
        figures.MONTHS[before.month - 1],
        f"{after:%Y-%m}" if after <= today else None,
    )


def _now_part(session: Session, me: Reader, today: date, zone: ZoneInfo) -> dict[str, Any]:
    """What burns as of this moment, whatever month is looked at."""
    tomorrow_evening = end_of_tomorrow(today, zone)
    promises = load(session)
    at_now = queries.at_now(me.now, tomorrow_evening)
    since, chances = at_now.late_since, chances_of(session, at_now.counting)
    rows = queries.list_burning(session, me.now, tomorrow_evening)
    loads = loads_now(session, {row.engineer_id for row in rows}) if chances else {}
    known = Known(promises, chances, loads, me.now)
    top = placed(rows, known)
    ahead = [one for one in top if one.row.due_at is not None and not one.is_late]
    return {
        "at_now": at_now,
        "longest": promises.calendar.between(since, me.now) if since else 0,
        "burning": opened(session, top[: queries.SHOWN_ROWS], known),
        "chances": chances,
        "expected": expected(ahead, at_now.due),
        "right": calibration(chances.trial, me) if chances and chances.trial else None,
        "late_of": partial(breaches.late_now, calendar=promises.calendar, now=me.now),
        "open_breaches": breaches.list_page(session, BreachFilter.NO_CAUSE, size=BREACHES_SHOWN),
    }


def _month_part(
    session: Session, me: Reader, first: date, today: date, zone: ZoneInfo
) -> dict[str, Any]:
    """Kept and missed of the month, of the one before, and by week."""
    month = figures.month_period(first, zone)
    before = figures.month_period(figures.month_before(first), zone)
    weeks = figures.weeks_until(min(today, month.after - timedelta(days=1)), zone)
    found = reports.kept_in(session, [month, before, *weeks])
    missed = reports.missed_by_company(session, month, load(session).calendar, me.now)
    late = figures.late_time(missed)
    by_week = {clock: [row[clock] for row in found[2:]] for clock in Clock}
    by_week = {c: row for c, row in by_week.items() if any(week.total for week in row)}
    customers = figures.by_customer(reports.kept_by_company(session, month), missed)
    lowest = customers[:CUSTOMERS_SHOWN]
    ticks = [(n / (len(weeks) - 1), me.day(weeks[n].first)) for n in (0, 4, 8, 11)]
    return {
        "kept": figures.together(found[0].values()),
        "kept_before": figures.together(found[1].values()),
        "by_clock": [
            (c, found[0][c], found[1][c]) for c in Clock if found[0][c].total or found[1][c].total
        ],
        "weeks": weeks,
        "by_week": by_week,
        "plot": plots.lines(by_week, ticks, BY_WEEK, me),
        "late": late,
        "bars": plots.causes(pareto(late), me),
        "engineers": plots.ranges(answerable(reports.by_engineer(session, month)), me),
        "customers": lowest,
        "customers_left": len(customers) - len(lowest),
        "target": figures.TARGET,
    }
