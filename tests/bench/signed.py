"""How long after a signature the worker has the PDF ready."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy import select  # noqa: E402

from service_app.core.actor import SYSTEM  # noqa: E402
from service_app.core.clock import now  # noqa: E402
from service_app.core.db import Database, transaction  # noqa: E402
from service_app.documents.models import IssuedDocument  # noqa: E402
from service_app.factory import create_app  # noqa: E402
from tests.bench.acts import issue_act  # noqa: E402

PAPERS = 10
LONGEST = 20.0


def main() -> None:
    """Print the slowest of the papers but the first, which warms the worker up."""
    database: Database = create_app().extensions["database"]
    _issue_and_wait(database)
    chance = random.Random(11)
    found = []
    for _ in range(PAPERS):
        time.sleep(chance.random())
        found.append(_issue_and_wait(database))
    print(json.dumps({"p95": sorted(found)[-1], "p50": sorted(found)[len(found) // 2]}))


def _issue_and_wait(database: Database) -> float:
    with database.write_session() as session:
        begin = time.perf_counter()
        with transaction(session, by=SYSTEM, at=now()):
            paper = issue_act(session, at=now()).id
    state = select(IssuedDocument.state).where(IssuedDocument.id == paper)
    while time.perf_counter() < begin + LONGEST:
        with database.read_session() as session:
            if session.scalar(state) != "pending":
                return time.perf_counter() - begin
        time.sleep(0.02)
    raise SystemExit(f"no PDF after {LONGEST} s")


if __name__ == "__main__":
    main()
