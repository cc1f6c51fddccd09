"""Columns of an import: their names, what a cell of them may hold, how a file's row becomes values.

A parser takes the cell's text and returns a value or raises :class:`Invalid`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from service_app.core.enums import Labelled, Tone
from service_app.core.errors import Invalid
from service_app.core.search import normalise
from service_app.core.text import N_, P_, Text
from service_app.core.zones import is_zone
from service_app.transfers.tables import Line

Parser = Callable[[str], Any]


class RunState(Labelled):
    """How far a file handed in is."""

    DRAFT = "draft", P_("import", "Not started"), Tone.PLAIN, "file-import"
    WAITING = "waiting", P_("import", "Waiting for its turn"), Tone.SLATE, "clock"
    RUNNING = "running", P_("import", "Running"), Tone.PETROL, "player-play"
    FINISHED = "finished", P_("import", "Finished"), Tone.GREEN, "check"
    REFUSED = "refused", P_("import", "Nothing stored"), Tone.AMBER, "alert-triangle"
    FAILED = "failed", P_("import", "Broke off"), Tone.RED, "alert-circle"


UNDER_WAY = frozenset({RunState.WAITING, RunState.RUNNING})


@dataclass(frozen=True)
class Column:
    """One column an import knows."""

    name: str
    label: Text
    parse: Parser
    is_needed: bool = False
    hint: Text | None = None


@dataclass(frozen=True)
class Options:
    """How to read this file: ``mapping`` is our column → the file's heading ("" leaves the column
    out), ``constants`` our column → text; ``zone`` is where moments without an offset were
    written down."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    zone: str | None = None
    skip_rejected: bool = False
    dry_run: bool = False

    @property
    def clock(self) -> ZoneInfo | None:
        """The zone, or None where every site's own counts. Raises :class:`Invalid`."""
        if not self.zone:
            return None
        if not is_zone(self.zone):
            text = Text("%(zone)s is not a time zone we know.", zone=self.zone[:60])
            raise Invalid(text, "zone")
        return ZoneInfo(self.zone)


@dataclass(slots=True)
class Row:
    """A row that could be read: its line in the file and its values."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not taken, and why."""

    line: int
    column: str
    text: Text


class WhenWritten(NamedTuple):
    """A moment as a file has it; ``is_day_only`` when no time was given."""

    local: datetime
    is_day_only: bool

    def in_zone(self, zone: ZoneInfo) -> datetime:
        """UTC; the file's own offset wins over the zone."""
        moment = self.local if self.local.tzinfo else self.local.replace(tzinfo=zone)
        return moment.astimezone(UTC)


def plan(
    columns: Iterable[Column], headings: tuple[str, ...], options: Options
) -> list[tuple[Column, int | str]]:
    """For each column that the file or a constant fills: the cell's index, or the constant.

    Raises :class:`Invalid` naming a heading that is not there or a needed column without a source.
    """
    places = {plain_heading(h): n for n, h in reversed(list(enumerate(headings)))}
    known = {column.name: column for column in columns}
    for name in (*options.mapping, *options.constants):
        if name not in known:
            text = N_("There is no column %(name)s in this import; it has: %(columns)s.")
            raise Invalid(text.with_values(name=name, columns=", ".join(known)))
    out: list[tuple[Column, int | str]] = []
    for column in known.values():
        heading = options.mapping.get(column.name, column.name)
        if column.name in options.constants:
            out.append((column, options.constants[column.name]))
        elif heading and plain_heading(heading) in places:
            out.append((column, places[plain_heading(heading)]))
        elif heading and column.name in options.mapping:
            text = N_("The file has no column %(heading)s; it has: %(headings)s.")
            raise Invalid(text.with_values(heading=heading, headings=", ".join(headings)))
        elif column.is_needed:
            text = N_("The column %(name)s is missing. Name it in the file, or map it to another.")
            raise Invalid(text.with_values(name=column.name))
    return out


def read_rows(
    lines: Iterable[Line], planned: list[tuple[Column, int | str]], width: int
) -> Iterator[Row | Rejected]:
    """Each line as a Row, or as Rejected with the first thing that is wrong in it."""
    steps = [(c.name, c.parse, c.is_needed, source) for c, source in planned]
    for number, cells in lines:
        if len(cells) < width:
            cells = (*cells, *[""] * (width - len(cells)))  # noqa: PLW2901
        elif len(cells) > width and any(cells[width:]):
            yield _shifted(number, len(cells), width)
            continue
        values: dict[str, Any] = {}
        name = ""
        try:
            for name, parse, is_needed, source in steps:
                cell = source if isinstance(source, str) else cells[source]
                if cell:
                    values[name] = parse(cell)
                elif is_needed:
                    raise Invalid(_EMPTY)
                else:
                    values[name] = None
        except Invalid as error:
            yield Rejected(number, name, error.text)
        else:
            yield Row(number, values)


