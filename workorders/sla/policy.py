"""Policies: how long each promise may take, which wait stops which clock, whose turn is urgent.

A policy is one version of an SLA level. Versions never change: a new one stands beside the old.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text
from workorders.sla.rules import (
    CLOCK_RULES,
    FIXED,
    Clock,
    ClockKey,
    ClockRule,
    FactKind,
    WaitReason,
)
from workorders.sla.steps import Step, step_problems

_F = FactKind
LIMITED = (Clock.RESPONSE, Clock.QUOTE, Clock.ARRIVAL, Clock.RESTORE, Clock.UPDATE)
"""Clocks whose time a policy gives."""
STOPPABLE = (Clock.QUOTE, Clock.ARRIVAL, Clock.RESTORE, Clock.UPDATE)
"""Clocks that a wait may stop."""
PRIORITIES = (1, 2, 3, 4)
_PAUSABLE = frozenset({Clock.QUOTE, Clock.ARRIVAL, Clock.RESTORE})
DEFAULT_STOPS: Mapping[WaitReason, frozenset[Clock]] = {
    WaitReason.CUSTOMER: _PAUSABLE,
    WaitReason.ACCESS: _PAUSABLE,
    WaitReason.APPROVAL: _PAUSABLE,
}
"""Domain §8: customer, access and approval stop quote, arrival and restore; others stop none."""
_MINUTES = {
    Clock.RESPONSE: (30, 30, 60, 120),
    Clock.QUOTE: (240, 240, 480, 960),
    Clock.ARRIVAL: (240, 480, 960, 2400),
    Clock.RESTORE: (480, 960, 2400, 4800),
}
DEFAULT_LIMITS: Mapping[tuple[Clock, int], int] = {
    (clock, priority): minutes
    for clock, row in _MINUTES.items()
    for priority, minutes in enumerate(row, start=1)
}
"""Minutes of working time by clock and priority: the Standard policy."""
PRIORITY_TABLE: Mapping[tuple[str, str], int] = {
    ("stopped", "high"): 1, ("stopped", "normal"): 2, ("stopped", "low"): 3,
    ("degraded", "high"): 2, ("degraded", "normal"): 3, ("degraded", "low"): 3,
    ("minor", "high"): 3, ("minor", "normal"): 4, ("minor", "low"): 4,
}  # fmt: skip
"""Severity × criticality → priority."""
SOON_SHARE = 4
SOON_SECONDS = 30 * 60
MOST_SPECIALS, MOST_OWN = 200, 20


@dataclass(frozen=True)
class Subject:
    """What of an order chooses its limits: priority, machine's criticality, kind of work."""

    priority: int = 3
    criticality: str = "normal"
    work: str = "repair"


@dataclass(frozen=True)
class Special:
    """A limit for some orders only; ``minutes`` None promises nothing to them.

    What is None here is any. The one with the most conditions counts, of equals the last.
    """

    clock: Clock
    minutes: int | None
    number: int = 0
    priority: int | None = None
    criticality: str | None = None
    work: str | None = None

    def fits(self, key: ClockKey, about: Subject) -> bool:
        """Whether it speaks of this clock of such an order."""
        return (self.clock, self.number) == key and all(
            mine is None or mine == theirs for mine, theirs in self._pairs(about)
        )

    @property
    def weight(self) -> int:
        """How many conditions it names."""
        return sum(mine is not None for mine, _ in self._pairs(Subject()))

    def _pairs(self, about: Subject) -> tuple[tuple[object, object], ...]:
        return (
            (self.priority, about.priority),
            (self.criticality, about.criticality),
            (self.work, about.work),
        )


class Moment(Labelled):
    """What an own clock may start from and be met by."""

    RECEIVED = "received", P_("moment", "the request"), Tone.PETROL
    ACCEPTED = "accepted", P_("moment", "acceptance"), Tone.PETROL
    QUOTED = "quoted", P_("moment", "term and price told"), Tone.PETROL
    APPROVED = "approved", P_("moment", "the customer's yes"), Tone.PETROL
    ASSIGNED = "assigned", P_("moment", "an engineer assigned"), Tone.PETROL
    ARRIVED = "arrived", P_("moment", "arrival"), Tone.PETROL
    STARTED = "started", P_("moment", "start of the work"), Tone.PETROL
    RUNS_AGAIN = "runs_again", P_("moment", "the machine runs again"), Tone.PETROL
    DONE = "done", P_("moment", "work done"), Tone.PETROL
    READY = "ready", P_("moment", "ready for handover"), Tone.PETROL
    HANDED_OVER = "handed_over", P_("moment", "handover"), Tone.PETROL
    CLOSED = "closed", P_("moment", "closing"), Tone.PETROL


@dataclass(frozen=True)
class OwnClock:
    """A promise of this policy's own: what it is called, from what to what, stopped by which waits.

    ``number`` is its identity through all versions and levels.
    """

    number: int
    name: str
    start: Moment
    meet: Moment
    stops: frozenset[WaitReason] = frozenset()

    @property
    def rule(self) -> ClockRule:
        """What facts do to it."""
        meets = frozenset({FactKind(self.meet.value)})
        ends = frozenset({_F.DECLINED, _F.DUPLICATE, _F.CANCELLED, _F.CLOSED}) - meets
        return ClockRule(frozenset({FactKind(self.start.value)}), meets, ends, self.sentence)

    @property
    def sentence(self) -> Text:
        """What a page says of it."""
        return Text(
            "From: %(start)s. Until: %(meet)s.", start=self.start.label, meet=self.meet.label
        )


