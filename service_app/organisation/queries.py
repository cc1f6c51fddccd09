"""Reads of our own side."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Permission, Role
from service_app.core.errors import NotAllowed, NotFound
from service_app.core.text import N_, Text
from service_app.core.zones import DEFAULT_ZONE
from service_app.organisation.models import (
    Branch,
    LegalEntity,
    NumberSeries,
    StaffMembership,
    Team,
)

NOT_SET_UP = N_("The company is not set up yet. Fill in company and letterhead first.")


@dataclass(frozen=True)
class AdminSection:
    """One line of the administration's front page.

    ``unset`` says what is still missing in it, or gives None; ``settings`` names what the search
    over settings should find there.
    """

    label: Text
    hint: Text
    endpoint: str
    icon: str
    permission: Permission
    unset: Callable[[Session], Text | None] | None = None
    settings: tuple[Text, ...] = ()


def is_about(section: AdminSection, sought: str, *, say: Callable[[Text], str]) -> bool:
    """Whether every word sought stands in the section's words, as this reader sees them."""
    texts = (section.label, section.hint, *section.settings)
    words = " ".join(say(text) for text in texts).casefold().replace("ё", "е")
    return all(word in words for word in sought.casefold().replace("ё", "е").split())


@dataclass(frozen=True)
class StaffRow:
    """A person of ours with the branch and the team they belong to, if any."""

    user: User
    branch: Branch | None
    team: Team | None


def home_day(session: Session, at: datetime) -> date:
    """The day it is where our company is: what *today* means in its contracts and papers."""
    return at.astimezone(home_zone(session)).date()


def home_zone(session: Session) -> ZoneInfo:
    """The zone of the default branch; the usual one while no branch is set up."""
    branch = find_default_branch(session)
    return ZoneInfo(branch.zone if branch else DEFAULT_ZONE)


def our_entity(session: Session) -> LegalEntity | None:
    """Our legal entity; None while the company is not set up."""
    return session.scalar(select(LegalEntity).order_by(LegalEntity.id).limit(1))


def find_default_branch(session: Session) -> Branch | None:
    """The first branch that still works; None while the company is not set up."""
    return session.scalar(select(Branch).order_by(Branch.is_active.desc(), Branch.id).limit(1))


def default_branch(session: Session) -> Branch:
    """The first branch; raises :class:`NotAllowed` while the company is not set up."""
    branch = find_default_branch(session)
    if branch is None:
        raise NotAllowed(NOT_SET_UP)
    return branch


def branch_of(session: Session, user_id: int | None) -> Branch:
    """The person's branch, for anybody else the default one."""
    found = session.scalar(
        select(Branch)
        .join(StaffMembership, StaffMembership.branch_id == Branch.id)
        .where(StaffMembership.user_id == user_id)
    )
    return found or default_branch(session)


def get_branch(session: Session, branch_id: int) -> Branch:
    """One branch; raises :class:`NotFound`."""
    branch = session.get(Branch, branch_id)
    if branch is None:
        raise NotFound
    return branch


def get_team(session: Session, team_id: int) -> Team:
    """One team with its branch; raises :class:`NotFound`."""
    team = session.scalar(select(Team).where(Team.id == team_id).options(joinedload(Team.branch)))
    if team is None:
        raise NotFound
    return team


def list_branches(session: Session) -> Sequence[Branch]:
    """Every branch, those that work first."""
    return session.scalars(select(Branch).order_by(Branch.is_active.desc(), Branch.id)).all()


def list_teams(session: Session) -> dict[int, list[Team]]:
    """Teams by branch id, those that work first."""
    teams = session.scalars(
        select(Team).order_by(Team.branch_id, Team.is_active.desc(), Team.name, Team.id)
    )
    return {branch_id: list(rows) for branch_id, rows in groupby(teams, lambda t: t.branch_id)}


def list_staff(session: Session) -> list[StaffRow]:
    """Everybody of ours who may sign in, by name, with branch and team."""
    ours = select(UserRole.user_id).where(UserRole.role != Role.OPERATOR.value)
    rows = session.execute(
        select(User, Branch, Team)
        .outerjoin(StaffMembership, StaffMembership.user_id == User.id)
        .outerjoin(Branch, Branch.id == StaffMembership.branch_id)
        .outerjoin(Team, Team.id == StaffMembership.team_id)
        .where(User.id.in_(ours), User.is_active.is_(True))
        .order_by(User.sort_key, User.id)
    ).unique()
    return [StaffRow(user, branch, team) for user, branch, team in rows]


