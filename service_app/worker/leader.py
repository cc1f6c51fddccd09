"""Only one worker leads: a file lock beside an SQLite database, an advisory lock on PostgreSQL.

Both fall with the process that holds them, however it ends.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

LOCK_NUMBER = 0x5E2F1CE
"""The advisory lock's number within our own database."""


class Leadership(Protocol):
    """A place only one worker holds."""

    def take(self) -> bool:
        """Try to lead; whether this worker leads now."""
        ...

    def holds(self) -> bool:
        """Whether this worker still leads."""
        ...

    def give_up(self) -> None:
        """Let another one lead."""
        ...


class FileLeadership:
    """A locked file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        """Lock the file without waiting."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def holds(self) -> bool:
        """Nobody can take a lock away while we live."""
        return self._file is not None

    def give_up(self) -> None:
        """Close the file, and so unlock it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class PostgresLeadership:
    """An advisory lock on a connection kept open for it alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Ask for the lock without waiting; False also when the server is away."""
        try:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except SQLAlchemyError:
            return False
        try:
            got = connection.scalar(text("SELECT pg_try_advisory_lock(:n)"), {"n": LOCK_NUMBER})
        except SQLAlchemyError:
            got = False
        if not got:
            connection.close()
            return False
        self._connection = connection
        return True

    def holds(self) -> bool:
        """The lock lives as long as its connection: ask it."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.give_up()
            return False
        return True

    def give_up(self) -> None:
        """Unlock, and close the connection for good: a pooled one might keep the lock."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(SQLAlchemyError):  # a dead connection has lost the lock already
            connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": LOCK_NUMBER})
        connection.invalidate()
        connection.close()


def leadership_of(engine: Engine, data_dir: Path) -> Leadership:
    """The lock that fits the database."""
    if engine.dialect.name == "postgresql":
        return PostgresLeadership(engine)
    return FileLeadership(data_dir / "worker.lock")
