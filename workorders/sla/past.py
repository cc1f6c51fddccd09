"""What promises would have been worth on another system's past: its events, our clocks. Pure.

A plan names the calendar and, for each clock, which of the other system's events start, pause,
resume, meet and reopen it and how much working time each of its priorities allows. Every clock is
replayed as our restore clock is (:mod:`workorders.sla.replay`), with the other system's words.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from service_app.core.errors import Invalid
from service_app.core.text import N_, Text
from workorders.calendars.rules import Interval, Week, read_hours
from workorders.calendars.worktime import Calendar, Version
from workorders.sla.policy import Policy, Subject
from workorders.sla.replay import ClockResult, replay
from workorders.sla.rules import Clock, ClockKey, ClockState, Fact, FactKind, WaitReason

COLUMNS = ("case", "at", "event", "reason", "priority")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_KEYS = frozenset({"start", "meet", "pause", "resume", "reopen", "cancel", "limits"})
_SECONDS = {"min": 60, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One row of the other system's log; ``line`` orders what happened at one moment."""

    case: str
    at: datetime
    event: str
    reason: str = ""
    priority: str = ""
    line: int = 0


@dataclass(frozen=True)
class PastClock:
    """One promise over the log. ``limits`` is working seconds by the log's priority.

    A pause ends with an event of ``resume``; without any, with the next event of the case that is
    no pause itself (a log of states). ``resume`` and ``pause`` name events or, after a colon, one
    reason of an event (``wait:parts``).
    """

    name: str
    start: frozenset[str]
    meet: frozenset[str]
    limits: Mapping[str, int]
    pause: frozenset[str] = frozenset()
    resume: frozenset[str] = frozenset()
    reopen: frozenset[str] = frozenset()
    cancel: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PastPlan:
    """A plan as read from TOML. ``columns`` is our column → the file's heading."""

    name: str
    calendar: Calendar
    clocks: Sequence[PastClock]
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PastResult:
    """One clock of one case; ``priority`` is the case's last one, None where no limit is given."""

    case: str
    clock: str
    priority: str
    result: ClockResult | None

    @property
    def is_breached(self) -> bool:
        """Whether the promise was missed, met late or not at all."""
        return self.result is not None and self.result.breached_at is not None

    @property
    def is_kept(self) -> bool:
        """Whether it was met in time."""
        found = self.result
        return found is not None and found.state is ClockState.MET and not self.is_breached

    def due_at(self, calendar: Calendar) -> datetime | None:
        """The deadline: as missed, as it stands, or as it stood when the promise was met.

        None for a clock at rest or without a limit.
        """
        found = self.result
        if found is None or found.breached_at is not None:
            return found.breached_at if found else None
        if found.met_at is not None:
            return calendar.due(found.met_at, found.remaining)
        return found.due_at

    @property
    def paused(self) -> int:
        """Working seconds of all pauses."""
        return sum(self.result.paused.values()) if self.result else 0


@dataclass(frozen=True)
class _Limits(Policy):
    """Working seconds by the number given to a priority."""

    allowed: Mapping[int, int] = field(default_factory=dict)

    def seconds(self, key: ClockKey, about: Subject) -> int | None:
        return self.allowed.get(about.priority)

    @property
    def promised(self) -> frozenset[ClockKey]:
        return _PROMISED


_RESTORE = ClockKey(Clock.RESTORE)
_PROMISED = frozenset({_RESTORE})
_STOPS = {WaitReason.OTHER: frozenset({Clock.RESTORE})}
_K = FactKind


def replay_past(events: Iterable[PastEvent], plan: PastPlan) -> Iterator[PastResult]:
    """Each clock of each case, as of the last moment of the whole log, in the order of cases."""
    cases: dict[str, list[PastEvent]] = defaultdict(list)
    last = _BEGINNING
    for event in events:
        cases[event.case].append(event)
        last = max(last, event.at)
    for found in cases.values():
        found.sort(key=lambda e: (e.at, e.line))
        for clock in plan.clocks:
            result = _of_case(found, clock, plan.calendar, last)
            if result is not None:
                yield result


