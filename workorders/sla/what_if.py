"""How a promise would have fared at other limits, and how much of its time was used. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workorders.sla.past import PastResult
from workorders.sla.rules import ClockState

BUCKETS = 10
FACTORS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Limits tried, as parts of the plan's own."""


@dataclass(frozen=True)
class Group:
    """One clock and priority of the log. ``curve`` is (limit in seconds, per cent kept)."""

    clock: str
    priority: str
    limit: int
    decided: int
    used: Sequence[int]
    curve: Sequence[tuple[int, float]]


def groups(results: Iterable[PastResult]) -> list[Group]:
    """By clock and priority, in the order of the log; those without a limit are left out."""
    found: dict[tuple[str, str], list[PastResult]] = {}
    for one in results:
        if one.result is not None and one.result.allowed:
            found.setdefault((one.clock, one.priority), []).append(one)
    return [_group(*key, rows) for key, rows in found.items()]


def _group(clock: str, priority: str, rows: Sequence[PastResult]) -> Group:
    limit = next(r.result.allowed for r in rows if r.result)
    taken = [
        (r.result.used, r.result.state is ClockState.MET)
        for r in rows
        if r.result and (r.result.state is ClockState.MET or r.is_breached)
    ]
    used = [0] * (BUCKETS + 1)
    for seconds, is_met in taken:
        is_late = seconds > limit or not is_met
        used[BUCKETS if is_late else min(seconds * BUCKETS // limit, BUCKETS - 1)] += 1
    curve = [(round(limit * f), kept_at(taken, round(limit * f))) for f in FACTORS if taken]
    return Group(clock, priority, limit, len(taken), used, curve)


def kept_at(taken: Sequence[tuple[int, bool]], limit: int) -> float:
    """Per cent that would have been kept at this limit: met, and within it."""
    return 100 * sum(is_met and seconds <= limit for seconds, is_met in taken) / len(taken)
