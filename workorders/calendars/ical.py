"""Holidays of an iCalendar file (RFC 5545), read by the ``icalendar`` package."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar

from service_app.core.errors import Invalid
from service_app.core.text import N_, Text

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
MOST_BYTES = 2_000_000
MOST_DAYS = 1000
LONGEST = 60
"""Days of one entry: longer ones are somebody's project, not a holiday."""


@dataclass(frozen=True)
class NamedDay:
    """A day with what the file calls it."""

    on: date
    name: str


def read_days(content: bytes, year: int) -> list[NamedDay]:
    """The whole-day entries of a file that fall into a year, by day, each day once.

    Entries repeated every year count in that year. Raises Invalid for a file that is no calendar,
    is too large, or has no whole day in the year (a file of another century, say).
    """
    if len(content) > MOST_BYTES:
        raise Invalid(N_("The file is larger than 2 MB."), "file")
    days: dict[date, str] = {}
    every: set[int] = set()
    try:
        for event in icalendar.Calendar.from_ical(content).walk("VEVENT"):
            for on, name in _days_of(event, year, every):
                if len(days) < MOST_DAYS:
                    days.setdefault(on, name)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(N_("This is no iCalendar file (.ics)."), "file") from error
    if not days:
        raise Invalid(_nothing(every, year), "file")
    return [NamedDay(on, name) for on, name in sorted(days.items())]


def _nothing(every: set[int], year: int) -> Text:
    if not every:
        return N_("The file has no whole-day entry.")
    return Text(
        "The file has no day of %(year)s: its days are of %(first)s–%(last)s.",
        year=str(year), first=str(min(every)), last=str(max(every)),
    )  # fmt: skip


def _days_of(event: icalendar.Component, year: int, every: set[int]) -> Iterator[tuple[date, str]]:
    start = event.get("DTSTART")
    first = getattr(start, "dt", None)
    if not isinstance(first, date) or isinstance(first, datetime):
        return
    ends = getattr(event.get("DTEND"), "dt", None)
    is_day = isinstance(ends, date) and not isinstance(ends, datetime)
    length = (ends - first).days if is_day and ends is not None else 1
    length = min(max(length, 1), LONGEST)
    name = " ".join(str(event.get("SUMMARY") or "").split())[:120]
    if _is_yearly(event) and first.year <= year:
        try:
            first = first.replace(year=year)
        except ValueError:  # the 29th of February
            return
    for n in range(length):
        try:
            on = first + timedelta(days=n)
        except OverflowError:
            return
        every.add(on.year)
        if on.year == year and FIRST <= on <= LAST:
            yield on, name


def _is_yearly(event: icalendar.Component) -> bool:
    rule = event.get("RRULE")
    return bool(rule) and [str(one).upper() for one in rule.get("FREQ", [])] == ["YEARLY"]
