"""How bad a fault is and where its life stands. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text


class Severity(Labelled):
    """What the machine can still do. ``choice`` and ``choice_hint`` are the words on buttons."""

    STOPPED = "stopped", N_("Machine stopped"), Tone.RED, "alert-octagon"
    DEGRADED = "degraded", N_("Works with limits"), Tone.AMBER, "alert-triangle"
    MINOR = "minor", N_("Does not hinder work"), Tone.PLAIN, "info-circle"

    @property
    def choice(self) -> Text:
        """The big word of the choice: ``Stopped``."""
        return _CHOICES[self][0]

    @property
    def choice_hint(self) -> Text:
        """The small words under it: ``cannot work``."""
        return _CHOICES[self][1]


_CHOICES = {
    Severity.STOPPED: (P_("severity", "Stopped"), P_("severity", "cannot work")),
    Severity.DEGRADED: (P_("severity", "Works"), P_("severity", "with limits")),
    Severity.MINOR: (P_("severity", "Does not hinder"), P_("severity", "work goes on")),
}


class Detection(Labelled):
    """How a fault was found; after the detection methods of ISO 14224, table B.4."""

    REPORT = "report", N_("Reported from the machine"), Tone.PLAIN, "message-2"
    WORK = "work", N_("Found during other work"), Tone.PLAIN, "tool"
    SERVICE = "service", N_("Found at a scheduled service"), Tone.PLAIN, "calendar-month"
    INSPECTION = "inspection", N_("Found at an inspection"), Tone.PLAIN, "search"
    MONITORING = "monitoring", N_("Shown by a sensor or a fault code"), Tone.PLAIN, "gauge"
    OTHER = "other", N_("Found in another way"), Tone.PLAIN, ""


class FaultStatus(Labelled):
    """The life of a fault."""

    OPEN = "open", P_("fault", "Open"), Tone.AMBER, "alert-triangle"
    IN_WORK = "in_work", P_("fault", "In work"), Tone.PETROL, "tool"
    FIXED = "fixed", P_("fault", "Fixed"), Tone.GREEN, "checks"
    CONFIRMED = "confirmed", P_("fault", "Confirmed fixed"), Tone.GREEN, "lock"
    NOT_CONFIRMED = "not_confirmed", P_("fault", "Not confirmed"), Tone.SLATE, "circle-x"
    DUPLICATE = "duplicate", P_("fault", "Duplicate"), Tone.SLATE, "copy"


OPEN = frozenset({FaultStatus.OPEN, FaultStatus.IN_WORK})
"""The fault is still there."""

MOVES: dict[FaultStatus, frozenset[FaultStatus]] = {
    FaultStatus.OPEN: frozenset(
        {
            FaultStatus.IN_WORK,
            FaultStatus.FIXED,
            FaultStatus.NOT_CONFIRMED,
            FaultStatus.DUPLICATE,
        }
    ),
    FaultStatus.IN_WORK: frozenset(
        {FaultStatus.OPEN, FaultStatus.FIXED, FaultStatus.NOT_CONFIRMED, FaultStatus.DUPLICATE}
    ),
    FaultStatus.FIXED: frozenset({FaultStatus.CONFIRMED, FaultStatus.IN_WORK}),
    FaultStatus.CONFIRMED: frozenset(),
    FaultStatus.NOT_CONFIRMED: frozenset({FaultStatus.IN_WORK}),
    FaultStatus.DUPLICATE: frozenset(),
}
"""Which status may follow which."""


def may_move(current: FaultStatus, to: FaultStatus) -> bool:
    """Whether the table of moves has it."""
    return to in MOVES[current]


@dataclass(frozen=True)
class Standing:
    """Where a fault stood before a step of its order, kept with the step so that both go back.

    ``became`` is the status the step gave it: whoever moved the fault on since then is right.
    """

    became: FaultStatus
    status: FaultStatus
    cause: str
    remedy: str
    ended_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """Plain values for an event."""
        return {
            "became": self.became.value,
            "status": self.status.value,
            "cause": self.cause,
            "remedy": self.remedy,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Standing":
        """What :meth:`to_json` wrote."""
        ended = kept["ended_at"]
        return cls(
            became=FaultStatus(kept["became"]),
            status=FaultStatus(kept["status"]),
            cause=kept["cause"],
            remedy=kept["remedy"],
            ended_at=datetime.fromisoformat(ended) if ended else None,
        )
