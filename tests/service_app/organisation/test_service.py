"""Setting the company up, branches, teams, who works where."""

import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.journal.models import JournalLine
from service_app.organisation import queries, service
from service_app.organisation.models import Branch, LegalEntity, StaffMembership, Team
from service_app.organisation.rules import BranchFacts, EntityFacts, Requisites

FACTS = EntityFacts(
    brand="Meridian", name="ООО «Меридиан»", requisites=Requisites(inn="7707083893")
)
CITY = BranchFacts(name="Пермь", city="Пермь", zone="Asia/Yekaterinburg")


def set_up(session: Session, at: datetime, facts: EntityFacts = FACTS) -> LegalEntity:
    with transaction(session, by=SYSTEM, at=at):
        return service.set_up(session, facts, branch=CITY, team_name="Service", by=SYSTEM, at=at)


def test_the_first_save_makes_entity_branch_and_team(session: Session, now: datetime) -> None:
    assert queries.our_entity(session) is None
    with pytest.raises(NotAllowed, match="not set up"):
        queries.default_branch(session)
    entity = set_up(session, now)
    branch = queries.default_branch(session)
    assert (branch.legal_entity_id, branch.zone) == (entity.id, "Asia/Yekaterinburg")
    assert [t.name for t in queries.list_teams(session)[branch.id]] == ["Service"]
    assert queries.branch_of(session, None).id == branch.id


