"""Every change leaves a line; a change without a person is refused."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.db import transaction
from service_app.customers.models import Company
from service_app.journal.models import JournalLine


def lines(session: Session, table: str) -> list[JournalLine]:
    statement = select(JournalLine).where(JournalLine.table == table).order_by(JournalLine.id)
    return list(session.scalars(statement))


def test_a_change_is_written_with_who_and_old_and_new(
    session: Session, people, now: datetime
) -> None:
    with transaction(session, by=people.dispatcher, at=now):
        people.company.phone = "+7 495 000-41-00"
    line = lines(session, "company")[-1]
    assert (line.by_name, line.change) == ("Ольга Смирнова", "changed")
    assert line.changes["phone"] == ["", "+7 495 000-41-00"]
    assert line.record_id == people.company.id
    assert line.at == now


def test_secrets_never_reach_the_journal(session: Session, people, now: datetime) -> None:
    from service_app.accounts.models import User

    with transaction(session, by=people.administrator, at=now):
        session.get(User, people.engineer.user_id).password_hash = "very-secret"
    assert "very-secret" not in str([x.changes for x in lines(session, "user_account")])


def test_a_change_without_a_person_is_refused(session: Session, people) -> None:
    session.add(Company(name="x", short_name="x"))
    with pytest.raises(RuntimeError, match="without by and at"):
        session.flush()


def test_a_reading_session_refuses_changes(database, people) -> None:
    with database.read_session() as reading:
        reading.add(Company(name="x", short_name="x"))
        with pytest.raises(RuntimeError, match="reading session"):
            reading.flush()
