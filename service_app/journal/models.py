"""The journal: one row per changed record, written in the change's own transaction."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, String, event, insert, inspect
from sqlalchemy.orm import ColumnProperty, InstanceState, Mapped, Session, mapped_column

from service_app.core.actor import Actor
from service_app.core.db import Base, BigId, UtcDateTime
from service_app.journal.rules import Change

SKIP = "__journal__"
"""A table that is itself a history sets ``__journal__ = False``."""
SECRETS = "__journal_secrets__"
"""Columns whose values never reach the journal."""


class JournalLine(Base):
    """Who, when, what, old and new. Append-only."""

    __tablename__ = "journal_line"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_user_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))
    change: Mapped[str] = mapped_column(String(20))
    table: Mapped[str] = mapped_column(String(60))
    record_id: Mapped[int | None]
    changes: Mapped[dict[str, Any]]

    __table_args__ = (
        Index("ix_journal_line_table_record_id", "table", "record_id", "id"),
        Index("ix_journal_line_by_user_id", "by_user_id", "id"),
        Index("ix_journal_line_at", "at", "id"),
    )


ONE_LINE = "journal_one_line"
"""In ``session.info`` while a bulk import writes: its one line stands for every row."""


@event.listens_for(Session, "before_flush")
def _collect(session: Session, *_: Any) -> None:
    if session.info.get(ONE_LINE):
        return
    pending = session.info.setdefault("journal_pending", [])
    for change, objects in (
        (Change.ADDED, session.new),
        (Change.CHANGED, session.dirty),
        (Change.REMOVED, session.deleted),
    ):
        for record in objects:
            if change is Change.CHANGED and not session.is_modified(record):
                continue
            if "by" not in session.info:
                raise RuntimeError(f"a change without by and at: {type(record).__name__}")
            if getattr(type(record), SKIP, True):
                pending.append((change, record))


@event.listens_for(Session, "after_flush")
def _write(session: Session, *_: Any) -> None:
    pending = session.info.pop("journal_pending", [])
    if not pending:
        return
    by, at = session.info["by"], session.info["at"]
    # Only now do records know the keys of what their relationships were set to.
    rows = [line_values(by, at, c, r.__tablename__, _id(r), _diff(r, c)) for c, r in pending]
    session.connection().execute(insert(JournalLine), rows)


def line_values(
    by: Actor, at: datetime, change: Change, table: str, record_id: int | None, diff: dict[str, Any]
) -> dict[str, Any]:
    """One journal row as plain values."""
    return {
        "at": at,
        "by_user_id": by.user_id,
        "by_name": by.name,
        "change": change.value,
        "table": table,
        "record_id": record_id,
        "changes": diff,
    }


def _id(record: Any) -> int | None:
    value = getattr(record, "id", None)
    return value if isinstance(value, int) else None


def _diff(record: Any, change: Change) -> dict[str, Any]:
    state: InstanceState[Any] = inspect(record)
    secrets: frozenset[str] = getattr(type(record), SECRETS, frozenset())
    out: dict[str, Any] = {}
    for attribute in state.mapper.column_attrs:
        key = attribute.key
        if _is_made_by_flush(state, attribute):
            continue
        history = state.attrs[key].history
        if change is Change.CHANGED and not history.has_changes():
            continue
        if key in secrets:
            out[key] = ["•", "•"]
            continue
        old = history.deleted[0] if history.deleted else None
        new = state.dict.get(key)
        if change is Change.CHANGED:
            out[key] = [_plain(old), _plain(new)]
        elif new is not None:
            out[key] = _plain(new)
    return out


def _is_made_by_flush(state: InstanceState[Any], attribute: ColumnProperty[Any]) -> bool:
    """The record's own number and the count of its versions say nothing of what was done."""
    column = attribute.columns[0]
    return column.primary_key or column is state.mapper.version_id_col


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value if isinstance(value, str | int | float | bool | dict | list | None) else str(value)
