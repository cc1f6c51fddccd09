"""When a letter is tried again, and when it is given up. Pure."""

from datetime import datetime, timedelta

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""After the first failed try, after the second, …; after the last pause one more try is made."""
LEASE = timedelta(minutes=10)
"""How long a delivery may last; then its letter is taken for not delivered and tried again."""

KEEP_SENT = timedelta(days=14)
KEEP_FAILED = timedelta(days=90)


class LetterState(Labelled):
    """Where a letter is."""

    WAITING = "waiting", N_("Waiting"), Tone.SLATE, "clock"
    SENT = "sent", N_("Delivered"), Tone.GREEN, "checks"
    FAILED = "failed", N_("Not delivered"), Tone.RED, "alert-triangle"


def next_try_at(tries: int, now: datetime) -> datetime | None:
    """When to try again after ``tries`` tries that failed; None when it is time to give up."""
    return now + PAUSES[tries - 1] if tries <= len(PAUSES) else None


CHANNEL = "channel:"
"""The address of a message for the channel outside."""
