"""The field a signature is drawn into: a PNG as the pad sends it."""

import base64
import binascii
from typing import Any

from wtforms import Field
from wtforms.widgets import HiddenInput

from service_app.core.text import N_
from service_app.web.reading import reader

PREFIX = "data:image/png;base64,"
PNG = b"\x89PNG\r\n\x1a\n"
MOST_BYTES = 500_000
NOT_WHOLE = N_("The signature did not arrive whole. Sign once more.")


class SignatureField(Field):  # type: ignore[misc]
    """``.data`` is the picture's address as drawn, ``.png`` its bytes or None when it is empty.

    Drawn by the macro ``signature``; the macro ``hidden`` leaves it out.
    """

    widget = HiddenInput()
    png: bytes | None = None

    def _value(self) -> str:
        return self.data or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data, self.png = None, None
        if not text:
            return
        self.png = decoded(text)
        if self.png is None:
            raise ValueError(
                reader().say(N_("The signature did not arrive whole. Sign once more."))
            )
        self.data = text

    def process_data(self, value: Any) -> None:
        self.data = value if isinstance(value, str) else None


def decoded(text: str) -> bytes | None:
    """The PNG behind a data address; None when it is not one or too large to be a signature."""
    if not text.startswith(PREFIX) or len(text) > MOST_BYTES * 4 // 3:
        return None
    try:
        found = base64.b64decode(text[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if found.startswith(PNG) else None
