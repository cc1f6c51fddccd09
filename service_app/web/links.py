"""Where a ground or a notice leads: plain values to an address, by the registry's list."""

from typing import Any

from flask import current_app, url_for


def link_to(kind: str, ref: str) -> str | None:
    """The page of a record named by its kind and number; None when no page shows the kind."""
    links: dict[str, tuple[str, str]] = current_app.extensions["house_links"]
    endpoint, argument = links.get(kind, ("", ""))
    if endpoint not in current_app.view_functions:
        return None
    values: dict[str, Any] = {argument: ref} if argument else {}
    return url_for(endpoint, **values)
