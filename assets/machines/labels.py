"""QR codes of machines as SVG."""

from collections.abc import Sequence

import segno
from markupsafe import Markup

from assets.machines.models import Machine

MOST = 240
"""Labels on one sheet of paper and screen: ten A4 pages."""


def codes_of(machines: Sequence[Machine], public_url: str) -> dict[int, Markup]:
    """The codes by machine; none while there is no public address for phones to reach."""
    base = public_url.rstrip("/")
    return {m.id: _code(f"{base}/q/{m.qr_token}") for m in machines} if base else {}


def _code(address: str) -> Markup:
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(border=4, omitsize=True, svgclass="s-qr", lineclass=None)
    return Markup(svg)  # noqa: S704 - made here, of an address
