"""Tables made for people: sample files to fill in, rejected rows to work through."""

import csv
import io
from collections.abc import Iterable

import xlsxwriter

from service_app.transfers.service import Importer

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def make(importer: Importer, suffix: str) -> bytes:
    """The headings of an import and its sample rows."""
    rows = [tuple(column.name for column in importer.columns), *importer.samples]
    return to_csv(rows) if suffix == "csv" else to_xlsx(rows)


def to_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """CSV as spreadsheets open it: UTF-8 with its mark; a cell that would be a formula is text."""
    stream = io.StringIO()
    csv.writer(stream).writerows([_harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def to_xlsx(rows: Iterable[Iterable[str]]) -> bytes:
    """One sheet of texts; nothing in it is a formula or a link."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    for n, row in enumerate(rows):
        sheet.write_row(n, 0, row)
    sheet.autofit()
    book.close()
    return stream.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell
