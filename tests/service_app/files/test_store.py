"""Bytes first, then the row; nothing is lost, nothing is left for ever, nothing runs."""

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.errors import NotFound
from service_app.files import intake, jobs, service, store
from service_app.files.models import StoredFile
from service_app.files.sending import send_stored
from tests.service_app.files.test_intake import picture, video


@pytest.fixture(autouse=True)
def root(tmp_path: Path) -> Path:
    store.configure(tmp_path / "files")
    return tmp_path / "files"


def keep(session: Session, now: datetime, content: bytes, name="фото «1».jpg") -> StoredFile:
    with transaction(session, by=SYSTEM, at=now):
        return service.store(session, intake.from_bytes(content, name), by=SYSTEM, at=now)


def age(path: Path, now: datetime, days: float) -> None:
    moment = (now - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def test_the_key_comes_from_the_content_alone(session, now, root) -> None:
    first, second = keep(session, now, picture()), keep(session, now, picture())
    assert first.sha256 == second.sha256
    assert first.key != second.key
    assert first.key.startswith(f"{first.sha256[:2]}/{first.sha256[2:4]}/{first.sha256}-")
    assert service.read_bytes(first) == service.read_bytes(second)
    assert service.read_bytes(first, thumbnail=True)[:3] == b"\xff\xd8\xff"
    assert not (stat.S_IXUSR & (root / first.key).stat().st_mode)


def test_the_bytes_are_on_the_disk_before_the_row(
    session, now, root, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda fd: (synced.append(os.readlink(f"/proc/self/fd/{fd}")), real(fd))
    )
    with pytest.raises(ZeroDivisionError), transaction(session, by=SYSTEM, at=now):
        row = service.store(session, intake.from_bytes(b"%PDF-1.7", "a"), by=SYSTEM, at=now)
        assert (root / row.key).read_bytes() == b"%PDF-1.7"
        assert any(row.sha256 in one for one in synced)
        assert str((root / row.key).parent) in synced
        raise ZeroDivisionError  # the row is undone, the file stays for the job
    assert [p for p in root.rglob("*") if p.is_file()] != []


def test_a_write_that_is_cut_off_leaves_no_half_file(root, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        store.write("aa/bb/aabb", b"content")
    assert not (root / "aa/bb/aabb").exists()


def test_orphans_go_after_a_day_and_named_files_stay(session, now, root) -> None:
    named = keep(session, now, picture())
    for days, name in ((2, "old"), (0.5, "young"), (2, ".old.jpg.77.half")):
        path = root / "ab" / "cd" / name
        store.write(f"ab/cd/{name}", b"x")
        age(path, now, days)
    for key in (named.key, named.thumbnail_key):
        age(root / key, now, 30)
    assert jobs.remove_orphans(session, now=now) == 2
    assert (root / "ab/cd/young").exists()
    assert (root / named.key).exists()
    assert (root / named.thumbnail_key).exists()
    assert jobs.remove_orphans(session, now=now) == 0


def test_the_thumbnail_of_an_orphan_goes_too(session, now, root) -> None:
    row = keep(session, now, picture())
    key, small = row.key, row.thumbnail_key
    with transaction(session, by=SYSTEM, at=now):
        session.delete(row)
    for one in (key, small):
        age(root / one, now, 2)
    assert jobs.remove_orphans(session, now=now) == 2


def test_without_a_folder_there_is_nothing_to_remove(session, now) -> None:
    assert jobs.remove_orphans(session, now=now) == 0


def sent(app: Flask, file: StoredFile, path="/", thumbnail=False, **headers: str):
    with app.test_request_context(path, headers=headers):
        answer = send_stored(file, thumbnail=thumbnail)
        answer.direct_passthrough = False
        answer.get_data()
        answer.close()
        return answer


def test_a_photo_is_shown_and_never_guessed(app, session, now, root) -> None:
    store.configure(root)
    file = keep(session, now, picture())
    answer = sent(app, file)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("private")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "filename*=UTF-8''%D1%84" in answer.headers["Content-Disposition"]
    assert answer.data == service.read_bytes(file)
    small = sent(app, file, thumbnail=True)
    assert small.data == service.read_bytes(file, thumbnail=True)
    assert small.headers["ETag"] != answer.headers["ETag"]
    again = sent(app, file, **{"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_video_is_saved_not_played_and_anything_on_wish(app, session, now, root) -> None:
    store.configure(root)
    film = keep(session, now, video(), "clip.mp4")
    assert sent(app, film).headers["Content-Disposition"].startswith("attachment")
    photo = keep(session, now, picture())
    answer = sent(app, photo, path="/?download=1")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_file_that_is_gone_is_not_found(app, session, now, root) -> None:
    store.configure(root)
    file = keep(session, now, picture())
    (root / file.key).unlink()
    with pytest.raises(NotFound):
        sent(app, file)
