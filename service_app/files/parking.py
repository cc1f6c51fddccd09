"""Photos of a form that came back with a refusal: nobody should have to take them twice.

The bytes wait on the disk without a row, so the daily sweep takes what never comes again; the form
carries a signed note of them.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from service_app.files import store
from service_app.files.intake import MOST_AT_ONCE, PreparedFile

WAITS_SECONDS = 20 * 3600
"""Less than the day after which files without a row are removed."""


def park(files: Sequence[PreparedFile], *, secret: str) -> str:
    """Keep prepared files for the next sending; the signed note that brings them back."""
    return _signer(secret).dumps([_put(one) for one in files]) if files else ""


def unpark(note: str, *, secret: str) -> list[PreparedFile]:
    """The files of a note; none when it is not ours, too old, or the bytes are gone."""
    try:
        rows: list[dict[str, Any]] = _signer(secret).loads(note, max_age=WAITS_SECONDS)
        return [_get(row) for row in rows[:MOST_AT_ONCE]]
    except (BadSignature, FileNotFoundError):
        return []


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="parked photos")


def _put(one: PreparedFile) -> dict[str, Any]:
    digest = one.sha256
    key = f"{digest[:2]}/{digest[2:4]}/{digest}-{secrets.token_hex(4)}{one.suffix}"
    store.write(key, one.content)
    if one.thumbnail is not None:
        store.write(f"{key}.thumb", one.thumbnail)
    return {
        "key": key, "name": one.name, "type": one.media_type, "suffix": one.suffix,
        "size": (one.width, one.height), "small": one.thumbnail is not None,
    }  # fmt: skip


def _get(row: dict[str, Any]) -> PreparedFile:
    key, (width, height) = row["key"], row["size"]
    small = store.read(f"{key}.thumb") if row["small"] else None
    return PreparedFile(
        row["name"], row["type"], row["suffix"], store.read(key), width, height, small
    )
