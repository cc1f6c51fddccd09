"""PDFs are made exactly once, whoever dies in the middle."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Lock
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service_app import registry
from service_app.core.actor import SYSTEM
from service_app.core.db import Database, transaction
from service_app.documents import jobs, render
from service_app.documents.models import IssuedDocument
from service_app.files import service as files
from service_app.files import store
from service_app.files.models import StoredFile
from service_app.journal.models import JournalLine
from service_app.organisation.models import Branch, LegalEntity
from tests.conftest import People
from tests.service_app.documents.builders import NOW, issue


@pytest.fixture
def paper(session: Session, people: People) -> IssuedDocument:
    with transaction(session, by=SYSTEM, at=NOW):
        return issue(session, branch_id=people.branch.id)


def test_a_paper_gets_its_pdf_once(session: Session, paper: IssuedDocument) -> None:
    assert jobs.has_work(session, NOW)
    assert jobs.render_pending(session, now=NOW) == 1
    session.refresh(paper)
    assert paper.state == "rendered"
    assert paper.pdf is not None
    content = store.read(paper.pdf.key)
    assert content[:5] == b"%PDF-"
    assert hashlib.sha256(content).hexdigest() == paper.pdf_sha256 == paper.pdf.sha256
    assert paper.pdf.name == "act-26-0402-1.pdf"
    assert not jobs.has_work(session, NOW)
    assert jobs.render_pending(session, now=NOW + timedelta(days=1)) == 0


def test_nothing_is_printed_within_a_transaction(
    session: Session, paper: IssuedDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(_document: IssuedDocument) -> bytes:
        seen.append(session.in_transaction())
        return b"%PDF-"

    monkeypatch.setattr(render, "render_pdf", look)
    jobs.render_pending(session, now=NOW)
    assert seen == [False]


def test_a_broken_paper_does_not_hold_up_the_others(
    session: Session, people: People, paper: IssuedDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        second = issue(session, branch_id=people.branch.id)
    monkeypatch.setattr(render, "render_pdf", _breaks_on(paper.number))
    assert jobs.render_pending(session, now=NOW) == 1
    session.refresh(second)
    session.refresh(paper)
    assert second.state == "rendered"
    assert (paper.state, paper.tries) == ("pending", 1)
    assert paper.last_error == "OSError: no such picture"


def _breaks_on(number: str) -> Callable[[IssuedDocument], bytes]:
    def render_pdf(document: IssuedDocument) -> bytes:
        if document.number == number:
            raise OSError("no such picture")
        return b"%PDF-"

    return render_pdf


def test_after_five_tries_a_paper_is_given_up(
    session: Session, paper: IssuedDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "render_pdf", _breaks_on(paper.number))
    at, tried = NOW, 0
    while at < NOW + timedelta(hours=2):
        jobs.render_pending(session, now=at)
        session.refresh(paper)
        tried = max(tried, paper.tries)
        at += timedelta(minutes=1)
    assert tried == jobs.MOST_TRIES
    assert paper.state == "failed"
    assert not jobs.has_work(session, at)


def test_a_paper_of_a_dead_worker_is_free_after_its_lease(
    session: Session, paper: IssuedDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_document: IssuedDocument) -> bytes:
        raise KeyboardInterrupt  # as a kill: nothing after it runs

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(render, "render_pdf", die)
        jobs.render_pending(session, now=NOW)
    assert jobs.render_pending(session, now=NOW + timedelta(minutes=1)) == 0
    assert jobs.render_pending(session, now=NOW + jobs.LEASE) == 1


def test_a_slow_worker_stores_nothing_after_another_took_over(
    session: Session, paper: IssuedDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(document: IssuedDocument) -> bytes:
        monkeypatch.setattr(render, "render_pdf", lambda _d: b"%PDF-second")
        assert jobs.render_pending(session, now=NOW + jobs.LEASE) == 1
        return b"%PDF-first"

    # a copy, as another process has it: within one session the second claim would show in it
    mine = IssuedDocument(id=paper.id, number=paper.number, kind="act", tries=1)
    monkeypatch.setattr(render, "render_pdf", slow)
    claimed = jobs._claim(session, NOW)
    assert claimed is not None
    assert jobs._render(session, mine, NOW) == 0
    session.refresh(paper)
    assert paper.pdf is not None
    assert store.read(paper.pdf.key) == b"%PDF-second"
    assert (
        session.scalar(select(func.count()).where(StoredFile.media_type == "application/pdf")) == 1
    )


def test_the_file_is_on_the_disk_before_the_row(
    session: Session, paper: IssuedDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "render_pdf", lambda _d: b"%PDF-")

    def disk_is_full(_key: str, _content: bytes) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(store, "write", disk_is_full)
    with pytest.raises(OSError, match="no space"):
        jobs.render_pending(session, now=NOW)
    session.expire_all()
    assert paper.state == "pending"
    assert paper.pdf_id is None


def test_without_libraries_no_try_is_spent(
    session: Session, paper: IssuedDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "missing_libraries", lambda: ("pango-1.0",))
    assert not jobs.has_work(session, NOW)
    assert jobs.render_pending(session, now=NOW) == 0
    session.refresh(paper)
    assert paper.tries == 0


def test_the_worker_looks_for_papers_every_second() -> None:
    (job,) = (one for one in registry.JOBS if one.run is jobs.render_pending)
    assert job.every_seconds == 1


@pytest.fixture
def waiting(engine_database: Database) -> Iterator[list[int]]:
    """Eight papers that are really committed."""
    with engine_database.write_session() as session:
        with transaction(session, by=SYSTEM, at=NOW):
            branch = Branch(legal_entity=LegalEntity(brand="M", name="M"), name="Main")
            session.add(branch)
            session.flush()
            ids = [issue(session, branch_id=branch.id).id for _ in range(8)]
        yield ids
        with transaction(session, by=SYSTEM, at=NOW):
            for table in (IssuedDocument, StoredFile, Branch, LegalEntity, JournalLine):
                session.execute(delete(table))


def test_many_workers_at_once_print_each_paper_once(
    engine_database: Database, waiting: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printed: list[int] = []
    guard, together = Lock(), Barrier(4)

    def note(document: IssuedDocument) -> bytes:
        with guard:
            printed.append(document.id)
        return b"%PDF-" + str(document.id).encode()

    monkeypatch.setattr(render, "render_pdf", note)

    def work(_n: int) -> int:
        with engine_database.write_session() as session:
            together.wait()
            return jobs.render_pending(session, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(work, range(4)))
    with engine_database.write_session() as session:
        rest = jobs.render_pending(session, now=NOW)
    assert sum(made) + rest == 8
    assert sorted(printed) == waiting
    with engine_database.read_session() as session:
        rows: Any = session.scalars(select(IssuedDocument)).all()
        assert {row.state for row in rows} == {"rendered"}
        assert len({row.pdf_id for row in rows}) == 8
        for row in rows:
            assert files.read_bytes(row.pdf) == b"%PDF-" + str(row.id).encode()
