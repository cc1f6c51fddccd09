"""What a line of the journal says."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service_app.accounts.permissions import Role
from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text, verbatim
from service_app.journal.words import FIELDS, TABLES


class Change(Labelled):
    """The kind of a change."""

    ADDED = "added", N_("Added"), Tone.GREEN, "plus"
    CHANGED = "changed", N_("Changed"), Tone.PETROL, "pencil"
    REMOVED = "removed", N_("Removed"), Tone.SLATE, "trash"
    IMPORTED = "imported", N_("Imported"), Tone.SLATE, "upload"


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
_ROLES = {role.value: role.label for role in Role}
HIDDEN_FIELDS = frozenset(
    {
        "id",
        "version",
        "uid",
        "sort_key",
        "search_words",
        "session_epoch",
        "revision",
        "company_version",
        "key",
        "thumbnail_key",
        "width",
        "height",
        "content_sha256",
        "follow_token",
        "qr_token",
        "claimed_until",
        "template",
        "template_version",
        "tries",
        "snapshot",
        "ground_kind",
        "ground_id",
        "ordinal",
        "segment_id",
        "by_user_id",
        "pdf_id",
        "suggested",
    }
)
"""What changes by itself and tells a reader nothing."""


@dataclass(frozen=True)
class FieldChange:
    """One value of a line: what it was (None when the record was new) and what it is."""

    label: Text
    old: Text | None
    new: Text | None


def table_label(table: str) -> Text:
    """The word of the trade for a table; a table without one is named by its own name."""
    return TABLES.get(table) or verbatim(table.replace("_", " "))


def table_choices() -> tuple[tuple[str, Text], ...]:
    """(table, word) in their order, for the filter."""
    return tuple(TABLES.items())


def field_changes(changes: dict[str, Any]) -> tuple[FieldChange, ...]:
    """What a line says, field by field. ``changes`` holds pairs, or plain values of a new row."""
    shown = ((k, v) for k, v in changes.items() if k not in HIDDEN_FIELDS)
    return tuple(
        FieldChange(_field_label(key), *(_said(key, one) for one in _pair(value)))
        for key, value in shown
        if value not in ("", None)
    )


def _field_label(key: str) -> Text:
    return FIELDS.get(key) or verbatim(key.replace("_", " "))


def _pair(value: Any) -> tuple[Any, Any]:
    if isinstance(value, list) and len(value) == 2:
        return value[0], value[1]
    return None, value


def _said(key: str, value: Any) -> Text | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool):
        return N_("yes") if value else N_("no")
    if key == "role" and value in _ROLES:
        return _ROLES[value]
    moment = _moment(value)
    return Text("%(moment)s", moment=moment) if moment is not None else verbatim(str(value))


def _moment(value: Any) -> datetime | None:
    """A moment as the journal keeps it, to be read on the reader's clock."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    return datetime.fromisoformat(value)
