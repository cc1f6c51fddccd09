"""Importing a text in a test, and five machines with the serials A to E."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.registry import IMPORTERS
from service_app.transfers.rules import Options
from service_app.transfers.service import Report, take_in
from tests.conftest import NOW

FLEET = "model,serial,customer,site\n" + "".join(
    f"EX-1,{letter},Карьер Северный,Участок 2\n" for letter in "ABCDE"
)
Take = Callable[..., Report]


def taker(session: Session, folder: Path, *, with_fleet: bool = True) -> Take:
    """``take("orders", "serial,…", mapping={…})`` imports a text (or bytes) and reports."""

    def take(kind: str, content: str | bytes, **options: object) -> Report:
        file = folder / "list.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        with transaction(session, by=SYSTEM, at=NOW):
            how = Options(**options)  # type: ignore[arg-type]
            return take_in(session, IMPORTERS[kind], file, how, by=SYSTEM, at=NOW)

    if with_fleet:
        assert take("machines", FLEET).written == 5
    return take


def reasons(report: Report) -> list[tuple[int, str, str]]:
    return [(r.line, r.column, str(r.text)) for r in report.rejected]
