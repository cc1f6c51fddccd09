"""Telling people: rows of the teller's own transaction, letters through the outbox."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.core.text import N_, Text
from service_app.notifications import queries
from service_app.notifications.models import LetterPreference, Notification
from service_app.outbox.service import send

KEEP_READ = timedelta(days=90)
KEEP = timedelta(days=365)


def notify(
    session: Session,
    *,
    user_ids: Iterable[int | None],
    text: Text,
    link: tuple[str, str] | None,
    key: str,
    at: datetime,
    email: bool = True,
    letters_at: datetime | None = None,
) -> int:
    """Tell each person once per ``key``: inbox, and a letter where they have an address.

    ``letters_at`` keeps the letter until then: people are not written to at night. ``link`` is
    (kind, reference), plain values. Returns how many were told now. Tellers at work at
    the same moment tell a person once between them.
    """
    wanted = {n for n in user_ids if n is not None}
    people = queries.people(session, wanted) if wanted else []
    if not people:
        return 0
    row = {"key": key, "text": text.to_json(), "at": at}
    row |= {"link_kind": link[0] if link else None, "link_ref": link[1] if link else None}
    told = _insert_fresh(session, [{**row, "user_id": person.id} for person in people])
    if email:
        _write_letters(
            session, [p for p in people if p.id in told and p.email], text, at, letters_at
        )
    return len(told)


def _insert_fresh(session: Session, rows: Sequence[dict[str, Any]]) -> set[int]:
    """The people who had not been told under the key before."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgres else sqlite.insert
    statement = (
        insert(Notification)
        .values(sorted(rows, key=lambda row: row["user_id"]))
        .on_conflict_do_nothing(index_elements=["user_id", "key"])
        .returning(Notification.user_id)
    )
    return set(session.scalars(statement))


def _write_letters(
    session: Session, people: Sequence[User], text: Text, at: datetime, not_before: datetime | None
) -> None:
    without = queries.without_letters(session, [person.id for person in people])
    body = Text("%(text)s\n\n%(hint)s", text=text, hint=N_("Open it in your inbox."))
    for person in people:
        if person.id not in without and person.email:
            send(
                session, to=person.email, subject=text, body=body, language=person.language,
                zone=person.zone, at=at, not_before=not_before,
            )  # fmt: skip


def mark_read(session: Session, user_id: int, *, only: Notification | None, at: datetime) -> int:
    """Read one notice, or all of them."""
    statement = update(Notification).where(
        Notification.user_id == user_id, Notification.read_at.is_(None)
    )
    if only is not None:
        statement = statement.where(Notification.id == only.id)
    result = session.execute(statement.values(read_at=at))
    return int(getattr(result, "rowcount", 0))


def choose_letters(
    session: Session, user_id: int, *, wants_letters: bool, by: Actor, at: datetime
) -> None:
    """Whether a person's notices also come as letters. Letters asked for come all the same."""
    session.merge(LetterPreference(user_id=user_id, wants_letters=wants_letters))


def sweep(session: Session, *, now: datetime) -> int:
    """Delete notices read three months ago, and all older than a year; how many went."""
    is_read = Notification.read_at < now - KEEP_READ
    is_old = Notification.at < now - KEEP
    result = session.execute(delete(Notification).where(is_read | is_old))
    return int(getattr(result, "rowcount", 0))
