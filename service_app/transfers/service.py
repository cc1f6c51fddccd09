"""Taking a file in: everything that can be true is stored, or nothing when something cannot."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import NotAllowed
from service_app.core.text import N_, Text
from service_app.journal.service import one_line, record_import
from service_app.transfers.models import ImportRun
from service_app.transfers.rules import (
    UNDER_WAY,
    Column,
    Options,
    Rejected,
    Row,
    RunState,
    plan,
    read_rows,
)
from service_app.transfers.tables import file_sha256, open_table

BATCH = 5_000
IMPORTS_LOCK = 0x1A9C27
"""The advisory lock's number within our own database."""
Progress = Callable[[int, int], None]
"""Called with (rows done, rows in all); 0 in all while the file is still being read."""


@dataclass
class Stored:
    """What a loader did: ``written`` is new records, ``known`` were there already."""

    written: int = 0
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)


class Loader(Protocol):
    """What one kind of import knows, for one file."""

    def take(self, row: Row) -> Rejected | None:
        """Keep what is needed of a row, without asking the database; or say what is wrong."""

    def store(self, session: Session, *, by: Actor, at: datetime, progress: Progress) -> Stored:
        """Check the kept rows against the records and write those that can be."""


class Importer(NamedTuple):
    """One kind of import: its columns, how a loader is made for a file, and sample rows."""

    kind: str
    label: Text
    columns: tuple[Column, ...]
    loader: Callable[[Options], Loader]
    table: str
    hint: Text
    samples: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Report:
    """What came of a file. ``written`` is new records (or would be, when nothing is stored)."""

    sha256: str
    total: int = 0
    written: int = 0
    known: int = 0
    is_stored: bool = False
    rejected: list[Rejected] = field(default_factory=list)

    def to_json(self, most: int = 1_000) -> dict[str, Any]:
        """Plain values for a JSON column; at most ``most`` rejected rows are named."""
        return {
            "total": self.total,
            "written": self.written,
            "known": self.known,
            "is_stored": self.is_stored,
            "rejected_count": len(self.rejected),
            "rejected": [
                {"line": r.line, "column": r.column, "text": r.text.to_json()}
                for r in self.rejected[:most]
            ],
        }


def take_in(
    session: Session,
    importer: Importer,
    path: Path,
    options: Options,
    *,
    by: Actor,
    at: datetime,
    file_name: str = "",
    progress: Progress = lambda done, total: None,
) -> Report:
    """Read every row, then check and write in the caller's transaction.

    The database is not asked before the whole file is read, so that nobody waits for the reading.
    With rejected rows and without ``skip_rejected``, and in a dry run, nothing stays written.
    Raises :class:`Invalid` when the file is no table or its columns do not fit.
    """
    table = open_table(path)
    planned = plan(importer.columns, table.headings, options)
    loader = importer.loader(options)
    rejected: list[Rejected] = []
    total = 0
    for row in read_rows(table.lines(), planned, len(table.headings)):
        total += 1
        refusal = row if isinstance(row, Rejected) else loader.take(row)
        if refusal is not None:
            rejected.append(refusal)
        if total % BATCH == 0:
            progress(total, 0)
    sha256 = file_sha256(path)
    _one_at_a_time(session)
    trial = session.begin_nested()
    with one_line(session):
        stored = loader.store(session, by=by, at=at, progress=lambda n, _: progress(n, total))
        session.flush()
    rejected = sorted([*rejected, *stored.rejected], key=attrgetter("line"))
    is_stored = not options.dry_run and (options.skip_rejected or not rejected)
    if is_stored:
        trial.commit()
        facts = {"file": file_name or path.name, "sha256": sha256, "rows": total}
        facts |= {"written": stored.written, "known": stored.known, "rejected": len(rejected)}
        record_import(session, table=importer.table, facts=facts, by=by, at=at)
    else:
        trial.rollback()
    progress(total, total)
    return Report(sha256, total, stored.written, stored.known, is_stored, rejected)


def _one_at_a_time(session: Session) -> None:
    """Two imports of the same rows at once would each find the other's missing."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(IMPORTS_LOCK)))


def preview(
    importer: Importer, path: Path, options: Options, most: int = 8
) -> list[Row | Rejected]:
    """The first rows as they would be read, without asking the database."""
    table = open_table(path)
    planned = plan(importer.columns, table.headings, options)
    rows: list[Row | Rejected] = []
    for row in read_rows(table.lines(), planned, len(table.headings)):
        rows.append(row)
        if len(rows) == most:
            break
    return rows


def hand_in(
    session: Session,
    *,
    kind: str,
    file_name: str,
    sha256: str,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> ImportRun:
    """A file that lies in the folder of uploads under ``uid``; nothing is read yet."""
    known = made_before(session, ImportRun, uid)
    if known is not None:
        return known
    run = ImportRun(
        uid=uid, kind=kind, file_name=file_name, sha256=sha256, state=RunState.DRAFT.value,
        asked_at=at, by_user_id=by.user_id, by_name=by.name,
    )  # fmt: skip
    session.add(run)
    session.flush()  # its page is named by the id
    return run


def start(session: Session, run: ImportRun, options: Options, *, by: Actor, at: datetime) -> None:
    """Give the run to the worker with these options; starting twice starts once.

    Raises :class:`NotAllowed` for a run that is stored already.
    """
    if run.state_kind in UNDER_WAY:
        return
    if run.is_stored:
        raise NotAllowed(N_("This file is stored already. Choose a file to import another."))
    run.mapping, run.constants = dict(options.mapping), dict(options.constants)
    run.zone, run.skip_rejected = options.zone or "", options.skip_rejected
    run.dry_run = options.dry_run
    run.state, run.report, run.error = RunState.WAITING.value, {}, {}
    run.claimed_at = run.finished_at = None
    run.asked_at, run.by_user_id, run.by_name = at, by.user_id, by.name


def remove(session: Session, run: ImportRun, *, by: Actor, at: datetime) -> None:
    """Take a file off the list; the caller forgets the upload after the transaction.

    Raises :class:`NotAllowed` while the worker has it, and for one that is stored: that stays
    as a record.
    """
    if run.state_kind in UNDER_WAY:
        raise NotAllowed(N_("It is running. Wait for its end."))
    if run.is_stored:
        raise NotAllowed(N_("What was stored stays on the list."))
    session.delete(run)
