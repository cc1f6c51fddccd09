"""``sla replay``: what promises would have been worth on another system's past."""

import csv
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from service_app.core.errors import DomainError, Invalid
from service_app.core.text import Text
from service_app.transfers.rules import Rejected, moment, plain_heading
from service_app.transfers.tables import Table, open_table
from workorders.calendars.worktime import Calendar
from workorders.sla.past import (
    COLUMNS,
    PastEvent,
    PastPlan,
    PastResult,
    Tally,
    parse_plan,
    replay_past,
    tally,
)

HEADINGS = (
    "case", "clock", "priority", "state", "due_at", "met_at", "worked_minutes", "paused_minutes",
    "breached", "late_minutes",
)  # fmt: skip
MOST_LINES = 20
sla = AppGroup("sla", help="Promises and their clocks.")


@sla.command("replay", context_settings={"max_content_width": 100})
@click.argument("events", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--policy", "plan_file", required=True, help="A plan in TOML; README shows one.",
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Rows go here as CSV.")
def replay_file(events: Path, plan_file: Path, out: Path | None) -> None:
    """Replay another system's log under a plan of promises: a row per case and clock, a summary."""
    rejected: list[Rejected] = []
    try:
        plan = plan_of_file(plan_file)
        results = list(replay_past(read_events(open_table(events), plan, rejected), plan))
    except DomainError as error:
        raise click.ClickException(str(error.text)) from error
    with out.open("w", newline="", encoding="utf-8") if out else nullcontext(sys.stdout) as stream:
        write_rows(stream, results, plan.calendar)
    for one in rejected[:MOST_LINES]:
        click.echo(f"line {one.line}, {one.column}: {one.text}", err=True)
    if len(rejected) > MOST_LINES:
        click.echo(f"… and {len(rejected) - MOST_LINES:,} more lines were left out", err=True)
    for line in summary_lines(tally(results)):
        click.echo(line, err=not out)


def plan_of_file(path: Path) -> PastPlan:
    """The plan of a TOML file. Raises Invalid for what is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(Text("The plan is not TOML: %(why)s", why=str(error))) from error
    return parse_plan(text)


def read_events(table: Table, plan: PastPlan, rejected: list[Rejected]) -> Iterator[PastEvent]:
    """The log's rows; those that cannot be read are told of and left out.

    Moments without an offset are of the plan's zone. Raises Invalid for a missing column.
    """
    places = {plain_heading(h): n for n, h in enumerate(table.headings)}
    at = {our: places.get(plain_heading(plan.columns.get(our, our))) for our in COLUMNS}
    for our in ("case", "at", "event"):
        if at[our] is None:
            heading = plan.columns.get(our, our)
            text = Text("The file has no column %(name)s; name it in [columns].", name=heading)
            raise Invalid(text)
    for line in table.lines():
        cells = {our: line.cells[n] if n is not None and n < len(line.cells) else ""
                 for our, n in at.items()}  # fmt: skip
        event = _event(line.number, cells, plan.calendar.zone, rejected)
        if event is not None:
            yield event


def _event(
    line: int, cells: dict[str, str], zone: ZoneInfo, rejected: list[Rejected]
) -> PastEvent | None:
    for name in ("case", "event"):
        if not cells[name]:
            rejected.append(Rejected(line, name, Text("is empty")))
            return None
    try:
        happened_at = moment(cells["at"]).in_zone(zone)
    except Invalid as error:
        rejected.append(Rejected(line, "at", error.text))
        return None
    return PastEvent(
        cells["case"], happened_at, cells["event"], cells["reason"], cells["priority"], line
    )


def write_rows(stream: TextIO, results: list[PastResult], calendar: Calendar) -> None:
    """A row per case and clock; moments on the plan's clock, time of work in minutes."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADINGS)
    for one in results:
        writer.writerow(_row(one, calendar))


def _row(one: PastResult, calendar: Calendar) -> list[str]:
    found = one.result
    if found is None:
        return [one.case, one.clock, one.priority, "no_limit", "", "", "", "", "", ""]
    due, met = _local(one.due_at(calendar), calendar), _local(found.met_at, calendar)
    return [
        one.case, one.clock, one.priority, found.state.value, due, met, _minutes(found.used),
        _minutes(one.paused), "yes" if one.is_breached else "no", _minutes(found.late),
    ]  # fmt: skip


def _local(at: datetime | None, calendar: Calendar) -> str:
    return at.astimezone(calendar.zone).isoformat(timespec="minutes") if at else ""


def _minutes(seconds: int) -> str:
    whole, rest = divmod(seconds, 60)
    return f"{whole + rest / 60:.1f}" if rest else str(whole)


def summary_lines(found: list[Tally]) -> list[str]:
    """The summary as a table of text; times of work in hours."""
    head = ("clock", "priority", "cases", "kept", "missed", "open", "no limit", "kept %",
            "half took, h", "9 of 10, h")  # fmt: skip
    rows = [
        (t.clock, t.priority or "(none)", f"{t.cases:,}", f"{t.kept:,}", f"{t.missed:,}",
         f"{t.is_open:,}", f"{t.without_limit:,}", "" if t.share is None else f"{t.share:.1f}",
         f"{t.half_took / 3600:.1f}", f"{t.most_took / 3600:.1f}")
        for t in found
    ]  # fmt: skip
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if n < 2 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]
