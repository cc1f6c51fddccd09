"""Verbs of our own side."""

import uuid
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.text import N_, Text
from service_app.core.zones import is_zone
from service_app.files.models import StoredFile
from service_app.organisation import queries
from service_app.organisation.models import (
    Branch,
    LegalEntity,
    NumberSeries,
    StaffMembership,
    Team,
)
from service_app.organisation.rules import (
    BranchFacts,
    Currency,
    EntityFacts,
    problem_with_email,
    problem_with_prefix,
    problems_with,
)

FIRST_ENTITY = uuid.uuid5(uuid.NAMESPACE_URL, "the first legal entity")
"""The first entity's uid, so that two administrators who begin at once make one company."""


def take_number(session: Session, *, kind: str, branch_id: int, year: int) -> int:
    """The next number of a series, taken in the caller's transaction.

    The row is locked until the commit, so numbers have no gap and no double; a rolled-back
    transaction gives its number back.
    """
    dialect = session.get_bind().dialect.name
    upsert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = (
        upsert(NumberSeries)
        .values(kind=kind, branch_id=branch_id, year=year, last=1)
        .on_conflict_do_update(
            index_elements=["kind", "branch_id", "year"], set_={"last": NumberSeries.last + 1}
        )
        .returning(NumberSeries.last)
    )
    return int(session.execute(statement).scalar_one())


def set_up(
    session: Session,
    facts: EntityFacts,
    *,
    branch: BranchFacts,
    team_name: str,
    by: Actor,
    at: datetime,
) -> LegalEntity:
    """The first save in an empty database: legal entity, its branch and its team at once.

    Staff who are there already join the branch. Raises :class:`Conflict` when somebody else was
    first.
    """
    if made_before(session, LegalEntity, FIRST_ENTITY) or queries.our_entity(session):
        raise Conflict(N_("The company was set up a moment ago. Reload the page and go on there."))
    entity = LegalEntity(uid=FIRST_ENTITY)
    _fill_entity(entity, facts)
    session.add(entity)
    session.flush()  # for the id
    made = _new_branch(session, branch, entity=entity, uid=uuid.uuid4())
    session.add(Team(branch_id=made.id, name=team_name))
    session.add_all(
        StaffMembership(user_id=row.user.id, branch_id=made.id)
        for row in queries.list_staff(session)
    )
    return entity