def get_staff(session: Session, user_id: int) -> User:
    """One person of ours; raises :class:`NotFound` for a customer's person too."""
    user = session.get(User, user_id)
    if user is None or not user.is_staff:
        raise NotFound
    return user


def staff_choices(session: Session, *, kept: int | None = None) -> list[tuple[int, str]]:
    """(id, short name) of our people who may sign in, for a select.

    ``kept`` is offered though blocked: what a record has already stays choosable.
    """
    ours = select(UserRole.user_id).where(UserRole.role != Role.OPERATOR.value)
    found = session.scalars(
        select(User)
        .where(User.id.in_(ours), or_(User.is_active.is_(True), User.id == kept))
        .order_by(User.sort_key, User.id)
    ).unique()
    return [(user.id, user.short_name) for user in found]


def find_membership(session: Session, user_id: int) -> StaffMembership | None:
    """Where a person of ours belongs."""
    return session.get(StaffMembership, user_id)


def list_series(session: Session) -> Sequence[tuple[NumberSeries, Branch]]:
    """Every number series with its branch, newest year first."""
    rows = session.execute(
        select(NumberSeries, Branch)
        .join(Branch, Branch.id == NumberSeries.branch_id)
        .order_by(NumberSeries.year.desc(), NumberSeries.kind, Branch.id)
    )
    return [(series, branch) for series, branch in rows]


def find_branch_by_prefix(session: Session, prefix: str) -> Branch | None:
    """The branch whose numbers begin with this (one at most)."""
    return session.scalar(select(Branch).where(Branch.number_prefix == prefix))


def has_given_numbers(session: Session, branch: Branch) -> bool:
    """Whether any order or paper carries a number of this branch."""
    given = select(NumberSeries.id).where(NumberSeries.branch_id == branch.id).limit(1)
    return session.scalar(given) is not None


def branch_choices(session: Session, *, kept: int | None = None) -> list[tuple[int, str]]:
    """(id, name) of working branches (and ``kept``), for a select."""
    return [(b.id, b.name) for b in list_branches(session) if b.is_active or b.id == kept]


def leads_of(session: Session, user_ids: Collection[int]) -> dict[int, int]:
    """Person → the leader of their team, for those who have one that may sign in."""
    found = (
        select(StaffMembership.user_id, Team.lead_user_id)
        .join(Team, Team.id == StaffMembership.team_id)
        .join(User, User.id == Team.lead_user_id)
        .where(StaffMembership.user_id.in_(user_ids), User.is_active.is_(True))
    )
    return {user_id: lead for user_id, lead in session.execute(found) if lead is not None}


def team_choices(session: Session, *, kept: int | None = None) -> list[tuple[int, str]]:
    """(id, "branch, team") of working teams (and ``kept``), for a select."""
    rows = session.execute(
        select(Team.id, Branch.name, Team.name)
        .join(Branch, Branch.id == Team.branch_id)
        .where(or_(Team.is_active.is_(True), Team.id == kept))
        .order_by(Branch.id, Team.name, Team.id)
    )
    return [(team_id, f"{branch}, {team}") for team_id, branch, team in rows]


def missing_in_company(session: Session) -> Text | None:
    """What papers still lack of us, as a sentence; None when they have all."""
    entity = our_entity(session)
    if entity is None:
        return N_("Not filled in yet: papers have no letterhead.")
    wanted = {
        N_("INN"): entity.inn,
        N_("Address"): entity.address,
        N_("Account"): entity.account,
        N_("Service rules"): entity.service_rules,
    }
    absent = [label for label, value in wanted.items() if not value]
    if not absent:
        return None
    return Text("Not filled in: %(what)s.", what=_listed(absent))


def _listed(labels: list[Text]) -> Text:
    """Up to four labels with commas between."""
    said = labels[0]
    for label in labels[1:]:
        said = Text("%(first)s, %(next)s", first=said, next=label)
    return said