@dataclass(frozen=True)
class Policy:
    """One version: minutes by (clock, priority), exceptions, own clocks, waits that stop clocks.

    The limits of own clocks stand in ``specials`` with their number.
    """

    limits: Mapping[tuple[Clock, int], int] = field(default_factory=lambda: DEFAULT_LIMITS)
    stops: Mapping[WaitReason, frozenset[Clock]] = field(default_factory=lambda: DEFAULT_STOPS)
    priorities: Mapping[tuple[str, str], int] = field(default_factory=lambda: PRIORITY_TABLE)
    specials: tuple[Special, ...] = ()
    own: tuple[OwnClock, ...] = ()
    steps: tuple[Step, ...] = ()

    def seconds(self, key: ClockKey, about: Subject) -> int | None:
        """The allowance in working seconds; None where this clock promises nothing."""
        known = self._answers
        asked = (key, about)
        if asked not in known:
            known[asked] = self._seconds(key, about)
        return known[asked]

    @cached_property
    def _answers(self) -> dict[tuple[ClockKey, Subject], int | None]:
        return {}

    def _seconds(self, key: ClockKey, about: Subject) -> int | None:
        minutes = self.limits.get((key.clock, about.priority))
        fitting = [one for one in self.specials if one.fits(key, about)]
        if fitting:
            most = max(one.weight for one in fitting)
            minutes = [one for one in fitting if one.weight == most][-1].minutes
        return None if minutes is None else minutes * 60

    @cached_property
    def promised(self) -> frozenset[ClockKey]:
        """Clocks that this version gives time to, for any order."""
        found = {ClockKey(clock) for clock, _ in self.limits}
        return frozenset(found | {ClockKey(s.clock, s.number) for s in self.specials})

    def halts(self, reason: WaitReason, key: ClockKey) -> bool:
        """Whether a wait for this reason stops the clock; a named moment is never moved."""
        if key.clock in FIXED:
            return False
        if key.clock is Clock.OWN:
            own = self.find_own(key.number)
            return own is not None and reason in own.stops
        return key.clock in self.stops.get(reason, frozenset())

    def find_own(self, number: int) -> OwnClock | None:
        """The own clock of this number, if this version has it."""
        return next((one for one in self.own if one.number == number), None)

    def rule(self, key: ClockKey) -> ClockRule | None:
        """What facts do to a clock; None for an own clock of another level."""
        if key.clock is not Clock.OWN:
            return CLOCK_RULES[key.clock]
        own = self.find_own(key.number)
        return own.rule if own else None


STANDARD = Policy()


def policy_problems(policy: Policy) -> list[Text]:
    """Gaps and nonsense in a policy, in sentences; empty when it may be used.

    A clock without any limit is a promise not made; one with a limit for some priorities only has
    a gap.
    """
    found: list[Text] = []
    for clock in LIMITED:
        row = [policy.limits.get((clock, priority)) for priority in PRIORITIES]
        for priority, minutes in zip(PRIORITIES, row, strict=True):
            if minutes is not None and minutes <= 0:
                text = N_("%(clock)s for priority %(priority)s must be more than 0 minutes.")
                found.append(text.with_values(clock=clock.label, priority=priority))
            elif minutes is None and any(m is not None for m in row):
                text = N_("%(clock)s has no limit for priority %(priority)s.")
                found.append(text.with_values(clock=clock.label, priority=priority))
    if not policy.promised:
        found.append(N_("This policy promises nothing: give at least one clock its limits."))
    return [
        *found,
        *_special_problems(policy),
        *_own_problems(policy),
        *step_problems(policy.steps),
    ]


def _special_problems(policy: Policy) -> list[Text]:
    found: list[Text] = []
    if len(policy.specials) > MOST_SPECIALS:
        found.append(Text("More than %(most)s exceptions.", most=MOST_SPECIALS))
    for one in policy.specials:
        if one.minutes is not None and one.minutes <= 0:
            found.append(N_("An exception must give more than 0 minutes."))
        if one.clock is Clock.OWN and policy.find_own(one.number) is None:
            found.append(N_("An exception names a clock that this policy does not have."))
        if one.clock in FIXED:
            text = N_("%(clock)s has a moment somebody named: a policy gives it no time.")
            found.append(text.with_values(clock=one.clock.label))
    return list(dict.fromkeys(found))


def _own_problems(policy: Policy) -> list[Text]:
    found: list[Text] = []
    if len(policy.own) > MOST_OWN:
        found.append(Text("More than %(most)s own clocks.", most=MOST_OWN))
    names = [one.name.casefold() for one in policy.own]
    for one in policy.own:
        if not one.name.strip():
            found.append(N_("Name every own clock."))
        elif names.count(one.name.casefold()) > 1:
            found.append(Text("Two own clocks are called %(name)s.", name=one.name))
        if one.start is one.meet:
            found.append(Text("%(name)s would start and end at the same moment.", name=one.name))
        if ClockKey(Clock.OWN, one.number) not in policy.promised:
            found.append(Text("%(name)s has no limit.", name=one.name))
    return list(dict.fromkeys(found))


def suggest_priority(policy: Policy, severity: str, criticality: str) -> int:
    """The priority the policy's table gives; 3 where it says nothing."""
    return policy.priorities.get((severity, criticality), 3)
