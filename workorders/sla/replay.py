"""From an order's facts, its policies and their calendars to the state of each clock. Pure.

Nothing is counted as it goes: deadlines, time used and breaches are what the facts lead to, so
that replaying them again, in parts or with facts entered later gives what the facts say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workorders.calendars.worktime import Calendar
from workorders.sla.policy import SOON_SECONDS, SOON_SHARE, Policy, Subject
from workorders.sla.rules import (
    CLOCK_RULES,
    FIXED,
    TOLD,
    Clock,
    ClockKey,
    ClockRule,
    ClockState,
    Fact,
    FactKind,
    WaitReason,
)

Policies = Mapping[int, Policy]
"""Versions by their id."""
Calendars = Calendar | Mapping[int, Calendar]
"""One calendar for all, or each policy version's own by the version's id."""


def calendar_for(calendars: Calendars, policy: int) -> Calendar:
    """The calendar by which a policy version counts."""
    return calendars if isinstance(calendars, Calendar) else calendars[policy]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the clock's life under one policy version.

    ``reason`` tells a pause; ``is_over`` the time between met and reopened. Neither is counted.
    """

    start: datetime
    end: datetime
    policy: int
    reason: WaitReason | None = None
    is_over: bool = False


@dataclass(frozen=True)
class ClockResult:
    """What the facts lead to, as of the moment asked for.

    ``used``, ``allowed``, ``late`` and ``paused`` are working seconds. ``policy`` is the version
    it counts by now. ``due_at`` and ``warn_at`` are None unless the clock runs: a paused one stands
    still with ``remaining`` left. ``breached_at`` is the moment the deadline passed while running,
    ``late`` how long the clock has run beyond its deadline since then. ``since`` is when the
    present state began. ``point`` is up to when ``used`` is counted.
    """

    key: ClockKey
    state: ClockState
    started_at: datetime
    since: datetime
    allowed: int
    used: int
    policy: int
    due_at: datetime | None = None
    warn_at: datetime | None = None
    met_at: datetime | None = None
    breached_at: datetime | None = None
    late: int = 0
    paused: Mapping[WaitReason, int] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    point: datetime | None = None

    @property
    def clock(self) -> Clock:
        """The kind of clock."""
        return self.key.clock

    @property
    def remaining(self) -> int:
        """Working seconds left; negative when more was used than allowed."""
        return self.allowed - self.used


def replay(
    facts: Iterable[Fact], policies: Policies, calendars: Calendars, *, now: datetime | None = None
) -> dict[ClockKey, ClockResult]:
    """Every clock these facts start, as of ``now`` (of the last fact when not given).

    Facts are taken in the order of their moments, then ids; ones entered later fall in place, ones
    after ``now`` are left out.
    """
    ordered = sorted(facts, key=_order)
    if now is not None:
        ordered = [f for f in ordered if f.at <= now]
    if not ordered:
        return {}
    until = now or ordered[-1].at
    found = {}
    for key, rule, place in _started(ordered, policies):
        result = _Run(key, rule, policies, calendars).through(ordered, place, until)
        if result is not None:
            found[key] = result
    return found


def _order(fact: Fact) -> tuple[datetime, int]:
    return fact.at, fact.id


def _started(
    facts: Sequence[Fact], policies: Policies
) -> Iterator[tuple[ClockKey, ClockRule, int]]:
    """Clocks that these facts may start, and the first fact that can.

    What none of the order's policies gives time to is passed by: it costs nothing.
    """
    kinds = {fact.kind for fact in facts}
    used = [
        policies[n]
        for n in dict.fromkeys(f.policy for f in facts)
        if n is not None and n in policies
    ]
    used = used or [policies[min(policies)]]
    promised = used[0].promised.union(*(policy.promised for policy in used[1:]))
    for key in _ONCE:
        rule = CLOCK_RULES[key.clock]
        if (key in promised or key.clock in FIXED) and not kinds.isdisjoint(rule.starts):
            yield key, rule, 0
    if _UPDATE in promised:
        yield from _updates(facts)
    if FactKind.PROMISED in kinds:
        yield from _told(facts)
    for key in sorted(promised - _ALWAYS):
        rules = (policy.rule(key) for policy in reversed(used))
        own = next((rule for rule in rules if rule is not None), None)
        if own is not None and not kinds.isdisjoint(own.starts):
            yield key, own, 0


