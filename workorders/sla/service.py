"""Verbs of policies."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.errors import Invalid
from workorders.calendars.models import WorkCalendar
from workorders.sla import queries
from workorders.sla.models import PolicyVersion
from workorders.sla.rules import Clock, Policy, WaitReason, policy_problems


def add_version(
    session: Session,
    policy: Policy,
    *,
    name: str,
    calendar: WorkCalendar,
    by: Actor,
    at: datetime,
) -> PolicyVersion:
    """A new version; orders opened from now on follow it. Raises Invalid for one with gaps."""
    wrong = policy_problems(policy)
    if wrong:
        raise Invalid(wrong[0])
    last = session.scalar(select(func.max(PolicyVersion.number))) or 0
    row = PolicyVersion(
        name=name,
        number=last + 1,
        calendar_id=calendar.id,
        since=at,
        limits=_limits(policy.limits),
        stops=_stops(policy.stops),
        priorities={f"{s}.{c}": p for (s, c), p in policy.priorities.items()},
    )
    session.add(row)
    session.flush()
    queries.forget(session)
    return row


def _limits(limits: Mapping[tuple[Clock, int], int]) -> dict[str, int]:
    return {f"{clock.value}.{priority}": m for (clock, priority), m in limits.items()}


def _stops(stops: Mapping[WaitReason, frozenset[Clock]]) -> dict[str, list[str]]:
    return {reason.value: sorted(c.value for c in clocks) for reason, clocks in stops.items()}
