"""Promises: the clocks, what starts, meets and ends them, and the facts they listen to.

How long each may take is in :mod:`workorders.sla.policy`, what the clocks make of an order's facts
in :mod:`workorders.sla.replay`, why in :mod:`workorders.sla.account`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text, verbatim


class Clock(Labelled):
    """A promise with a deadline."""

    RESPONSE = "response", P_("clock", "Response"), Tone.PETROL, "user-check"
    QUOTE = "quote", P_("clock", "Quote"), Tone.PETROL, "receipt"
    ARRIVAL = "arrival", P_("clock", "Arrival"), Tone.PETROL, "map-pin"
    RESTORE = "restore", P_("clock", "Restore"), Tone.PETROL, "tool"
    UPDATE = "update", P_("clock", "Update"), Tone.PETROL, "message-2"
    AGREED = "agreed", P_("clock", "Agreed"), Tone.PETROL, "flag-check"
    CALL = "call", P_("clock", "Call back"), Tone.PETROL, "phone"
    PRICE = "price", P_("clock", "Price by a day"), Tone.PETROL, "receipt"
    VISIT = "visit", P_("clock", "Visit"), Tone.PETROL, "calendar-event"
    PART = "part", P_("clock", "Part"), Tone.PETROL, "package"
    OWN = "own", P_("clock", "Own clock"), Tone.PETROL, "clock"


TOLD = (Clock.CALL, Clock.PRICE, Clock.VISIT, Clock.PART)
"""Promises told to a customer for a moment; an order may have any number of each."""
FIXED = frozenset({Clock.AGREED, *TOLD})
"""Their deadline is a moment somebody named: no limit of a policy, and no pause moves it."""


class ClockKey(NamedTuple):
    """One clock of one order.

    ``number`` tells several of a kind apart: the id of the event that told a promise or of the
    contact that began a stretch of *update*, the number of an own clock; 0 for the others.
    """

    clock: Clock
    number: int = 0


def name_of(clock: str, label: str = "") -> Text:
    """What a stored clock is called: an own one by its own name."""
    return verbatim(label) if label else Clock(clock).label


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
    ASSIGNED = "assigned"
    STARTED = "started"
    READY = "ready"
    HANDED_OVER = "handed_over"
    CONTACT = "contact"
    CALLED = "called"
    PARTS_CAME = "parts_came"
    PROMISED = "promised"
    PROMISE_KEPT = "promise_kept"
    PROMISE_FREED = "promise_freed"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened; ``id`` orders what happened at one moment.

    ``reason`` goes with WAIT_OPENED, ``due_at`` with AGREED and PROMISED; ``priority`` and
    ``policy`` (a version's id) with RECEIVED and with PRIORITY and POLICY, which change them, as
    any fact may change ``criticality`` and ``work`` (the order's kind). ``clock`` says what is
    PROMISED, ``number`` which promise is KEPT or FREED: the id of the fact that told it.
    """

    at: datetime
    id: int
    kind: FactKind
    reason: WaitReason | None = None
    priority: int | None = None
    policy: int | None = None
    due_at: datetime | None = None
    criticality: str | None = None
    work: str | None = None
    clock: Clock | None = None
    number: int | None = None


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
    Clock.UPDATE: ClockRule(
        frozenset({_F.RECEIVED, _F.CONTACT, _F.REFUSED}),
        frozenset({_F.CONTACT, _F.READY, _F.HANDED_OVER}),
        _ENDS | {_F.CLOSED},
        N_("From each word to the customer until the next one; until the machine is ready for"
           " handover."),
    ),
    Clock.AGREED: ClockRule(
        frozenset({_F.AGREED}),
        frozenset({_F.RUNS_AGAIN, _F.DONE}),
        _ENDS | {_F.CLOSED},
        N_("The moment agreed with the customer; no pause moves it."),
        reopens=frozenset({_F.REFUSED}),
    ),
    Clock.CALL: ClockRule(
        frozenset({_F.PROMISED}),
        frozenset({_F.CALLED, _F.PROMISE_KEPT}),
        _ENDS | {_F.CLOSED, _F.PROMISE_FREED},
        N_("From the promise to call until the call; no pause moves it."),
    ),
    Clock.PRICE: ClockRule(
        frozenset({_F.PROMISED}),
        frozenset({_F.QUOTED, _F.APPROVED, _F.PROMISE_KEPT}),
        _ENDS | {_F.CLOSED, _F.PROMISE_FREED},
        N_("From the promise to tell term and price until they are told; no pause moves it."),
        unmakes=frozenset({_F.NOTHING_TO_PAY}),
    ),
    Clock.VISIT: ClockRule(
        frozenset({_F.PROMISED}),
        frozenset({_F.ARRIVED, _F.PROMISE_KEPT}),
        _ENDS | {_F.DONE, _F.CLOSED, _F.PROMISE_FREED},
        N_("From the promise to come until an engineer arrives; no pause moves it."),
    ),
    Clock.PART: ClockRule(
        frozenset({_F.PROMISED}),
        frozenset({_F.PROMISE_KEPT, _F.PARTS_CAME}),
        _ENDS | {_F.DONE, _F.CLOSED, _F.PROMISE_FREED},
        N_("From the promise of a part until it is there; no pause moves it."),
    ),
}  # fmt: skip
"""What starts, meets and ends each clock; own clocks bring a rule of their own."""
