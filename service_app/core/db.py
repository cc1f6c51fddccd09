"""Tables and transactions on SQLite and PostgreSQL alike.

SQLite: WAL, FULL sync, foreign keys on, ``BEGIN IMMEDIATE`` for writers and ``BEGIN DEFERRED``
for readers, so that a writer waits at the start instead of failing in the middle. PostgreSQL:
readers run in read-only transactions.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    create_engine,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from service_app.core.actor import Actor

Row = TypeVar("Row", bound="Base")
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A primary key of a table that grows without end."""

Json = JSON().with_variant(JSONB(), "postgresql")

SortKey = String().with_variant(String(collation="C"), "postgresql")
"""A normalised sort key: compared byte by byte on both databases."""


class Base(DeclarativeBase):
    """Every table of the program."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: Json, list[Any]: Json}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware on both sides of the border, UTC in the table. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Scaled(TypeDecorator[Decimal]):
    """A decimal stored as a whole number of its smallest units: exact on both databases."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        return int(scaled.to_integral_value(rounding=ROUND_HALF_UP))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)


def make_engine(url: str) -> Engine:
    """An engine with the house's recipe for its database."""
    options: dict[str, Any] = {"json_serializer": _dump_json, "pool_pre_ping": True}
    if url.startswith("sqlite"):
        options |= {"connect_args": {"isolation_level": None, "check_same_thread": False}}
        options["pool_pre_ping"] = False
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "cache_size=-4096",  # KiB of each connection; the system's own cache holds the rest
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("house_mode", "write")
    connection.exec_driver_sql("BEGIN DEFERRED" if mode == "read" else "BEGIN IMMEDIATE")


class Database:
    """One engine and its two ways to open a session."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        reading: dict[str, Any] = {"house_mode": "read"}
        if self.engine.dialect.name == "postgresql":
            reading["postgresql_readonly"] = True
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        self._read = sessionmaker(
            self.engine.execution_options(**reading),
            expire_on_commit=False,
            info={"read_only": True},
        )

    def write_session(self) -> Session:
        """A session that may change things (through :func:`transaction`)."""
        return self._write()

    def read_session(self) -> Session:
        """A session that only reads; a flush with changes in it is refused."""
        return self._read()


@event.listens_for(Session, "before_flush")
def _refuse_changes_while_reading(session: Session, *_: Any) -> None:
    if session.info.get("read_only") and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a reading session was asked to change something")


@contextmanager
def transaction(session: Session, *, by: Actor, at: datetime) -> Iterator[Session]:
    """The only commit of the program: everything in the block is kept, or nothing is.

    ``by`` and ``at`` are put into ``session.info`` for the journal, which refuses a change
    without them. Within a job's transaction a job may open its own, one a batch: each is kept at
    its end.
    """
    if at.tzinfo is None:
        raise ValueError("a moment without a zone")
    outer = {name: session.info[name] for name in ("by", "at") if name in session.info}
    session.info["by"], session.info["at"] = by, at
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("by", None)
        session.info.pop("at", None)
        session.info.update(outer)


def made_before(session: Session, kind: type[Row], uid: uuid.UUID) -> Row | None:
    """The row an earlier sending of the same form made, else None.

    A twin still on its way is waited for, so that the second of two simultaneous sendings finds
    the first one's row instead of breaking on the UNIQUE column.
    """
    if session.get_bind().dialect.name == "postgresql":
        lock = int.from_bytes(uid.bytes[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(lock)))
    where: Any = inspect(kind).columns["uid"] == uid
    found: Row | None = session.scalars(select(kind).where(where)).unique().one_or_none()
    return found
