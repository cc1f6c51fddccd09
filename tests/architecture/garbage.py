"""What nobody should type, and an ear for what each page asks of the address and of a form."""

import base64
import json
from typing import Any, ClassVar

from service_app.web.addresses import HouseRequest, Typed

HUGE = "1" + "0" * 30
WORDS = (
    "",
    "x",
    "-1",
    "0",
    HUGE,
    str(2**31),
    "99999999999",
    str(2**63),
    "²",
    "١٢",
    "1e400",
    "NaN",
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "a\x00b",
    "\x00",
    "\u202e%s'\"<",
    "ы" * 5000,
    "9" * 5000,
    "[]",
    "0001-01-01T00:00+14:00/1",
    "2026-01-01T00:00+00:00/²",
    "2026-01-01T00:00+00:00/" + HUGE,
    '{"a":1}',
)
"""Numbers that are none, too large or of another alphabet; days that are none; NUL; half of SQL."""


def forged(*values: Any) -> str:
    """A paging key as the program writes one, holding these values."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


NOW = {"at": "2026-01-01T00:00:00+00:00"}
KEYS = (
    "!",
    "é",
    base64.urlsafe_b64encode(b"7").decode(),
    base64.urlsafe_b64encode(b'{"a":1,"b":2}').decode(),
    base64.urlsafe_b64encode(b'"ab"').decode(),
    base64.urlsafe_b64encode(b"[" * 20_000).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    forged(),
    *(forged(value) for value in ("x", None, True, 2**31, 2**63, [1], {}, NOW)),
    *(forged(value, 1) for value in ("a\x00b", "\ud800", None, 1.5, {"at": 1}, {})),
    forged({"at": "2026-01-01T00:00:00"}, 1),
    forged({"at": "0001-01-01T00:00:00+14:00"}, 1),
    forged({"at": "9999-12-31T23:59:59-12:00"}, 1),
    *(forged(NOW, value) for value in ("x", None, True, 10**30, float("nan"))),
    forged("x", 10**30),
)
"""Keys of a long list as nobody was ever given them."""


class Listened(Typed):
    """Arguments that note what was asked of them."""

    asked: ClassVar[set[str]] = set()

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: Any, *args: Any, **kwargs: Any) -> list[Any]:
        self.asked.add(key)
        return super().getlist(key, *args, **kwargs)

    def __contains__(self, key: Any) -> bool:
        self.asked.add(key)
        return super().__contains__(key)

    def __getitem__(self, key: Any) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)


class ListeningRequest(HouseRequest):
    """A request whose address and form note what was asked of them."""

    parameter_storage_class = Listened
