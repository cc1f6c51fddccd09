"""The journal's page: leads read it, filters stay in the address, nobody else comes in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service_app.core.db import Base, transaction
from service_app.core.reader import Reader
from service_app.journal.models import JournalLine
from service_app.journal.queries import Wanted, list_lines
from service_app.journal.rules import HIDDEN_FIELDS, field_changes
from service_app.journal.words import FIELDS, TABLES


@pytest.fixture
def lines(session, people, now) -> None:
    """Two changes of a company by two people, a day apart."""
    with transaction(session, by=people.dispatcher, at=now - timedelta(days=1)):
        people.company.phone = "+7 495 000-41-00"
    with transaction(session, by=people.administrator, at=now):
        people.company.phone = "<b>bold</b>"


def test_leads_see_who_when_what_old_and_new(sign_in_as, people, lines) -> None:
    for who in (people.manager, people.administrator):
        page = sign_in_as(who).get("/admin/journal").text
        assert "Ольга Смирнова" in page
        assert "+7 495 000-41-00" in page
        assert "&lt;b&gt;bold&lt;/b&gt;" in page
        assert "today" in page


@pytest.mark.parametrize("name", ["operator", "outsider", "engineer", "dispatcher", "storekeeper"])
def test_others_do_not(sign_in_as, people, name) -> None:
    assert sign_in_as(getattr(people, name)).get("/admin/journal").status_code == 403


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("table=company&change=changed", 2),
        ("table=company&change=changed&by={dispatcher}", 1),
        ("table=company&change=changed&since=2026-11-24", 1),
        ("table=company&change=changed&until=2026-11-23", 1),
        ("table=company&record={company}&change=changed", 2),
        ("table=company&record=999999", 0),
        ("table=nothing", 0),
        ("table=company&change=changed&since=odd&by=odd&record=odd&after=odd", 2),
        ("table=company&change=changed&by=99999999999999999999", 2),
    ],
)
def test_filters(sign_in_as, people, lines, query, shown) -> None:
    query = query.format(dispatcher=people.dispatcher.user_id, company=people.company.id)
    page = sign_in_as(people.manager).get(f"/admin/journal?{query}")
    assert page.status_code == 200
    assert page.text.count('class="s-journal-line"') == shown


def test_pages_by_key_meet_every_line_once(session, people, lines, now) -> None:
    for n in range(60):
        with transaction(session, by=people.manager, at=now):
            people.company.notes = f"note {n}"
    seen, key = [], None
    while True:
        page = list_lines(session, Wanted(), key=key)
        seen += [line.id for line in page]
        key = page.next_key
        if key is None:
            break
    everything = session.scalars(select(JournalLine.id).order_by(JournalLine.id.desc())).all()
    assert seen == list(everything)


def test_passwords_are_not_shown(sign_in_as, session, people, now) -> None:
    from service_app.accounts.models import User

    with transaction(session, by=people.administrator, at=now):
        session.get_one(User, people.engineer.user_id).password_hash = "hash-of-a-secret"
    page = sign_in_as(people.manager).get("/admin/journal?table=user_account").text
    assert "Password" in page
    assert "hash-of-a-secret" not in page


def test_it_asks_few_questions(sign_in_as, people, lines, count_queries) -> None:
    client = sign_in_as(people.manager)
    client.get("/admin/journal")
    with count_queries() as seen:
        client.get("/admin/journal")
    assert len(seen) <= 6, "\n".join(seen)


def test_moments_are_read_on_the_readers_clock_and_keys_of_files_are_not_shown() -> None:
    said = field_changes(
        {"added_at": "2026-11-23T06:12:30.500000+00:00", "key": "51/b5/51b5.pdf", "size": 23672}
    )
    reader = Reader("en", ZoneInfo("Europe/Moscow"), datetime(2026, 11, 24, 7, 42, tzinfo=UTC))
    assert [(str(one.label), reader.say(one.new)) for one in said if one.new] == [
        ("Added", "Mon 23\u00a0Nov, 09:12"),
        ("Size, bytes", "23672"),
    ]


def test_every_table_and_field_of_the_journal_has_its_word() -> None:
    kept = [
        mapper.local_table
        for mapper in Base.registry.mappers
        if getattr(mapper.class_, "__journal__", True)
    ]
    shown = {c.name for table in kept for c in table.columns} - HIDDEN_FIELDS
    assert sorted(shown - FIELDS.keys()) == []
    assert sorted({table.name for table in kept} - TABLES.keys()) == []
