"""How long an act takes to print, by us and by WeasyPrint alone on the same HTML and options."""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from service_app.core.actor import SYSTEM  # noqa: E402
from service_app.core.clock import now  # noqa: E402
from service_app.core.db import transaction  # noqa: E402
from service_app.documents import render  # noqa: E402
from service_app.documents.models import IssuedDocument  # noqa: E402
from service_app.documents.rules import words_in  # noqa: E402
from service_app.factory import create_app  # noqa: E402
from tests.bench.acts import issue_act  # noqa: E402

PRINTINGS = 7


def main() -> None:
    """Print the medians in seconds as JSON."""
    app = create_app()
    session = app.extensions["database"].write_session()
    with session, transaction(session, by=SYSTEM, at=now()):
        document = issue_act(session, at=now())
        document.state = "failed"  # the served worker need not print it too
    render.render_pdf(document)
    alone = _alone(document)
    alone()
    ours, theirs = [], []
    for _ in range(PRINTINGS):
        theirs.append(_seconds(alone))
        ours.append(_seconds(lambda: render.render_pdf(document)))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    found = {"ours": statistics.median(ours), "alone": statistics.median(theirs), "ratio": ratio}
    print(json.dumps(found))


def _alone(document: IssuedDocument) -> Callable[[], object]:
    """WeasyPrint with the same HTML and options, and nothing of ours around it."""
    html = render.render_html(document)
    printer = render._printer()
    fetcher = render._fetcher(frozenset(words_in(document.snapshot)))

    def write() -> object:
        page = printer.weasyprint.HTML(string=html, base_url="paper:/", url_fetcher=fetcher)
        return page.write_pdf(
            stylesheets=[printer.style],
            font_config=printer.fonts,
            color_profiles={render.INTENT: printer.colours},
            output_intent=render.INTENT,
            pdf_variant="pdf/a-3b",
            pdf_identifier=bytes.fromhex(document.content_sha256)[:16],
        )

    return write


def _seconds(act: Callable[[], object]) -> float:
    gc.collect()
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
