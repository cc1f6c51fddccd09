"""A worker killed in the middle of deliveries: every letter arrives, a second copy is marked."""

import random
import subprocess
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from sqlalchemy import select

from service_app.core.actor import SYSTEM
from service_app.core.db import Base, Database, transaction
from service_app.core.text import N_
from service_app.outbox import service
from service_app.outbox.models import OutboxMessage
from service_app.outbox.rules import LEASE

NOW = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)
LETTERS = 50
WORKER = """
import sys
from datetime import datetime
from pathlib import Path
from service_app.core.db import Database
from service_app.outbox import carriers, jobs
import service_app.journal.models
url, folder, now = sys.argv[1:]
post = carriers.Post(carriers.FolderCarrier(Path(folder)), "s@example.org", "")
carriers.configure(post)
print("ready", flush=True)
with Database(url).write_session() as session:
    while jobs.deliver(session, now=datetime.fromisoformat(now)):
        pass
"""


def start(url: str, folder: Path, now: datetime) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WORKER, url, str(folder), now.isoformat()]
    worker = subprocess.Popen(command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE)
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"ready\n"
    worker.stdout.close()
    return worker


def test_nothing_is_lost_and_a_second_copy_is_marked(tmp_path: Path) -> None:
    url, folder = f"sqlite:///{tmp_path / 'mail.db'}", tmp_path / "outbox"
    database = Database(url)
    Base.metadata.create_all(database.engine)
    with database.write_session() as session, transaction(session, by=SYSTEM, at=NOW):
        for n in range(LETTERS):
            service.send(
                session, to=f"p{n}@example.org", subject=N_("s"), body=N_("b"),
                language="en", at=NOW,
            )  # fmt: skip
    dice = random.Random(7)
    now, killed = NOW, 0
    for _ in range(6):
        worker = start(url, folder, now)
        time.sleep(dice.uniform(0.01, 0.25))
        worker.kill()
        killed += worker.wait() < 0
        now += LEASE
    while True:
        worker = start(url, folder, now)
        assert worker.wait(60) == 0
        with database.read_session() as session:
            if set(session.scalars(select(OutboxMessage.state))) == {"sent"}:
                break
        now += LEASE
    database.engine.dispose()
    assert killed
    tries = defaultdict(list)
    for path in folder.glob("*.eml"):
        letter = message_from_bytes(path.read_bytes())
        tries[letter["To"]].append(letter["X-Delivery-Attempt"])
    assert len(tries) == LETTERS
    assert all(len(set(one)) == len(one) for one in tries.values())
