"""``calendar due``: when a limit of working time is used up, for one start or a file of them."""

import csv
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.errors import DomainError, Invalid
from service_app.core.text import N_, Text
from service_app.transfers.rules import moment, plain_heading
from service_app.transfers.tables import Table, open_table
from service_app.web.session import database
from workorders.calendars.models import WorkCalendar
from workorders.calendars.queries import calendar_of
from workorders.calendars.worktime import Calendar

MOST_MINUTES = 10_000_000
calendar = AppGroup("calendar", help="Working calendars.")


@calendar.command("due", context_settings={"max_content_width": 100})
@click.argument("name")
@click.argument("start", required=False)
@click.argument("minutes", required=False)
@click.option("--csv", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A table with start_local and minutes; due_local is added.")  # fmt: skip
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The answer goes here."
)
def due(
    name: str, start: str | None, minutes: str | None, file: Path | None, out: Path | None
) -> None:
    """When MINUTES of working time from START are used up, on the calendar NAME's own clock."""
    if (file is None) is (start is None or minutes is None):
        raise click.UsageError("give START and MINUTES, or --csv FILE")
    try:
        with database().read_session() as session:
            found = named(session, name)
        if file is None:
            click.echo(answer(found, start or "", minutes or ""))
            return
        table = open_table(file)
        rows = list(answers(found, table))
    except DomainError as error:
        raise click.ClickException(str(error.text)) from error
    with out.open("w", newline="", encoding="utf-8") if out else nullcontext(sys.stdout) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*table.headings, "due_local"])
        writer.writerows(rows)


def named(session: Session, name: str) -> Calendar:
    """The calendar of this name. Raises Invalid, naming those there are."""
    known = session.execute(select(WorkCalendar.id, WorkCalendar.name).order_by(WorkCalendar.id))
    ids = {row[1]: row[0] for row in known}
    if name not in ids:
        names = ", ".join(ids) or "–"
        text = N_("There is no calendar %(name)s; there are: %(names)s.")
        raise Invalid(text.with_values(name=name, names=names))
    return calendar_of(session, ids[name])


def answer(calendar: Calendar, start: str, minutes: str) -> str:
    """``2026-11-24 18:00``. Raises Invalid for what is no moment or no length."""
    begin = local_moment(start, calendar.zone)
    due_at = calendar.due(begin, length(minutes))
    return f"{due_at.astimezone(calendar.zone):%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def answers(calendar: Calendar, table: Table) -> Iterable[list[str]]:
    """Every row with its deadline. Raises Invalid naming the line that cannot be."""
    headings = [plain_heading(h) for h in table.headings]
    places = []
    for wanted in ("start_local", "minutes"):
        if plain_heading(wanted) not in headings:
            raise Invalid(Text("The file has no column %(name)s.", name=wanted))
        places.append(headings.index(plain_heading(wanted)))
    for line in table.lines():
        cells = [*line.cells, *[""] * (len(headings) - len(line.cells))]
        try:
            yield [*cells, answer(calendar, cells[places[0]], cells[places[1]])]
        except Invalid as error:
            raise Invalid(
                Text("Line %(line)s: %(why)s", line=line.number, why=error.text)
            ) from None


def local_moment(text: str, zone: ZoneInfo) -> datetime:
    """A moment on the zone's clock; of an hour that comes twice, the first.

    Raises Invalid for one that the clock skips.
    """
    found = moment(text)
    at = found.in_zone(zone)
    if found.local.tzinfo is None and at.astimezone(zone).replace(tzinfo=None) != found.local:
        said = Text("%(text)s does not exist there: the clock goes forward over it.", text=text)
        raise Invalid(said)
    return at


def length(text: str) -> int:
    """Seconds of so many minutes. Raises Invalid for none, too many, or no number."""
    try:
        minutes = float(text.replace(",", "."))
    except ValueError:
        raise Invalid(Text("%(text)s is not a number of minutes.", text=text[:40])) from None
    if not 0 <= minutes <= MOST_MINUTES:
        raise Invalid(Text("%(text)s is not a number of minutes.", text=text[:40]))
    return round(minutes * 60)
