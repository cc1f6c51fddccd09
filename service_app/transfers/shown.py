"""An import as its reader sees it: the first rows, the rejected ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from service_app.core.reader import Reader
from service_app.core.text import N_, Text
from service_app.transfers.models import ImportRun
from service_app.transfers.rules import Options, Rejected, WhenWritten, plan
from service_app.transfers.service import Importer, preview
from service_app.transfers.tables import open_table


@dataclass(frozen=True)
class HeadRow:
    """One of the first rows: its cells, or why it is rejected."""

    line: int
    cells: tuple[Any, ...] = ()
    problem: Text | None = None


@dataclass(frozen=True)
class Head:
    """The beginning of a file as it will be read."""

    labels: tuple[Text, ...]
    rows: tuple[HeadRow, ...]


def show_head(importer: Importer, path: Path, options: Options) -> Head:
    """The first rows. Raises Invalid when the file or the options do not fit."""
    planned = [column for column, _ in plan(importer.columns, open_table(path).headings, options)]
    rows = []
    for row in preview(importer, path, options):
        if isinstance(row, Rejected):
            rows.append(HeadRow(row.line, problem=_named(row, importer)))
        else:
            cells = tuple(_cell(row.values.get(column.name)) for column in planned)
            rows.append(HeadRow(row.line, cells))
    return Head(tuple(column.label for column in planned), tuple(rows))


def show_rejected(run: ImportRun, reader: Reader) -> list[tuple[str, str, str]]:
    """Line, column and reason of the rejected rows the report names, the heading first."""
    heading = (N_("Line"), N_("Column"), N_("What is wrong"))
    rows: Sequence[dict[str, Any]] = run.report.get("rejected", ())
    return [
        (reader.say(heading[0]), reader.say(heading[1]), reader.say(heading[2])),
        *(
            (str(row["line"]), row["column"], reader.say(Text.from_json(row["text"])))
            for row in rows
        ),
    ]


def _named(row: Rejected, importer: Importer) -> Text:
    label = next((c.label for c in importer.columns if c.name == row.column), None)
    return Text("%(column)s: %(why)s", column=label, why=row.text) if label else row.text


def _cell(value: Any) -> Any:
    if isinstance(value, WhenWritten):
        local = value.local
        return f"{local:%Y-%m-%d}" if value.is_day_only else f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)
