"""Making PDFs, each exactly once."""

import logging
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, or_, select, update
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.documents import render
from service_app.documents.models import IssuedDocument
from service_app.documents.rules import DocumentState, address_of
from service_app.files import service as files
from service_app.files.intake import PreparedFile

AT_ONCE = 20
LEASE = timedelta(minutes=3)
PAUSE = timedelta(minutes=1)
MOST_TRIES = 5
log = logging.getLogger(__name__)


def has_work(session: Session, now: datetime) -> bool:
    """Whether a paper waits for its PDF and this machine can make one."""
    if render.missing_libraries():
        return False
    return session.scalar(select(IssuedDocument.id).where(*_free(now)).limit(1)) is not None


def render_pending(session: Session, *, now: datetime) -> int:
    """Make the PDFs that are still missing; how many were made.

    The newest comes first: somebody waits for it, while a pile of older ones can wait.

    Runs in steps: claim, print with no transaction open, store. A paper claimed by a worker that
    died is free again after the lease; the claim's moment decides who may store, so a slow twin
    stores nothing.
    """
    if render.missing_libraries():
        return 0
    made = 0
    for _ in range(AT_ONCE):
        document = _claim(session, now)
        if document is None:
            break
        made += _render(session, document, now)
    return made


def _free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Waiting, and nobody's claim stands."""
    return (
        IssuedDocument.state == DocumentState.PENDING.value,
        or_(IssuedDocument.claimed_until.is_(None), IssuedDocument.claimed_until <= now),
    )


def _claim(session: Session, now: datetime) -> IssuedDocument | None:
    waiting = (
        select(IssuedDocument.id)
        .where(*_free(now))
        .order_by(IssuedDocument.id.desc())
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with transaction(session, by=SYSTEM, at=now):
        if (first := session.scalar(waiting)) is None:
            return None
        taken = session.scalar(
            update(IssuedDocument)
            .where(IssuedDocument.id == first, *_free(now))
            .values(claimed_until=now + LEASE, tries=IssuedDocument.tries + 1)
            .returning(IssuedDocument.id)
            .execution_options(synchronize_session=False)
        )
        return session.get(IssuedDocument, taken, populate_existing=True) if taken else None


def _render(session: Session, document: IssuedDocument, now: datetime) -> int:
    try:
        content = render.render_pdf(document)
    except Exception as error:
        log.exception("paper %s could not be printed", document.number)
        with transaction(session, by=SYSTEM, at=now):
            _give_up_or_wait(session, document, f"{type(error).__name__}: {error}", now)
        return 0
    with transaction(session, by=SYSTEM, at=now):
        if not _still_ours(session, document):
            return 0
        name = f"{document.kind}-{address_of(document.number)}.pdf"
        prepared = PreparedFile(name, "application/pdf", ".pdf", content)
        stored = files.store(session, prepared, by=SYSTEM, at=now)
        _set(
            session, document, state=DocumentState.RENDERED.value, pdf_id=stored.id,
            pdf_sha256=stored.sha256, claimed_until=None, last_error="",
        )  # fmt: skip
    return 1


def _give_up_or_wait(session: Session, document: IssuedDocument, why: str, now: datetime) -> None:
    is_over = document.tries >= MOST_TRIES
    state = DocumentState.FAILED if is_over else DocumentState.PENDING
    if _still_ours(session, document):
        _set(
            session, document, state=state.value, last_error=why[:300],
            claimed_until=now + PAUSE * document.tries,
        )  # fmt: skip


def _still_ours(session: Session, document: IssuedDocument) -> bool:
    """Lock the row while our claim stands: the number of tries is the claim's mark."""
    found = session.scalar(
        select(IssuedDocument.id)
        .where(
            IssuedDocument.id == document.id,
            IssuedDocument.state == DocumentState.PENDING.value,
            IssuedDocument.tries == document.tries,
        )
        .with_for_update()
    )
    return found is not None


def _set(session: Session, document: IssuedDocument, **values: Any) -> None:
    statement = update(IssuedDocument).where(IssuedDocument.id == document.id).values(**values)
    done = session.execute(statement.execution_options(synchronize_session=False))
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise RuntimeError("the paper went away while it was printed")
    session.expire(document)