def change_entity(
    session: Session,
    entity: LegalEntity,
    facts: EntityFacts,
    *,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """New requisites and texts; papers issued before keep theirs."""
    _refuse_stale(entity.version, version)
    _fill_entity(entity, facts)


def change_logo(
    session: Session, entity: LegalEntity, logo: StoredFile | None, *, by: Actor, at: datetime
) -> None:
    """Another picture for pages and letterhead, or none; it must be an image."""
    if logo is not None and not logo.is_image:
        raise Invalid(
            Text("%(name)s is not a picture. Use a JPEG, PNG or WebP.", name=logo.name), "photos"
        )
    entity.logo_id = logo.id if logo else None


def add_branch(
    session: Session, facts: BranchFacts, *, uid: uuid.UUID, by: Actor, at: datetime
) -> Branch:
    """One more place we work from; the same form sent twice gives the same branch."""
    known = made_before(session, Branch, uid)
    if known is not None:
        return known
    entity = queries.our_entity(session)
    if entity is None:
        raise NotAllowed(queries.NOT_SET_UP)
    return _new_branch(session, facts, entity=entity, uid=uid)


def change_branch(
    session: Session,
    branch: Branch,
    facts: BranchFacts,
    *,
    is_active: bool,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Name, city, zone, prefix; numbers given before keep theirs. The last working branch stays."""
    _refuse_stale(branch.version, version)
    others = (b for b in queries.list_branches(session) if b.is_active and b.id != branch.id)
    if not is_active and next(others, None) is None:
        raise NotAllowed(
            N_("This is the only branch. Add another before this one is closed."), "is_active"
        )
    _check_branch(session, facts, branch=branch)
    _fill(branch, asdict(facts))
    branch.is_active = is_active


def add_team(
    session: Session,
    branch: Branch,
    *,
    name: str,
    lead: User | None,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Team:
    """A team of a branch; the same form sent twice gives the same team."""
    known = made_before(session, Team, uid)
    if known is not None:
        return known
    _need_name(name)
    team = Team(uid=uid, branch_id=branch.id, name=name, lead_user_id=lead.id if lead else None)
    session.add(team)
    session.flush()  # for the id
    return team


def change_team(
    session: Session,
    team: Team,
    *,
    name: str,
    lead: User | None,
    is_active: bool,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Name, leader, or that the team is no more."""
    _refuse_stale(team.version, version)
    _need_name(name)
    team.name, team.is_active = name, is_active
    team.lead_user_id = lead.id if lead else None


def place_person(
    session: Session,
    user: User,
    *,
    branch: Branch,
    team: Team | None,
    version: int | None = None,
    by: Actor,
    at: datetime,
) -> StaffMembership:
    """A person of ours works in this branch, perhaps in one of its teams.

    ``version`` is that of the placing the person at the page saw, 0 when there was none; None
    when nobody looked.
    """
    if not user.is_staff:
        raise NotAllowed(
            Text("%(name)s belongs to a customer, not to a branch of ours.", name=user.name)
        )
    if team is not None and team.branch_id != branch.id:
        raise Invalid(
            Text(
                "Team %(team)s works in another branch. Choose one of %(branch)s.",
                team=team.name,
                branch=branch.name,
            ),
            "team_id",
        )
    membership = queries.find_membership(session, user.id)
    if version is not None:
        _refuse_stale(membership.version if membership else 0, version)
    if membership is None:
        membership = StaffMembership(user_id=user.id)
        session.add(membership)
    membership.branch_id, membership.team_id = branch.id, team.id if team else None
    return membership


def _new_branch(
    session: Session, facts: BranchFacts, *, entity: LegalEntity, uid: uuid.UUID
) -> Branch:
    _check_branch(session, facts, branch=None)
    branch = Branch(uid=uid, legal_entity_id=entity.id, **asdict(facts))
    session.add(branch)
    session.flush()  # for the id
    return branch


def _fill_entity(entity: LegalEntity, facts: EntityFacts) -> None:
    for named, value in (("brand", facts.brand), ("name", facts.name)):
        if not value:
            raise Invalid(N_("Pages and papers need a name."), named)
    if facts.currency not in set(Currency):
        raise Invalid(Text("%(code)s is not a currency we know.", code=facts.currency), "currency")
    for named, problem in problems_with(facts.requisites):
        raise Invalid(problem, named)
    if (wrong := problem_with_email(facts.email)) is not None:
        raise Invalid(wrong, "email")
    plain = {k: v for k, v in asdict(facts).items() if k != "requisites"}
    _fill(entity, {**plain, **asdict(facts.requisites)})


def _check_branch(session: Session, facts: BranchFacts, *, branch: Branch | None) -> None:
    _need_name(facts.name)
    if not is_zone(facts.zone):
        raise Invalid(Text("%(zone)s is not a time zone we know.", zone=facts.zone[:60]), "zone")
    if (wrong := problem_with_prefix(facts.number_prefix)) is not None:
        raise Invalid(wrong, "number_prefix")
    _check_prefix_is_free(session, facts.number_prefix, branch=branch)


def _check_prefix_is_free(session: Session, prefix: str, *, branch: Branch | None) -> None:
    """Two branches with one prefix would give the same number twice."""
    if branch is not None and branch.number_prefix == prefix:
        return
    if branch is not None and queries.has_given_numbers(session, branch):
        raise NotAllowed(
            N_("Numbers of this branch were given already, so their beginning stays."),
            "number_prefix",
        )
    twin = queries.find_branch_by_prefix(session, prefix)
    if twin is not None:
        raise Invalid(
            Text("Numbers of branch %(name)s begin so too. Choose another.", name=twin.name),
            "number_prefix",
        )


def _need_name(name: str) -> None:
    if not name:
        raise Invalid(N_("Give it a name people will know it by."), "name")


def _fill(record: Branch | LegalEntity, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(record, name, value)


def _refuse_stale(stored: int, opened_on: int) -> None:
    if stored != opened_on:
        raise Conflict