def _of_case(
    events: Sequence[PastEvent], clock: PastClock, calendar: Calendar, now: datetime
) -> PastResult | None:
    facts = list(_facts(events, clock))
    if not any(fact.kind is _K.RECEIVED for fact in facts):
        return None
    numbers = {name: number for number, name in enumerate(clock.limits)}
    policy = _Limits(stops=_STOPS, allowed={numbers[n]: s for n, s in clock.limits.items()})
    found = replay(facts, {0: policy}, calendar, now=now)
    priority = next((e.priority for e in reversed(events) if e.priority), "")
    return PastResult(events[0].case, clock.name, priority, found.get(_RESTORE))


def _facts(events: Sequence[PastEvent], clock: PastClock) -> Iterator[Fact]:
    """The log's rows as what our restore clock listens to; rows that mean nothing are left out."""
    numbers = {name: number for number, name in enumerate(clock.limits)}
    unknown = len(numbers)  # a priority without a limit promises nothing
    present: str | None = None
    is_paused = False
    for number, event in enumerate(events):
        ordinal = number * 3
        names = {event.event, f"{event.event}:{event.reason}"}
        if present is None or (event.priority and event.priority != present):
            present = event.priority
            yield Fact(event.at, ordinal, _K.PRIORITY, priority=numbers.get(present, unknown))
        ends_pause = not names & clock.pause if not clock.resume else bool(names & clock.resume)
        if is_paused and ends_pause:
            is_paused = False
            yield Fact(event.at, ordinal + 1, _K.WAIT_CLOSED)
        kind = _kind(names, clock)
        if kind is _K.WAIT_OPENED:
            if not is_paused:
                yield Fact(event.at, ordinal + 2, kind, reason=WaitReason.OTHER)
            is_paused = True
        elif kind is not None:
            yield Fact(event.at, ordinal + 2, kind)


def _kind(names: set[str], clock: PastClock) -> FactKind | None:
    for events, kind in (
        (clock.meet, _K.DONE), (clock.cancel, _K.CANCELLED), (clock.pause, _K.WAIT_OPENED),
        (clock.reopen, _K.REFUSED), (clock.start, _K.RECEIVED),
    ):  # fmt: skip
        if names & events:
            return kind
    return None


@dataclass(frozen=True)
class Tally:
    """How one clock fared for one priority. Seconds of working time; percentiles of those met."""

    clock: str
    priority: str
    cases: int
    kept: int
    missed: int
    is_open: int
    without_limit: int
    half_took: int
    most_took: int
    """Within this long nine of ten were met."""

    @property
    def share(self) -> float | None:
        """Per cent kept of those decided; None while none is."""
        decided = self.kept + self.missed
        return 100 * self.kept / decided if decided else None


def tally(results: Iterable[PastResult]) -> list[Tally]:
    """The summary: clocks in the order of the plan, priorities by name."""
    groups: dict[tuple[str, str], list[PastResult]] = defaultdict(list)
    for one in results:
        groups[one.clock, one.priority].append(one)
    order = list(dict.fromkeys(clock for clock, _ in groups))
    keys = sorted(groups, key=lambda key: (order.index(key[0]), key[1]))
    return [_tally(*key, groups[key]) for key in keys]


