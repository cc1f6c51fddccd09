"""How one reader sees words, moments, numbers and money: language, zone, and the present moment.

Pages, letters, papers and exports share it, so a moment looks the same everywhere.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.support import Translations

from service_app.core.currency import SYMBOLS, Amount, minor_digits
from service_app.core.text import ENGLISH, Text, Translator

LANGUAGES = ("en", "ru")
TRANSLATIONS_DIR = Path(__file__).resolve().parent.parent / "translations"
NBSP = "\u00a0"
_THIN = {"ru": NBSP, "en": ","}
_POINT = {"ru": ",", "en": "."}
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
}
_FULL_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ru": ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "ru": ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
}
_FULL_MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "ru": (
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ),
}
_UNITS = {"en": ("h", "min"), "ru": ("ч", "мин")}


@lru_cache(maxsize=8)
def translator_for(language: str) -> Translator:
    """The compiled catalogue of a language; English needs none."""
    if language == "en":
        return ENGLISH
    found: Any = Translations.load(str(TRANSLATIONS_DIR), [language])
    return found  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Reader:
    """One person reading now. ``zone`` is the zone moments are shown in."""

    language: str
    zone: ZoneInfo
    now: datetime

    def in_zone(self, zone: ZoneInfo) -> "Reader":
        """The same reader looking at another place's clock."""
        return Reader(self.language, zone, self.now)

    def say(self, text: Text) -> str:
        """The sentence in the reader's language, values included."""
        return text.say(translator_for(self.language), self.show)

    def show(self, value: Any) -> str:
        """A value the way this reader writes it."""
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, bool):
            return str(value)
        if isinstance(value, int | Decimal | float):
            return self.number(value)
        if isinstance(value, timedelta):
            return self.duration(int(value.total_seconds()))
        if isinstance(value, Amount):
            return self.money(value.value, value.currency)
        label = getattr(value, "label", None)
        return self.say(label) if isinstance(label, Text) else str(value)

    def shown(self, value: Any) -> str:
        """A sentence said, a str as it is, any other value as :meth:`show` writes it."""
        if isinstance(value, Text):
            return self.say(value)
        return value if isinstance(value, str) else self.show(value)

    def local(self, moment: datetime) -> datetime:
        """The moment on the reader's clock."""
        return moment.astimezone(self.zone)

    @property
    def today(self) -> date:
        """The day it is on the reader's clock."""
        return self.local(self.now).date()

    def clock_time(self, moment: datetime) -> str:
        """``14:05``."""
        return f"{self.local(moment):%H:%M}"

    def moment(self, moment: datetime) -> str:
        """``today 14:05`` / ``Wed 25 Nov, 12:00``; the year only when it is not this one."""
        local, today = self.local(moment), self.today
        if local.date() == today:
            word = "сегодня в" if self.language == "ru" else "today"
            return f"{word}{NBSP}{local:%H:%M}"
        return f"{_DAYS[self.language][local.weekday()]} {self.day(local.date())}, {local:%H:%M}"

    def short_moment(self, moment: datetime) -> str:
        """``14:05`` today, ``Wed 14:02`` within six days, else ``25 Nov, 12:00``."""
        local, today = self.local(moment), self.today
        if local.date() == today:
            return f"{local:%H:%M}"
        if abs((local.date() - today).days) < 7:
            return f"{_DAYS[self.language][local.weekday()]}{NBSP}{local:%H:%M}"
        return f"{self.day(local.date())}, {local:%H:%M}"

    def day(self, day: date) -> str:
        """``25 Nov`` / ``25 Nov 2027``."""
        text = f"{day.day}{NBSP}{_MONTHS[self.language][day.month - 1]}"
        return text if day.year == self.local(self.now).year else f"{text} {day.year}"

    def full_day(self, day: date) -> str:
        """``25 November 2026`` / ``25 ноября 2026 г.``."""
        text = f"{day.day}{NBSP}{_FULL_MONTHS[self.language][day.month - 1]} {day.year}"
        return f"{text}{NBSP}г." if self.language == "ru" else text

    def weekday(self, day: date) -> str:
        """``Tuesday 24 November`` / ``вторник, 24 ноября``."""
        name = _FULL_DAYS[self.language][day.weekday()]
        rest = f"{day.day}{NBSP}{_FULL_MONTHS[self.language][day.month - 1]}"
        return f"{name}, {rest}" if self.language == "ru" else f"{name} {rest}"

    def paper_moment(self, moment: datetime) -> str:
        """``24.11.2026 16:48`` as papers write it (``24 Nov 2026, 16:48`` in English)."""
        local = self.local(moment)
        if self.language == "ru":
            return f"{local:%d.%m.%Y, %H:%M}"
        return f"{local.day} {_MONTHS['en'][local.month - 1]} {local:%Y, %H:%M}"

    def paper_day(self, day: date) -> str:
        """``24.11.2026`` (``24 Nov 2026`` in English)."""
        if self.language == "ru":
            return f"{day:%d.%m.%Y}"
        return f"{day.day} {_MONTHS['en'][day.month - 1]} {day.year}"

    def duration(self, seconds: float) -> str:
        """Working time: ``58 min``, ``9 h 18 min``, from 100 h on ``104 h``."""
        hour, minute = _UNITS[self.language]
        minutes = int(abs(seconds)) // 60
        hours, rest = divmod(minutes, 60)
        if hours >= 100:
            return f"{self.number(hours)}{NBSP}{hour}"
        if hours == 0:
            return f"{rest}{NBSP}{minute}"
        return f"{hours}{NBSP}{hour}" + (f" {rest}{NBSP}{minute}" if rest else "")

    def number(self, value: Decimal | float, places: int | None = None) -> str:
        """``6,481`` / ``6 481``; trailing zeros of a Decimal are left out unless places says."""
        if places is not None:
            text = f"{value:,.{places}f}"
        elif isinstance(value, int):
            text = f"{value:,d}"
        else:
            plain = Decimal(str(value))
            whole = plain == plain.to_integral_value()
            text = f"{plain.to_integral_value():,}" if whole else f"{plain.normalize():,f}"
        text = text.replace(",", "\0").replace(".", _POINT[self.language])
        return text.replace("\0", _THIN[self.language]).replace("-", "−")

    def money(self, value: Decimal, currency: str, *, exact: bool = False) -> str:
        """``84,600 ₽``; kopecks only where there are some, or always when exact."""
        digits = minor_digits(currency)
        whole = value == value.to_integral_value()
        places = digits if exact or not whole else 0
        return f"{self.number(value, places)}{NBSP}{SYMBOLS.get(currency, currency)}"
