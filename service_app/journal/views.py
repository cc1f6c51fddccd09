"""The journal as leads read it: who, when, what, old and new."""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import requires
from service_app.accounts.permissions import Permission
from service_app.accounts.queries import people_choices
from service_app.journal import queries
from service_app.journal.rules import Change, field_changes, table_choices, table_label
from service_app.web.addresses import asked_id
from service_app.web.forms import parse_day
from service_app.web.reading import reader
from service_app.web.session import db_session

blueprint = Blueprint("journal", __name__, url_prefix="/admin")


@blueprint.get("/journal")
@requires(Permission.JOURNAL_VIEW)
def index() -> ResponseReturnValue:
    """Lines of the journal under the filters of the address."""
    wanted, key = _wanted(), request.args.get("after")
    return render_template(
        "service_app/journal/index.html",
        page=queries.list_lines(db_session(), wanted, key=key),
        wanted=wanted,
        people=people_choices(db_session()),
        changes=tuple(Change),
        tables=table_choices(),
        table_label=table_label,
        field_changes=field_changes,
        change_of=Change,
        last_day=_day("until"),
    )


def _wanted() -> queries.Wanted:
    """The filters of the address; what is not one is left out."""
    change = request.args.get("change", "")
    first, last = _day("since"), _day("until")
    return queries.Wanted(
        table=request.args.get("table", "")[:60],
        record_id=asked_id("record"),
        change=Change(change) if change in set(Change) else None,
        by_user_id=asked_id("by"),
        since=_midnight(first) if first else None,
        until=_midnight(last + timedelta(days=1)) if last else None,
    )


def _day(name: str) -> date | None:
    try:
        return parse_day(request.args.get(name, ""))
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), reader().zone)
