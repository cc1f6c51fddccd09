"""Issuing: once per key, numbers without gap or double, a hash over everything."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import Database, transaction
from service_app.core.errors import NotFound
from service_app.documents import queries, service, snapshots
from service_app.documents.models import IssuedDocument
from service_app.files.models import StoredFile
from service_app.journal.models import JournalLine
from service_app.organisation.models import Branch, LegalEntity
from tests.conftest import People
from tests.service_app.documents.builders import NOW, issue, snapshot


def test_the_same_key_gives_the_same_paper(session: Session, people: People) -> None:
    key = uuid.uuid4()
    with transaction(session, by=SYSTEM, at=NOW):
        first = issue(session, branch_id=people.branch.id, uid=key)
        second = issue(session, branch_id=people.branch.id, uid=key, number="something else")
    assert second.id == first.id
    assert second.number == "26-0402/1"


def test_papers_of_a_record_are_counted(session: Session, people: People) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        numbers = [issue(session, branch_id=people.branch.id).number for _ in range(3)]
        other = issue(session, branch_id=people.branch.id, ground=("order", "26-0403"))
    assert numbers == ["26-0402/1", "26-0402/2", "26-0402/3"]
    assert other.number == "26-0403/1"


def test_a_number_taken_back_is_given_again(session: Session, people: People) -> None:
    with pytest.raises(RuntimeError), transaction(session, by=SYSTEM, at=NOW):
        issue(session, branch_id=people.branch.id)
        raise RuntimeError
    with transaction(session, by=SYSTEM, at=NOW):
        assert issue(session, branch_id=people.branch.id).number == "26-0402/1"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"number": "26-0402/9"},
        {"language": "en"},
        {"zone": "Asia/Omsk"},
        {"kind": "quote"},
        {"at": NOW.replace(minute=49)},
        {"snapshot": {"remarks": "есть."}},
    ],
)
def test_the_hash_covers_everything_that_is_read(
    session: Session, people: People, change: dict[str, Any]
) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        same = snapshot(session)
        values = {"branch_id": people.branch.id, "number": "26-0402/1", "snapshot": same}
        first = issue(session, **values)
        session.delete(first)
        session.flush()
        if "snapshot" in change:
            change = {"snapshot": same | change["snapshot"]}
        second = issue(session, **(values | change))
    assert (first.content_sha256 == second.content_sha256) is (not change)


def test_a_later_edit_changes_no_paper(session: Session, people: People) -> None:
    entity = people.branch.legal_entity
    with transaction(session, by=SYSTEM, at=NOW):
        paper = issue(session, branch_id=people.branch.id)
        entity.name = "ООО «Другое имя»"
    session.expire_all()
    assert session.get_one(IssuedDocument, paper.id).snapshot["issuer"]["name"] == (
        "ООО «Меридиан-Сервис»"
    )


def test_issuing_stands_in_the_journal(session: Session, people: People) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        paper = issue(session, branch_id=people.branch.id)
    line = session.scalars(select(JournalLine).where(JournalLine.table == "issued_document")).one()
    assert line.record_id == paper.id


def test_the_issuer_speaks_the_language_of_the_paper(session: Session, people: People) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        people.branch.legal_entity.english_name = "Meridian Service LLC"
    assert snapshots.issuer(session, "en")["name"] == "Meridian Service LLC"
    assert snapshots.issuer(session, "ru")["name"] == "ООО «Меридиан-Сервис»"
    assert snapshots.party(people.company)["short_name"] == "Карьер Северный"


def test_an_empty_company_still_has_a_letterhead(session: Session) -> None:
    found = snapshots.issuer(session, "ru")
    assert found["name"] == ""
    assert found["logo"] is None


def test_only_the_own_company_finds_its_papers(session: Session, people: People) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        paper = issue(session, branch_id=people.branch.id, company_id=people.company.id)
        inner = issue(session, branch_id=people.branch.id, company_id=None)
    for actor in (people.engineer, people.operator):
        assert queries.get_document(session, actor, paper.id) is paper
    for actor, document in (
        (people.outsider, paper), (people.outsider, inner), (people.operator, inner),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            queries.get_document(session, actor, document.id)
    of_order = ("order", "26-0402")
    assert queries.list_for_ground(session, *of_order) == [inner, paper]
    assert queries.list_for_ground(session, *of_order, actor=people.operator) == [paper]
    assert queries.list_for_ground(session, *of_order, actor=people.outsider) == []


def test_a_failed_pdf_is_tried_again_and_a_made_one_stays(session: Session, people: People) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        paper = issue(session, branch_id=people.branch.id)
        paper.state, paper.tries = "failed", 5
        service.try_again(session, paper, by=SYSTEM, at=NOW)
    assert (paper.state, paper.tries) == ("pending", 0)
    with transaction(session, by=SYSTEM, at=NOW):
        paper.state = "rendered"
        service.try_again(session, paper, by=SYSTEM, at=NOW)
    assert paper.state == "rendered"


@pytest.fixture
def branch_id(engine_database: Database) -> Iterator[int]:
    """A branch that is really committed, for threads with connections of their own."""
    with engine_database.write_session() as session:
        with transaction(session, by=SYSTEM, at=NOW):
            entity = LegalEntity(brand="M", name="M")
            branch = Branch(legal_entity=entity, name="Main")
            session.add(branch)
        yield branch.id
        with transaction(session, by=SYSTEM, at=NOW):
            for table in (IssuedDocument, StoredFile, Branch, LegalEntity, JournalLine):
                session.execute(delete(table))


@pytest.mark.parametrize("is_same_key", [True, False])
def test_many_at_once_make_no_double_and_no_gap(
    engine_database: Database, branch_id: int, is_same_key: bool
) -> None:
    key, together = uuid.uuid4(), Barrier(6)

    def one(_n: int) -> str:
        with engine_database.write_session() as session:
            together.wait()
            with transaction(session, by=SYSTEM, at=NOW):
                uid = key if is_same_key else uuid.uuid4()
                return issue(session, branch_id=branch_id, uid=uid).number

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(pool.map(one, range(6)))
    expected = ["26-0402/1"] * 6 if is_same_key else [f"26-0402/{n}" for n in range(1, 7)]
    assert numbers == expected
    with engine_database.read_session() as session:
        assert session.scalar(select(func.count(IssuedDocument.id))) == len(set(expected))
