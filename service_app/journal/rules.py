"""What a line of the journal says."""

from dataclasses import dataclass
from typing import Any

from service_app.accounts.permissions import Role
from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text, verbatim


class Change(Labelled):
    """The kind of a change."""

    ADDED = "added", N_("Added"), Tone.GREEN, "plus"
    CHANGED = "changed", N_("Changed"), Tone.PETROL, "pencil"
    REMOVED = "removed", N_("Removed"), Tone.SLATE, "trash"
    IMPORTED = "imported", N_("Imported"), Tone.SLATE, "upload"


_TABLES: dict[str, Text] = {
    "user_account": N_("Person"),
    "user_role": N_("Role of a person"),
    "legal_entity": N_("Our company"),
    "branch": N_("Branch"),
    "team": N_("Team"),
    "staff_membership": N_("Person in a branch"),
    "company": N_("Company"),
    "site": N_("Site"),
    "contact": N_("Contact"),
    "company_membership": N_("Person of a company"),
    "stored_file": N_("File"),
    "machine_model": N_("Model"),
    "machine": N_("Machine"),
    "meter": N_("Meter"),
    "reading": N_("Running hours"),
    "fault": N_("Fault"),
    "work_order": N_("Work order"),
    "order_line": N_("Line of an order"),
    "visit": N_("Visit"),
    "issued_document": N_("Issued paper"),
    "calendar": N_("Working calendar"),
    "policy": N_("Promises policy"),
}
_FIELDS: dict[str, Text] = {
    "login": N_("Login"),
    "email": N_("E-mail"),
    "family_name": N_("Family name"),
    "first_name": N_("First name"),
    "middle_name": N_("Middle name"),
    "position": N_("Position"),
    "signing_ground": N_("Ground to sign"),
    "phone": N_("Phone"),
    "language": N_("Language"),
    "theme": N_("Colours"),
    "zone": N_("Time zone"),
    "are_keys_on": N_("Keys for fast work"),
    "is_active": N_("May sign in, or in use"),
    "password_hash": N_("Password"),
    "role": N_("Role"),
    "name": N_("Name"),
    "english_name": N_("English name"),
    "short_name": N_("Short name"),
    "brand": N_("Name on pages"),
    "address": N_("Address"),
    "english_address": N_("English address"),
    "bank_name": N_("Bank"),
    "inn": N_("INN"),
    "kpp": N_("KPP"),
    "ogrn": N_("OGRN"),
    "bik": N_("BIK"),
    "account": N_("Account"),
    "correspondent_account": N_("Correspondent account"),
    "currency": N_("Currency"),
    "city": N_("City"),
    "serial": N_("Serial number"),
    "inventory_number": N_("Inventory number"),
    "status": N_("Status"),
    "priority": N_("Priority"),
    "kind": N_("Kind"),
    "notes": N_("Notes"),
    "access_notes": N_("Access notes"),
    "severity": N_("Severity"),
    "symptom": N_("Symptom"),
    "value": N_("Value"),
    "read_at": N_("Read at"),
    "file": N_("File"),
    "rows": N_("Rows"),
    "written": N_("New"),
    "known": N_("There already"),
    "rejected": N_("Rejected"),
}
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
    return _TABLES.get(table) or verbatim(table.replace("_", " "))


def table_choices() -> tuple[tuple[str, Text], ...]:
    """(table, word) in their order, for the filter."""
    return tuple(_TABLES.items())


def field_changes(changes: dict[str, Any]) -> tuple[FieldChange, ...]:
    """What a line says, field by field. ``changes`` holds pairs, or plain values of a new row."""
    shown = ((k, v) for k, v in changes.items() if k not in HIDDEN_FIELDS)
    return tuple(
        FieldChange(_field_label(key), *(_said(key, one) for one in _pair(value)))
        for key, value in shown
        if value not in ("", None)
    )


def _field_label(key: str) -> Text:
    return _FIELDS.get(key) or verbatim(key.replace("_", " "))


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
    return verbatim(str(value))
