"""Promises: the clocks, what starts, meets and ends them, and the policies they follow.

What the clocks make of an order's facts is in :mod:`workorders.sla.replay`, why in
:mod:`workorders.sla.account`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text


class Clock(Labelled):
    """A promise with a deadline."""

    RESPONSE = "response", P_("clock", "Response"), Tone.PETROL, "user-check"
    QUOTE = "quote", P_("clock", "Quote"), Tone.PETROL, "receipt"
    ARRIVAL = "arrival", P_("clock", "Arrival"), Tone.PETROL, "map-pin"
    RESTORE = "restore", P_("clock", "Restore"), Tone.PETROL, "tool"
    AGREED = "agreed", P_("clock", "Agreed"), Tone.PETROL, "flag-check"


class ClockState(StrEnum):
    """RUNNING counts, PAUSED stands still, MET was kept or missed, VOID no longer applies."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    VOID = "void"


class WaitReason(Labelled):
    """Why an order waits."""

    PARTS = "parts", N_("waiting for parts"), Tone.SLATE, "package"
    ACCESS = "access", N_("no access to the machine"), Tone.VIOLET, "lock"
    CUSTOMER = "customer", N_("waiting for the customer"), Tone.VIOLET, "user"
    APPROVAL = "approval", N_("waiting for the price to be approved"), Tone.VIOLET, "receipt"
    SUPPLIER = (
        "supplier",
        N_("waiting for the supplier or the factory"),
        Tone.SLATE,
        "truck-delivery",
    )
    WEATHER = "weather", N_("weather"), Tone.SLATE, "cloud-rain"
    OTHER = "other", N_("another reason"), Tone.SLATE, "dots"

    @property
    def badge(self) -> Text:
        """Beside the status, for staff."""
        return _WAITS[self][0]

    @property
    def waited(self) -> Text:
        """In the story, when it is over; its length follows."""
        return _WAITS[self][1]

    @property
    def to_customer(self) -> Text:
        """Beside the status, for the customer."""
        return _WAITS[self][2]


_WAITS = {
    WaitReason.PARTS: (
        P_("badge", "Waiting: parts"), N_("Waited for parts"), P_("wait", "Waiting for parts"),
    ),
    WaitReason.ACCESS: (
        P_("badge", "Waiting: access"), N_("Waited for access to the machine"),
        P_("wait", "Waiting for access to the machine"),
    ),
    WaitReason.CUSTOMER: (
        P_("badge", "Waiting: the customer"), N_("Waited for the customer"),
        P_("wait", "Waiting for you"),
    ),
    WaitReason.APPROVAL: (
        P_("badge", "Waiting: approval"), N_("Waited for approval"),
        P_("wait", "Waiting for your decision"),
    ),
    WaitReason.SUPPLIER: (
        P_("badge", "Waiting: supplier"), N_("Waited for the supplier or the factory"),
        P_("wait", "Waiting for the supplier or the factory"),
    ),
    WaitReason.WEATHER: (
        P_("badge", "Waiting: weather"), N_("Waited for the weather"),
        P_("wait", "Waiting for the weather"),
    ),
    WaitReason.OTHER: (P_("badge", "Waiting"), N_("Waited"), P_("wait", "Waiting")),
}  # fmt: skip


CUSTOMERS_WAITS = frozenset({WaitReason.ACCESS, WaitReason.CUSTOMER, WaitReason.APPROVAL})
"""It is the customer's turn while one of these is open."""


class FactKind(StrEnum):
    """What the replay listens to."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"
    QUOTED = "quoted"
    APPROVED = "approved"
    NOTHING_TO_PAY = "nothing_to_pay"
    NO_VISIT = "no_visit"
    ARRIVED = "arrived"
    RUNS_AGAIN = "runs_again"
    DONE = "done"
    REFUSED = "refused"
    CLOSED = "closed"
    WAIT_OPENED = "wait_opened"
    WAIT_CLOSED = "wait_closed"
    PRIORITY = "priority"
    POLICY = "policy"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened; ``id`` orders what happened at one moment.

    ``reason`` goes with WAIT_OPENED, ``due_at`` with AGREED; ``priority`` and ``policy`` (a
    version's id) with RECEIVED and with PRIORITY and POLICY, which change them.
    """

    at: datetime
    id: int
    kind: FactKind
    reason: WaitReason | None = None
    priority: int | None = None
    policy: int | None = None
    due_at: datetime | None = None


