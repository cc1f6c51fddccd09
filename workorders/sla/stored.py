"""A policy as plain values for its row, and read back. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from workorders.sla.policy import Moment, OwnClock, Policy, Special
from workorders.sla.rules import Clock, WaitReason
from workorders.sla.steps import Step, When, Whom


class StoredPolicy(Protocol):
    """The columns of a version that make its policy."""

    limits: Any
    stops: Any
    priorities: Any
    specials: Any
    own: Any
    steps: Any


def to_policy(row: StoredPolicy) -> Policy:
    """The stored version as a value."""
    return Policy(
        {
            (Clock(name), int(priority)): int(minutes)
            for key, minutes in row.limits.items()
            for name, _, priority in [key.partition(".")]
        },
        {
            WaitReason(reason): frozenset(Clock(c) for c in clocks)
            for reason, clocks in row.stops.items()
        },
        {
            (severity, criticality): int(priority)
            for key, priority in row.priorities.items()
            for severity, _, criticality in [key.partition(".")]
        },
        tuple(_special(one) for one in row.specials),
        tuple(_own(one) for one in row.own),
        tuple(_step(one) for one in row.steps),
    )


def _special(data: Mapping[str, Any]) -> Special:
    return Special(
        Clock(data["clock"]), data["minutes"], data.get("number", 0), data.get("priority"),
        data.get("criticality"), data.get("work"),
    )  # fmt: skip


def _own(data: Mapping[str, Any]) -> OwnClock:
    return OwnClock(
        data["number"], data["name"], Moment(data["start"]), Moment(data["meet"]),
        frozenset(WaitReason(reason) for reason in data["stops"]),
    )  # fmt: skip


def _step(data: Mapping[str, Any]) -> Step:
    clock = Clock(data["clock"]) if data.get("clock") else None
    return Step(
        When(data["when"]), data["value"], Whom(data["whom"]), clock, data.get("any_hour", False),
        data.get("person"),
    )  # fmt: skip


def columns_of(policy: Policy) -> dict[str, Any]:
    """What :func:`to_policy` reads back."""
    return {
        "limits": {
            f"{clock.value}.{priority}": m for (clock, priority), m in policy.limits.items()
        },
        "stops": {r.value: sorted(c.value for c in cs) for r, cs in policy.stops.items()},
        "priorities": {f"{s}.{c}": p for (s, c), p in policy.priorities.items()},
        "specials": [_without_none(one) for one in policy.specials],
        "own": _owns(policy.own),
        "steps": [
            {
                "when": s.when.value,
                "value": s.value,
                "whom": s.whom.value,
                "clock": s.clock.value if s.clock else None,
                "any_hour": s.is_any_hour,
                **({"person": s.person} if s.person is not None else {}),
            }
            for s in policy.steps
        ],
    }


def _without_none(one: Special) -> dict[str, Any]:
    found = {
        "number": one.number or None, "priority": one.priority, "criticality": one.criticality,
        "work": one.work,
    }  # fmt: skip
    kept = {name: value for name, value in found.items() if value is not None}
    return {"clock": one.clock.value, "minutes": one.minutes, **kept}


def _owns(own: Sequence[OwnClock]) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number, "name": one.name, "start": one.start.value,
            "meet": one.meet.value, "stops": sorted(r.value for r in one.stops),
        }
        for one in own
    ]  # fmt: skip
