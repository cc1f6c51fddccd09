"""A country's public holidays as days that differ: our own table where we have one.

Source of the others: the ``holidays`` package, which follows each country's laws. Of days it cannot
know (short days, transfers decreed late) only Russia's stand in our table (:mod:`.seed`).
"""

from datetime import date

import holidays

from workorders.calendars.rules import ExceptionKind, Interval
from workorders.calendars.seed import FIRST_YEAR, LAST_YEAR, russian_days

Days = dict[date, tuple[ExceptionKind, tuple[Interval, ...]]]


def countries() -> list[str]:
    """Codes (ISO 3166) of the countries whose holidays are known, in their order."""
    return sorted(holidays.list_supported_countries(include_aliases=False))


def days_of(country: str, year: int) -> Days:
    """The year's days that differ from a week of Monday to Friday.

    Raises KeyError for a country nobody knows.
    """
    if country == "RU" and FIRST_YEAR <= year <= LAST_YEAR:
        return russian_days(year)
    if country not in holidays.list_supported_countries(include_aliases=False):
        raise KeyError(country)
    found = holidays.country_holidays(country, years=year)
    return {
        day: (ExceptionKind.HOLIDAY, ()) for day in sorted(found) if day.weekday() < 5
    }  # fmt: skip
