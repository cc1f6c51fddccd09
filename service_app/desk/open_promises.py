"""Every open promise, narrowed and sorted: the list behind the manager's screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.models import User
from service_app.accounts.permissions import Permission
from service_app.core.errors import NotFound
from service_app.core.text import N_, Text, verbatim
from service_app.customers.queries import get_company
from service_app.desk import promise_queries as queries
from service_app.desk.burning import FAR, Known, Placed, end_of_tomorrow, opened, placed
from service_app.desk.promise_queries import Open, OpenClock, Sought
from service_app.organisation.queries import home_day, home_zone
from service_app.web.addresses import asked_id
from service_app.web.nav import url_with
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.risk.queries import load_chances, loads_now
from workorders.sla.queries import load
from workorders.sla.rules import Clock

blueprint = Blueprint("open_promises", __name__)
PAGE = 50
BY_DEADLINE = "deadline"


@dataclass(frozen=True)
class _Asked:
    """The address read: what is sought, in what order, which page, and who was pressed."""

    sought: Sought
    is_by_deadline: bool
    page: int
    person: str = ""
    company: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return self.sought != Sought(self.sought.now, self.sought.until)


@blueprint.get("/promises/open")
@requires(Permission.PROMISES_VIEW)
def index() -> ResponseReturnValue:
    """What is open, late ones first, then the most likely to be late; or by deadline."""
    session, asked = db_session(), _read(db_session())
    found = queries.list_open(session, asked.sought)
    is_cut, found = len(found) > queries.LOOKED, found[: queries.LOOKED]
    loads = loads_now(session, {row.engineer_id for row in found})
    known = Known(load(session), load_chances(session), loads, reader().now)
    rows, begin = _sorted(found, asked, known), PAGE * (asked.page - 1)
    return render_template(
        "service_app/desk/open_promises.html", total=len(rows),
        rows=opened(session, rows[begin : begin + PAGE], known),
        is_cut=is_cut, chips=_chips(asked), is_narrowed=asked.is_narrowed, chances=known.chances,
        next_url=url_with(page=asked.page + 1) if begin + PAGE < len(rows) else None,
        is_by_deadline=asked.is_by_deadline,
    )  # fmt: skip


def _sorted(found: Sequence[OpenClock], asked: _Asked, known: Known) -> list[Placed]:
    rows = placed(found, known)
    if asked.is_by_deadline:
        rows.sort(key=lambda one: (one.row.due_at or FAR, one.row.id))
    return rows


def _read(session: Session) -> _Asked:
    now, args = reader().now, request.args
    engineer_id, company_id = asked_id("engineer"), asked_id("company")
    person = session.get(User, engineer_id) if engineer_id else None
    if engineer_id and (person is None or not person.is_staff):
        raise NotFound
    company = get_company(session, current_actor(), company_id) if company_id else None
    sought = Sought(
        now=now,
        until=end_of_tomorrow(home_day(session, now), home_zone(session)),
        state=next((one for one in Open if one == args.get("show")), None),
        clock=next((one for one in Clock if one == args.get("clock")), None),
        engineer_id=engineer_id,
        company_id=company_id,
    )
    return _Asked(
        sought,
        args.get("by") == BY_DEADLINE,
        min(max(args.get("page", 1, type=int), 1), -(-queries.LOOKED // PAGE)),
        person.short_name if person else "",
        company.short_name if company else "",
    )


def _chips(asked: _Asked) -> list[tuple[Text, str, bool]]:
    sought, out = asked.sought, []
    for words, name in ((asked.person, "engineer"), (asked.company, "company")):
        if words:
            out.append((verbatim(words), url_with(**{name: None, "page": None}), True))
    for state in Open:
        is_on = state is sought.state
        out.append((state.label, url_with(show=None if is_on else state.value, page=None), is_on))
    for clock in Clock:
        is_on = clock is sought.clock
        out.append((clock.label, url_with(clock=None if is_on else clock.value, page=None), is_on))
    by = None if asked.is_by_deadline else BY_DEADLINE
    out.append((N_("By deadline"), url_with(by=by, page=None), asked.is_by_deadline))
    return out