_UPDATE = ClockKey(Clock.UPDATE)
_ONCE = tuple(ClockKey(c) for c in CLOCK_RULES if c is not Clock.UPDATE and c not in TOLD)
_ALWAYS = frozenset((*_ONCE, _UPDATE))


def _updates(facts: Sequence[Fact]) -> Iterator[tuple[ClockKey, ClockRule, int]]:
    """Stretches of *keep the customer informed*: each begins with a word to the customer.

    Ready, or any end, is the last; a refusal at handover begins anew.
    """
    rule = CLOCK_RULES[Clock.UPDATE]
    ends = (rule.meets | rule.voids) - rule.starts
    is_over = False
    for place, fact in enumerate(facts):
        if fact.kind in ends:
            is_over = True
        elif fact.kind in rule.starts and is_over is (fact.kind is FactKind.REFUSED):
            is_over = False
            number = 0 if fact.kind is FactKind.RECEIVED else fact.id
            yield ClockKey(Clock.UPDATE, number), rule, place


def _told(facts: Sequence[Fact]) -> Iterator[tuple[ClockKey, ClockRule, int]]:
    """Promises told to the customer: one clock each."""
    for place, fact in enumerate(facts):
        if fact.kind is FactKind.PROMISED and fact.clock in TOLD and fact.due_at is not None:
            yield ClockKey(fact.clock, fact.id), CLOCK_RULES[fact.clock], place


