"""Gross and net, causes by weight, how sure a share is. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from service_app.reports.figures import Kept, LateTime, Missed
from workorders.breaches.rules import Cause
from workorders.sla.rules import Clock

CONFIDENCE_Z = 1.959964
"""Of the normal distribution, two-sided 95 %."""


@dataclass(frozen=True)
class Range:
    """A share in per cent with the bounds that 95 % of such samples would give."""

    low: float
    share: float
    high: float


def wilson(kept: Kept, z: float = CONFIDENCE_Z) -> Range | None:
    """The score interval of a kept share; None where nothing was decided.

    Source: E. B. Wilson, *Probable inference, the law of succession, and statistical inference*,
    JASA 22 (1927).
    """
    n = kept.total
    if not n:
        return None
    p = kept.kept / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Range(100 * max(0.0, middle - half), 100 * p, 100 * min(1.0, middle + half))


@dataclass(frozen=True)
class ClockKept:
    """One clock's promises: all, and without the customer's own delays."""

    clock: Clock
    kept: Kept
    net: Kept
    before: Kept


def by_clock(
    kept: Mapping[Clock, Kept], before: Mapping[Clock, Kept], missed: Iterable[Missed]
) -> list[ClockKept]:
    """Clocks with promises decided in this period or the one before, in the order of the table.

    A breach of which at least half is the customer's own counts as kept in the net figure.
    """
    own: dict[Clock, int] = {}
    for breach in missed:
        if breach.is_customers and breach.clock is not None:
            own[breach.clock] = own.get(breach.clock, 0) + 1
    found = []
    for clock in Clock:
        gross, earlier = kept.get(clock, Kept()), before.get(clock, Kept())
        theirs = min(own.get(clock, 0), gross.missed)
        net = Kept(gross.kept + theirs, gross.missed - theirs)
        if gross.total or earlier.total:
            found.append(ClockKept(clock, gross, net, earlier))
    return found


@dataclass(frozen=True)
class CauseShare:
    """A cause's late seconds, its share and the share of it and all before; None: not given yet."""

    cause: Cause | None
    seconds: float
    share: float
    together: float


def pareto(late: LateTime) -> list[CauseShare]:
    """Causes from the heaviest down, with the cumulative share in per cent."""
    rows: list[tuple[Cause | None, float]] = [*late.by_cause.items()]
    if late.unknown:
        rows.append((None, late.unknown))
    rows.sort(key=lambda row: -row[1])
    found, so_far = [], 0.0
    for cause, seconds in rows:
        so_far += seconds
        found.append(
            CauseShare(cause, seconds, 100 * seconds / late.total, 100 * so_far / late.total)
        )
    return found
