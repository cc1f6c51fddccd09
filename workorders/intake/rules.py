"""What may be proposed to a customer and answered."""

from datetime import date, datetime

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text


class ProposalKind(Labelled):
    """A quote before the work, or a change while it goes on."""

    QUOTE = "quote", N_("Quote"), Tone.VIOLET, "receipt"
    CHANGE = "change", N_("Change"), Tone.VIOLET, "message-2"


class Answer(Labelled):
    """What became of a proposal."""

    YES = "yes", N_("Approved"), Tone.GREEN, "thumb-up"
    NO = "no", N_("Refused"), Tone.PLAIN, "x"
    REPLACED = "replaced", N_("Replaced by a newer one"), Tone.PLAIN, "refresh"


def expired(valid_until: date | None, today: date) -> Text | None:
    """Why the price no longer holds, or None while it does."""
    if valid_until is None or today <= valid_until:
        return None
    return Text("This price held until %(day)s. Ask for a new one.", day=valid_until)


def term_problem(term_at: datetime, now: datetime) -> Text | None:
    """A promised moment lies ahead."""
    if term_at > now:
        return None
    return Text("%(moment)s has passed. Promise a moment that is still to come.", moment=term_at)