class _Run:
    """One clock going through the facts.

    ``point`` is where the present stretch began: the last moment at which the clock started,
    paused, went on or got another target. ``used`` is what had been used by then, so the deadline
    does not depend on facts that mean nothing to this clock.
    """

    __slots__ = (
        "about", "agreed", "allowed", "breached", "calendar", "calendars", "is_fixed", "key",
        "late", "met", "paused", "point", "policies", "policy", "rule", "since", "spans",
        "started", "state", "stopped_for", "used", "version", "wait",
    )  # fmt: skip

    def __init__(
        self, key: ClockKey, rule: ClockRule, policies: Policies, calendars: Calendars
    ) -> None:
        self.key, self.rule, self.is_fixed = key, rule, key.clock in FIXED
        self.policies, self.calendars = policies, calendars
        self.about = _USUAL
        self._follow(min(policies))
        self.wait: WaitReason | None = None
        self.stopped_for: WaitReason | None = None
        self.started: datetime | None = None
        self.state = ClockState.RUNNING
        self.agreed: datetime | None = None
        self.allowed: int | None = None
        self.used = self.late = 0
        self.met: datetime | None = None
        self.breached: datetime | None = None
        self.paused: dict[WaitReason, int] = {}
        self.spans: list[Span] = []

    def through(self, facts: Sequence[Fact], place: int, until: datetime) -> ClockResult | None:
        """Take every fact, then the time until the end; none before ``place`` starts the clock."""
        heard = _HEARD.get(self.key.clock) or _heard(self.rule)
        for number, fact in enumerate(facts):
            if fact.kind not in heard:
                continue
            if number < place:
                self._note(fact)
            elif self.started is None:
                self._before_start(fact)
            elif self.state is ClockState.MET:
                self._while_met(fact)
            else:
                self._while_open(fact)
            if self.state is ClockState.VOID or (self.met and not self.rule.reopens):
                break
        if self.started is None:
            return None
        if self.state in (ClockState.RUNNING, ClockState.PAUSED):
            return self._result_of_open(until)
        return self._result()

    def _before_start(self, fact: Fact) -> None:
        self._note(fact)
        if fact.kind not in self.rule.starts:
            return
        if self.is_fixed and fact.due_at is None:
            return
        self.started = self.since = fact.at
        self._aim(fact)
        self._go_on(fact.at)

    def _while_met(self, fact: Fact) -> None:
        self._note(fact)
        if fact.kind in self.rule.reopens:
            self.spans.append(Span(self.point, fact.at, self.version, is_over=True))
            self.met, self.since = None, fact.at
            self._aim(fact)
            self._go_on(fact.at)

    def _while_open(self, fact: Fact) -> None:
        kind, rule = fact.kind, self.rule
        if fact.number is not None and fact.number != self.key.number:
            return  # another promise was kept, or the customer let us off it
        if kind is FactKind.PROMISED:
            if fact.clock is self.key.clock:  # told anew: this one ends as it stands
                self._count_to(fact.at)
                self.state, self.since = ClockState.VOID, fact.at
        elif kind in rule.meets:
            self._count_to(fact.at)
            self.met, self.state, self.since = fact.at, ClockState.MET, fact.at
            self._note(fact)
        elif kind in rule.voids:
            self._count_to(fact.at)
            self.state, self.since = ClockState.VOID, fact.at
        elif kind in rule.unmakes:
            self._count_to(fact.at)
            self.state, self.since = ClockState.VOID, fact.at
            self.breached, self.late = None, 0
        else:
            self._change(fact)

    def _change(self, fact: Fact) -> None:
        """Another target, or the beginning or end of a wait."""
        version = self.version
        if fact.policy is not None and fact.policy in self.policies:
            version = fact.policy
        policy = self.policies[version]
        is_same_target = (
            fact.kind is not FactKind.AGREED
            if self.is_fixed
            else policy.seconds(self.key, _about(fact, self.about)) == self.allowed
        )
        is_same = (
            is_same_target
            and calendar_for(self.calendars, version) is self.calendar
            and self._stops(policy, _wait_after(fact, self.wait)) is self.stopped_for
        )
        if not is_same:
            self._count_to(fact.at)
        self._note(fact)
        if not is_same:
            self._aim(fact)
            self._go_on(fact.at)

    def _note(self, fact: Fact) -> None:
        """Keep what the fact says about the order, whatever it means to this clock."""
        self.about = _about(fact, self.about)
        if fact.policy is not None and fact.policy in self.policies:
            self._follow(fact.policy)
        self.wait = _wait_after(fact, self.wait)

    def _follow(self, version: int) -> None:
        self.version, self.policy = version, self.policies[version]
        self.calendar = calendar_for(self.calendars, version)

    def _aim(self, fact: Fact) -> None:
        """The target from this fact on."""
        if not self.is_fixed:
            self.allowed = self.policy.seconds(self.key, self.about)
            return
        if fact.kind in self.rule.starts and fact.due_at is not None:
            self.agreed = max(fact.due_at, fact.at)
        if self.agreed is not None:
            self.allowed = self.used + self.calendar.between(fact.at, self.agreed)

    def _go_on(self, at: datetime) -> None:
        """Begin a stretch, running or paused; a target already used up is breached here."""
        self.point = at
        self.stopped_for = self._stops(self.policy, self.wait)
        state = ClockState.RUNNING if self.stopped_for is None else ClockState.PAUSED
        if state is not self.state:
            if self.state is not ClockState.MET:
                self.since = at
            self.state = state
        if self.stopped_for is None and self.breached is None and self._is_used_up(at):
            self.breached = at

    def _is_used_up(self, at: datetime) -> bool:
        if self.agreed is not None:
            return self.agreed < at
        return self.allowed is not None and self.used > self.allowed

    def _stops(self, policy: Policy, wait: WaitReason | None) -> WaitReason | None:
        """The wait that stops this clock."""
        return wait if wait is not None and policy.halts(wait, self.key) else None

    def _count_to(self, to: datetime) -> None:
        """End the present stretch: it was counted, or it was a pause."""
        if to <= self.point:
            return
        seconds = self.calendar.between(self.point, to)
        reason = self.stopped_for
        self.spans.append(Span(self.point, to, self.version, reason))
        if reason is not None:
            self.paused[reason] = self.paused.get(reason, 0) + seconds
        else:
            self._judge(seconds, to)
            self.used += seconds
        self.point = to

    def _judge(self, seconds: int, to: datetime) -> None:
        """Whether the deadline passed in a stretch that ends here, and how much lay beyond it."""
        if self.agreed is not None:
            if self.agreed < to:
                start = max(self.agreed, self.point)
                self.breached = self.breached or start
                self.late += self.calendar.between(start, to)
        elif self.allowed is not None and self.used + seconds >= self.allowed:
            due = self._due()
            if due < to.replace(microsecond=0):
                self.breached = self.breached or due
                self.late += self.used + seconds - max(self.allowed, self.used)

    def _due(self) -> datetime:
        """The deadline of the running stretch."""
        if self.agreed is not None:
            return self.agreed
        left = (self.allowed or 0) - self.used
        if left > 0:
            return self.calendar.due(self.point, left)
        return self.breached or self.calendar.next_open(self.point)

    def _warn(self, due: datetime) -> datetime:
        """When *soon* begins: a quarter of the allowance is left, or half an hour of it."""
        allowed = self.allowed or 0
        left = allowed - self.used - max(allowed // SOON_SHARE, SOON_SECONDS)
        if left > 0:
            return self.calendar.due(self.point, left)
        return min(due, self.calendar.next_open(self.point))

    def _result_of_open(self, until: datetime) -> ClockResult | None:
        if self.stopped_for is not None or self.allowed is None:
            self._count_to(until)
            return self._result()
        due_at = self._due()
        warn_at = self._warn(due_at)
        self._count_to(until)
        return self._result(due_at, warn_at)

    def _result(
        self, due_at: datetime | None = None, warn_at: datetime | None = None
    ) -> ClockResult | None:
        """The answer; None for a promise this policy does not make and that nobody missed."""
        state = self.state
        if self.allowed is None:
            if self.breached is None:
                return None
            state = ClockState.VOID
        assert self.started is not None
        return ClockResult(
            self.key, state, self.started, self.since, self.allowed or 0, self.used,
            self.version, due_at, warn_at, self.met, self.breached, self.late, self.paused,
            tuple(self.spans), self.point,
        )  # fmt: skip


_ALL_HEAR = frozenset(
    {
        FactKind.RECEIVED, FactKind.PRIORITY, FactKind.POLICY,
        FactKind.WAIT_OPENED, FactKind.WAIT_CLOSED,
    }
)  # fmt: skip


def _heard(rule: ClockRule) -> frozenset[FactKind]:
    return _ALL_HEAR | rule.starts | rule.meets | rule.voids | rule.unmakes | rule.reopens


_HEARD = {clock: _heard(rule) for clock, rule in CLOCK_RULES.items()}
_USUAL = Subject()


def _about(fact: Fact, about: Subject) -> Subject:
    """What the order is after the fact."""
    if fact.priority is None and fact.criticality is None and fact.work is None:
        return about
    return Subject(
        about.priority if fact.priority is None else fact.priority,
        fact.criticality or about.criticality,
        fact.work or about.work,
    )


def _wait_after(fact: Fact, wait: WaitReason | None) -> WaitReason | None:
    """The wait that is open after the fact; one without a reason waits for another one."""
    if fact.kind is FactKind.WAIT_OPENED:
        return fact.reason or WaitReason.OTHER
    return None if fact.kind is FactKind.WAIT_CLOSED else wait
