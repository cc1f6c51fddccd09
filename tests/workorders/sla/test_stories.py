"""Random stories of orders, replayed and lived through minute by minute beside it.

The simulation knows the office's hours, the limits and what meets which clock from tables of its
own; it takes nothing from what it judges but the names of facts and clocks.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from workorders.calendars.rules import Week, hours
from workorders.calendars.worktime import Calendar, Version
from workorders.sla.account import explain
from workorders.sla.policy import Policy
from workorders.sla.replay import ClockResult, replay
from workorders.sla.rules import Clock, ClockKey, ClockState, Fact, FactKind, WaitReason

K, W = FactKind, WaitReason
MINUTE = timedelta(minutes=1)
OFFICE = hours(("09:00", "13:00"), ("14:00", "18:00"))
CALENDAR = Calendar(
    [Version(datetime(2000, 1, 1, tzinfo=UTC), Week((OFFICE,) * 5 + ((), ()), {}, "Europe/Moscow"))]
)
PAUSABLE = frozenset({Clock.QUOTE, Clock.ARRIVAL, Clock.RESTORE})
LIMITS = {
    1: {
        Clock.RESPONSE: (30, 30, 60, 120),
        Clock.QUOTE: (60, 120, 240, 480),
        Clock.ARRIVAL: (120, 240, 480, 480),
        Clock.RESTORE: (240, 480, 960, 1200),
    },
    2: {
        Clock.RESPONSE: (15, 60, 60, 90),
        Clock.QUOTE: (120, 120, 200, 300),
        Clock.ARRIVAL: (60, 300, 480, 700),
        Clock.RESTORE: (480, 481, 700, 1500),
    },
}
STOPS = {
    1: {W.CUSTOMER: PAUSABLE, W.ACCESS: PAUSABLE, W.APPROVAL: PAUSABLE},
    2: {W.ACCESS: PAUSABLE, W.PARTS: frozenset({Clock.RESTORE})},
}
POLICIES = {
    version: Policy(
        {(clock, n): m for clock, row in table.items() for n, m in enumerate(row, start=1)},
        STOPS[version],
    )
    for version, table in LIMITS.items()
}
ENDS = {K.DECLINED, K.DUPLICATE, K.CANCELLED}
MEETS = {
    Clock.RESPONSE: {K.ACCEPTED, K.DECLINED, K.DUPLICATE},
    Clock.QUOTE: {K.QUOTED, K.APPROVED},
    Clock.ARRIVAL: {K.ARRIVED},
    Clock.RESTORE: {K.RUNS_AGAIN, K.DONE},
}
VOIDS = {
    Clock.RESPONSE: {K.CANCELLED},
    Clock.QUOTE: ENDS,
    Clock.ARRIVAL: ENDS | {K.DONE, K.CLOSED},
    Clock.RESTORE: ENDS | {K.CLOSED},
}
UNMAKES = {Clock.QUOTE: K.NOTHING_TO_PAY, Clock.ARRIVAL: K.NO_VISIT}
SIMPLE = [
    K.ACCEPTED, K.QUOTED, K.APPROVED, K.ARRIVED, K.RUNS_AGAIN, K.DONE, K.REFUSED, K.CLOSED,
    K.NOTHING_TO_PAY, K.NO_VISIT, K.DECLINED, K.CANCELLED,
]  # fmt: skip
LIKELY = [K.WAIT_OPENED, K.WAIT_CLOSED, K.PRIORITY, K.POLICY, K.AGREED]


@st.composite
def stories(draw: st.DrawFn, kinds: tuple[FactKind, ...] = (*LIKELY * 3, *SIMPLE)) -> list[Fact]:
    moment = datetime(2026, 11, 20, 5, tzinfo=UTC) + draw(st.integers(0, 4500)) * MINUTE
    out = [Fact(moment, 0, K.RECEIVED, priority=draw(st.integers(1, 4)), policy=1)]
    for number in range(1, draw(st.integers(1, 13))):
        moment += draw(st.sampled_from([0, 1, 15, 30, 45, 60, 120, 190, 480, 1000])) * MINUTE
        kind = draw(st.sampled_from(kinds))
        out.append(
            Fact(
                moment,
                number,
                kind,
                draw(st.sampled_from(list(W))) if kind is K.WAIT_OPENED else None,
                draw(st.integers(1, 4)) if kind is K.PRIORITY else None,
                draw(st.sampled_from([1, 2])) if kind is K.POLICY else None,
                moment + draw(st.integers(1, 3000)) * MINUTE if kind is K.AGREED else None,
            )
        )
    return out


later = st.integers(0, 3000).map(lambda minutes: minutes * MINUTE)


def is_open(moment: datetime) -> bool:
    """Monday to Friday, 9–13 and 14–18 by Moscow, three hours ahead of UTC."""
    return moment.weekday() < 5 and moment.hour + 3 in (9, 10, 11, 12, 14, 15, 16, 17)


@dataclass
class Lived:
    """One clock living through an order's story, minute by minute."""

    clock: Clock
    state: str = "before"
    priority: int = 3
    policy: int = 1
    wait: WaitReason | None = None
    used: int = 0
    late: int = 0
    paused: dict[WaitReason, int] = field(default_factory=dict)
    met: datetime | None = None
    breached: datetime | None = None
    run_out_at: datetime | None = None

    @property
    def allowed(self) -> int:
        return LIMITS[self.policy][self.clock][self.priority - 1]

    @property
    def is_stopped(self) -> bool:
        return self.wait is not None and self.clock in STOPS[self.policy].get(self.wait, ())

    def hear(self, fact: Fact) -> None:
        before = (self.allowed, self.is_stopped)
        self.priority, self.policy = fact.priority or self.priority, fact.policy or self.policy
        if fact.kind in (K.WAIT_OPENED, K.WAIT_CLOSED):
            self.wait = fact.reason
        if (self.allowed, self.is_stopped) != before:
            self.run_out_at = None
        if self.state == "before" and fact.kind is K.RECEIVED:
            self.state = "open"
        elif self.state == "met" and self.clock is Clock.RESTORE and fact.kind is K.REFUSED:
            self.state, self.met, self.run_out_at = "open", None, None
        elif self.state == "open":
            self.end(fact)
        if self.state == "open" and not self.is_stopped and self.used > self.allowed:
            self.breached = self.breached or fact.at

    def end(self, fact: Fact) -> None:
        if fact.kind in MEETS[self.clock]:
            self.state, self.met = "met", fact.at
        elif fact.kind in VOIDS[self.clock]:
            self.state = "void"
        elif fact.kind is UNMAKES.get(self.clock):
            self.state, self.breached, self.late = "void", None, 0

    def live(self, minute: datetime) -> None:
        if self.state != "open":
            return
        if self.is_stopped:
            assert self.wait is not None
            self.paused[self.wait] = self.paused.get(self.wait, 0) + is_open(minute)
            return
        if self.run_out_at is not None:
            self.breached = self.breached or self.run_out_at
        if is_open(minute):
            if self.used >= self.allowed:
                self.breached = self.breached or minute
                self.late += 1
            self.used += 1
            if self.used == self.allowed:
                self.run_out_at = minute + MINUTE


