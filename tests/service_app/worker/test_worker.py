"""The worker: one leads, a slot is done once, what was broken off is done again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import Base, Database, transaction
from service_app.registry import Job
from service_app.scheduler import Worker
from service_app.worker import service
from service_app.worker.leader import FileLeadership, Leadership, leadership_of
from service_app.worker.models import JobRun, WorkerPulse
from service_app.worker.queries import is_alive, last_runs, list_failed_runs
from service_app.worker.rules import ALIVE, next_slot_at, slot_of

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)


@pytest.fixture
def real(engine_database: Database) -> Iterator[Database]:
    """A database whose commits are real; our tables are emptied afterwards."""
    yield engine_database
    with engine_database.engine.begin() as connection:
        connection.execute(delete(JobRun))
        connection.execute(delete(WorkerPulse))


def rows(database: Database) -> list[JobRun]:
    with database.read_session() as session:
        return list(session.scalars(select(JobRun).order_by(JobRun.id)))


def claim(database: Database, *, leader: str, at: datetime = NOW) -> int | None:
    with database.write_session() as session, transaction(session, by=SYSTEM, at=at):
        return service.claim(session, job="j", slot=7, leader=leader, at=at)


@pytest.mark.parametrize(("every", "second", "slot"), [(60, 59, 0), (60, 60, 1), (1, 3, 3)])
def test_slots_are_counted_from_the_epoch(every: int, second: int, slot: int) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    assert slot_of(moment, every) == slot
    assert next_slot_at(moment, every) == datetime.fromtimestamp((slot + 1) * every, UTC)


def test_eight_workers_at_once_claim_a_slot_once(real: Database) -> None:
    gate = threading.Barrier(8)

    def one(number: int) -> int | None:
        gate.wait()
        return claim(real, leader=f"leader {number}")

    with ThreadPoolExecutor(8) as pool:
        claimed = [run for run in pool.map(one, range(8)) if run is not None]
    # A second leader takes an unfinished run over, as after a kill; a leader never its own twice.
    assert len(rows(real)) == 1
    assert set(claimed) == {rows(real)[0].id}
    assert claim(real, leader=rows(real)[0].leader) is None


def test_one_leader_claims_a_slot_once(real: Database) -> None:
    gate = threading.Barrier(8)

    def one(_: int) -> int | None:
        gate.wait()
        return claim(real, leader="same")

    with ThreadPoolExecutor(8) as pool:
        assert [run for run in pool.map(one, range(8)) if run is not None] == [rows(real)[0].id]


def test_an_unfinished_run_is_taken_over_and_a_finished_one_is_not(real: Database) -> None:
    run = claim(real, leader="first")
    assert claim(real, leader="second") == run
    assert rows(real)[0].tries == 2
    with real.write_session() as session, transaction(session, by=SYSTEM, at=NOW):
        service.finish(session, run, rows=3, milliseconds=5, error="", at=NOW)
    assert claim(real, leader="third") is None


def make_worker(database: Database, tmp_path: Path, *jobs: Job) -> Worker:
    return Worker(database, FileLeadership(tmp_path / "lock"), jobs)


def test_a_tick_records_rows_and_runs_once_a_slot(real: Database, tmp_path: Path) -> None:
    seen: list[datetime] = []

    def run(session: Session, *, now: datetime) -> int:
        assert session.info["by"] is SYSTEM
        seen.append(now)
        return 4

    job = Job("count", 86_400, run)
    worker = make_worker(real, tmp_path, job)
    worker.tick(job)
    worker.tick(job)
    assert len(seen) == 1
    (row,) = rows(real)
    assert (row.job, row.rows, row.error) == ("count", 4, "")
    assert row.finished_at is not None


def test_a_broken_job_is_recorded_and_its_work_undone(real: Database, tmp_path: Path) -> None:
    def run(session: Session, *, now: datetime) -> int:
        service.beat(session, leader="x", host="h", process_id=1, since=now, at=now)
        raise ValueError("disk is full")

    job = Job("broken", 86_400, run)
    make_worker(real, tmp_path, job).tick(job)
    with real.read_session() as session:
        assert [r.error for r in list_failed_runs(session)] == ["ValueError: disk is full"]
        assert last_runs(session)["broken"].finished_at is not None
        assert not is_alive(session, NOW)


def test_a_job_without_work_writes_nothing(real: Database, tmp_path: Path) -> None:
    def never(session: Session, *, now: datetime) -> int:
        raise AssertionError("it ran")

    job = Job("idle", 1, never, has_work=lambda _session, _now: False)
    make_worker(real, tmp_path, job).tick(job)
    assert rows(real) == []


def test_batches_of_a_job_are_kept_one_by_one(real: Database, tmp_path: Path) -> None:
    def run(session: Session, *, now: datetime) -> int:
        with transaction(session, by=SYSTEM, at=now):
            service.beat(session, leader="x", host="h", process_id=1, since=now, at=now)
        assert session.info["by"] is SYSTEM  # the worker's own transaction goes on
        raise ValueError("after the first batch")

    job = Job("batches", 86_400, run)
    make_worker(real, tmp_path, job).tick(job)
    with real.read_session() as session:
        assert session.scalar(select(WorkerPulse.leader)) == "x"


def test_old_runs_are_swept(real: Database) -> None:
    with real.write_session() as session, transaction(session, by=SYSTEM, at=NOW):
        for n, (job, age) in enumerate([("slow", 13), ("slow", 15), ("fast", 2), ("fast", 0)]):
            at = NOW - timedelta(days=age)
            service.claim(session, job=job, slot=n, leader="x", at=at)
    with real.write_session() as session, transaction(session, by=SYSTEM, at=NOW):
        assert service.sweep(session, frequent={"fast"}, now=NOW) == 2
    assert [(r.job, r.slot) for r in rows(real)] == [("slow", 0), ("fast", 3)]


def test_a_worker_is_alive_for_half_a_minute(session: Session, now: datetime) -> None:
    assert not is_alive(session, now)
    with transaction(session, by=SYSTEM, at=now):
        service.beat(session, leader="a", host="h", process_id=1, since=now, at=now)
        service.beat(session, leader="b", host="h", process_id=2, since=now, at=now)
    assert is_alive(session, now + ALIVE)
    assert not is_alive(session, now + ALIVE + timedelta(seconds=1))
    with transaction(session, by=SYSTEM, at=now):
        service.stop_pulse(session, leader="a")
    assert is_alive(session, now)
    with transaction(session, by=SYSTEM, at=now):
        service.stop_pulse(session, leader="b")
    assert not is_alive(session, now)


def test_the_second_waits_until_the_first_gives_up(real: Database, tmp_path: Path) -> None:
    first: Leadership = leadership_of(real.engine, tmp_path)
    second: Leadership = leadership_of(real.engine, tmp_path)
    assert first.take()
    assert first.holds()
    assert not second.take()
    assert not second.holds()
    first.give_up()
    assert second.take()
    second.give_up()


def test_a_lead_whose_connection_was_cut_is_lost(real: Database, tmp_path: Path) -> None:
    if real.engine.dialect.name != "postgresql":
        pytest.skip("a file's lock cannot be cut off")
    first, second = leadership_of(real.engine, tmp_path), leadership_of(real.engine, tmp_path)
    assert first.take()
    with real.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d"
                " ON d.oid = l.database WHERE l.locktype = 'advisory'"
                " AND d.datname = current_database() AND l.pid <> pg_backend_pid()"
            )
        )
    assert not first.holds()
    assert wait_for(second.take, 5)
    second.give_up()


def test_a_database_that_is_away_breaks_no_tick(tmp_path: Path) -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    job = Job("x", 1, lambda _session, now: 1, has_work=lambda _session, _now: True)
    Worker(away, FileLeadership(tmp_path / "lock"), [job]).tick(job)
    assert not leadership_of(away.engine, tmp_path).take()


def wait_for(found: Callable[[], Any], seconds: float = 30) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = found()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start ``flask worker`` on a database file of its own; whatever is left is ended."""
    env = {**os.environ, "DATA_DIR": str(tmp_path), "SERVICE_MODE": "development"}
    env.pop("DATABASE_URL", None)
    found = Database(f"sqlite:///{tmp_path / 'service.db'}")
    Base.metadata.create_all(found.engine)
    found.engine.dispose()
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_killed_the_standby_takes_over_and_a_stopped_one_says_so(
    start_worker: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    found = Database(f"sqlite:///{tmp_path / 'service.db'}")

    def pulse() -> int | None:
        with found.read_session() as session:
            return session.scalar(select(WorkerPulse.process_id))

    first = start_worker()
    assert wait_for(pulse) == first.pid
    second = start_worker()
    time.sleep(4)
    assert pulse() == first.pid
    first.send_signal(signal.SIGKILL)
    wait_for(lambda: pulse() == second.pid)
    second.send_signal(signal.SIGTERM)
    assert second.wait(15) == 0
    assert pulse() is None
    found.engine.dispose()
