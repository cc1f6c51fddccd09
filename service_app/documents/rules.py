"""What a paper is made of: plain values with their marks, one canonical form, one hash. Pure."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from service_app.core.currency import Amount
from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text

SHORT_HASH = 16
"""Hex digits of the content's hash that a QR carries."""
FEWEST_DIGITS = 8
"""Hex digits a person types from the paper."""


class DocumentKind(Labelled):
    """What a paper is called."""

    RECEIPT = "receipt", N_("Intake receipt"), Tone.PLAIN, "clipboard-list"
    QUOTE = "quote", N_("Quote"), Tone.PLAIN, "receipt"
    JOB_SHEET = "job_sheet", N_("Job sheet"), Tone.PLAIN, "tool"
    CHANGE = "change", N_("Change notice"), Tone.PLAIN, "file-text"
    ACT = "act", N_("Act"), Tone.PLAIN, "signature"
    PASSPORT = "passport", N_("Machine passport"), Tone.PLAIN, "file-text"
    SLA_REPORT = "sla_report", N_("Report of promises"), Tone.PLAIN, "chart-histogram"
    STATEMENT = "statement", N_("Statement of hours"), Tone.PLAIN, "clock"
    LABELS = "labels", N_("QR labels"), Tone.PLAIN, "qrcode"


class DocumentState(Labelled):
    """Where the PDF is."""

    PENDING = "pending", N_("The PDF is being made"), Tone.SLATE, "clock"
    RENDERED = "rendered", N_("The PDF is ready"), Tone.GREEN, "circle-check"
    FAILED = "failed", N_("The PDF could not be made"), Tone.RED, "alert-triangle"


def kind_label(kind: str) -> Text:
    """What people call a kind of paper."""
    return DocumentKind(kind).label if kind in set(DocumentKind) else N_("Paper")


def plain(value: Any) -> Any:
    """A value as JSON with marks, so that :func:`revive` gives the same value back.

    Texts, amounts, decimals, moments and dates keep their kind. Raises TypeError for anything
    that has no place on a paper (a record, a float with its hidden digits).
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Text):
        return {"text": value.to_json()}
    if isinstance(value, Amount):
        return {"amount": str(value.value), "currency": value.currency}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, timedelta):
        return {"seconds": int(value.total_seconds())}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    raise TypeError(f"{type(value).__name__} has no place on a paper")


def revive(value: Any) -> Any:
    """What :func:`plain` was given."""
    if isinstance(value, list):
        return [revive(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((mark, inner),) = value.items()
        if mark in _MARKS and isinstance(inner, _MARKS[mark][0]):
            return _MARKS[mark][1](inner)
    if set(value) == {"amount", "currency"}:
        return Amount(Decimal(value["amount"]), value["currency"])
    return {key: revive(one) for key, one in value.items()}


_MARKS: dict[str, tuple[type, Any]] = {
    "text": (dict, Text.from_json),
    "decimal": (str, Decimal),
    "seconds": (int, lambda seconds: timedelta(seconds=seconds)),
    "at": (str, datetime.fromisoformat),
    "on": (str, date.fromisoformat),
}


def canonical_json(value: Any) -> bytes:
    """One writing of a plain value: keys in order, no spaces, UTF-8 (after RFC 8785)."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def content_sha256(content: Mapping[str, Any]) -> str:
    """The hex SHA-256 of the canonical form."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def words_in(value: Any) -> set[str]:
    """Every string of a plain value: what the paper's files are looked up in."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(words_in, value)) if value else set()
    return set()


def address_of(number: str) -> str:
    """A paper's number as an address carries it: ``26-0402/5`` → ``26-0402-5``."""
    return number.replace("/", "-")


def grouped_hash(digest: str) -> str:
    """``9f3a 41c7 …``: how papers print it."""
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def fits_hash(digest: str, typed: str) -> bool:
    """Whether what a QR carried or a person typed is the beginning of the hash."""
    given = "".join(typed.split()).lower()
    return len(given) >= FEWEST_DIGITS and digest.startswith(given)
