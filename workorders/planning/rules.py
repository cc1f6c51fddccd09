"""Visits: their states and what two of them may not do at once. Pure."""

from datetime import datetime, timedelta

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text

LONGEST = timedelta(days=14)


class VisitStatus(Labelled):
    """How far a visit is."""

    PLANNED = "planned", P_("visit", "Planned"), Tone.PETROL, "calendar-event"
    ON_THE_WAY = "on_the_way", P_("visit", "On the way"), Tone.PETROL, "truck-delivery"
    ON_SITE = "on_site", P_("visit", "On site"), Tone.PETROL, "map-pin"
    OVER = "over", P_("visit", "Over"), Tone.GREEN, "checks"
    CANCELLED = "cancelled", P_("visit", "Cancelled"), Tone.PLAIN, "ban"


OPEN = (VisitStatus.PLANNED, VisitStatus.ON_THE_WAY, VisitStatus.ON_SITE)


def plan_problem(planned_from: datetime, planned_to: datetime, now: datetime) -> Text | None:
    """Why a visit cannot be planned so, or None."""
    if planned_to <= planned_from:
        return N_("A visit ends after it begins.")
    if planned_to - planned_from > LONGEST:
        return N_("A visit longer than two weeks is several visits.")
    if planned_to < now:
        return Text(
            "%(moment)s has passed. Plan a moment that is still to come.", moment=planned_to
        )
    return None


def overlaps(a_from: datetime, a_to: datetime, b_from: datetime, b_to: datetime) -> bool:
    """Whether two stretches share a moment."""
    return a_from < b_to and b_from < a_to
