"""Files nobody names: written before a transaction that never came to its end."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.files import store
from service_app.files.models import StoredFile

KEEP = timedelta(days=1)
AT_ONCE = 500


def remove_orphans(session: Session, *, now: datetime) -> int:
    """Remove files older than a day without a row; how many went.

    In steps, so that nobody waits for a walk through a large store.
    """
    before, removed = (now - KEEP).timestamp(), 0
    old = (path for path in _files() if path.stat().st_mtime < before)
    while batch := list(islice(old, AT_ONCE)):
        with transaction(session, by=SYSTEM, at=now):
            known = _known(session, [_key(path) for path in batch])
        for path in batch:
            if _key(path) not in known:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _files() -> Iterator[Path]:
    folder = store.root()
    return (path for path in folder.glob("??/??/*") if path.is_file())


def _key(path: Path) -> str:
    return path.relative_to(store.root()).as_posix().removesuffix(".thumb")


def _known(session: Session, keys: Sequence[str]) -> set[str]:
    return set(session.scalars(select(StoredFile.key).where(StoredFile.key.in_(keys))))
