"""Levels, their versions and calendars as the replay takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from workorders.calendars.models import WorkCalendar
from workorders.calendars.queries import calendars_of
from workorders.calendars.service import standard_versions
from workorders.calendars.worktime import Calendar
from workorders.sla.models import PolicyVersion, SlaPolicy
from workorders.sla.policy import STANDARD, OwnClock, Policy, suggest_priority
from workorders.sla.stored import to_policy


@dataclass(frozen=True)
class Level:
    """A named level: ``versions`` are (since, id, number) in their order; never empty."""

    id: int
    name: str
    versions: Sequence[tuple[datetime, int, int]]

    def version_at(self, at: datetime) -> int:
        """The id of the version in force at a moment; before the first one, the first."""
        begun = [version for since, version, _ in self.versions if since <= at]
        return begun[-1] if begun else self.versions[0][1]

    def number_of(self, version_id: int) -> int | None:
        """Which version it is, counted from 1; None for one of another level."""
        return next((n for _, version, n in self.versions if version == version_id), None)


@dataclass(frozen=True)
class Promises:
    """Everything a replay needs: every version and its calendar by id, and the levels.

    ``default_id`` is the level of orders without a contract.
    """

    policies: Mapping[int, Policy]
    calendars: Mapping[int, Calendar]
    levels: Mapping[int, Level]
    default_id: int

    @property
    def calendar(self) -> Calendar:
        """The company's own calendar: of the newest version of the usual level."""
        return self.calendars[self.levels[self.default_id].versions[-1][1]]

    def usual_at(self, at: datetime) -> Policy:
        """What an order without a contract is promised at a moment."""
        return self.policies[self.version_of(None, at)]

    def calendar_for(self, version_id: int) -> Calendar:
        """The calendar an order of this version is counted by."""
        return self.calendars.get(version_id) or self.calendar

    def policy_for(self, version_id: int) -> Policy:
        """The policy an order of this version follows."""
        return (
            self.policies.get(version_id)
            or self.policies[self.levels[self.default_id].versions[-1][1]]
        )

    def own_clock(self, number: int) -> OwnClock | None:
        """The own clock of this number, as its latest version has it."""
        newest = sorted(self.policies, reverse=True)
        return next((own for n in newest if (own := self.policies[n].find_own(number))), None)

    def version_of(self, policy_id: int | None, at: datetime) -> int:
        """The version an order received at ``at`` follows; None is the default level."""
        level = self.levels.get(self.default_id if policy_id is None else policy_id)
        return (level or self.levels[self.default_id]).version_at(at)

    def level_of(self, version_id: int) -> Level:
        """The level a version belongs to; the default one for a version nobody knows."""
        known = (lv for lv in self.levels.values() if lv.number_of(version_id) is not None)
        return next(known, self.levels[self.default_id])


_KEY = "promises"
_NOBODYS = Level(0, "Standard", ((datetime.min.replace(tzinfo=UTC), 0, 1),))


def load(session: Session) -> Promises:
    """The levels and their calendars; read once per session.

    A company that has set nothing up yet promises by the Standard policy and calendar.
    """
    known = session.info.get(_KEY)
    if isinstance(known, Promises):
        return known
    promises = _as_stored(session)
    session.info[_KEY] = promises
    return promises


_STORED = (
    select(
        PolicyVersion.id, PolicyVersion.calendar_id, WorkCalendar.revision,
        SlaPolicy.id, SlaPolicy.version,
    )
    .join(WorkCalendar, WorkCalendar.id == PolicyVersion.calendar_id)
    .join(SlaPolicy, SlaPolicy.id == PolicyVersion.policy_id)
    .order_by(PolicyVersion.policy_id, PolicyVersion.number)
)  # fmt: skip
_Mark = tuple[int, int, int, int, int]
_kept: dict[str, tuple[list[_Mark], Promises]] = {}


def _as_stored(session: Session) -> Promises:
    """Versions never change, levels and calendars count theirs, so a process keeps the answer.

    Only what a reading session saw is kept: a writer's may yet be rolled back.
    """
    marks = [(r[0], r[1], r[2], r[3], r[4]) for r in session.execute(_STORED)]
    url = str(session.get_bind().engine.url)
    known = _kept.get(url)
    if known is not None and known[0] == marks:
        return known[1]
    promises = _build(session)
    if session.info.get("read_only"):
        _kept[url] = marks, promises
    return promises


def _build(session: Session) -> Promises:
    rows = session.scalars(
        select(PolicyVersion).order_by(PolicyVersion.policy_id, PolicyVersion.number)
    ).all()
    if not rows:
        return Promises({0: STANDARD}, {0: _standard_calendar()}, {0: _NOBODYS}, 0)
    by_id = calendars_of(session, {row.calendar_id for row in rows})
    levels, default_id = _levels(session, rows)
    return Promises(
        {0: STANDARD, **{row.id: to_policy(row) for row in rows}},
        {0: _standard_calendar(), **{row.id: by_id[row.calendar_id] for row in rows}},
        levels,
        default_id,
    )


def _levels(session: Session, rows: Sequence[PolicyVersion]) -> tuple[dict[int, Level], int]:
    levels, default_id = {}, rows[0].policy_id
    for stored in session.scalars(select(SlaPolicy).order_by(SlaPolicy.id)):
        versions = [(row.since, row.id, row.number) for row in rows if row.policy_id == stored.id]
        if versions:
            levels[stored.id] = Level(stored.id, stored.name, tuple(versions))
            default_id = stored.id if stored.is_default else default_id
    return levels, default_id


def forget(session: Session) -> None:
    """Read the levels anew: one, or a calendar, has just changed."""
    session.info.pop(_KEY, None)


def find_default(session: Session) -> SlaPolicy | None:
    """The level of orders without a contract."""
    return session.scalars(select(SlaPolicy).where(SlaPolicy.is_default).limit(1)).first()


def list_levels(session: Session) -> Sequence[SlaPolicy]:
    """Every level, the default one first, ended ones last."""
    return session.scalars(
        select(SlaPolicy).order_by(
            SlaPolicy.ended_at.is_not(None), SlaPolicy.is_default.desc(), SlaPolicy.name
        )
    ).all()


def level_choices(session: Session) -> list[tuple[int, str]]:
    """Levels in use, for a select: id and name, the default one first."""
    return [(row.id, row.name) for row in list_levels(session) if row.ended_at is None]


@lru_cache(maxsize=1)
def _standard_calendar() -> Calendar:
    return Calendar(standard_versions("Europe/Moscow"))


def suggested_priority(
    session: Session, severity: str, criticality: str, *, policy_id: int | None = None, at: datetime
) -> int:
    """What the table of a level, or of the usual one, gives for severity × criticality."""
    promises = load(session)
    policy = promises.policies[promises.version_of(policy_id, at)]
    return suggest_priority(policy, severity, criticality)
