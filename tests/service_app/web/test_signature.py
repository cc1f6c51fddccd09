"""What counts as a signature drawn on the pad."""

import base64

import pytest

from service_app.web.signature import MOST_BYTES, PNG, PREFIX, decoded


def address(content: bytes) -> str:
    return PREFIX + base64.b64encode(content).decode()


def test_a_png_is_taken_whole() -> None:
    assert decoded(address(PNG + b"ink")) == PNG + b"ink"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "data:image/svg+xml;base64,PHN2Zz4=",
        address(b"GIF89a"),
        PREFIX + "not base64!",
        PREFIX + "АБВ",
        address(PNG + b"x" * MOST_BYTES),
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert decoded(text) is None
