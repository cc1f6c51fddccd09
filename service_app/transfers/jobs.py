"""The worker's part of an import: take the file in, tell who asked."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.core.actor import SYSTEM, Actor
from service_app.core.db import transaction
from service_app.core.errors import DomainError
from service_app.core.text import N_, Text
from service_app.customers.queries import actor_for
from service_app.notifications.service import notify
from service_app.transfers import uploads
from service_app.transfers.models import ImportRun
from service_app.transfers.rules import RunState
from service_app.transfers.service import Importer, Report, take_in

log = logging.getLogger(__name__)
SILENT = timedelta(minutes=2)
"""A run nobody told anything of for so long was dropped by a worker that died."""
KEEP = timedelta(days=30)
AT_ONCE = 5


class Outrun(Exception):
    """Another worker took this run up meanwhile: what was written here is undone."""


def has_work(session: Session, now: datetime) -> bool:
    """Whether a file waits for its turn, or was dropped in the middle."""
    open_runs = select(ImportRun.id, ImportRun.uid, ImportRun.state, ImportRun.claimed_at)
    found = open_runs.where(ImportRun.state.in_((RunState.WAITING, RunState.RUNNING)))
    return any(
        row.state == RunState.WAITING or _is_silent(row.uid, row.claimed_at, now)
        for row in session.execute(found)
    )


def run(importers: Mapping[str, Importer], session: Session, *, now: datetime) -> int:
    """Take in the files that wait, oldest first; how many.

    Runs in steps: a claim is committed before the file is read, the rows and the report together.
    SQLite's one place for writers is held from the first row written, not while the file is read.
    """
    done = 0
    while done < AT_ONCE and (claimed := _claim(session, now)) is not None:
        _take_in(importers, session, claimed, now)
        done += 1
    return done


def sweep(session: Session, *, now: datetime) -> int:
    """Remove uploads nobody started or finished for a month; how many."""
    old = ImportRun.asked_at < now - KEEP
    found = session.execute(
        select(ImportRun.id, ImportRun.uid).where(old, ImportRun.state != RunState.RUNNING)
    ).all()
    for row in found:
        uploads.forget(row.uid)
    session.execute(
        delete(ImportRun).where(
            ImportRun.id.in_([row.id for row in found]), ImportRun.state == RunState.DRAFT
        )
    )
    return len(found)


def _is_silent(uid: Any, claimed_at: datetime | None, now: datetime) -> bool:
    told = datetime.fromtimestamp(uploads.told_at(uid), UTC)
    return claimed_at is None or max(told, claimed_at) < now - SILENT


def _claim(session: Session, now: datetime) -> ImportRun | None:
    with transaction(session, by=SYSTEM, at=now):
        found = select(ImportRun).where(
            or_(
                ImportRun.state == RunState.WAITING,
                and_(ImportRun.state == RunState.RUNNING, ImportRun.claimed_at < now - SILENT),
            )
        )
        fresh = found.order_by(ImportRun.id).execution_options(populate_existing=True)
        for run in session.scalars(fresh).all():
            if run.state == RunState.RUNNING and not _is_silent(run.uid, run.claimed_at, now):
                continue
            taken = update(ImportRun).where(
                ImportRun.id == run.id,
                ImportRun.state == run.state,
                ImportRun.claimed_at.is_not_distinct_from(run.claimed_at),
            )
            result = session.execute(
                taken.values(state=RunState.RUNNING.value, claimed_at=now),
                execution_options={"synchronize_session": False},
            )
            if cast("CursorResult[Any]", result).rowcount:
                session.refresh(run)
                return run
    return None


def _take_in(
    importers: Mapping[str, Importer], session: Session, run: ImportRun, now: datetime
) -> None:
    claimed_at, uid = run.claimed_at, run.uid
    try:
        with transaction(session, by=SYSTEM, at=now):
            by = _who(session, run)
        with transaction(session, by=SYSTEM, at=now):
            report = take_in(
                session, importers[run.kind], uploads.path_of(uid), run.options,
                by=by, at=now, file_name=run.file_name, progress=uploads.Teller(uid),
            )  # fmt: skip
            state = RunState.FINISHED if _is_fine(run, report) else RunState.REFUSED
            _end(session, run, claimed_at, state, now, report=report.to_json())
            _tell(session, run, report, at=now)
    except Outrun:
        log.warning("import %s was taken up by another worker", run.id)
    except DomainError as error:
        _break(session, run, claimed_at, RunState.REFUSED, error.text, now)
    except Exception:
        log.exception("import %s broke off", run.id)
        text = N_("Something went wrong on our side; nothing was stored. Start it again.")
        _break(session, run, claimed_at, RunState.FAILED, text, now)


def _who(session: Session, run: ImportRun) -> Actor:
    user = session.get(User, run.by_user_id) if run.by_user_id else None
    return actor_for(session, user) if user else SYSTEM


def _is_fine(run: ImportRun, report: Report) -> bool:
    return report.is_stored or (run.dry_run and not report.rejected)


def _end(
    session: Session,
    run: ImportRun,
    claimed_at: datetime | None,
    state: RunState,
    now: datetime,
    **values: Any,
) -> None:
    result = session.execute(
        update(ImportRun)
        .where(
            ImportRun.id == run.id,
            ImportRun.state == RunState.RUNNING,
            ImportRun.claimed_at == claimed_at,
        )
        .values(state=state.value, finished_at=now, **values),
        execution_options={"synchronize_session": False},
    )
    if not cast("CursorResult[Any]", result).rowcount:
        raise Outrun
    session.expire(run)


def _break(
    session: Session,
    run: ImportRun,
    claimed_at: datetime | None,
    state: RunState,
    text: Text,
    now: datetime,
) -> None:
    with transaction(session, by=SYSTEM, at=now):
        try:
            _end(session, run, claimed_at, state, now, error=text.to_json())
        except Outrun:
            return
        said = Text("%(file)s was not imported: %(why)s", file=run.file_name, why=text)
        _notice(session, run, said, at=now)


def _tell(session: Session, run: ImportRun, report: Report, *, at: datetime) -> None:
    if report.is_stored:
        text = N_("%(file)s is imported: %(written)s new, %(known)s there already, "
                  "%(rejected)s rejected.")  # fmt: skip
    elif run.dry_run:
        text = N_("%(file)s was tried: %(written)s would be new, %(known)s are there already, "
                  "%(rejected)s would be rejected.")  # fmt: skip
    else:
        text = N_("%(file)s was not imported: %(rejected)s of %(total)s rows are rejected.")
    said = text.with_values(
        file=run.file_name, written=report.written, known=report.known,
        rejected=len(report.rejected), total=report.total,
    )  # fmt: skip
    _notice(session, run, said, at=at)


def _notice(session: Session, run: ImportRun, text: Text, *, at: datetime) -> None:
    key = f"import:{run.uid.hex}:{run.asked_at:%Y%m%d%H%M%S%f}"
    link = ("import", str(run.id))
    notify(session, user_ids=[run.by_user_id], text=text, link=link, key=key, at=at, email=False)
