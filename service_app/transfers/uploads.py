"""Files handed in to be imported, and beside each how far its import is.

The worker's transaction is open for the whole import, so its progress is told through a small
file that anybody may read meanwhile.
"""

import hashlib
import json
import os
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from service_app.core.errors import Invalid
from service_app.core.text import N_
from service_app.files import store
from service_app.transfers.tables import open_table

CHUNK = 1 << 20
TELL_EVERY = 0.4
"""Seconds between two writings of the progress file."""


@dataclass(frozen=True)
class Progress:
    """Rows done of all; ``total`` is 0 while the file is being read."""

    done: int
    total: int

    @property
    def share(self) -> int:
        """Percent of the storing."""
        return self.done * 100 // self.total if self.total else 0


def folder() -> Path:
    """Where uploads lie: beside the store of files."""
    return store.root().parent / "imports"


def path_of(uid: uuid.UUID) -> Path:
    """The upload's file."""
    return folder() / uid.hex


def save(stream: IO[bytes], uid: uuid.UUID, *, limit_mb: int) -> str:
    """Keep the bytes for good, a piece at a time; the SHA-256 of them.

    Raises :class:`Invalid` for a file over the limit. The same ``uid`` again is the same form sent
    twice: the file that lies there stays.
    """
    folder().mkdir(parents=True, exist_ok=True)
    fresh = folder() / f".{uid.hex}.{os.getpid()}.{os.urandom(4).hex()}"
    digest, size = hashlib.sha256(), 0
    try:
        with fresh.open("wb") as target:
            while piece := stream.read(CHUNK):
                size += len(piece)
                if size > limit_mb * CHUNK:
                    text = N_("The file is over %(limit)s MB. Split it into several.")
                    raise Invalid(text.with_values(limit=limit_mb), "file")
                digest.update(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        if not path_of(uid).exists():
            fresh.replace(path_of(uid))
    finally:
        fresh.unlink(missing_ok=True)
    return digest.hexdigest()


def headings_of(uid: uuid.UUID) -> tuple[str, ...]:
    """The headings of the upload; none when it is no table or lies here no more."""
    try:
        return open_table(path_of(uid)).headings
    except (Invalid, OSError):
        return ()


def forget(uid: uuid.UUID) -> None:
    """Remove the upload and what lies beside it."""
    path_of(uid).unlink(missing_ok=True)
    _progress_path(uid).unlink(missing_ok=True)


def _progress_path(uid: uuid.UUID) -> Path:
    return folder() / f"{uid.hex}.progress"


class Teller:
    """Writes the progress of one import, not more often than anybody looks."""

    def __init__(self, uid: uuid.UUID) -> None:
        self._path, self._told = _progress_path(uid), 0.0

    def __call__(self, done: int, total: int) -> None:
        """So many rows of so many."""
        if time.monotonic() - self._told < TELL_EVERY:
            return
        self._told = time.monotonic()
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps([done, total]))
        fresh.replace(self._path)


def told(uid: uuid.UUID) -> Progress | None:
    """What the worker told last; None before it began."""
    try:
        done, total = json.loads(_progress_path(uid).read_text())
    except (OSError, ValueError):
        return None
    return Progress(int(done), int(total))


def told_at(uid: uuid.UUID) -> float:
    """When the worker told last, in seconds since 1970; 0 before it began."""
    try:
        return _progress_path(uid).stat().st_mtime
    except OSError:
        return 0.0
