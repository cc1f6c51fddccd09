"""Working time against a minute-by-minute look at the wall clock that shares nothing with it."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service_app.core.errors import Invalid
from workorders.calendars.rules import (
    OFFICE_WEEK,
    ROUND_THE_CLOCK,
    SHORT_DAY,
    Interval,
    Week,
    hours,
    problems,
)
from workorders.calendars.worktime import Calendar, Segments, Version

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
AROUND = {
    "Europe/Moscow": (date(2026, 11, 20),),
    "Asia/Yekaterinburg": (date(2025, 12, 28),),
    "Europe/Berlin": (date(2026, 3, 27), date(2026, 10, 23)),
    "America/New_York": (date(2026, 3, 6), date(2026, 10, 30)),
    "Asia/Kathmandu": (date(2026, 2, 26),),
    "Australia/Lord_Howe": (date(2026, 4, 3), date(2026, 10, 2)),  # half an hour of summer time
    "America/Santiago": (date(2026, 4, 3), date(2026, 9, 4)),  # changes at midnight
}
"""Zones with days shortly before their clocks change, or before the year does."""


def office(zone: str = "Europe/Moscow") -> Calendar:
    return Calendar([Version(EPOCH, Week(OFFICE_WEEK, {}, zone))])


def msk(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Moscow"))


LUNCH, NIGHT, DAY_AND_NIGHT = (
    hours(("09:00", "13:00"), ("14:00", "18:00")),
    hours(("22:00", "06:00")),
    hours(("00:00", "24:00")),
)


@st.composite
def day_plans(draw: st.DrawFn) -> tuple[Interval, ...]:
    known = draw(st.sampled_from([None, None, (), LUNCH, NIGHT, DAY_AND_NIGHT]))
    if known is not None:
        return known
    marks = sorted(draw(st.lists(st.integers(0, 1439), max_size=6, unique=True)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    if draw(st.booleans()) and (not pairs or pairs[-1][1] < 1380):
        pairs.append((1380, 1380 + draw(st.integers(1, 300))))
    return tuple(Interval(a, b) for a, b in pairs)


@st.composite
def weeks_and_days(draw: st.DrawFn) -> tuple[Week, date]:
    """A version that may be used, and a day near which something happens to its clock."""
    zone = draw(st.sampled_from(sorted(AROUND)))
    near = draw(st.sampled_from(AROUND[zone]))
    days = tuple(draw(day_plans()) for _ in range(7))
    exceptions = {
        near + timedelta(days=draw(st.integers(-1, 6))): draw(
            st.sampled_from([(), SHORT_DAY, LUNCH, NIGHT, hours(("01:30", "02:30"))])
        )
        for _ in range(draw(st.integers(0, 3)))
    }
    week = Week(days, exceptions, zone)
    if problems(week):
        week = Week((LUNCH,) * 5 + ((), hours(("01:15", "02:45"))), exceptions, zone)
    return week, near


@cache
def wall_clock(zone: str, minute: datetime) -> tuple[date, int]:
    local = minute.astimezone(ZoneInfo(zone))
    return local.date(), local.hour * 60 + local.minute


def is_working(week: Week, minute: datetime) -> bool:
    """The oracle: what the clock on the wall shows, today's intervals and last night's."""
    day, shown = wall_clock(week.zone, minute)
    night = day - timedelta(days=1)
    today = week.exceptions[day] if day in week.exceptions else week.days[day.weekday()]
    before = week.exceptions[night] if night in week.exceptions else week.days[night.weekday()]
    return any(i.start <= shown < i.end for i in today) or any(shown + 1440 < i.end for i in before)


def count(week: Week, start: datetime, minutes: int) -> int:
    return sum(is_working(week, start + n * MINUTE) for n in range(minutes))


def moment(near: date, minutes: int) -> datetime:
    return datetime(near.year, near.month, near.day, tzinfo=UTC) + minutes * MINUTE


@settings(max_examples=80, deadline=None)
@given(weeks_and_days(), st.integers(0, 4320), st.integers(0, 2880))
def test_worked_time_is_what_the_wall_clock_says_minute_by_minute(
    case: tuple[Week, date], offset: int, length: int
) -> None:
    week, near = case
    start = moment(near, offset)
    end = start + length * MINUTE
    segments = Segments(week)
    assert segments.between(start, end) == count(week, start, length) * 60
    assert segments.is_open(start) is is_working(week, start)


@settings(max_examples=60, deadline=None)
@given(weeks_and_days(), st.integers(0, 2880), st.integers(1, 1200))
def test_due_is_where_the_minute_by_minute_count_ends(
    case: tuple[Week, date], offset: int, limit: int
) -> None:
    week, near = case
    start, left = moment(near, offset), limit
    due = start
    while left:
        left -= is_working(week, due)
        due += MINUTE
        if due - start > timedelta(days=9):
            return
    assert Segments(week).due(start, limit * 60) == due


@settings(max_examples=60, deadline=None)
@given(weeks_and_days(), weeks_and_days(), st.integers(0, 2880), st.integers(0, 2880))
def test_each_version_counts_its_own_time(
    one: tuple[Week, date], other: tuple[Week, date], change: int, length: int
) -> None:
    week, near = one
    start, since = moment(near, 0), moment(near, change)
    calendar = Calendar([Version(since, other[0]), Version(EPOCH, week)])
    before = min(change, length)
    expected = count(week, start, before) + count(other[0], since, length - before)
    end = start + length * MINUTE
    assert calendar.between(start, end) == expected * 60
    pieces = calendar.intervals(start, end)
    assert sum((b - a).total_seconds() for a, b in pieces) == expected * 60
    due = calendar.due(start, 7 * 3600)
    assert calendar.between(start, due) == 7 * 3600
    assert calendar.between(start, due - timedelta(seconds=1)) == 7 * 3600 - 1


@settings(max_examples=100, deadline=None)
@given(weeks_and_days(), st.integers(0, 4 * 86400), st.integers(1, 900_000))
def test_due_and_worked_between_are_inverse(
    case: tuple[Week, date], offset: int, seconds: int
) -> None:
    segments = Segments(case[0])
    start = moment(case[1], 0) + timedelta(seconds=offset)
    due = segments.due(start, seconds)
    assert segments.between(start, due) == seconds
    assert segments.between(start, due - timedelta(seconds=1)) == seconds - 1


@settings(max_examples=100, deadline=None)
@given(weeks_and_days(), st.integers(0, 900_000), st.integers(0, 900_000))
def test_splitting_a_period_never_changes_its_sum(
    case: tuple[Week, date], first: int, second: int
) -> None:
    segments, start = Segments(case[0]), moment(case[1], 0)
    middle = start + timedelta(seconds=first)
    end = middle + timedelta(seconds=second)
    whole = segments.between(start, end)
    assert segments.between(start, middle) + segments.between(middle, end) == whole
    pieces = segments.intervals(start, end)
    assert sum((b - a).total_seconds() for a, b in pieces) == whole
    assert all(a[1] < b[0] for a, b in pairwise(pieces))


@settings(max_examples=60, deadline=None)
@given(weeks_and_days(), st.integers(0, 4320))
def test_openings_and_closings_lie_where_time_begins_and_stops_to_count(
    case: tuple[Week, date], offset: int
) -> None:
    week, at = case[0], moment(case[1], offset)
    segments = Segments(week)
    opens = segments.next_open(at)
    assert segments.between(at, opens) == 0
    assert is_working(week, opens)
    closes, closed = segments.closes(at), segments.closed_since(at)
    assert (closes is None) is (closed is not None) is not is_working(week, at)
    if closes is not None:
        assert segments.between(at, closes) == (closes - at).total_seconds()
    if closed is not None:
        assert segments.between(closed, at) == 0
        assert is_working(week, closed - MINUTE)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-23T09:00", 240, "2026-11-23T13:00"),  # used up exactly at the lunch: due then
        ("2026-11-23T09:00", 241, "2026-11-23T14:01"),
        ("2026-11-23T13:30", 1, "2026-11-23T14:01"),
        ("2026-11-23T17:30", 30, "2026-11-23T18:00"),
        ("2026-11-27T17:30", 31, "2026-11-30T09:01"),
        ("2026-11-28T12:00", 0, "2026-11-28T12:00"),  # a limit of zero is due at once
        ("2026-11-28T12:00", 60, "2026-11-30T10:00"),
        ("2026-12-31T17:00", 120, "2027-01-01T10:00"),  # into a year not asked for yet
    ],
)
def test_office_hours(start: str, minutes: int, due: str) -> None:
    assert office().due(msk(start), minutes * 60) == msk(due)


@pytest.mark.parametrize(
    ("interval", "spring", "autumn"),
    [
        (("00:00", "24:00"), 23 * 60, 25 * 60),
        (("22:00", "06:00"), 7 * 60, 9 * 60),
        (("01:00", "02:30"), 60, 2 * 60),  # autumn: 1:00–3:00, then 2:00–2:30 once more
        (("02:15", "02:45"), 0, 60),
        (("02:30", "10:00"), 7 * 60, 8 * 60),
    ],
)
def test_a_night_when_the_clocks_change(
    interval: tuple[str, str], spring: int, autumn: int
) -> None:
    segments = Segments(Week((hours(interval),) * 7, {}, "Europe/Berlin"))
    berlin = ZoneInfo("Europe/Berlin")
    for month, day, minutes in ((3, 29, spring), (10, 25, autumn)):
        noon_to_noon = interval[0] > interval[1]
        start = datetime(2026, month, day - noon_to_noon, 12 * noon_to_noon, tzinfo=berlin)
        end = start + timedelta(days=1)  # of the wall clock
        assert segments.between(start, end) == minutes * 60, start


def test_time_before_a_new_version_counts_by_the_old_one() -> None:
    change = msk("2026-11-24T00:00")
    calendar = Calendar([Version(EPOCH, Week(OFFICE_WEEK)), Version(change, Week(ROUND_THE_CLOCK))])
    start = msk("2026-11-23T17:00")
    assert calendar.between(start, msk("2026-11-24T02:00")) == 3 * 3600
    assert calendar.due(start, 3 * 3600) == msk("2026-11-24T02:00")
    assert calendar.due(start, 3600) == msk("2026-11-23T18:00")
    assert calendar.next_open(msk("2026-11-23T19:00")) == change
    assert calendar.closed_since(msk("2026-11-23T19:00")) == msk("2026-11-23T18:00")
    assert calendar.intervals(start, msk("2026-11-24T01:00")) == [
        (start, msk("2026-11-23T18:00")),
        (change, msk("2026-11-24T01:00")),
    ]


def test_a_version_that_ends_working_time_closes_it() -> None:
    change = msk("2026-11-24T03:00")
    calendar = Calendar([Version(EPOCH, Week(ROUND_THE_CLOCK)), Version(change, Week(OFFICE_WEEK))])
    assert calendar.closes(msk("2026-11-24T01:00")) == change
    assert calendar.closed_since(msk("2026-11-24T08:00")) == change
    assert calendar.closed_since(msk("2026-11-24T01:00")) is None


@pytest.mark.parametrize(
    ("week", "part"),
    [
        (Week(((),) * 7), "no working time"),
        (Week(((),) * 7, {date(2026, 11, 28): SHORT_DAY}), "no working time"),
        (Week(()), "seven days"),
        (Week(OFFICE_WEEK[:6]), "seven days"),
        (Week((hours(("09:00", "12:00"), ("11:00", "13:00")),) * 7), "overlap"),
        (Week(OFFICE_WEEK, {date(2026, 11, 28): (LUNCH[0], LUNCH[0])}), "overlap"),
        (Week(OFFICE_WEEK, {}, "Mars/Olympus"), "time zone Mars/Olympus"),
        (Week(OFFICE_WEEK, {}, "../etc/passwd"), "time zone"),
        (Week(((Interval(600, 600),),) * 7), "end after"),
        (Week(((Interval(-60, 600),),) * 7), "end after"),
        (Week(((Interval(600, 600 + 1441),),) + ((),) * 6), "longer than a day"),
        (Week((hours(("22:00", "10:00")),) * 6 + (hours(("08:00", "12:00")),)), "night"),
    ],
)
def test_what_a_calendar_may_not_be(week: Week, part: str) -> None:
    assert any(part in str(p) for p in problems(week))
    with pytest.raises(Invalid):
        Segments(week)


def test_a_calendar_has_at_least_one_version() -> None:
    with pytest.raises(Invalid):
        Calendar([])


def test_a_sunday_night_shift_into_monday_is_looked_at_too() -> None:
    week = Week((hours(("05:00", "12:00")),) + ((),) * 5 + (hours(("22:00", "06:00")),))
    assert [str(p) for p in problems(week)] == [
        "A night interval runs into the next day's first one."
    ]


def test_a_night_shift_goes_on_into_a_holiday_and_joins_a_replaced_day() -> None:
    week = Week(
        (NIGHT,) * 7, {date(2026, 11, 24): (), date(2026, 11, 26): hours(("05:00", "07:00"))}
    )
    segments = Segments(week)
    assert segments.between(msk("2026-11-24T00:00"), msk("2026-11-25T00:00")) == 6 * 3600
    assert segments.closes(msk("2026-11-26T03:00")) == msk("2026-11-26T07:00")


def test_an_open_moment_and_the_next_one() -> None:
    calendar = office()
    assert calendar.is_open(msk("2026-11-23T09:00"))
    assert not calendar.is_open(msk("2026-11-23T13:00"))
    assert calendar.next_open(msk("2026-11-23T13:00")) == msk("2026-11-23T14:00")
    assert calendar.next_open(msk("2026-11-23T10:20")) == msk("2026-11-23T10:20")
    assert calendar.closes(msk("2026-11-23T10:00")) == msk("2026-11-23T13:00")
    assert calendar.closes(msk("2026-11-23T13:30")) is None
    assert calendar.closed_since(msk("2026-11-30T08:00")) == msk("2026-11-27T18:00")


def test_the_same_whatever_was_asked_before() -> None:
    fresh, used = office(), office()
    for year in (2031, 1950, 2026, 2008):
        used.between(datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC))
    start = msk("2026-12-31T16:00")
    assert used.due(start, 10**6) == fresh.due(start, 10**6)
    assert used.next_open(msk("2027-01-01T19:00")) == fresh.next_open(msk("2027-01-01T19:00"))
    assert used.closed_since(msk("2027-01-01T08:00")) == fresh.closed_since(msk("2027-01-01T08:00"))


@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
def test_a_moment_outside_all_reason_is_refused(year: int) -> None:
    moment = datetime(year, 6, 1, tzinfo=UTC)
    for ask in (office().is_open, office().closes, office().next_open):
        with pytest.raises(Invalid):
            ask(moment)
    with pytest.raises(Invalid):
        office().due(moment, 60)


def test_a_deadline_that_never_comes_is_refused() -> None:
    with pytest.raises(Invalid):
        office().due(msk("2026-11-23T09:00"), 10**12)


def test_threads_may_share_a_calendar_that_still_grows() -> None:
    starts = [datetime(year, 6, 3, 9, tzinfo=UTC) for year in range(1990, 2040)]
    expected = [office().due(s, 3600 * 2000) for s in starts]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for _ in range(2):
            shared = office()
            with ThreadPoolExecutor(4) as pool:
                found = list(pool.map(shared.due, starts, [3600 * 2000] * len(starts)))
            assert found == expected
    finally:
        sys.setswitchinterval(interval)
