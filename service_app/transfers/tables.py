"""Reading a table from a file as people save it: CSV of any usual kind, or XLSX. Pure of Flask.

Nothing here knows what the columns mean; rows come with the file's own line numbers.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from service_app.core.errors import Invalid
from service_app.core.text import N_, Text
from service_app.transfers import workbooks

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 65_536


class Line(NamedTuple):
    """One row: the line of the file it stands in (from 1, the heading included), and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file read as a table. ``lines`` may be walked again and again."""

    path: Path
    headings: tuple[str, ...]
    encoding: str
    delimiter: str
    names_separator: bool = False
    """Whether the first line is a spreadsheet's ``sep=;``, before the heading."""

    @property
    def is_workbook(self) -> bool:
        """XLSX rather than CSV."""
        return self.encoding == "xlsx"

    def lines(self) -> Iterator[Line]:
        """Every row after the heading that is not empty."""
        rows = _sheet_rows(self.path) if self.is_workbook else self._text_rows()
        next(rows, None)
        for number, cells in rows:
            if any(cells):
                yield Line(number, cells)

    def _text_rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        with self.path.open(encoding=self.encoding, newline="", errors="replace") as stream:
            reader = csv.reader(_without_nulls(stream), delimiter=self.delimiter)
            start = 1
            if self.names_separator:
                next(reader, None)
                start = 2
            while True:
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise Invalid(
                        Text("Line %(line)s cannot be read as CSV.", line=start)
                    ) from error
                yield start, tuple(map(str.strip, row))
                start = reader.line_num + 1


def open_table(path: Path) -> Table:
    """Find out what a file is and read its heading.

    Raises :class:`Invalid` for a file that is gone, empty, no table, or without a heading.
    """
    try:
        head = _head(path)
    except FileNotFoundError:
        raise Invalid(N_("The file lies here no more. Choose it again.")) from None
    if not head.strip(b"\x00\xff\xfe\xef\xbb\xbf \r\n\t"):
        raise Invalid(N_("The file is empty. Choose one with a heading and rows."))
    if head[:4] == b"PK\x03\x04":
        workbooks.check(path)
        first = next(_sheet_rows(path), None)
        table = Table(path, first[1] if first else (), "xlsx", "")
    elif head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or head[:5] == b"%PDF-":
        raise Invalid(workbooks.NO_TABLE)
    else:
        encoding = _encoding(head, path)
        text = head.decode(encoding, errors="ignore")
        named = text.lstrip("\ufeff").lower().startswith("sep=")
        table = Table(path, (), encoding, _delimiter(text.lstrip("\ufeff")), named)
        first = next(table._text_rows(), None)
        table = replace(table, headings=first[1] if first else ())
    if not any(table.headings):
        raise Invalid(N_("The first line must name the columns."))
    return table


def file_sha256(path: Path) -> str:
    """The hex digest of the whole file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(SAMPLE)


def _encoding(head: bytes, path: Path) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if head[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig"
    if head.count(b"\x00") > len(head) // 4:
        return "utf-16-le"
    if _decodes(path, "utf-8"):
        return "utf-8"
    letters = [b for b in head if b >= 0x80]
    # Russian in code page 1251 is mostly 0xC0–0xFF, in 866 mostly 0x80–0xAF and 0xE0–0xEF.
    high = sum(b >= 0xC0 for b in letters)
    return "cp1251" if high * 2 >= len(letters) else "cp866"


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as stream:
            while stream.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    lines = [line for line in io.StringIO(text, newline="") if line.strip()][:20]
    if lines and lines[0].lower().startswith("sep="):
        named = lines[0][4:5]
        return named if named in DELIMITERS else ","

    def score(delimiter: str) -> tuple[int, int]:
        try:
            read = csv.reader(_without_nulls(iter(lines[:-1] or lines)), delimiter=delimiter)
            counts = [len(row) for row in read if row]
        except csv.Error:
            return 0, 0
        width = counts[0] if counts else 1
        return (sum(c == width for c in counts) if width > 1 else 0, width)

    return max(DELIMITERS, key=score)


def _without_nulls(stream: Iterator[str]) -> Iterator[str]:
    for line in stream:
        yield line.replace("\x00", "") if "\x00" in line else line


def _sheet_rows(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows from the first one that holds something: a table may begin lower on its sheet."""
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheet = book.get_sheet_by_index(0)
            begin = sheet.start[0] if sheet.start else 0
            for offset, row in enumerate(sheet.iter_rows()):
                if offset >= begin:
                    yield offset + 1, tuple(_cell(value) for value in row)
    except (CalamineError, OSError, IndexError) as error:
        raise Invalid(workbooks.UNREADABLE) from error


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        has_time = (value.hour, value.minute, value.second) != (0, 0, 0)
        return value.isoformat(sep=" ") if has_time else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
