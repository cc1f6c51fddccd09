"""Verbs of levels and their versions."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.text import N_
from workorders.calendars.models import WorkCalendar
from workorders.sla import queries
from workorders.sla.models import PolicyVersion, SlaPolicy
from workorders.sla.policy import Policy, policy_problems
from workorders.sla.stored import columns_of


def add_level(session: Session, *, name: str, by: Actor, at: datetime) -> SlaPolicy:
    """A new level, still without a version; the first one is the default.

    Raises Invalid for a name that is empty or taken.
    """
    level = SlaPolicy(name=_free_name(session, name), is_default=_is_first(session))
    session.add(level)
    session.flush()  # versions need its id
    queries.forget(session)
    return level


def rename(
    session: Session, level: SlaPolicy, name: str, *, version: int, by: Actor, at: datetime
) -> None:
    """Another name. Raises Invalid for one that is empty or taken, Conflict when it changed."""
    if level.version != version:
        raise Conflict
    if name.strip() != level.name:
        level.name = _free_name(session, name)
    session.flush()
    queries.forget(session)


def make_default(session: Session, level: SlaPolicy, *, by: Actor, at: datetime) -> None:
    """Orders without a contract follow this level from now on; open ones keep theirs."""
    if level.ended_at is not None:
        raise NotAllowed(N_("An ended level cannot be the usual one."))
    for other in queries.list_levels(session):
        other.is_default = other.id == level.id
    session.flush()
    queries.forget(session)


def end_level(session: Session, level: SlaPolicy, *, by: Actor, at: datetime) -> None:
    """Nobody may choose it any more; orders and contracts that follow it keep it."""
    if level.is_default:
        raise NotAllowed(N_("Orders without a contract follow this level: make another one usual."))
    level.ended_at = level.ended_at or at
    session.flush()
    queries.forget(session)


def add_version(
    session: Session,
    policy: Policy,
    *,
    level: SlaPolicy,
    calendar: WorkCalendar,
    since: datetime | None = None,
    by: Actor,
    at: datetime,
) -> PolicyVersion:
    """A new version; what is received from ``since`` (now) on follows it.

    Raises Invalid for one with gaps, or one that begins before the version before it.
    """
    wrong = policy_problems(policy)
    if wrong:
        raise Invalid(wrong[0])
    last = session.scalars(
        select(PolicyVersion)
        .where(PolicyVersion.policy_id == level.id)
        .order_by(PolicyVersion.number.desc())
        .limit(1)
    ).first()
    since = since or at
    if last is not None and since < last.since:
        text = N_("A version begins at %(moment)s already: a new one cannot begin before it.")
        raise Invalid(text.with_values(moment=last.since), "since")
    row = PolicyVersion(
        policy_id=level.id,
        number=last.number + 1 if last else 1,
        calendar_id=calendar.id,
        since=since,
        **columns_of(policy),
    )
    session.add(row)
    session.flush()
    queries.forget(session)
    return row


def next_own_number(session: Session) -> int:
    """A number no own clock of any version has had."""
    lists = session.scalars(select(PolicyVersion.own))
    return max((one["number"] for own in lists for one in own), default=0) + 1


def _is_first(session: Session) -> bool:
    return not session.scalar(select(func.count()).select_from(SlaPolicy))


def _free_name(session: Session, name: str) -> str:
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid(N_("Give the level a name."), "name")
    taken = {row.casefold() for row in session.scalars(select(SlaPolicy.name))}
    if name.casefold() in taken:
        raise Invalid(N_("There is a level of this name."), "name")
    return name
