"""The Russian working calendar 2024–2027: our own table of the officially published one.

Source: Labour Code of the Russian Federation, articles 95 and 112, and the Government's yearly
decrees on transferred days off. Only days that differ from Monday–Friday stand here: holidays and
transferred days off that fall on a weekday, days one hour shorter (a Saturday among them is
worked), and whole Saturdays that are worked.
"""

from datetime import date

from workorders.calendars.rules import OFFICE_DAY, SHORT_DAY, ExceptionKind, Interval

_HOLIDAYS = {
    2024: "01-01 01-02 01-03 01-04 01-05 01-08 02-23 03-08 05-01 05-09 06-12 11-04",
    2025: "01-01 01-02 01-03 01-06 01-07 01-08 05-01 05-09 06-12 11-04",
    2026: "01-01 01-02 01-05 01-06 01-07 01-08 02-23 05-01 06-12 11-04",
    2027: "01-01 01-04 01-05 01-06 01-07 01-08 02-23 03-08 11-04",
}
_TRANSFERRED = {
    2024: "04-29 04-30 05-10 12-30 12-31",
    2025: "05-02 05-08 06-13 11-03 12-31",
    2026: "01-09 03-09 05-11 12-31",
    2027: "02-22 05-03 05-10 06-14 11-05 12-31",
}
_SHORT_DAYS = {
    2024: "02-22 03-07 05-08 06-11 11-02",
    2025: "03-07 04-30 06-11 11-01",
    2026: "04-30 05-08 06-11 11-03",
    2027: "02-20 04-30 06-11 11-03",
}
_WORKED_SATURDAYS = {2024: "04-27 12-28"}
FIRST_YEAR, LAST_YEAR = min(_HOLIDAYS), max(_HOLIDAYS)


def _days(year: int, text: str) -> list[date]:
    return [date.fromisoformat(f"{year}-{day}") for day in text.split()]


def russian_days(year: int) -> dict[date, tuple[ExceptionKind, tuple[Interval, ...]]]:
    """The year's exceptions with the office's hours; empty for a year the table does not know."""
    tables = (
        (_HOLIDAYS, ExceptionKind.HOLIDAY, ()),
        (_TRANSFERRED, ExceptionKind.DAY_OFF, ()),
        (_SHORT_DAYS, ExceptionKind.SHORT, SHORT_DAY),
        (_WORKED_SATURDAYS, ExceptionKind.WORKING, OFFICE_DAY),
    )
    return {
        day: (kind, intervals)
        for table, kind, intervals in tables
        for day in _days(year, table.get(year, ""))
    }


def russian_exceptions() -> dict[date, tuple[Interval, ...]]:
    """Every exception the table knows, as a calendar version takes them."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return {day: hours for y in years for day, (_, hours) in russian_days(y).items()}
