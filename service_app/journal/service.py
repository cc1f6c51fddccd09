"""Lines that no single record makes: a bulk import is one line per file."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.journal.models import ONE_LINE, JournalLine, line_values
from service_app.journal.rules import Change


@contextmanager
def one_line(session: Session) -> Iterator[None]:
    """Rows written inside leave no lines of their own: :func:`record_import` leaves one."""
    session.flush()  # what was changed before keeps its lines
    session.info[ONE_LINE] = True
    try:
        yield
        session.flush()
    finally:
        session.info.pop(ONE_LINE, None)


def record_import(
    session: Session, *, table: str, facts: dict[str, Any], by: Actor, at: datetime
) -> None:
    """One line for a whole file: ``facts`` holds name, SHA-256 and counts."""
    session.add(JournalLine(**line_values(by, at, Change.IMPORTED, table, None, facts)))
