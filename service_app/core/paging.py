"""Pages of a long list by key: the next page starts after the last row's key, never by offset."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Date, Integer, Select, String, and_, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from service_app.core.db import UtcDateTime

T = TypeVar("T")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """Up to ``size`` rows and the key of the next page, if there is one."""

    rows: Sequence[T]
    next_key: str | None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Order:
    """One column of a sort order; the last must be unique and none may be NULL."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    is_descending: bool = False


def fetch_page(
    session: Session,
    select: Select[Any],
    *,
    order: Sequence[Order],
    key: str | None,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """Rows after ``key`` in ``order``; entities or tuples as the select gives them.

    A key that is not ours (typed by hand, of another list) is ignored: the first page is shown.
    """
    values = _read_key(key, order)
    if values is not None:
        select = select.where(_after(order, values))
    columns = [o.column.desc() if o.is_descending else o.column.asc() for o in order]
    marks = [o.column.label(f"_key{n}") for n, o in enumerate(order)]
    rows = session.execute(select.add_columns(*marks).order_by(*columns).limit(size + 1)).all()
    width = len(rows[0]) - len(order) if rows else 1
    shown = rows[:size]
    next_key = _write_key(shown[-1][width:]) if len(rows) > size else None
    return Page([row[0] if width == 1 else row[:width] for row in shown], next_key)


def _after(order: Sequence[Order], values: Sequence[Any]) -> ColumnElement[bool]:
    clauses = []
    for n, (step, value) in enumerate(zip(order, values, strict=True)):
        beyond = step.column < value if step.is_descending else step.column > value
        equal = [o.column == v for o, v in zip(order[:n], values[:n], strict=True)]
        clauses.append(and_(*equal, beyond))
    return or_(*clauses)


def _write_key(values: Sequence[Any]) -> str:
    plain = [{"at": v.isoformat()} if isinstance(v, date) else v for v in values]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_key(key: str | None, order: Sequence[Order]) -> list[Any] | None:
    if not key:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        values = [_read_value(step, value) for step, value in zip(order, plain, strict=True)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return values


def _read_value(step: Order, value: Any) -> Any:
    """The value as the column holds it; ValueError when it is of another kind or too large."""
    kind = step.column.type
    if isinstance(kind, UtcDateTime):
        moment = datetime.fromisoformat(value["at"])
        if moment.tzinfo is None or not 1 < moment.year < 9999:
            raise ValueError(value)
        return moment
    if isinstance(kind, Date):
        return date.fromisoformat(value["at"])
    if isinstance(kind, Integer):
        if type(value) is not int or abs(value) > _largest(kind):
            raise ValueError(value)
        return value
    if isinstance(kind, String) and isinstance(value, str) and "\x00" not in value:
        value.encode()
        return value
    raise TypeError(f"no key of {kind!r}")


def _largest(kind: Integer) -> int:
    return 2**63 - 1 if isinstance(kind, BigInteger) else 2**31 - 1