_F = FactKind
_ENDS = frozenset({_F.DECLINED, _F.DUPLICATE, _F.CANCELLED})


@dataclass(frozen=True)
class ClockRule:
    """What a fact does to a clock, and the sentence a page shows.

    ``voids`` ends the clock unmet, a breach before it stays; ``unmakes`` shows that the promise
    never applied, so there is no breach either.
    """

    starts: frozenset[FactKind]
    meets: frozenset[FactKind]
    voids: frozenset[FactKind]
    sentence: Text
    reopens: frozenset[FactKind] = frozenset()
    unmakes: frozenset[FactKind] = frozenset()


CLOCK_RULES: dict[Clock, ClockRule] = {
    Clock.RESPONSE: ClockRule(
        frozenset({_F.RECEIVED}),
        frozenset({_F.ACCEPTED, _F.DECLINED, _F.DUPLICATE}),
        frozenset({_F.CANCELLED}),
        N_("From the request until a person accepts or declines it."),
    ),
    Clock.QUOTE: ClockRule(
        frozenset({_F.RECEIVED}),
        frozenset({_F.QUOTED, _F.APPROVED}),
        _ENDS,
        N_("From the request until term and price are told; none where the customer pays nothing."),
        unmakes=frozenset({_F.NOTHING_TO_PAY}),
    ),
    Clock.ARRIVAL: ClockRule(
        frozenset({_F.RECEIVED}),
        frozenset({_F.ARRIVED}),
        _ENDS | {_F.DONE, _F.CLOSED},
        N_("From the request until the first engineer arrives; none where nobody has to come."),
        unmakes=frozenset({_F.NO_VISIT}),
    ),
    Clock.RESTORE: ClockRule(
        frozenset({_F.RECEIVED}),
        frozenset({_F.RUNS_AGAIN, _F.DONE}),
        _ENDS | {_F.CLOSED},
        N_("From the request until the machine runs again, else until the work is done;"
           " a refusal at handover reopens it."),
        reopens=frozenset({_F.REFUSED}),
    ),
    Clock.AGREED: ClockRule(
        frozenset({_F.AGREED}),
        frozenset({_F.RUNS_AGAIN, _F.DONE}),
        _ENDS | {_F.CLOSED},
        N_("The moment agreed with the customer; no pause moves it."),
        reopens=frozenset({_F.REFUSED}),
    ),
}  # fmt: skip

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


@dataclass(frozen=True)
class Policy:
    """One version: minutes by (clock, priority), and which wait stops which clock."""

    limits: Mapping[tuple[Clock, int], int] = field(default_factory=lambda: DEFAULT_LIMITS)
    stops: Mapping[WaitReason, frozenset[Clock]] = field(default_factory=lambda: DEFAULT_STOPS)
    priorities: Mapping[tuple[str, str], int] = field(default_factory=lambda: PRIORITY_TABLE)

    def seconds(self, clock: Clock, priority: int) -> int | None:
        """The allowance; None where this clock promises nothing."""
        minutes = self.limits.get((clock, priority))
        return None if minutes is None else minutes * 60

    def halts(self, reason: WaitReason, clock: Clock) -> bool:
        """Whether a wait for this reason stops the clock."""
        return clock in self.stops.get(reason, frozenset())


STANDARD = Policy()


def policy_problems(policy: Policy) -> list[Text]:
    """Gaps and nonsense in a policy, in sentences; empty when it may be used."""
    found = []
    for clock in (Clock.RESPONSE, Clock.QUOTE, Clock.ARRIVAL, Clock.RESTORE):
        for priority in (1, 2, 3, 4):
            minutes = policy.limits.get((clock, priority))
            if minutes is not None and minutes <= 0:
                text = N_("%(clock)s for priority %(priority)s must be more than 0 minutes.")
                found.append(text.with_values(clock=clock.label, priority=priority))
            elif minutes is None:
                text = N_("%(clock)s has no limit for priority %(priority)s.")
                found.append(text.with_values(clock=clock.label, priority=priority))
    return found


def suggest_priority(policy: Policy, severity: str, criticality: str) -> int:
    """The priority the policy's table gives; 3 where it says nothing."""
    return policy.priorities.get((severity, criticality), 3)
