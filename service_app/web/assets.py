"""Static files under addresses that carry their checksum, cached for ever, gzipped beforehand."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

from service_app.web.addresses import link

STATIC = Path(__file__).resolve().parent.parent / "static"
FOR_EVER = 31_536_000
OWN_WORDS = (".css", ".js")
"""Ours have no zipped file beside them; they are zipped once per process."""


@lru_cache(maxsize=512)
def checksum(path: str, _modified_ns: int) -> str:
    """The first twelve hex digits of the file's SHA-256."""
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]


def asset(path: str) -> str:
    """The address of one static file; it changes with the file's content."""
    return link("asset", mark=checksum(path, _modified(path)), path=path)


@lru_cache(maxsize=512)
def _modified(path: str) -> int:
    return (STATIC / path).stat().st_mtime_ns


def send(mark: str, path: str) -> Response:
    """A static file; the mark is only there to make the address new when the file is."""
    zipped = STATIC / f"{path}.gz"
    accepts = "gzip" in request.headers.get("Accept-Encoding", "")
    if accepts and ".." not in path and zipped.is_file():
        response = send_from_directory(STATIC, f"{path}.gz", max_age=FOR_EVER)
        response.headers["Content-Encoding"] = "gzip"
        response.mimetype = _mimetype(path)
    elif accepts and _is_own(path):
        response = Response(_small(path, _modified(path)), mimetype=_mimetype(path))
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = send_from_directory(STATIC, path, max_age=FOR_EVER)
    response.headers["Cache-Control"] = f"public, max-age={FOR_EVER}, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _is_own(path: str) -> bool:
    found = (STATIC / path).resolve()
    return found.suffix in OWN_WORDS and found.is_relative_to(STATIC) and found.is_file()


@lru_cache(maxsize=64)
def _small(path: str, _modified_ns: int) -> bytes:
    return gzip.compress((STATIC / path).read_bytes(), 9)


def _mimetype(path: str) -> str:
    return {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}.get(
        Path(path).suffix, "application/octet-stream"
    )


def init_app(app: Flask) -> None:
    """The route of static files and the template's ``asset()``."""
    send.house_guard = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/static/<mark>/<path:path>", "asset", send)
    app.jinja_env.globals["asset"] = asset