def test_a_second_set_up_is_refused_and_changes_nothing(session: Session, now: datetime) -> None:
    set_up(session, now)
    with pytest.raises(Conflict, match="set up a moment ago"):
        set_up(session, now, replace(FACTS, brand="Other"))
    assert session.scalar(select(func.count(LegalEntity.id))) == 1
    assert queries.our_entity(session).brand == "Meridian"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (replace(FACTS, brand=""), "brand"),
        (replace(FACTS, name=""), "name"),
        (replace(FACTS, requisites=Requisites(inn="7707083894")), "inn"),
        (replace(FACTS, currency="XXX"), "currency"),
        (replace(FACTS, email="nowhere"), "email"),
    ],
)
def test_what_cannot_be_true_is_refused_and_nothing_is_kept(
    session: Session, now: datetime, facts: EntityFacts, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        set_up(session, now, facts)
    assert refusal.value.field == field
    assert queries.our_entity(session) is None
    assert queries.find_default_branch(session) is None


def test_a_stale_change_is_refused_and_a_fresh_one_is_journalled(
    session: Session, people, now: datetime
) -> None:
    entity = queries.our_entity(session)
    with transaction(session, by=people.administrator, at=now):
        service.change_entity(
            session, entity, FACTS, version=entity.version, by=people.administrator, at=now
        )
    with (
        pytest.raises(Conflict),
        transaction(session, by=people.administrator, at=now),
    ):
        service.change_entity(session, entity, FACTS, version=1, by=people.administrator, at=now)
    line = session.scalars(
        select(JournalLine).where(
            JournalLine.table == "legal_entity", JournalLine.change == "changed"
        )
    ).one()
    assert line.changes["inn"] == ["", "7707083893"]
    assert line.by_name == people.administrator.name


def test_the_same_form_twice_makes_one_branch(session: Session, people, now: datetime) -> None:
    uid = uuid.uuid4()
    facts = replace(CITY, number_prefix="P")
    for _ in range(2):
        with transaction(session, by=SYSTEM, at=now):
            service.add_branch(session, facts, uid=uid, by=SYSTEM, at=now)
    assert session.scalar(select(func.count(Branch.id))) == 2


def test_two_branches_never_begin_numbers_alike(session: Session, people, now: datetime) -> None:
    with pytest.raises(Invalid, match="branch Main begin so too") as refusal:
        service.add_branch(session, CITY, uid=uuid.uuid4(), by=SYSTEM, at=now)
    assert refusal.value.field == "number_prefix"


def test_the_beginning_stays_once_numbers_were_given(
    session: Session, people, now: datetime
) -> None:
    branch = people.branch
    with transaction(session, by=SYSTEM, at=now):
        service.take_number(session, kind="order", branch_id=branch.id, year=2026)
    changed = BranchFacts(name="Main", number_prefix="M")
    with pytest.raises(NotAllowed, match="so their beginning stays"):
        service.change_branch(
            session,
            branch,
            changed,
            is_active=True,
            version=branch.version,
            by=SYSTEM,
            at=now,
        )


def test_the_only_branch_cannot_be_closed(session: Session, people, now: datetime) -> None:
    branch = people.branch
    with pytest.raises(NotAllowed, match="only branch"):
        service.change_branch(
            session,
            branch,
            BranchFacts(name="Main"),
            is_active=False,
            version=branch.version,
            by=SYSTEM,
            at=now,
        )


def test_a_person_is_placed_in_a_team_of_the_same_branch(
    session: Session, people, now: datetime
) -> None:
    with transaction(session, by=SYSTEM, at=now):
        other = service.add_branch(
            session, replace(CITY, number_prefix="P"), uid=uuid.uuid4(), by=SYSTEM, at=now
        )
        team = service.add_team(
            session, other, name="Выездная", lead=None, uid=uuid.uuid4(), by=SYSTEM, at=now
        )
    engineer = session.get(User, people.engineer.user_id)
    with (
        pytest.raises(Invalid, match="works in another branch"),
        transaction(session, by=SYSTEM, at=now),
    ):
        service.place_person(session, engineer, branch=people.branch, team=team, by=SYSTEM, at=now)
    with transaction(session, by=SYSTEM, at=now):
        service.place_person(session, engineer, branch=other, team=team, by=SYSTEM, at=now)
    assert queries.branch_of(session, engineer.id).id == other.id
    row = next(r for r in queries.list_staff(session) if r.user.id == engineer.id)
    assert (row.branch, row.team) == (other, team)


def test_a_customers_person_is_not_placed(session: Session, people, now: datetime) -> None:
    operator = session.get(User, people.operator.user_id)
    with pytest.raises(NotAllowed, match="belongs to a customer"):
        service.place_person(session, operator, branch=people.branch, team=None, by=SYSTEM, at=now)


def test_a_placing_seen_by_two_is_changed_once(session: Session, people, now: datetime) -> None:
    engineer = session.get(User, people.engineer.user_id)
    placing = session.get(StaffMembership, engineer.id)
    with pytest.raises(Conflict):
        service.place_person(
            session,
            engineer,
            branch=people.branch,
            team=None,
            version=placing.version + 1,
            by=SYSTEM,
            at=now,
        )


def test_numbers_have_no_gap_when_a_transaction_is_undone(
    session: Session, people, now: datetime
) -> None:
    def take() -> int:
        return service.take_number(session, kind="order", branch_id=people.branch.id, year=2026)

    with transaction(session, by=SYSTEM, at=now):
        assert take() == 1
    taken: list[int] = []
    with suppress(ZeroDivisionError), transaction(session, by=SYSTEM, at=now):
        taken.append(take())
        taken.append(1 // 0)
    assert taken == [2]
    with transaction(session, by=SYSTEM, at=now):
        assert take() == 2
    assert [(s.kind, s.year, s.last) for s, _ in queries.list_series(session)] == [
        ("order", 2026, 2)
    ]


def test_a_team_is_renamed_with_a_leader(session: Session, people, now: datetime) -> None:
    with transaction(session, by=SYSTEM, at=now):
        team = service.add_team(
            session, people.branch, name="A", lead=None, uid=uuid.uuid4(), by=SYSTEM, at=now
        )
    lead = session.get(User, people.engineer.user_id)
    with transaction(session, by=SYSTEM, at=now):
        service.change_team(
            session,
            team,
            name="B",
            lead=lead,
            is_active=True,
            version=team.version,
            by=SYSTEM,
            at=now,
        )
    assert session.scalars(select(Team.name)).all() == ["B"]
    assert team.lead_user_id == lead.id