_EMPTY = N_("The cell is empty, it is needed.")


def _shifted(number: int, cells: int, width: int) -> Rejected:
    text = N_("The row has %(cells)s cells, the heading %(width)s: a separator inside a text?")
    return Rejected(number, "", text.with_values(cells=cells, width=width))


def plain_heading(heading: str) -> str:
    """A heading without case, blanks, dashes and underscores."""
    return re.sub(r"[\s_\-]+", "", heading.casefold())


def words(length: int) -> Parser:
    """Text of at most ``length`` characters; a leading apostrophe of a spreadsheet is dropped."""

    @lru_cache(maxsize=2_000)  # serials come again and again
    def parse(cell: str) -> str:
        text = cell.replace("\x00", "").strip()
        text = text[1:] if text[:2] in ("'=", "'+", "'-", "'@") else text
        if len(text) > length:
            raise Invalid(Text("The text is longer than %(limit)s characters.", limit=length))
        return text

    return parse


_SIMPLE = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?", re.ASCII)


def number(cell: str) -> Decimal:
    """A decimal; comma and point both work, blanks between thousands are let through."""
    if _SIMPLE.fullmatch(cell):
        return Decimal(cell)
    plain = re.sub(r"\s", "", cell).replace("−", "-")
    if "," in plain and "." in plain:
        plain = plain.replace("," if plain.rfind(",") < plain.rfind(".") else ".", "")
    try:
        value = Decimal(plain.replace(",", "."))
    except InvalidOperation:
        raise Invalid(Text("%(text)s is not a number", text=cell[:40])) from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 12:
        raise Invalid(Text("%(text)s is not a number", text=cell[:40]))
    return value


def whole(cell: str) -> int:
    """A whole number, not negative."""
    value = number(cell)
    if value != value.to_integral_value() or value < 0:
        raise Invalid(Text("%(text)s is not a whole number", text=cell[:40]))
    return int(value)


def whole_to(most: int) -> Parser:
    """A whole number from 0 to ``most``."""

    def parse(cell: str) -> int:
        value = whole(cell)
        if value > most:
            raise Invalid(Text("%(text)s is too large", text=cell[:40]))
        return value

    return parse


def plain_name(name: str) -> str:
    """A name as a file may spell it: case, ё, blanks, dashes and quotation marks make no other."""
    return " ".join(normalise(name).translate(_QUOTES).split())


_QUOTES = dict.fromkeys(map(ord, '"«»„“”'), " ")


def one_of(values: Mapping[str, str]) -> Parser:
    """One of the given words (any case); the answer is the value behind the word."""
    plain = {plain_heading(k): v for k, v in values.items()}

    def parse(cell: str) -> str:
        found = plain.get(plain_heading(cell))
        if found is None:
            text = N_("%(text)s is not known here; write one of: %(values)s.")
            raise Invalid(
                text.with_values(text=cell[:40], values=", ".join(dict.fromkeys(values.values())))
            )
        return found

    return parse


_DOTTED = re.compile(r"^(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[ T,]+(\d{1,2}:\d{2}(?::\d{2})?))?$")


def moment(cell: str) -> WhenWritten:
    """ISO 8601 or day.month.year (also with slashes), with or without a time and an offset."""
    try:
        found = None if cell[4:5] == "-" else _DOTTED.match(cell)
        if found:
            day, month, year, clock = found.groups()
            on = date(int(year), int(month), int(day))
            at = (
                time.fromisoformat(clock.zfill(8 if clock.count(":") == 2 else 5))
                if clock
                else None
            )
            local = datetime.combine(on, at or time())
            is_day_only = at is None
        else:
            is_day_only = len(cell) <= 10
            local = datetime.fromisoformat(cell)
    except ValueError:
        raise Invalid(Text("%(text)s is not a day and time", text=cell[:40])) from None
    if not 1950 <= local.year <= 2100:
        raise Invalid(Text("%(year)s is not a year we know", year=str(local.year)))
    return WhenWritten(local, is_day_only)


def day(cell: str) -> date:
    """A date, written as :func:`moment` reads it."""
    try:
        return moment(cell).local.date()
    except Invalid:
        raise Invalid(Text("%(text)s is not a day", text=cell[:40])) from None


def parse_pairs(text: str) -> dict[str, str]:
    """``a=b,c=d`` of the command line; raises Invalid for a part without ``=``."""
    out = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise Invalid(Text("%(part)s should look like column=heading", part=part))
        out[name.strip()] = value.strip()
    return out
