"""The Russian catalogue: taken from the sources, merged with what is translated, compiled."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PO = Path(__file__).resolve().parent / "ru" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
WIDTH = 100

KEYWORDS: Mapping[str, Any] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "Text": None,
    "N_": None,
    "P_": ((1, "c"), 2),
    "plural": (1, 2),
}
"""What marks a sentence: gettext's names in templates, ours in Python (``core.text``)."""
_PYTHON = [("**/static/**", "ignore"), ("**.py", "python")]
_TEMPLATES = [("**.html", "jinja2"), ("**.txt", "jinja2")]
_FOLDERS = {
    "service_app": _PYTHON,
    "assets": _PYTHON,
    "workorders": _PYTHON,
    "templates": _TEMPLATES,
}
_TEMPLATE_OPTIONS = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.i18n"}
_OPTIONS = {"**.html": _TEMPLATE_OPTIONS, "**.txt": _TEMPLATE_OPTIONS}


@dataclass(frozen=True)
class Counts:
    """How many sentences there are, and how many of them have no translation yet."""

    messages: int
    untranslated: int


def forms(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A msgid or msgstr as its forms: one, or those of a plural."""
    if value is None:
        return ("",)
    return (value,) if isinstance(value, str) else tuple(value)


def is_translated(message: Message) -> bool:
    """Every form the language needs is there."""
    return all(forms(message.string))


def sentences(catalog: Catalog) -> Iterator[Message]:
    """The entries without the header."""
    return (message for message in catalog if message.id)


def read() -> Catalog:
    """The catalogue as it is stored."""
    with PO.open("rb") as file:
        return read_po(file, locale="ru")


def extracted(stored: Catalog) -> Catalog:
    """Every sentence of the sources, with the translations ``stored`` has for them."""
    fresh = Catalog(
        locale="ru",
        project="service-app",
        fuzzy=False,
        creation_date=stored.creation_date,
        revision_date=stored.revision_date,
    )
    for folder, method in _FOLDERS.items():
        found = extract_from_dir(str(ROOT / folder), method, _OPTIONS, KEYWORDS)
        for name, line, msgid, _, context in found:
            if any(forms(msgid)):
                fresh.add(msgid, locations=[(f"{folder}/{name}", line)], context=context)
    for message in sentences(fresh):
        known = stored.get(forms(message.id)[0], message.context)
        if known and known.pluralizable == message.pluralizable:
            message.string = known.string
    return fresh


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it while the program runs."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def update() -> Counts:
    """Bring both files up with the sources; sentences no longer said are deleted.

    Sorted, and without anything of the moment or the machine: a second run changes nothing.
    """
    fresh = extracted(read())
    with PO.open("wb") as file:
        write_po(file, fresh, sort_output=True, width=WIDTH, include_lineno=False)
    MO.write_bytes(compiled(read()))
    missing = [message for message in sentences(fresh) if not is_translated(message)]
    return Counts(len(fresh), len(missing))