def live_through(clock: Clock, story: list[Fact], now: datetime) -> Lived:
    lived, minute, left = Lived(clock), story[0].at, list(story)
    while True:
        while left and left[0].at == minute:
            lived.hear(left.pop(0))
        if minute >= now:
            return lived
        lived.live(minute)
        minute += MINUTE


def seconds_by_reason(minutes: dict[WaitReason, int]) -> dict[WaitReason, int]:
    return {reason: m * 60 for reason, m in minutes.items() if m}


@settings(max_examples=120, deadline=None)
@given(stories(), later)
def test_a_replay_is_what_living_through_it_minute_by_minute_gives(
    story: list[Fact], after: timedelta
) -> None:
    now = story[-1].at + after
    found = replay(story, POLICIES, CALENDAR, now=now)
    for clock in LIMITS[1]:
        lived, result = live_through(clock, story, now), found[ClockKey(clock)]
        state = {"met": "met", "void": "void"}.get(
            lived.state, "paused" if lived.is_stopped else "running"
        )
        assert (result.state, result.met_at) == (state, lived.met)
        assert (result.used, result.late) == (lived.used * 60, lived.late * 60)
        assert result.breached_at == lived.breached
        assert {r: s for r, s in result.paused.items() if s} == seconds_by_reason(lived.paused)
        if state in ("running", "paused"):
            assert result.allowed == lived.allowed * 60
        if state == "running" and lived.used < lived.allowed:
            assert result.due_at == run_on(lived.allowed - lived.used, now)


def run_on(minutes: int, moment: datetime) -> datetime:
    while minutes:
        minutes -= is_open(moment)
        moment += MINUTE
    return moment


