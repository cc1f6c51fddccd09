"""Whether an XLSX file may be read: it is one, its parts do not explode, its sheets have an end.

The reader of workbooks lays a sheet out as a full rectangle from its first cell to its last one, so
that a file of a kilobyte with a cell in the last corner takes all memory, and the process with it.
"""

import re
import string
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from service_app.core.errors import Invalid
from service_app.core.text import N_

MOST_BYTES = 1_500_000_000
"""Of all parts together, unpacked: a million rows of twenty columns take half of it."""
MOST_CELLS = 24_000_000
CHUNK = 1 << 22
UNREADABLE = N_("This workbook cannot be read. Save it as XLSX or CSV again.")
NO_TABLE = N_("This is neither CSV nor XLSX. Save the table as one of them.")
TOO_LARGE = N_("The workbook is too large. Save the sheet with the table as CSV.")
REACHES = N_(
    "The sheet reaches to row %(row)s, be it with empty cells. Delete the rows below the table, "
    "or save it as CSV."
)
_CELL = re.compile(rb"""r(?<!\wr)\s*=\s*["']\s*([A-Za-z]+[0-9]+)""")
_ROW = re.compile(rb"""r(?<!\wr)\s*=\s*["']\s*([0-9]+)""")
_CELLS = tuple(a + b for a in (b"<c", b":c") for b in (b" ", b">", b"/", b"\n", b"\r", b"\t"))
_DIGITS, _LETTERS = string.digits.encode(), string.ascii_letters.encode()
_OTHERS = ("content.xml", "xl/workbook.bin")
_BROKEN = (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def check(path: Path) -> None:
    """Raises :class:`Invalid` for what is no workbook, unpacks to too much, or reaches too far."""
    try:
        with ZipFile(path) as packed:
            parts = packed.infolist()
            names = {part.filename.lower() for part in parts}
            if "xl/workbook.xml" not in names or not names.isdisjoint(_OTHERS):
                raise Invalid(NO_TABLE)
            left = MOST_BYTES
            for part in parts:
                with packed.open(part) as stream:
                    left = _check_part(stream, left)
    except _BROKEN as error:
        raise Invalid(UNREADABLE) from error


def _check_part(stream: IO[bytes], left: int) -> int:
    """How many bytes are left for the next part."""
    reach = _Reach()
    for rows, size in _pieces(stream):
        left -= size
        if left < 0:
            raise Invalid(TOO_LARGE)
        reach.add(rows)
        if reach.cells > MOST_CELLS:
            text = REACHES
            raise Invalid(text.with_values(row=reach.last))
    return left


def _pieces(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """A part in stretches that end where a row does, and how many new bytes each brought.

    Bytes of zero are left out, so that UTF-16 reads as UTF-8 does.
    """
    rest = b""
    while chunk := stream.read(CHUNK):
        whole = rest + chunk.replace(b"\0", b"")
        cut = whole.rfind(b"row")
        if cut <= 0 or len(whole) - cut > CHUNK:
            cut = max(whole.rfind(b"<"), 0)
        yield whole[:cut], len(chunk)
        rest = whole[cut:] if len(whole) - cut <= CHUNK else b""
    yield rest, 0


@dataclass
class _Reach:
    """How far rows and cells seen so far reach. Cells need not name their place: those that do not
    stand beside each other in their row."""

    first: int = 0
    last: int = 0
    columns: int = 0
    is_sheet: bool = False

    @property
    def cells(self) -> int:
        """The rectangle around them; none where no sheet has begun (a list of formulas, say)."""
        is_there = self.is_sheet and self.last
        return (self.last - self.first + 1) * self.columns if is_there else 0

    def add(self, piece: bytes) -> None:
        """One more stretch of rows."""
        self.is_sheet = self.is_sheet or b"sheetData" in piece
        found = b" ".join(_CELL.findall(piece))
        letters = found.translate(None, _DIGITS).split()
        columns = max(map(_column, set(letters)), default=0)
        may_be_cells = piece.count(b"<c") + piece.count(b":c")
        if may_be_cells > len(letters) and _count_cells(piece) > len(letters):
            columns = max(columns, *map(_count_cells, piece.split(b"row")))
            found = b" ".join((found, *_ROW.findall(piece)))
        rows = list(map(int, set(found.translate(None, _LETTERS).split())))
        if rows:
            self.first = min(self.first or rows[0], *rows)
            self.last = max(self.last, *rows)
        self.columns = max(self.columns, columns)


def _count_cells(piece: bytes) -> int:
    return sum(map(piece.count, _CELLS))


def _column(letters: bytes) -> int:
    """``A`` is 1, ``XFD`` 16,384; longer names are as far as that."""
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number
