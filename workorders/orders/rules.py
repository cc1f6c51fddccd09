"""What an order can be: statuses, phases, kinds, places, lines, answers, and whose turn it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text
from workorders.contracts.rules import Cost, Works
from workorders.sla.rules import CUSTOMERS_WAITS, WaitReason

UNDO_WITHIN = timedelta(minutes=10)
BACKDATE_WITHIN = timedelta(hours=72)
CLOCK_SKEW = timedelta(minutes=1)


class Status(Labelled):
    """Where an order stands; words for staff (operators read :func:`operator_label`)."""

    RECEIVED = "received", P_("order", "Received"), Tone.PETROL_OPEN, "inbox"
    ACCEPTED = "accepted", P_("order", "Accepted"), Tone.PETROL, "user-check"
    QUOTED = "quoted", P_("order", "Waiting for approval"), Tone.VIOLET, "receipt"
    APPROVED = "approved", P_("order", "Approved"), Tone.PETROL, "thumb-up"
    SCHEDULED = "scheduled", P_("order", "Scheduled"), Tone.PETROL, "calendar-event"
    IN_WORK = "in_work", P_("order", "In work"), Tone.PETROL_SOLID, "tool"
    DONE = "done", P_("order", "Work done"), Tone.GREEN, "checks"
    READY = "ready", P_("order", "Ready"), Tone.VIOLET, "key"
    HANDED_OVER = "handed_over", P_("order", "Handed over"), Tone.GREEN, "signature"
    CLOSED = "closed", P_("order", "Closed"), Tone.PLAIN, "lock"
    DECLINED = "declined", P_("order", "Declined"), Tone.PLAIN, "circle-x"
    DUPLICATE = "duplicate", P_("order", "Duplicate"), Tone.PLAIN, "copy"
    CANCELLED = "cancelled", P_("order", "Cancelled"), Tone.PLAIN, "ban"


DIAGNOSIS = (P_("order", "Diagnosis"), "stethoscope")
"""The wording and icon of accepted or in work while somebody finds the cause."""
FINDING_CAUSE = frozenset({Status.ACCEPTED, Status.IN_WORK})
"""Statuses that may be worded so."""

_OPERATOR = {
    Status.RECEIVED: P_("operator", "Received"),
    Status.ACCEPTED: P_("operator", "Accepted"),
    Status.QUOTED: P_("operator", "Your decision"),
    Status.APPROVED: P_("operator", "Approved"),
    Status.SCHEDULED: P_("operator", "Engineer assigned"),
    Status.IN_WORK: P_("operator", "In work"),
    Status.DONE: P_("operator", "Work done, papers next"),
    Status.READY: P_("operator", "Ready for you"),
    Status.HANDED_OVER: P_("operator", "Accepted by you"),
    Status.CLOSED: P_("operator", "Closed"),
    Status.DECLINED: P_("operator", "Declined"),
    Status.DUPLICATE: P_("operator", "Duplicate"),
    Status.CANCELLED: P_("operator", "Cancelled"),
}


def operator_label(status: Status) -> Text:
    """The status in the customer's words."""
    return _OPERATOR[status]


class Phase(Labelled):
    """The three parts of every order's life."""

    INTAKE = "intake", N_("Intake"), Tone.PETROL, "inbox"
    EXECUTION = "execution", N_("Execution"), Tone.PETROL, "tool"
    HANDOVER = "handover", N_("Handover"), Tone.PETROL, "signature"


_INTAKE = (Status.RECEIVED, Status.ACCEPTED, Status.QUOTED, Status.APPROVED)
_EXECUTION = (Status.SCHEDULED, Status.IN_WORK, Status.DONE)
FINAL = frozenset({Status.CLOSED, Status.DECLINED, Status.DUPLICATE, Status.CANCELLED})
OPEN = tuple(s for s in Status if s not in FINAL)
MAY_WAIT = frozenset(
    {
        Status.ACCEPTED,
        Status.QUOTED,
        Status.APPROVED,
        Status.SCHEDULED,
        Status.IN_WORK,
        Status.DONE,
        Status.READY,
    }
)


