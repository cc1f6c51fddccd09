"""Numbers in addresses: one that no record can have is a page that does not exist."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1
"""What PostgreSQL's integer holds; a larger number would be its error, not an answer."""


class RecordNumber(IntegerConverter):
    """``<int:…>`` up to the largest number a record may have."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST)


def init_app(app: Flask) -> None:
    """Use it for every ``<int:…>``; call before blueprints are registered."""
    app.url_map.converters["int"] = RecordNumber
