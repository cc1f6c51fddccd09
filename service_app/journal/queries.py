"""Reads of the journal."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from service_app.core.paging import Order, Page, fetch_page
from service_app.journal.models import JournalLine
from service_app.journal.rules import Change


@dataclass(frozen=True)
class Wanted:
    """Which lines: everything left empty lets all through. ``until`` is not included."""

    table: str = ""
    record_id: int | None = None
    change: Change | None = None
    by_user_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_lines(session: Session, wanted: Wanted, *, key: str | None = None) -> Page[JournalLine]:
    """Lines of the journal, the newest first, fifty at a time."""
    found = select(JournalLine).where(*_conditions(wanted))
    newest_first = (Order(JournalLine.id, is_descending=True),)
    return fetch_page(session, found, order=newest_first, key=key)


def list_changes_since(
    session: Session, records: Collection[tuple[str, int]], *, since: datetime
) -> Sequence[JournalLine]:
    """What was changed in records (table, id) at or after a moment, the newest first."""
    line = JournalLine
    these = or_(*(and_(line.table == table, line.record_id == n) for table, n in records))
    found = select(line).where(these, line.change == Change.CHANGED, line.at >= since)
    return session.scalars(found.order_by(line.id.desc())).all()


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    line = JournalLine
    pairs: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.table, line.table == wanted.table),
        (wanted.record_id, line.record_id == wanted.record_id),
        (wanted.change, line.change == wanted.change),
        (wanted.by_user_id, line.by_user_id == wanted.by_user_id),
    ]
    found = [condition for value, condition in pairs if value]
    if wanted.since is not None:
        found.append(line.at >= wanted.since)
    if wanted.until is not None:
        found.append(line.at < wanted.until)
    return found
