"""Lists of readings: zones, order, neighbours, and rows that cannot be true."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from assets.meters.models import Reading
from tests.importing import Take, reasons, taker

HEAD = "serial,read_at,value\n"


@pytest.fixture
def take(session, people, now: datetime, tmp_path: Path) -> Take:
    return taker(session, tmp_path)


def readings(session) -> list[tuple[datetime, Decimal]]:
    rows = session.execute(select(Reading.read_at, Reading.total).order_by(Reading.read_at))
    return [tuple(row) for row in rows]


def test_moments_are_on_the_sites_clock_or_the_given_one(session, take) -> None:
    take("readings", HEAD + 'A,2026-11-02 08:00,100\nA,03.11.2026 08:00,"110,5"\n')
    take("readings", HEAD + "A,2026-11-04 08:00,120\n", zone="Asia/Vladivostok")
    take("readings", HEAD + "A,2026-11-05T08:00+00:00,130\n", zone="Asia/Vladivostok")
    assert readings(session) == [
        (datetime(2026, 11, 2, 5, tzinfo=UTC), Decimal(100)),
        (datetime(2026, 11, 3, 5, tzinfo=UTC), Decimal("110.5")),
        (datetime(2026, 11, 3, 22, tzinfo=UTC), Decimal(120)),
        (datetime(2026, 11, 5, 8, tzinfo=UTC), Decimal(130)),
    ]


def test_a_clock_that_was_put_back(session, take) -> None:
    take(
        "readings",
        HEAD + "A,2026-03-29 01:30,1\nA,2026-03-29 04:00,3\nA,2026-10-25 04:00,9\n",
        zone="Europe/Berlin",
    )
    assert [moment.hour for moment, _ in readings(session)] == [0, 2, 3]


def test_any_order_and_twice(session, take) -> None:
    rows = "A,2026-11-03 08:00,110\nA,2026-11-02 08:00,100\nA,2026-11-03 08:00,110\n"
    report = take("readings", HEAD + rows)
    assert (report.written, report.known, report.rejected) == (2, 1, [])
    again = take("readings", HEAD + rows)
    assert (again.written, again.known, again.is_stored) == (0, 3, True)


def test_rows_that_cannot_be_true(session, take) -> None:
    report = take(
        "readings",
        HEAD
        + "A,2026-11-02 08:00,100\n"
        + "A,2026-11-03 08:00,90\n"
        + "A,2026-11-04 08:00,900\n"
        + "A,2026-12-04 08:00,200\n"
        + "Z,2026-11-04 08:00,200\n"
        + "A,2026-11-05 08:00,twelve\n"
        + "A,,5\n"
        + "A,2026-11-06 08:00,-1\n"
        + "A,2026-11-07 08:00,150\n",
        skip_rejected=True,
    )
    said = {line: (column, text) for line, column, text in reasons(report)}
    assert sorted(said) == [3, 4, 5, 6, 7, 8, 9]
    assert said[3][0] == "value"
    assert said[3][1].startswith("Less than on")
    assert "hours a day" in said[4][1]
    assert said[5] == ("read_at", "This moment has not come yet.")
    assert said[6] == ("serial", "There is no machine with the serial number Z.")
    assert said[7] == ("value", "twelve is not a number")
    assert said[8][0] == "read_at"
    assert [value for _, value in readings(session)] == [100, 150]


def test_what_is_stored_is_a_neighbour_too(session, take) -> None:
    take("readings", HEAD + "A,2026-11-02 08:00,100\n")
    report = take("readings", HEAD + "A,2026-11-03 08:00,99\nA,2026-11-01 08:00,101\n")
    assert [line for line, _, _ in reasons(report)] == [2, 3]
    assert len(readings(session)) == 1


def test_two_machines_of_one_serial(session, take) -> None:
    take("machines", "model,serial,customer\nOther,A,Чужое\n")
    report = take("readings", HEAD + "A,2026-11-02 08:00,100\n")
    assert reasons(report) == [
        (2, "serial", "2 machines have the serial number A. Enter this row by hand.")
    ]
