"""Addresses: a number that no record can have is a page that does not exist; links of a page."""

from typing import Any

from flask import Flask, request
from flask import url_for as build
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1
"""What PostgreSQL's integer holds; a larger number would be its error, not an answer."""


class RecordNumber(IntegerConverter):
    """``<int:…>`` up to the largest number a record may have."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST)


MOST_KEPT = 20_000
_PLAIN = (int, str)


def init_app(app: Flask) -> None:
    """Use it for every ``<int:…>``; call before blueprints are registered.

    Templates get a ``url_for`` that remembers: a list of fifty rows asks for a hundred addresses,
    the same ones again with every reader, and building one costs more than drawing its link.
    """
    app.url_map.converters["int"] = RecordNumber
    kept: dict[Any, str] = {}

    def url_for(endpoint: str, **values: Any) -> str:
        is_plain = endpoint[0] != "." and all(type(v) in _PLAIN for v in values.values())
        if not is_plain or "_external" in values:
            return build(endpoint, **values)
        key = (request.script_root, endpoint, *values.items())
        found = kept.get(key)
        if found is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[key] = build(endpoint, **values)
        return found

    app.jinja_env.globals["url_for"] = url_for