def phase_of(status: Status) -> Phase:
    """The phase a status belongs to (ends that never left intake belong to intake)."""
    if status in _INTAKE or status in (Status.DECLINED, Status.DUPLICATE, Status.CANCELLED):
        return Phase.INTAKE
    return Phase.EXECUTION if status in _EXECUTION else Phase.HANDOVER


class Turn(Labelled):
    """Whose turn it is."""

    OURS = "ours", N_("our turn"), Tone.PETROL
    CUSTOMER = "customer", N_("the customer's turn"), Tone.VIOLET
    NOBODY = "nobody", N_("nothing to do"), Tone.PLAIN


def turn_of(status: Status, wait: WaitReason | None = None) -> Turn:
    """Ours, the customer's (decide, let us in, collect), or nobody's."""
    if status in FINAL:
        return Turn.NOBODY
    if wait in CUSTOMERS_WAITS or status in (Status.QUOTED, Status.READY):
        return Turn.CUSTOMER
    return Turn.OURS


class Kind(Labelled):
    """What is done."""

    REPAIR = "repair", N_("Repair"), Tone.PETROL, "tool"
    SCHEDULED_SERVICE = "scheduled_service", N_("Scheduled service"), Tone.PETROL, "calendar-month"
    CAMPAIGN = "campaign", N_("Campaign"), Tone.PETROL, "flag"
    COMMISSIONING = "commissioning", N_("Commissioning"), Tone.PETROL, "key"
    INSPECTION = "inspection", N_("Inspection"), Tone.PETROL, "search"
    CONSULTATION = "consultation", N_("Consultation"), Tone.PETROL, "phone-call"
    TRAINING = "training", N_("Training"), Tone.PETROL, "users"
    COMPONENT_REPAIR = "component_repair", N_("Component repair"), Tone.PETROL, "settings"


REPAIRS = frozenset({Kind.REPAIR, Kind.COMPONENT_REPAIR})
_WORKS = {
    Kind.REPAIR: Works.REPAIRS, Kind.COMPONENT_REPAIR: Works.REPAIRS,
    Kind.SCHEDULED_SERVICE: Works.SERVICES, Kind.INSPECTION: Works.SERVICES,
}  # fmt: skip


def work_of(kind: Kind) -> Works:
    """Which work a contract or a warranty takes it for."""
    return _WORKS.get(kind, Works.ALL)


WITHOUT_HANDOVER = frozenset({Kind.CONSULTATION, Kind.TRAINING})
"""Nothing is handed over: done → closed."""


class Place(Labelled):
    """Where it is done."""

    ON_SITE = "on_site", N_("At the customer's"), Tone.PETROL, "map-pin"
    WORKSHOP = "workshop", N_("In our workshop"), Tone.PETROL, "building"


class Source(Labelled):
    """How the order came to us."""

    QR = "qr", N_("from the QR code"), Tone.VIOLET, "qrcode"
    PORTAL = "portal", N_("in the portal"), Tone.VIOLET, "user"
    PHONE = "phone", N_("by phone"), Tone.VIOLET, "phone"
    EMAIL = "email", N_("by e-mail"), Tone.VIOLET, "mail"
    PLANNED = "planned", N_("made ahead"), Tone.PETROL, "calendar-event"
    FOUND = "found", N_("found during work"), Tone.PETROL, "alert-triangle"
    IMPORT = "import", N_("imported history"), Tone.SLATE, "history"


class Expectation(Labelled):
    """What the customer expects of this order."""

    FIND_CAUSE = "find_cause", N_("Find the cause only"), Tone.PETROL, "stethoscope"
    MAKE_IT_RUN = "make_it_run", N_("Make it run"), Tone.PETROL, "player-play"
    FULL_RESTORATION = "full_restoration", N_("Full restoration"), Tone.PETROL, "checks"


