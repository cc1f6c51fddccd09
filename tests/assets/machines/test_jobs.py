"""Machines follow the names of their companies."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines import jobs, queries
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.journal.models import JournalLine
from tests.assets.builders import make_machine


def run(session: Session, now: datetime) -> int:
    with transaction(session, by=SYSTEM, at=now):
        return jobs.refresh_words(session, now=now)


def test_a_renamed_company_is_found_with_its_machines(
    session: Session, people, now: datetime
) -> None:
    machine = make_machine(session, people.company, now)
    make_machine(session, people.other_company, now)
    assert run(session, now) == 0
    with transaction(session, by=SYSTEM, at=now):
        people.company.short_name = "Рудник Полярный"
    version = machine.version
    lines = select(func.count()).select_from(JournalLine)
    before = session.scalar(lines)
    assert list(queries.search(session, people.dispatcher, "полярный")) == []
    assert run(session, now) == 1
    assert run(session, now) == 0
    assert list(queries.search(session, people.dispatcher, "полярный")) == [machine]
    assert list(queries.search(session, people.dispatcher, "карьер")) == []
    assert (machine.version, session.scalar(lines)) == (version, before)
