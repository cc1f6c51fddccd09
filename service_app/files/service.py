"""Keeping files: the bytes first, then the row that names them."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.files import store as disk
from service_app.files.intake import PreparedFile
from service_app.files.models import StoredFile


def store(session: Session, prepared: PreparedFile, *, by: Actor, at: datetime) -> StoredFile:
    """Write the bytes (and the thumbnail) and the row. Each upload gets a row of its own."""
    digest = prepared.sha256
    # The salt keeps rows apart when two people upload the same bytes; the name is never used.
    key = f"{digest[:2]}/{digest[2:4]}/{digest}-{secrets.token_hex(4)}{prepared.suffix}"
    disk.write(key, prepared.content)
    thumbnail_key = None
    if prepared.thumbnail is not None:
        thumbnail_key = f"{key}.thumb"
        disk.write(thumbnail_key, prepared.thumbnail)
    row = StoredFile(
        key=key,
        name=prepared.name,
        media_type=prepared.media_type,
        size=len(prepared.content),
        sha256=digest,
        width=prepared.width,
        height=prepared.height,
        thumbnail_key=thumbnail_key,
        added_at=at,
        added_by_id=by.user_id,
    )
    session.add(row)
    session.flush()
    return row


def store_all(
    session: Session, prepared: Iterable[PreparedFile], *, by: Actor, at: datetime
) -> list[StoredFile]:
    """Several at once, in their order."""
    return [store(session, one, by=by, at=at) for one in prepared]


def read_bytes(file: StoredFile, *, thumbnail: bool = False) -> bytes:
    """The content, or the small picture where there is one."""
    return disk.read(file.thumbnail_key if thumbnail and file.thumbnail_key else file.key)
