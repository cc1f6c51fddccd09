"""Causes of a missed promise, and the shares the order's own story suggests. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text
from workorders.calendars.worktime import Calendar
from workorders.sla.replay import Calendars, ClockResult, calendar_for
from workorders.sla.rules import Clock, Fact, FactKind, WaitReason

STEP = 5
"""Shares are suggested in steps of five per cent."""


class Cause(Labelled):
    """Why a promise was missed; the tone says whose time it was."""

    DISPATCH = "dispatch", N_("Our dispatch"), Tone.PETROL, "phone-call"
    REPAIR = "repair", N_("Our repair"), Tone.PETROL, "tool"
    PARTS = "parts", N_("Parts"), Tone.PETROL, "package"
    ACCESS = "access", N_("Customer's access"), Tone.VIOLET, "lock"
    APPROVAL = "approval", N_("Customer's approval"), Tone.VIOLET, "receipt"
    OTHER = "other", N_("Other"), Tone.SLATE, "dots"


CUSTOMERS = frozenset({Cause.ACCESS, Cause.APPROVAL})
"""The customer's own delays; Other is nobody's, the rest ours."""


class BreachState(Labelled):
    """OPEN stands; WITHDRAWN is no longer supported by what is known, and stays listed."""

    OPEN = "open", N_("Stands"), Tone.RED, "clock-exclamation"
    WITHDRAWN = "withdrawn", N_("Withdrawn"), Tone.PLAIN, "clock-check"


class BreachFilter(Labelled):
    """What the list of breaches is narrowed to."""

    NO_CAUSE = "no_cause", N_("Without a cause")
    REVIEWED = "reviewed", N_("With a cause")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


Shares = Mapping[Cause, int]
NO_COMMENT = N_("Write what happened, two words are enough to start.")
_CAUSE_OF = {
    WaitReason.PARTS: Cause.PARTS,
    WaitReason.SUPPLIER: Cause.PARTS,
    WaitReason.ACCESS: Cause.ACCESS,
    WaitReason.CUSTOMER: Cause.ACCESS,
    WaitReason.APPROVAL: Cause.APPROVAL,
    WaitReason.WEATHER: Cause.OTHER,
    WaitReason.OTHER: Cause.OTHER,
}
_BY_US = frozenset({Cause.DISPATCH, Cause.REPAIR})
_BEGINS_REPAIR = frozenset({FactKind.ARRIVED})


def share_problem(shares: Shares) -> Text | None:
    """What is wrong with the shares, or None."""
    if any(not 0 <= share <= 100 for share in shares.values()):
        return N_("A share is a whole number of per cent from 0 to 100.")
    total = sum(shares.values())
    if total != 100:
        return Text("Shares make %(total)s %%, they must make 100 %%.", total=total)
    return None


@dataclass(frozen=True)
class Wait:
    """A wait of the order; ``end`` is the moment asked about while it is still open."""

    reason: WaitReason
    start: datetime
    end: datetime


def waits_of(facts: Iterable[Fact], until: datetime) -> list[Wait]:
    """The order's waits in their order."""
    found: list[Wait] = []
    since: Fact | None = None
    for fact in sorted(facts, key=lambda f: (f.at, f.id)):
        if since is not None and fact.kind in (FactKind.WAIT_OPENED, FactKind.WAIT_CLOSED):
            found.append(Wait(since.reason or WaitReason.OTHER, since.at, fact.at))
            since = None
        if fact.kind is FactKind.WAIT_OPENED:
            since = fact
    if since is not None and since.at < until:
        found.append(Wait(since.reason or WaitReason.OTHER, since.at, until))
    return found


def suggest(
    result: ClockResult, facts: Sequence[Fact], calendars: Calendars, until: datetime
) -> dict[Cause, int]:
    """Shares in per cent, from what the clock counted.

    A wait that did not stop the clock explains as much of the delay as it lasted; what no wait
    explains is ours: dispatch until the engineer came, repair after. A wait that stopped the clock
    is not in the delay and explains nothing.
    """
    counted = _counted(result, waits_of(facts, until), _arrival(facts), calendars)
    by_us = {c: s for c, s in counted.items() if c in _BY_US}
    waited: dict[Cause, int] = {c: s for c, s in counted.items() if c not in _BY_US}
    if result.clock not in (Clock.RESTORE, Clock.AGREED) or not by_us:
        by_us = {Cause.DISPATCH: 1}
    late = max(result.late, 1)
    explained = min(late, sum(waited.values()))
    return rounded(_spread(waited, explained) | _spread(by_us, late - explained))


def _spread(weights: Mapping[Cause, int], total: float) -> dict[Cause, float]:
    """The total in the proportion of the weights."""
    whole = sum(weights.values())
    return {c: total * w / whole for c, w in weights.items() if w} if whole else {}


def rounded(weights: Mapping[Cause, float]) -> dict[Cause, int]:
    """Weights as shares in steps of 5 % that make 100 %, the largest remainders first."""
    whole = sum(weights.values())
    if whole <= 0:
        return {}
    steps = 100 // STEP
    exact = {c: steps * w / whole for c, w in weights.items()}
    out = {c: int(x) for c, x in exact.items()}
    order = sorted(exact, key=lambda c: (out[c] - exact[c], list(Cause).index(c)))
    for cause in order[: steps - sum(out.values())]:
        out[cause] += 1
    return {c: out[c] * STEP for c in Cause if out.get(c)}


def _arrival(facts: Iterable[Fact]) -> datetime | None:
    return min((f.at for f in facts if f.kind in _BEGINS_REPAIR), default=None)


def _counted(
    result: ClockResult, waits: Sequence[Wait], arrival: datetime | None, calendars: Calendars
) -> dict[Cause, int]:
    """Working seconds the clock counted, by what they were spent on."""
    out: dict[Cause, int] = {}
    for span in result.spans:
        if span.reason is not None or span.is_over:
            continue
        calendar = calendar_for(calendars, span.policy)
        whole = calendar.between(span.start, span.end)
        for wait in waits:
            seconds = _overlap(calendar, wait.start, wait.end, span.start, span.end)
            out[_CAUSE_OF[wait.reason]] = out.get(_CAUSE_OF[wait.reason], 0) + seconds
            whole -= seconds
        came = min(max(arrival or span.end, span.start), span.end)
        before = calendar.between(span.start, came) - sum(
            _overlap(calendar, w.start, w.end, span.start, came) for w in waits
        )
        out[Cause.DISPATCH] = out.get(Cause.DISPATCH, 0) + before
        out[Cause.REPAIR] = out.get(Cause.REPAIR, 0) + whole - before
    return {cause: seconds for cause, seconds in out.items() if seconds > 0}


def _overlap(calendar: Calendar, a: datetime, b: datetime, start: datetime, end: datetime) -> int:
    return calendar.between(max(a, start), min(b, end))