@settings(max_examples=100, deadline=None)
@given(stories(), later, st.randoms())
def test_the_order_of_entry_does_not_matter_and_a_replay_repeats(
    story: list[Fact], after: timedelta, random: Random
) -> None:
    now = story[-1].at + after
    first = replay(story, POLICIES, CALENDAR, now=now)
    shuffled = story[:]
    random.shuffle(shuffled)
    assert replay(iter(shuffled), POLICIES, CALENDAR, now=now) == first


@settings(max_examples=100, deadline=None)
@given(stories(), st.integers(1, 13))
def test_what_comes_later_changes_nothing_before_it(story: list[Fact], cut: int) -> None:
    known = story[:cut]
    now = known[-1].at
    came_later = [f for f in story[cut:] if f.at > now]
    told = replay([*known, *came_later], POLICIES, CALENDAR, now=now)
    assert told == replay(known, POLICIES, CALENDAR)
    if K.NOTHING_TO_PAY in {f.kind for f in story} or K.NO_VISIT in {f.kind for f in story}:
        return
    whole = replay([*known, *came_later], POLICIES, CALENDAR)
    for clock, early in told.items():
        if early.breached_at is not None:
            assert whole[clock].breached_at == early.breached_at


@settings(max_examples=150, deadline=None)
@given(stories(), later)
def test_the_rows_of_an_account_join_and_add_up(story: list[Fact], after: timedelta) -> None:
    now = story[-1].at + after
    for result in replay(story, POLICIES, CALENDAR, now=now).values():
        rows = explain(result, CALENDAR)
        assert sum(r.seconds for r in rows) == result.used
        assert all(a.end == b.start for a, b in pairwise(rows))
        assert all(a.is_counted != b.is_counted for a, b in pairwise(rows))
        assert all(r.start < r.end and (r.seconds > 0) == r.is_counted for r in rows)
        if rows:
            assert rows[0].start == result.started_at
            assert rows[-1].end == last_moment(result, now)


def last_moment(result: ClockResult, now: datetime) -> datetime:
    if result.state in (ClockState.MET, ClockState.VOID):
        return result.since
    return now


@settings(max_examples=150, deadline=None)
@given(stories(), later)
def test_nothing_is_breached_while_paused_or_before_it_began(
    story: list[Fact], after: timedelta
) -> None:
    now = story[-1].at + after
    for result in replay(story, POLICIES, CALENDAR, now=now).values():
        if result.breached_at is not None:
            pauses = [s for s in result.spans if s.reason is not None]
            assert not any(s.start < result.breached_at < s.end for s in pauses)
            assert result.started_at <= result.breached_at <= now
        if result.state is ClockState.PAUSED:
            assert result.due_at is result.warn_at is None
        if result.state is ClockState.RUNNING and result.due_at and result.warn_at:
            assert result.due_at >= result.started_at
            assert result.warn_at <= result.due_at


UNPAUSED = (K.PRIORITY, K.POLICY, K.AGREED, K.ACCEPTED, K.QUOTED, K.ARRIVED)


@settings(max_examples=120, deadline=None)
@given(stories(UNPAUSED), later, st.integers(1, 3000), st.integers(0, 3000), st.integers(1, 4))
def test_a_pause_moves_a_deadline_by_exactly_its_working_time(
    story: list[Fact], after: timedelta, length: int, change: int, priority: int
) -> None:
    start = story[-1].at + after
    end = start + length * MINUTE
    changed = Fact(start + min(change, length) * MINUTE, 901, K.PRIORITY, priority=priority)
    pause = [Fact(start, 900, K.WAIT_OPENED, W.ACCESS), changed, Fact(end, 902, K.WAIT_CLOSED)]
    moved_at_once = Fact(start, 900, K.PRIORITY, priority=priority)
    without = replay([*story, moved_at_once], POLICIES, CALENDAR)
    with_pause = replay([*story, *pause], POLICIES, CALENDAR)
    for clock in PAUSABLE:
        before, now = without[ClockKey(clock)], with_pause[ClockKey(clock)]
        if before.state is ClockState.RUNNING and before.due_at and before.remaining > 0:
            assert now.used == before.used
            assert now.due_at is not None
            moved = CALENDAR.between(before.due_at, now.due_at)
            assert moved == CALENDAR.between(start, end) == now.paused[W.ACCESS]
    if ClockKey(Clock.AGREED) in without:
        assert with_pause[ClockKey(Clock.AGREED)].due_at == without[ClockKey(Clock.AGREED)].due_at