def _tally(clock: str, priority: str, found: Sequence[PastResult]) -> Tally:
    took = sorted(r.result.used for r in found if r.result and r.result.state is ClockState.MET)
    kept, missed = sum(r.is_kept for r in found), sum(r.is_breached for r in found)
    without = sum(r.result is None for r in found)
    return Tally(
        clock, priority, len(found), kept, missed, len(found) - kept - missed - without, without,
        took[len(took) // 2] if took else 0, took[len(took) * 9 // 10] if took else 0,
    )  # fmt: skip


def parse_plan(text: str) -> PastPlan:
    """A plan from its text. Raises Invalid for what is no TOML or no plan."""
    try:
        return read_plan(tomllib.loads(text))
    except (ValueError, RecursionError) as error:  # also a number of five thousand digits
        raise Invalid(Text("The plan is not TOML: %(why)s", why=str(error))) from None


def read_plan(data: Mapping[str, Any]) -> PastPlan:
    """A plan from TOML's values. Raises Invalid naming the place of what cannot be."""
    clocks = data.get("clocks")
    if not isinstance(clocks, Mapping) or not clocks:
        raise Invalid(N_("The plan has no clocks: write a table [clocks.NAME] for each promise."))
    columns = _table(data, "columns")
    unknown = sorted(set(columns) - set(COLUMNS))
    if unknown:
        raise _wrong("columns", unknown[0], ", ".join(COLUMNS))
    return PastPlan(
        str(data.get("name", "")),
        _calendar(_table(data, "calendar")),
        [_clock(str(name), _table(clocks, name)) for name in clocks],
        {our: str(theirs) for our, theirs in columns.items()},
    )


def _table(data: Mapping[str, Any], key: Any) -> Mapping[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, Mapping):
        raise Invalid(Text("%(place)s must be a table.", place=str(key)))
    return found


def _wrong(place: str, given: object, known: str) -> Invalid:
    text = N_("%(place)s: %(given)s is not known here; write one of: %(known)s.")
    return Invalid(text.with_values(place=place, given=str(given)[:60], known=known))


def _calendar(data: Mapping[str, Any]) -> Calendar:
    """``zone``, ``week`` (day → hours as ``09:00-13:00, 14:00-18:00``), ``holidays``.

    Without a week time counts round the clock.
    """
    week = _table(data, "week")
    unknown = sorted(set(week) - set(_DAYS))
    if unknown:
        raise _wrong("calendar.week", unknown[0], ", ".join(_DAYS))
    around: tuple[Interval, ...] = (Interval(0, 1440),)
    days = tuple(_hours(day, week[day]) if day in week else () for day in _DAYS)
    holidays = {_day(one): () for one in _listed(data.get("holidays", ()))}
    zone = str(data.get("zone", "UTC"))
    return Calendar([Version(_BEGINNING, Week(days if week else (around,) * 7, holidays, zone))])


def _hours(day: str, text: Any) -> tuple[Interval, ...]:
    try:
        return read_hours(str(text))
    except ValueError:
        raise _wrong(
            f"calendar.week.{day}", text, "09:00-18:00, 09:00-13:00, 14:00-18:00"
        ) from None


def _listed(value: Any) -> Sequence[Any]:
    """A list as it stands; one value as a list of it."""
    return value if isinstance(value, list | tuple) else [value]


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise _wrong("calendar.holidays", value, "2026-01-01") from None


def _clock(name: str, data: Mapping[str, Any]) -> PastClock:
    place = f"clocks.{name}"
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise _wrong(place, unknown[0], ", ".join(sorted(_KEYS)))
    events = {key: frozenset(map(str, _listed(data.get(key, ())))) for key in _KEYS - {"limits"}}
    if not events["start"]:
        raise Invalid(Text("%(place)s: say which events start it.", place=place))
    if not events["meet"]:
        raise Invalid(Text("%(place)s: say which events meet it.", place=place))
    limits = _table(data, "limits")
    if not limits:
        raise Invalid(Text("%(place)s has no limits for any priority.", place=place))
    return PastClock(
        name, limits={str(k): _limit(place, k, v) for k, v in limits.items()}, **events
    )


def _limit(place: str, priority: str, value: Any) -> int:
    """A number is minutes; ``67.02 h``, ``30 min`` and ``2 d`` (of 24 working hours) say so."""
    number, _, unit = str(value).strip().partition(" ")
    try:
        seconds = round(float(number) * _SECONDS[unit.strip() or "min"])
    except (ValueError, KeyError, OverflowError):
        raise _wrong(f"{place}.limits.{priority}", value, "480, 8 h, 30 min") from None
    if seconds <= 0:
        raise _wrong(f"{place}.limits.{priority}", value, "480, 8 h, 30 min")
    return seconds
