"""Files as people save them: encodings, separators, workbooks, and what is refused."""

from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from service_app.core.errors import Invalid
from service_app.core.text import N_
from service_app.transfers.rules import (
    Column,
    Options,
    Rejected,
    moment,
    number,
    parse_pairs,
    plan,
    read_rows,
    whole,
    words,
)
from service_app.transfers.tables import open_table

COLUMNS = (
    Column("serial", N_("Serial"), words(60), is_needed=True),
    Column("value", N_("Value"), number),
)


def read(path: Path, options: Options = Options()) -> list:
    table = open_table(path)
    return list(
        read_rows(table.lines(), plan(COLUMNS, table.headings, options), len(table.headings))
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_encoding_and_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    file = tmp_path / "x.csv"
    rows = [["serial", "value"], ["Экскаватор №1".replace("№", "N"), "12.5"], ["Ёлка", "3"]]
    file.write_bytes("\r\n".join(delimiter.join(r) for r in rows).encode(encoding))
    found = read(file)
    assert [r.values["serial"] for r in found] == ["Экскаватор N1", "Ёлка"]
    assert [r.line for r in found] == [2, 3]


def test_columns_in_any_order_mapped_and_constant(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("Cost,Asset\n5,A\n")
    options = Options(mapping={"serial": "Asset"}, constants={"value": "7"})
    (row,) = read(file, options)
    assert row.values == {"serial": "A", "value": number("7")}


def test_a_workbook(tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(file))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["serial", "value"])
    sheet.write_row(1, 0, ["A1", 12.0])
    book.close()
    (row,) = read(file)
    assert row.values == {"serial": "A1", "value": 12}


def test_a_table_that_begins_lower_on_its_sheet(tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(file))
    sheet = book.add_worksheet()
    sheet.write_row(3, 2, ["serial", "value"])
    sheet.write_row(4, 2, ["A1", 12.0])
    sheet.write_row(6, 2, ["A2", "bad"])
    book.close()
    first, second = read(file)
    assert (first.line, first.values) == (5, {"serial": "A1", "value": 12})
    assert isinstance(second, Rejected)
    assert second.line == 7


def test_line_numbers_survive_quoted_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text('serial,value\n"a\nb",1\nc,bad\n')
    first, second = read(file)
    assert first.line == 2
    assert isinstance(second, Rejected)
    assert second.line == 4


def test_shifted_cells_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("serial,value\nwon,t swing,PM01\n")
    (row,) = read(file)
    assert isinstance(row, Rejected)


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n", b"%PDF-1.7 x", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
)
def test_files_that_are_no_table_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(Invalid):
        open_table(file)


@pytest.mark.parametrize(
    ("content", "headings"),
    [
        (bytes(range(256)) * 20, None),
        (b"a\rb\n1\r2\n", ("a",)),
        (b"serial,value\rA1,2\r", ("serial", "value")),  # an old Mac's line ends
        (b"sep=\t\nserial\tvalue\nA1\t2\n", ("serial", "value")),
        (b'sep="\nserial,value\nA1,2\n', ("serial", "value")),
        (b"a" * 200_000 + b",b\n", None),
    ],
)
def test_odd_bytes_are_a_table_or_refused(tmp_path: Path, content: bytes, headings) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    try:
        table = open_table(file)
        rows = list(table.lines())
    except Invalid:
        assert headings is None
    else:
        assert headings in (None, table.headings)
        assert rows or headings is None


@given(st.binary(max_size=400) | st.text('a,;"\t\r\n\x00é', max_size=60).map(str.encode))
def test_no_bytes_break_a_table(tmp_path_factory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("odd") / "x.csv"
    file.write_bytes(content)
    with suppress(Invalid):
        list(open_table(file).lines())


def test_a_missing_needed_column_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("value\n1\n")
    with pytest.raises(Invalid, match="serial"):
        read(file)


def test_an_unknown_mapping_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("serial\n1\n")
    with pytest.raises(Invalid, match="colour"):
        read(file, Options(mapping={"colour": "serial"}))
    with pytest.raises(Invalid, match="Kost"):
        read(file, Options(mapping={"value": "Kost"}))


@pytest.mark.parametrize(
    ("cell", "iso", "is_day_only"),
    [
        ("2004-07-01", "2004-07-01T00:00:00", True),
        ("01.07.2004", "2004-07-01T00:00:00", True),
        ("1/7/2004 5:06", "2004-07-01T05:06:00", False),
        ("2004-07-01 05:06:07", "2004-07-01T05:06:07", False),
        ("2004-07-01T05:06+03:00", "2004-07-01T05:06:00+03:00", False),
    ],
)
def test_moments(cell: str, iso: str, is_day_only: bool) -> None:
    found = moment(cell)
    assert (found.local.isoformat(), found.is_day_only) == (iso, is_day_only)


@pytest.mark.parametrize("cell", ["32.01.2004", "2004-13-01", "yesterday", "0001-01-01"])
def test_moments_that_are_none(cell: str) -> None:
    with pytest.raises(Invalid):
        moment(cell)


@pytest.mark.parametrize(
    ("cell", "value"), [("1 234,5", "1234.5"), ("1,234.5", "1234.5"), ("-3", "-3"), ("0", "0")]
)
def test_numbers(cell: str, value: str) -> None:
    assert str(number(cell)) == value


@pytest.mark.parametrize("cell", ["PM01", "NaN", "1e40", "12o", "inf"])
def test_numbers_that_are_none(cell: str) -> None:
    with pytest.raises(Invalid):
        number(cell)


def test_whole_numbers() -> None:
    assert whole("24") == 24
    with pytest.raises(Invalid):
        whole("2.5")


def test_pairs_of_the_command_line() -> None:
    assert parse_pairs("opened_at=BscStartDate, serial=Asset") == {
        "opened_at": "BscStartDate",
        "serial": "Asset",
    }
    with pytest.raises(Invalid):
        parse_pairs("opened_at")


def test_a_million_rows_are_read_without_holding_them(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    with open(file, "w") as stream:
        stream.write("serial,value\n")
        for n in range(50_000):
            stream.write(f"S{n},{n}\n")
    lines = open_table(file).lines()
    assert next(lines).cells == ("S0", "0")
    assert sum(1 for _ in lines) == 49_999
