"""What promises would have been worth on another system's past: a log and a plan, replayed."""

import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import requires
from service_app.accounts.permissions import Permission
from service_app.core.errors import DomainError, Invalid
from service_app.core.text import N_, Text
from service_app.organisation.queries import home_zone
from service_app.transfers.rules import Rejected
from service_app.transfers.tables import Table, open_table
from service_app.web.session import db_session
from workorders.sla.commands import read_events, write_rows
from workorders.sla.draft import draft
from workorders.sla.past import PastPlan, PastResult, Tally, parse_plan, replay_past, tally
from workorders.sla.what_if import Group, groups

blueprint = Blueprint("past_promises", __name__)
MOST_EVENTS = 200_000
MOST_PLAN = 20_000
SHOWN_REJECTED, WORST = 20, 20
EXAMPLE = """[columns]                  # our column = the file's, where they differ
# at = "time:timestamp"
[calendar]                 # without a week time counts round the clock
zone = "Europe/Moscow"
week = { mon = "09:00-18:00", tue = "09:00-18:00", wed = "09:00-18:00", thu = "09:00-18:00", fri = "09:00-18:00" }
[clocks.restore]
start = "opened"
meet = "closed"
pause = "waiting"
limits = { high = "8 h", low = "40 h" }
"""  # noqa: E501


@dataclass(frozen=True)
class Replayed:
    """What came of it."""

    plan: PastPlan
    results: Sequence[PastResult]
    rejected: Sequence[Rejected] = field(default_factory=list)

    @property
    def tallies(self) -> list[Tally]:
        """The summary per clock and priority."""
        return tally(self.results)

    @property
    def groups(self) -> list[Group]:
        """What other limits would have kept."""
        return groups(self.results)

    @property
    def worst(self) -> list[PastResult]:
        """The longest delays."""
        late = [r for r in self.results if r.is_breached and r.result]
        return sorted(late, key=lambda r: -r.result.late if r.result else 0)[:WORST]


@blueprint.get("/promises/past")
@requires(Permission.BREACHES_REVIEW)
def ask() -> ResponseReturnValue:
    """The log and the plan to be tried."""
    return _page(EXAMPLE), 200


@blueprint.post("/promises/past")
@requires(Permission.BREACHES_REVIEW)
def replay() -> ResponseReturnValue:
    """Replay at once: the summary with plots, or every row as a file. Nothing is kept."""
    text = request.form.get("plan", "")[:MOST_PLAN]
    try:
        if "draft" in request.form:
            return _page(drafted(request.files.get("log")), is_drafted=True), 200
        found = replayed(text, request.files.get("log"))
    except DomainError as error:
        return _page(text, problem=error.text), 422
    if "rows" in request.form:
        stream = io.StringIO()
        write_rows(stream, list(found.results), found.plan.calendar)
        headers = {"Content-Disposition": 'attachment; filename="promises.csv"'}
        data = b"\xef\xbb\xbf" + stream.getvalue().encode()
        return Response(data, mimetype="text/csv", headers=headers)
    return _page(text, found=found), 200


def drafted(log: Any) -> str:
    """A first plan for the log, from its own columns and events; its first rows are looked at."""
    with _table(log) as table:
        rows = (line.cells for line in islice(table.lines(), MOST_EVENTS))
        zone = str(home_zone(db_session()))
        return draft(table.headings, rows, zone=zone)


@contextmanager
def _table(log: Any) -> Iterator[Table]:
    """The file as a table, for as long as it is read. Raises Invalid for none."""
    if log is None or not log.filename:
        raise Invalid(N_("Choose a file."))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        log.save(path)
        yield open_table(path)


def replayed(text: str, log: Any) -> Replayed:
    """The log under the plan. Raises Invalid for either that cannot be read, or a log too long."""
    plan = parse_plan(text)
    rejected: list[Rejected] = []
    with _table(log) as table:
        events = []
        for event in read_events(table, plan, rejected):
            events.append(event)
            if len(events) + len(rejected) > MOST_EVENTS:
                said = N_("More than %(most)s rows. The command “sla replay” takes any number.")
                raise Invalid(said.with_values(most=MOST_EVENTS))
    results = list(replay_past(events, plan))
    if not results:
        raise Invalid(N_("No case of the log starts any clock of the plan: check its events."))
    return Replayed(plan, results, rejected)


def _page(
    text: str,
    *,
    found: Replayed | None = None,
    problem: Text | None = None,
    is_drafted: bool = False,
) -> str:
    return render_template(
        "service_app/desk/past_promises.html", text=text, found=found, problem=problem,
        shown_rejected=SHOWN_REJECTED, is_drafted=is_drafted,
    )  # fmt: skip
