"""Running hours: checks of a reading, segments of a meter. Pure.

Values are decimals in the meter's unit; moments are aware. ``total`` is what the machine has run
in its life: the offset of the meter's segment plus the value shown.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text

TENTH = Decimal("0.1")
SLACK_SHARE = Decimal("0.02")
SLACK = Decimal("0.5")
DAY_SECONDS = Decimal(86_400)
HOURS_A_DAY = Decimal(24)
BELOW_ZERO = N_("A meter does not show less than 0.")


class ReadingSource(Labelled):
    """Who or what read the meter."""

    OPERATOR = "operator", P_("source", "operator"), Tone.VIOLET, "user"
    ENGINEER = "engineer", P_("source", "engineer"), Tone.PETROL, "tool"
    STAFF = "staff", P_("source", "office"), Tone.PETROL, "phone-call"
    IMPORT = "import", P_("source", "import"), Tone.SLATE, "upload"
    TELEMATICS = "telematics", P_("source", "telematics"), Tone.SLATE, "world"


class UnreadReason(Labelled):
    """Why a meter could not be read."""

    BROKEN = "broken", N_("The meter is broken")
    NO_POWER = "no_power", N_("No power, the display is dark")
    NO_ACCESS = "no_access", N_("No access to it")
    ILLEGIBLE = "illegible", N_("Dirty or not legible")


@dataclass(frozen=True)
class Point:
    """One reading that counts: when, what the meter showed, the life's total."""

    read_at: datetime
    value: Decimal
    total: Decimal


@dataclass(frozen=True)
class Limit:
    """The most a machine can count in a day; None where nobody knows."""

    per_day: Decimal | None = HOURS_A_DAY
    is_hours: bool = True


def most_possible(elapsed: timedelta, limit: Limit) -> Decimal | None:
    """The most a meter can go on in ``elapsed``: the daily limit + 2 % + half a unit."""
    if limit.per_day is None:
        return None
    microseconds = Decimal(elapsed // timedelta(microseconds=1))
    most = limit.per_day * microseconds * (1 + SLACK_SHARE)
    return most / (DAY_SECONDS * 1_000_000) + SLACK


def problem_with(
    new: Point,
    *,
    previous: Point | None,
    following: Point | None,
    limit: Limit,
    may_replace: bool = False,
    zone: tzinfo = UTC,
) -> Text | None:
    """Why this reading cannot be true beside its neighbours by date, else None.

    ``may_replace``: the person may say that the meter was replaced, and is told so. Days in the
    sentences are on the clock of ``zone``.
    """
    if new.value < 0:
        return BELOW_ZERO
    if previous is not None:
        day = previous.read_at.astimezone(zone).date()
        if new.read_at == previous.read_at:
            return None if new.total == previous.total else _twice(previous)
        if new.total < previous.total:
            return _less(previous, day, may_replace=may_replace)
        if _is_too_fast(previous, new, limit):
            return _too_fast(previous, new, day, limit)
    if following is not None:
        day = following.read_at.astimezone(zone).date()
        if new.total > following.total:
            sentence = N_(
                "More than on %(day)s: it was %(value)s then. Check the value and the day."
            )
            return sentence.with_values(day=day, value=following.value)
        if _is_too_fast(new, following, limit):
            return Text(
                "Too little: on %(day)s it was %(value)s, too much to have run since.",
                day=day,
                value=following.value,
            )
    return None


def problem_with_moment(read_at: datetime, now: datetime) -> Text | None:
    """A reading is of now or of the past; two minutes are left to clocks that differ."""
    if read_at > now + timedelta(minutes=2):
        return N_("This moment has not come yet.")
    return None


def _is_too_fast(earlier: Point, later: Point, limit: Limit) -> bool:
    most = most_possible(later.read_at - earlier.read_at, limit)
    return most is not None and later.total - earlier.total > most


def _twice(previous: Point) -> Text:
    return Text(
        "At this very moment it was %(value)s. Void that reading if it is wrong.",
        value=previous.value,
    )


def _less(previous: Point, day: date, *, may_replace: bool) -> Text:
    if may_replace:
        return Text(
            "Less than on %(day)s: it was %(value)s. Check, or tick that the meter was replaced.",
            day=day,
            value=previous.value,
        )
    return Text(
        "Less than on %(day)s: it was %(value)s. Check the value and the day.",
        day=day,
        value=previous.value,
    )


def _too_fast(previous: Point, new: Point, day: date, limit: Limit) -> Text:
    rate = per_day(previous, new).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if limit.is_hours:
        return Text("That is %(n)s hours a day since %(day)s.", n=rate, day=day)
    return Text("That is %(n)s a day since %(day)s.", n=rate, day=day)


def per_day(earlier: Point, later: Point) -> Decimal:
    """The rate between two readings in units a day; the later one is truly later."""
    seconds = Decimal((later.read_at - earlier.read_at).total_seconds())
    return (later.total - earlier.total) * DAY_SECONDS / seconds


@dataclass(frozen=True)
class SegmentFacts:
    """One physical meter as the arithmetic needs it; ``last_value`` of its readings by date."""

    start_value: Decimal
    last_value: Decimal | None


def offsets(segments: Sequence[SegmentFacts]) -> list[Decimal]:
    """The offset of each segment, so that the total goes on without a step at a replacement.

    A segment begins where the one before ended: at its last reading, else at its start.
    """
    found: list[Decimal] = []
    for n, one in enumerate(segments):
        if n == 0:
            found.append(Decimal(0))
            continue
        before = segments[n - 1]
        end = before.start_value if before.last_value is None else before.last_value
        found.append(found[-1] + end - one.start_value)
    return found


def segment_at(starts: Sequence[datetime | None], read_at: datetime) -> int:
    """The index of the segment in place at a moment; the first has no start."""
    return bisect_right([s for s in starts[1:] if s is not None], read_at)


def start_of_replacement(
    value: Decimal, previous: Point | None, read_at: datetime, limit: Limit
) -> Decimal:
    """What a new meter showed when it was fitted, told only what it shows now.

    A new meter starts at 0 when it can have got to ``value`` since the last reading; else it came
    with a past of its own and starts at ``value``.
    """
    if previous is None:
        return value
    most = most_possible(read_at - previous.read_at, limit)
    return Decimal(0) if most is None or value <= most else value
