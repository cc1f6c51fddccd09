"""Workbooks made to harm: what takes all memory, or is no table, is refused before it is read."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from service_app.core.errors import Invalid
from service_app.transfers import workbooks
from service_app.transfers.tables import open_table

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "x.xlsx"
    made = xlsxwriter.Workbook(str(path))
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, ["serial", "value"])
    sheet.write_row(1, 0, ["A1", 2])
    made.close()
    return path


def rewrite(book: Path, rows: str, *, part: str = SHEET, encoding: str = "utf-8") -> Path:
    """The same workbook with other rows on its sheet, or with one more part."""
    with zipfile.ZipFile(book) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = parts[SHEET].decode()
    begin, end = sheet.index("<sheetData>") + 11, sheet.index("</sheetData>")
    whole = sheet[:begin] + rows + sheet[end:]
    parts[part] = whole.encode(encoding)
    out = book.with_name("harm.xlsx")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out


def cell(place: str) -> str:
    named = f' r="{place}"' if place else ""
    return f'<c{named} t="inlineStr"><is><t>x</t></is></c>'


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1">{cell("A1")}{cell("XFD9999999")}</row>',
        f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>',
        f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("") * 200}</row>',
        f'<row r="1">{cell("XFD1")}</row><row r="9999999">{cell("A9999999")}</row>',
        f'<row r="1">{cell("A1")}</row><row r="2">{cell("A" + "9" * 5000)}</row>',
        f"<x:row r = '1'>{cell('A1')}</x:row><x:row r=\n'2000000'>{cell('zzz2000000')}</x:row>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_sheet_that_reaches_too_far_is_refused(book, rows: str, encoding: str) -> None:
    with pytest.raises(Invalid):
        open_table(rewrite(book, rows, encoding=encoding))


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (f'<row r="1">{cell("A1")}{cell("B1")}</row><row r="1048576" spans="1:2"/>', 2),
        (f'<row r="900000">{cell("A900000")}{cell("AZ900000")}</row>', 52),
        (f"<row>{cell('') * 3}</row>" * 2, 3),
        (f'<row r="1">{cell("") * 3}</row><row r="2">{cell("") * 3}</row>', 3),
    ],
)
def test_what_is_large_in_one_way_only_is_read(book, rows: str, cells: int) -> None:
    assert len(open_table(rewrite(book, rows)).headings) == cells


def test_a_list_of_formulas_is_no_sheet(book) -> None:
    """calcChain names the cells of all sheets at once."""
    with zipfile.ZipFile(book, "a") as packed:
        packed.writestr("xl/calcChain.xml", '<calcChain><c r="A900000"/><c r="ZZ1"/></calcChain>')
    assert open_table(book).headings == ("serial", "value")


def test_a_file_that_explodes_is_refused(book, monkeypatch) -> None:
    bomb = rewrite(book, "<!--" + " " * 20_000_000 + "-->")
    assert bomb.stat().st_size < 100_000
    assert open_table(rewrite(book, f'<row r="1">{cell("A1")}</row>')).headings == ("x",)
    monkeypatch.setattr(workbooks, "MOST_BYTES", 10_000_000)
    with pytest.raises(Invalid) as refused:
        open_table(rewrite(book, "<!--" + " " * 20_000_000 + "-->"))
    assert "too large" in str(refused.value.text)


@pytest.mark.parametrize("part", ["content.xml", "xl/workbook.bin"])
def test_another_kind_of_table_is_refused(book, part: str) -> None:
    with pytest.raises(Invalid):
        open_table(rewrite(book, "", part=part))


def test_a_row_cut_by_the_end_of_a_chunk_is_read_whole(book, monkeypatch) -> None:
    """Wherever the stretches end, the sheet reaches as far."""
    far = f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>'
    harm = rewrite(book, far)
    for size in range(40, 120, 7):
        monkeypatch.setattr(workbooks, "CHUNK", size)
        with pytest.raises(Invalid):
            workbooks.check(harm)
        workbooks.check(book)
