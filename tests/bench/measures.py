"""What is measured, and against what. Each figure is the median of several rounds."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assets.machines.models import Machine
from service_app.core.clock import now
from service_app.core.db import Database
from tests.bench import promise_speed, sweeping
from tests.bench.client import Client, meanwhile, percentile, rate_of, times_of
from tests.bench.fill import MACHINES_PER_COMPANY, PASSWORD
from workorders.calendars.service import standard_versions
from workorders.calendars.worktime import Calendar
from workorders.contracts.queries import entitled
from workorders.contracts.rules import Works
from workorders.orders import clocks
from workorders.orders.models import WorkOrder
from workorders.orders.queries import list_with_events
from workorders.sla.queries import load

ROUNDS = 3
WARM_UP = 24
REPLAYED = 5_000
START_SECONDS = 60.0


@dataclass(frozen=True)
class Figure:
    """One line of the table. ``sign`` is ≤ or ≥; without a target it is only told."""

    name: str
    value: float
    unit: str
    target: float | None = None
    sign: str = "≤"
    places: int = 1
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.value <= self.target if self.sign == "≤" else self.value >= self.target

    def as_json(self) -> dict[str, Any]:
        """The line for the file."""
        return {
            "name": self.name, "value": round(self.value, 4), "unit": self.unit,
            "target": self.target, "sign": self.sign, "met": self.is_met, "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """The served program. ``seconds`` is how long one round lasts, ``open_promises`` among how many
    a sweep is tried."""

    port: int
    data: Path
    env: dict[str, str]
    web: int
    worker: int
    seconds: float
    open_promises: int

    def database(self) -> Database:
        """The served database, from beside."""
        return Database(f"sqlite:///{self.data / 'service.db'}")


def all_figures(bench: Bench) -> list[Figure]:
    """Every figure of the table, in its order; tells on the way what is being measured."""
    people = {
        login: Client(bench.port).sign_in(login, PASSWORD)
        for login in ("dispatcher", "manager", "operator")
    }
    people["operator"].read_token("/machines/1/report")
    figures: list[Figure] = []
    for part in (
        _pages(bench, people),
        _creating(bench, people["operator"]),
        _listing(bench, people["dispatcher"]),
        _signed_papers(bench),
        _memory(bench),
        _printing(bench),
        _arithmetic(bench),
        _first_page(bench),
    ):
        for figure in part:
            print(f"  {figure.name}: {figure.value:.{figure.places}f} {figure.unit}", flush=True)
            figures.append(figure)
    return figures


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the page answers. Raises RuntimeError when the server ends or stays silent."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, urllib.error.HTTPError), opener.open(url, timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


class Reports:
    """The operator's form of a fault, sent for one machine of the company after another."""

    def __init__(self, client: Client, companies: int, first: int = 0) -> None:
        self.client, self.companies, self.sent = client, companies, first

    def send(self) -> None:
        """One new order through the form."""
        self.sent += 1
        machine = 1 + (self.sent % MACHINES_PER_COMPANY) * self.companies
        self.client.post(
            f"/machines/{machine}/report", severity="stopped", symptom="Не заводится, щёлкает"
        )


