"""The menu as plain values; the registry says what is in it, layouts draw it."""

from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from service_app.core.text import Text


@dataclass(frozen=True)
class Entry:
    """One line of the menu. ``count`` names a counter of the registry."""

    label: Text
    icon: str
    endpoint: str
    group: Text | None = None
    phone_label: Text | None = None
    count: str | None = None
    also: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class ShownEntry:
    """One line of the menu, drawn for one person on one page."""

    label: Text
    icon: str
    url: str
    is_current: bool
    count: int | None = None
    is_late: bool = False


@dataclass(frozen=True)
class Group:
    """Lines under one heading; the first group has none."""

    label: Text | None
    entries: tuple[ShownEntry, ...]


Menu = dict[str, tuple[Entry, ...]]
"""Entries by role value, in their order."""


def url_with(**changes: str | int | None) -> str:
    """The present address with some of its parameters changed; None takes one out."""
    arguments: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {})}
    arguments.pop("after", None)
    arguments |= changes
    kept = {
        name: value
        for name, value in arguments.items()
        if value not in (None, "") and name != "endpoint" and not name.startswith("_")
    }  # url_for has meanings of its own for the names left out
    return url_for(str(request.endpoint), **kept)


def next_url(key: str) -> str:
    """The next page of the list at the present address."""
    return url_with(after=key)
