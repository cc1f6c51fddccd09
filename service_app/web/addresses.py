"""What comes in addresses and forms, and the addresses of a page's links."""

from collections.abc import Iterable
from typing import Any, cast

from flask import Flask, Request, abort, current_app, g, request
from flask import url_for as build
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
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


def _without_nul(value: Any) -> Any:
    return value.replace("\x00", "") if isinstance(value, str) else value


class Typed(ImmutableMultiDict[str, Any]):
    """Arguments, fields or files; words without NULs: PostgreSQL cannot hold one."""

    def __init__(self, given: Any = ()) -> None:
        pairs: Iterable[tuple[str, Any]] = (
            given.items(multi=True) if isinstance(given, MultiDict) else given
        )
        super().__init__([(name, _without_nul(value)) for name, value in pairs])


class HouseRequest(Request):
    """A request whose arguments and fields are :class:`Typed`."""

    parameter_storage_class = Typed


def init_app(app: Flask) -> None:
    """Numbers no record can have, characters nobody types; call before blueprints are registered.

    Templates get :func:`link` as their ``url_for``.
    """
    app.url_map.converters["int"] = RecordNumber
    app.request_class = HouseRequest
    app.extensions["house_addresses"] = {}
    app.jinja_env.globals["url_for"] = link
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if "\x00" in request.path:
        abort(404)