def _companies(bench: Bench) -> int:
    database = bench.database()
    with database.engine.connect() as connection:
        machines = connection.exec_driver_sql("SELECT count(*) FROM machine").scalar_one()
    database.engine.dispose()
    return max(1, int(machines) // MACHINES_PER_COMPANY)


def _pages(bench: Bench, people: dict[str, Client]) -> Iterator[Figure]:
    """Pages one after another, while somebody reports a fault five times a second."""
    numbers = _order_numbers(bench)
    dispatcher, manager = people["dispatcher"], people["manager"]
    chance = random.Random(3)

    def word() -> str:
        return chance.choice(("масло", "кабина", "генератор шумит", "EG100", "26-0402"))

    def serial() -> str:
        return f"EG{chance.randrange(100, 999)}"

    pages: list[tuple[str, Client, Callable[[], str], float | None]] = [
        ("list of orders", dispatcher, lambda: "/orders", 10),
        ("list of orders, filtered", dispatcher, lambda: "/orders?show=open&kind=repair", 10),
        ("order with its timeline", dispatcher, lambda: f"/orders/{chance.choice(numbers)}", 12),
        ("text search in orders", dispatcher, lambda: f"/orders?q={word()}", 10),
        ("text search in machines", dispatcher, lambda: f"/machines?q={serial()}", 10),
        ("list of machines", dispatcher, lambda: "/machines", 10),
        ("dispatcher's board", dispatcher, lambda: "/board", None),
        ("contracts", manager, lambda: "/contracts", 10),
        ("statement of hours", manager, lambda: "/contracts/2/hours", None),
        ("promises", manager, lambda: "/promises", None),
        ("report of promises, a month", manager, lambda: "/reports/sla", None),
    ]
    writer = Reports(people["operator"].twin(), _companies(bench))
    with meanwhile(writer.send, every=0.2):
        for name, client, path, target in pages:
            yield from _page(bench, name, lambda c=client, p=path: c.get(p()), target)


def _page(
    bench: Bench, name: str, ask: Callable[[], Any], target: float | None
) -> Iterator[Figure]:
    times_of(ask, seconds=bench.seconds, most=WARM_UP)
    before = _cpu_seconds(bench.web)
    rounds = [times_of(ask, seconds=bench.seconds) for _ in range(ROUNDS)]
    busy = (_cpu_seconds(bench.web) - before) / sum(len(r) for r in rounds) * 1000
    middle = statistics.median(percentile(r, 0.5) for r in rounds) * 1000
    slow = statistics.median(percentile(r, 0.95) for r in rounds) * 1000
    note = f"p50 {middle:.1f} ms, {busy:.1f} ms of processor"
    yield Figure(f"{name}, p95", slow, "ms", target, note=note)


def _order_numbers(bench: Bench) -> list[str]:
    database = bench.database()
    with database.read_session() as session:
        newest = select(WorkOrder.number).order_by(WorkOrder.id.desc())
        found = [
            *session.scalars(newest.limit(100)),
            *session.scalars(newest.offset(5000).limit(100)),
        ]
    database.engine.dispose()
    return found


def _creating(bench: Bench, operator: Client) -> Iterator[Figure]:
    companies = _companies(bench)
    one = Reports(operator.twin(), companies)
    times_of(one.send, seconds=bench.seconds, most=WARM_UP)
    rounds = [rate_of([one.send], seconds=bench.seconds) for _ in range(ROUNDS)]
    rate = statistics.median(r for r, _ in rounds)
    yield Figure("create an order by the form, one client", rate, "/s", 120, "≥")
    four = [Reports(operator.twin(), companies, first=n * 5).send for n in range(4)]
    rounds = [rate_of(four, seconds=bench.seconds) for _ in range(ROUNDS)]
    rate = statistics.median(r for r, _ in rounds)
    errors = [e for _, found in rounds for e in found]
    yield Figure("four clients creating at once", rate, "/s", 150, "≥")
    yield Figure(
        "errors among them", len(errors), "", 0, places=0, note="; ".join(sorted(set(errors))[:3])
    )


def _listing(bench: Bench, dispatcher: Client) -> Iterator[Figure]:
    four = [lambda c=dispatcher.twin(): c.get("/orders") for _ in range(4)]
    rounds = [rate_of(four, seconds=bench.seconds)[0] for _ in range(ROUNDS)]
    yield Figure("list requests, four clients", statistics.median(rounds), "/s", 250, "≥")


def _arithmetic(bench: Bench) -> Iterator[Figure]:
    """Of working time, and of whole stories as they are read from the database."""
    calendar = Calendar(standard_versions("Europe/Moscow"))
    chance = random.Random(5)
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    moments = [begin + timedelta(minutes=chance.randrange(700_000)) for _ in range(5_000)]
    pairs = [(m, m + timedelta(minutes=chance.randrange(1, 20_000))) for m in moments]
    spent = [_seconds(lambda: [calendar.between(a, b) for a, b in pairs]) for _ in range(ROUNDS)]
    each = statistics.median(spent) / len(pairs) * 1e6
    yield Figure("working time between two moments", each, "µs", 2, places=2)
    spent = [_seconds(lambda: [calendar.due(m, 7_200) for m in moments]) for _ in range(ROUNDS)]
    each = statistics.median(spent) / len(moments) * 1e6
    yield Figure("deadline after working time", each, "µs", 2, places=2)
    yield _replay(bench)
    yield _chances(bench)
    yield _entitled(bench)
    yield from _sweeping(bench)
    yield from _past_log()


def _entitled(bench: Bench) -> Figure:
    """Who pays, asked of a hundred machines: candidates, their hours, the warranty."""
    database = bench.database()
    with database.read_session() as session:
        machines = session.scalars(select(Machine).limit(100)).unique().all()
        day = now().date()

        def ask() -> None:
            for machine in machines:
                entitled(session, machine, day=day, work=Works.REPAIRS)

        spent = [_seconds(ask) for _ in range(ROUNDS)]
    database.engine.dispose()
    each = statistics.median(spent) / len(machines) * 1000
    return Figure("who pays for an order", each, "ms", None, places=2)


def _sweeping(bench: Bench) -> Iterator[Figure]:
    """A sweep costs by what is due, not by what is open: among few, then among a hundred times."""
    few, many = sweeping.sweeps(bench.data / "service.db", bench.open_promises)
    for swept in (few, many):
        note = f"among {swept.open_ones:,} open promises"
        yield Figure(
            "looking whether anything is due", swept.look * 1000, "ms", None, places=2, note=note
        )
        said = f"{sweeping.DUE:,} deadlines told of in one sweep"
        yield Figure(said, swept.tell, "s", None, places=2, note=note)
    note = f"{many.open_ones:,} open to {few.open_ones:,}"
    yield Figure("the same sweep, many open to few", many.tell / few.tell, "×", 1.2, note=note,
                 places=2)  # fmt: skip


def _chances(bench: Bench) -> Figure:
    database = bench.database()
    known, spent = promise_speed.chances(database)
    database.engine.dispose()
    return Figure("past promises counted for the chances", known / spent, "/s", None, "≥", 0)


def _past_log() -> Iterator[Figure]:
    spent = promise_speed.past_log()
    if spent is not None:
        yield Figure("23,682 rows of another system replayed", spent, "s", 10, places=2)


def _seconds(act: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _replay(bench: Bench) -> Figure:
    database = bench.database()
    with database.read_session() as session:
        promises = load(session)
        newest = select(WorkOrder).order_by(WorkOrder.id.desc()).limit(REPLAYED)
        begin = time.process_time()
        orders = session.scalars(newest).all()
        for first in range(0, len(orders), 500):
            batch = orders[first : first + 500]
            events = list_with_events(session, [o.id for o in batch])
            for order in batch:
                clocks.results(order, events[order.id], promises)
        spent = time.process_time() - begin
    database.engine.dispose()
    return Figure(
        "orders replayed from their events", len(orders) / spent, "/s", 1_667, "≥", places=0
    )


def _memory(bench: Bench) -> Iterator[Figure]:
    yield Figure("memory of the web server (PSS)", _pss(bench.web), "MB", 250, places=0)
    yield Figure("memory of the worker (PSS)", _pss(bench.worker), "MB", 250, places=0)


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process and all it started: what a busy machine does not change."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(_cpu_seconds(int(child)) for child in children)


def _pss(pid: int) -> float:
    """A process and all it started, in MB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own / 1024 + sum(_pss(int(child)) for child in children)


def _beside(bench: Bench, script: str) -> dict[str, float]:
    """A measurement in a process of its own, which prints its figures as JSON."""
    command = [sys.executable, str(Path(__file__).with_name(script)), str(bench.port)]
    done = subprocess.run(
        command, env=bench.env, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{script}: {done.stderr[-800:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _printing(bench: Bench) -> Iterator[Figure]:
    found = _beside(bench, "papers.py")
    note = f"{found['ours'] * 1000:.0f} ms, alone {found['alone'] * 1000:.0f} ms"
    yield Figure("act as PDF, warm, to WeasyPrint alone", found["ratio"], "×", 1.15, "≤", 2, note)


def _signed_papers(bench: Bench) -> Iterator[Figure]:
    found = _beside(bench, "signed.py")
    yield Figure("signature to PDF, p95 of 10", found["p95"], "s", 2, places=2)


def _first_page(bench: Bench) -> Iterator[Figure]:
    found = _beside(bench, "browser.py")
    yield Figure("first page in Chromium, cold", found["seconds"], "s", 0.4, places=2)
    yield Figure("its bytes", found["kilobytes"], "KB", 400, places=0)
