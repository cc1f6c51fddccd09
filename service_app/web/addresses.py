"""Addresses: a number that no record can have is a page that does not exist; links of a page."""

from typing import Any, cast

from flask import Flask, abort, current_app, g, request
from flask import url_for as build
from werkzeug.local import LocalProxy
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1
"""What PostgreSQL's integer holds; a larger number would be its error, not an answer."""


class RecordNumber(IntegerConverter):
    """``<int:…>`` up to the largest number a record may have."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST)


MOST_KEPT = 20_000
_PLAIN = (int, str)


def link(endpoint: str, **values: Any) -> str:
    """``url_for`` that remembers: a list of fifty rows asks for a hundred addresses, the same ones
    again with every reader, and building one costs more than drawing its link."""
    if endpoint[0] == "." or "_external" in values:
        return build(endpoint, **values)
    if not all(type(value) in _PLAIN for value in values.values()):
        return build(endpoint, **values)
    kept = _kept()
    key = (endpoint, *values.items())
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[key] = build(endpoint, **values)
    return found


def _kept() -> dict[Any, str]:
    """The addresses known under the present root; looked up once a request."""
    own = here()
    kept: dict[Any, str] | None = own.get("links")
    if kept is None:
        roots = current_app.extensions["house_addresses"]
        kept = own.links = roots.setdefault(request.script_root, {})
    return kept


def here() -> Any:
    """``g`` itself: asked for hundreds of times a page, a proxy costs more than the answer."""
    return cast("LocalProxy[Any]", g)._get_current_object()


def asked_id(name: str) -> int | None:
    """A record's number among the arguments of the address; None when it is not one."""
    asked = request.args.get(name, type=int)
    return asked if asked is not None and 0 < asked <= LARGEST else None


def init_app(app: Flask) -> None:
    """Use it for every ``<int:…>``, and refuse a NUL; call before blueprints are registered.

    Templates get :func:`link` as their ``url_for``.
    """
    app.url_map.converters["int"] = RecordNumber
    app.extensions["house_addresses"] = {}
    app.jinja_env.globals["url_for"] = link
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    """Nobody types a NUL, no record holds one, and PostgreSQL breaks on looking for it."""
    if "\x00" in request.path or b"%00" in request.query_string:
        abort(404)
