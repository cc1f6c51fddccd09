"""Our table of the Russian calendar against the published one."""

import csv
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from workorders.calendars.rules import OFFICE_WEEK, ExceptionKind, Week, problems
from workorders.calendars.seed import russian_days, russian_exceptions

DATA = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
FILE = DATA / "ru_production_calendar" / "ru_calendar.csv"
YEARS = [2024, 2025, 2026, 2027]
MINUTES = {"work": 480, "short": 420, "weekend": 0, "holiday": 0, "transferred_off": 0}
KINDS = {
    "holiday": ExceptionKind.HOLIDAY,
    "transferred_off": ExceptionKind.DAY_OFF,
    "short": ExceptionKind.SHORT,
    "work": ExceptionKind.WORKING,
}


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [d for n in range(366) if (d := first + timedelta(days=n)).year == year]


def minutes_of(day: date) -> int:
    table = russian_days(day.year)
    intervals = table[day][1] if day in table else OFFICE_WEEK[day.weekday()]
    return sum(i.end - i.start for i in intervals)


@pytest.mark.skipif(not FILE.exists(), reason="the published calendar is not beside the project")
@pytest.mark.parametrize("year", YEARS)
def test_every_day_of_the_year_agrees(year: int) -> None:
    rows = csv.DictReader(FILE.read_text(encoding="utf-8").splitlines())
    published = {date.fromisoformat(row["date"]): row["day_type"] for row in rows}
    for day in days_of(year):
        assert minutes_of(day) == MINUTES[published[day]], day
    for day, (kind, _) in russian_days(year).items():
        assert kind is KINDS[published[day]], day


@pytest.mark.parametrize(("year", "days"), [(2024, 248), (2025, 247), (2026, 247), (2027, 247)])
def test_working_days_of_the_year(year: int, days: int) -> None:
    assert sum(minutes_of(day) > 0 for day in days_of(year)) == days


def test_the_table_makes_a_calendar() -> None:
    assert problems(Week(OFFICE_WEEK, russian_exceptions())) == []
    assert russian_days(2023) == {}