class LineKind(Labelled):
    """What a line is for."""

    WORK = "work", N_("Work"), Tone.PETROL, "tool"
    PART = "part", N_("Part"), Tone.PETROL, "package"
    TRAVEL = "travel", N_("Travel"), Tone.PETROL, "truck-delivery"
    OTHER = "other", N_("Other"), Tone.PETROL, "dots"


COST_OF = {
    LineKind.WORK: Cost.LABOUR,
    LineKind.PART: Cost.MATERIAL,
    LineKind.TRAVEL: Cost.TRAVEL,
    LineKind.OTHER: Cost.MATERIAL,
}
"""Which cost of a contract or a warranty a line is."""


class AnswerWay(Labelled):
    """How the customer's answer reached us."""

    PORTAL = "portal", N_("in the portal"), Tone.VIOLET, "user"
    PHONE = "phone", N_("by phone"), Tone.VIOLET, "phone"
    EMAIL = "email", N_("by e-mail"), Tone.VIOLET, "mail"
    IN_PERSON = "in_person", N_("in person"), Tone.VIOLET, "users"
    MESSENGER = "messenger", N_("by messenger"), Tone.VIOLET, "message-2"


class Priority(IntEnum):
    """1 is the most urgent."""

    CRITICAL = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4

    @property
    def label(self) -> Text:
        """The word people use."""
        return _PRIORITY[self]


_PRIORITY = {
    Priority.CRITICAL: N_("1, critical"),
    Priority.HIGH: N_("2, high"),
    Priority.NORMAL: N_("3, normal"),
    Priority.LOW: N_("4, low"),
}


def format_number(prefix: str, year: int, ordinal: int) -> str:
    """``26-0418``; a branch with a prefix says it first: ``ЕК26-0418``."""
    return f"{prefix}{year % 100:02d}-{ordinal:04d}"


def check_moment(
    happened_at: datetime,
    *,
    recorded_at: datetime,
    not_before: datetime | None,
    may_backdate: bool,
    reason: str,
) -> Text | None:
    """Why an event cannot have happened then, or None (domain: two moments of every event).

    Not in the future (a minute of skew is forgiven), not before the event it follows, at most
    72 hours back unless the person may backdate and says why.
    """
    if happened_at > recorded_at + CLOCK_SKEW:
        return Text("%(moment)s has not come yet. Give the moment it happened.", moment=happened_at)
    if not_before is not None and happened_at < not_before:
        return Text(
            "That is before %(moment)s, when the step before it happened.", moment=not_before
        )
    if recorded_at - happened_at > BACKDATE_WITHIN:
        if not may_backdate:
            return Text(
                "%(moment)s is more than 72 hours ago. The manager can enter it, with a reason.",
                moment=happened_at,
            )
        if not reason.strip():
            return N_("It is more than 72 hours ago: write why it is entered only now.")
    return None


@dataclass(frozen=True)
class Step:
    """An event as the replay needs it; ``undoes`` is the id of the event this one takes back."""

    id: int
    to_status: Status | None
    undoes: int | None = None


def effective(steps: Iterable[Step]) -> list[Step]:
    """The steps that count: an undoing step and the one it names are both left out."""
    listed = list(steps)
    gone = {s.undoes for s in listed if s.undoes is not None}
    return [s for s in listed if s.undoes is None and s.id not in gone]


def replay_status(steps: Sequence[Step]) -> Status:
    """The status the events lead to."""
    status = Status.RECEIVED
    for step in effective(steps):
        if step.to_status is not None:
            status = step.to_status
    return status


def shown_number(number: str, external_id: str | None, *, is_past: bool) -> str:
    """The number people say aloud; imported history shows the number it had, if any."""
    if not is_past:
        return number
    own = external_id or ""
    return own.removeprefix("ext:") if own.startswith("ext:") else ""


def is_wait_said(status: Status, reason: str | None) -> bool:
    """Whether the status itself says that the order waits for this."""
    return status is Status.QUOTED and reason == "approval"
