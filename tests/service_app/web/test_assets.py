"""Static files: small over the wire, nothing from outside the folder."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service_app.web.assets import STATIC, asset

FIRST_PAGE = (
    "vendor/tabler.min.css",
    "vendor/htmx.min.js",
    "vendor/icons.svg",
    "vendor/fonts/ibm-plex-sans-400.woff2",
    "vendor/fonts/ibm-plex-sans-500.woff2",
    "vendor/fonts/ibm-plex-sans-600.woff2",
    "app.css",
    *(f"js/{found.name}" for found in sorted((STATIC / "js").glob("*.js"))),
)
MOST_BYTES = 240_000
ZIPPED = {"Accept-Encoding": "gzip"}


def address(app: Flask, path: str) -> str:
    with app.test_request_context():
        return asset(path)


def test_our_own_style_travels_zipped(app: Flask, client: FlaskClient) -> None:
    plain = client.get(address(app, "app.css"))
    small = client.get(address(app, "app.css"), headers=ZIPPED)
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.mimetype == plain.mimetype == "text/css"
    assert gzip.decompress(small.data) == plain.data
    assert "immutable" in small.headers["Cache-Control"]
    plain.close()


def test_the_first_page_is_light(app: Flask, client: FlaskClient) -> None:
    sizes = {}
    for path in FIRST_PAGE:
        answer = client.get(address(app, path), headers=ZIPPED)
        sizes[path] = len(answer.data)
        answer.close()
    assert sum(sizes.values()) <= MOST_BYTES, sizes


@pytest.mark.parametrize("path", ["../web/assets.py", "..%2Fweb%2Fassets.py", "js/none.js", "js"])
def test_nothing_else_is_given(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/x/{path}", headers=ZIPPED).status_code == 404
