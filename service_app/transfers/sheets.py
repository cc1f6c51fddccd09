"""Table files for people: sheets with heads, in the reader's language and zone."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from service_app.core.reader import Reader
from service_app.core.text import Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = Sequence[Any]
_PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


class Sheets:
    """Sheets of one book in the reader's language and zone; no cell is a formula or a link."""

    def __init__(self, me: Reader) -> None:
        self.me, self.stream = me, io.BytesIO()
        self.book = book = xlsxwriter.Workbook(self.stream, _PLAIN)
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})

    def close(self) -> bytes:
        """The whole file."""
        self.book.close()
        return self.stream.getvalue()

    def add(self, title: Text, heads: Sequence[Text], rows: Iterable[Row]) -> None:
        """One sheet; values are texts, numbers, moments and days."""
        sheet = self.book.add_worksheet(self.me.say(title)[:31])
        sheet.set_column(0, len(heads) - 1, 22)
        sheet.freeze_panes(1, 0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, self.me.say(head), self.bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write(sheet, number, column, value)

    def _write(self, sheet: Any, row: int, column: int, value: Any) -> None:
        if isinstance(value, Text):
            sheet.write_string(row, column, self.me.say(value))
        elif isinstance(value, datetime):
            sheet.write_datetime(
                row, column, self.me.local(value).replace(tzinfo=None), self.moment
            )
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.day)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value)
        elif value is not None:
            sheet.write_string(row, column, str(value))
