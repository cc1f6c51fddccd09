"""When time counts: weekly intervals, dated exceptions, a zone; and what a calendar may not be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from functools import lru_cache
from itertools import pairwise
from zoneinfo import available_timezones

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text

DAY = 24 * 60


class ExceptionKind(Labelled):
    """Why a day differs from its weekday."""

    HOLIDAY = "holiday", N_("Holiday"), Tone.SLATE
    DAY_OFF = "day_off", N_("Transferred day off"), Tone.SLATE
    SHORT = "short", N_("Short day"), Tone.AMBER
    WORKING = "working", N_("Working day"), Tone.PETROL


@dataclass(frozen=True, order=True)
class Interval:
    """Minutes from midnight; ``end`` beyond 1440 runs into the next day (a night shift)."""

    start: int
    end: int


@dataclass(frozen=True)
class Week:
    """A calendar version: intervals by weekday (Monday first), exceptions by date, zone."""

    days: tuple[tuple[Interval, ...], ...]
    exceptions: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    zone: str = "Europe/Moscow"


def hours(*pairs: tuple[str, str]) -> tuple[Interval, ...]:
    """``hours(("09:00", "13:00"), ("14:00", "18:00"))``; an end not after its start is next day."""
    out = []
    for start, end in pairs:
        a, b = _minutes(start), _minutes(end)
        out.append(Interval(a, b if b > a else b + DAY))
    return tuple(out)


def _minutes(text: str) -> int:
    if text == "24:00":
        return DAY
    moment = time.fromisoformat(text)
    return moment.hour * 60 + moment.minute


def read_hours(text: str) -> tuple[Interval, ...]:
    """``09:00–13:00, 14:00-18:00`` as intervals, an empty text as none; ValueError otherwise."""
    pairs = []
    for part in text.replace(";", ",").split(","):
        if not part.strip():
            continue
        start, dash, end = part.replace("—", "–").replace("-", "–").partition("–")
        if not dash:
            raise ValueError(part)
        pairs.append((_padded(start), _padded(end)))
    return hours(*pairs)


def _padded(text: str) -> str:
    """``9`` and ``9:30`` as people type them."""
    hour, _, minute = text.strip().replace(".", ":").partition(":")
    return f"{int(hour):02d}:{int(minute or 0):02d}"


def say_hours(intervals: Iterable[Interval]) -> str:
    """``09:00–13:00, 14:00–18:00``; :func:`read_hours` reads it back."""
    return ", ".join(f"{_said(i.start)}–{_said(i.end)}" for i in sorted(intervals))


def _said(minutes: int) -> str:
    if minutes == DAY:
        return "24:00"
    return f"{minutes % DAY // 60:02d}:{minutes % 60:02d}"


def usual_hours(
    kind: ExceptionKind, weekday: Sequence[Interval], week: Sequence[Sequence[Interval]]
) -> tuple[Interval, ...]:
    """What a day of this kind has when nobody says: none off, an hour less short, a day's own."""
    if kind in (ExceptionKind.HOLIDAY, ExceptionKind.DAY_OFF):
        return ()
    usual = tuple(weekday) or next((tuple(day) for day in week if day), ())
    if kind is ExceptionKind.WORKING or not usual:
        return usual
    last = usual[-1]
    return (*usual[:-1], Interval(last.start, max(last.start + 1, last.end - 60)))


OFFICE_DAY = hours(("09:00", "13:00"), ("14:00", "18:00"))
SHORT_DAY = hours(("09:00", "13:00"), ("14:00", "17:00"))
OFFICE_WEEK = (OFFICE_DAY,) * 5 + ((), ())
ROUND_THE_CLOCK = (hours(("00:00", "24:00")),) * 7


def problems(week: Week) -> list[Text]:
    """What is wrong with a version, in sentences; empty when it may be used."""
    found: list[Text] = []
    if week.zone not in _zones():
        found.append(Text("There is no time zone %(zone)s.", zone=week.zone))
    if len(week.days) != 7:
        found.append(N_("A week has seven days."))
    for intervals in (*week.days, *week.exceptions.values()):
        found += _problems_of_a_day(intervals)
    for today, tomorrow in pairwise((*week.days, *week.days[:1])):
        over = max((i.end - DAY for i in today), default=0)
        if tomorrow and over > min(i.start for i in tomorrow):
            found.append(N_("A night interval runs into the next day's first one."))
    if not any(week.days):
        found.append(N_("This calendar has no working time; a deadline could never come."))
    return list(dict.fromkeys(found))


def _problems_of_a_day(intervals: tuple[Interval, ...]) -> list[Text]:
    found = []
    for interval in intervals:
        if not 0 <= interval.start < DAY or interval.end <= interval.start:
            found.append(N_("An interval must end after it begins."))
        elif interval.end - interval.start > DAY:
            found.append(N_("An interval is longer than a day."))
    if any(a.end > b.start for a, b in pairwise(sorted(intervals))):
        found.append(N_("Intervals of one day overlap."))
    return found


@lru_cache(maxsize=1)
def _zones() -> set[str]:
    """Names of the zones; read once, since it walks the files of the zone database."""
    return available_timezones()
