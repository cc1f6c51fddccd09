"""Time zones as people choose them: by city, with what the clock there shows now."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location

RUSSIAN = tuple(
    f"{area}/{city}"
    for area, cities in (
        ("Europe", "Kaliningrad Moscow Samara"),
        ("Asia", "Yekaterinburg Omsk Novosibirsk Krasnoyarsk Irkutsk"),
        ("Asia", "Yakutsk Vladivostok Magadan Kamchatka"),
    )
    for city in cities.split()
)
DEFAULT_ZONE = "Europe/Moscow"
"""Until somebody said where the company is."""
CONTINENTS = frozenset(
    ["Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"]
)


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Every zone a person may choose: the Russian ones from west to east, then the others."""
    older_names = get_global("zone_aliases")
    others = {z for z in available_timezones() if z.split("/")[0] in CONTINENTS}
    return RUSSIAN + tuple(sorted(others - set(older_names) - set(RUSSIAN)))


def is_zone(name: str) -> bool:
    """Whether the name is a zone of the IANA list, under its present or an older name."""
    return name in available_timezones() and "/" in name


@lru_cache(maxsize=8)
def _cities(language: str) -> dict[str, str]:
    return {z: get_timezone_location(z, locale=language, return_city=True) for z in zones()}


def zone_label(name: str, *, language: str, now: datetime) -> str:
    """``Moscow, UTC+3`` / ``Москва, UTC+3``."""
    city = _cities(language).get(name) or name
    minutes = int((now.astimezone(ZoneInfo(name)).utcoffset() or _ZERO).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"{city}, UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


_ZERO = datetime.resolution * 0
