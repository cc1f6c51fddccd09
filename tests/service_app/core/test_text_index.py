"""The same query finds the same rows on SQLite and on PostgreSQL."""

from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from assets.machines.models import Machine
from service_app.core import text_index
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.search import search_words

WORDS = {
    "excavator": ("Экскаватор ЭГ-230 EG-230", "EG230-00417", "Карьер Северный"),
    "compressor": ("Компрессор КВ-10/7", "1E5-0042", "Йошкар-Олинский завод"),
    "printer": ("Принтер офсетный", "0x7F", "Чужое"),
    "nameless": ("",),
}
QUERIES = [
    ("эг-230", {"excavator"}),
    ("ЭГ230", {"excavator"}),
    ("eg230-004", {"excavator"}),
    ("экскаваторы северного", {"excavator"}),
    ("экск кар", {"excavator"}),
    ("экскаватор компрессор", set()),
    ("йошкар", {"compressor"}),
    ("иошкар", set()),
    ("1e5", {"compressor"}),
    ("1e", {"compressor"}),
    ("00", {"excavator", "compressor"}),
    ("0", {"excavator", "compressor", "printer"}),
    ("чужое", {"printer"}),
    ("' OR 1=1 --", set()),
    ('" OR NEAR(', set()),
    ("***", set()),
    ("  ", set(WORDS)),
]


@pytest.fixture
def rows(session: Session, people, now: datetime) -> None:
    with transaction(session, by=SYSTEM, at=now):
        for name, words in WORDS.items():
            session.add(
                Machine(
                    model_words=name,
                    company=people.company,
                    owner=people.company,
                    search_words=search_words(*words),
                )
            )


def found(session: Session, query: str) -> set[str]:
    names = select(Machine.model_words).where(text_index.matching(Machine, query))
    return set(session.scalars(names))


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_words_find_rows(session: Session, rows: None, query: str, expected: set[str]) -> None:
    assert found(session, query) == expected


def test_an_alias_is_searched_too(session: Session, rows: None) -> None:
    other = aliased(Machine)
    names = select(other.model_words).where(text_index.matching(other, "экскаватор"))
    assert session.scalars(names).all() == ["excavator"]


def test_changed_and_removed_rows_follow(session: Session, rows: None, now: datetime) -> None:
    machine = session.scalars(select(Machine).where(Machine.model_words == "excavator")).one()
    with transaction(session, by=SYSTEM, at=now):
        machine.search_words = search_words("Погрузчик")
    assert found(session, "экскаватор") == set()
    assert found(session, "погрузчик") == {"excavator"}
    with transaction(session, by=SYSTEM, at=now):
        session.delete(machine)
    assert found(session, "погрузчик") == set()


def test_the_index_can_be_dropped_and_made_anew(session: Session, rows: None) -> None:
    connection = session.connection()
    text_index.drop(connection, "machine")
    text_index.create(connection, "machine")
    assert found(session, "экскаватор") == {"excavator"}


def test_postgresql_uses_the_index(session: Session, rows: None) -> None:
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite has no other way than the index")
    session.execute(text("SET LOCAL enable_seqscan = off"))
    query = select(func.count()).select_from(Machine)
    statement = query.where(text_index.matching(Machine, "экскаватор"))
    compiled = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(
        row[0] for row in session.execute(text(f"EXPLAIN {compiled}".replace(":*", r"\:*")))
    )
    assert "ix_machine_search_words" in plan
