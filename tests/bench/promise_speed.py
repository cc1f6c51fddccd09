"""How fast chances are counted, and another system's log is replayed."""

import csv
import lzma
import os
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from service_app.core import clock
from service_app.core.db import Database
from workorders.risk.queries import samples
from workorders.risk.rules import tabulate
from workorders.sla.past import PastEvent, read_plan, replay_past

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
PLAN = """
[calendar]
zone = "UTC"
week = { mon = "12:00-22:00", tue = "12:00-22:00", wed = "12:00-22:00", thu = "12:00-22:00" }
[clocks.closure]
start = "New"
meet = ["Resolved", "Closed"]
pause = ["Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence"]
[clocks.closure.limits]
"1 - Critical" = "8 h"
"2 - High" = "16 h"
"3 - Moderate" = "67 h"
"4 - Low" = "147 h"
"""


def chances(database: Database) -> tuple[int, float]:
    """How many past promises were read and tabulated, and in how many seconds."""
    begin = time.perf_counter()
    with database.read_session() as session:
        known = list(samples(session, clock.now()))
    tabulate(known)
    return len(known), time.perf_counter() - begin


def past_log() -> float | None:
    """Seconds for the ServiceNow sample, every row an event; None where it is not at hand."""
    path = SHARED / "sla_servicenow_incidents" / "incident_event_log_sample.csv.xz"
    if not path.exists():
        return None
    begin = time.perf_counter()
    with lzma.open(path, "rt") as stream:
        events = [
            PastEvent(
                row["number"],
                datetime.strptime(row["sys_updated_at"], "%d/%m/%Y %H:%M").replace(tzinfo=UTC),
                row["incident_state"], "", row["priority"], line,
            )
            for line, row in enumerate(csv.DictReader(stream))
        ]  # fmt: skip
    assert list(replay_past(events, read_plan(tomllib.loads(PLAN))))
    return time.perf_counter() - begin
