"""The worker: a clock over the registry's jobs, led by one process at a time.

A second worker waits and takes over when the first is gone. Each run claims its slot of time, so
nothing is done twice even when two clocks tick at once. APScheduler only tells the time.
"""

import gc
import logging
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from service_app import registry
from service_app.core import clock
from service_app.core.actor import SYSTEM
from service_app.core.db import Database, transaction
from service_app.documents import render
from service_app.registry import Job
from service_app.web.session import database
from service_app.worker import rules, service
from service_app.worker.leader import Leadership, leadership_of

log = logging.getLogger(__name__)
EPOCH = datetime.fromtimestamp(0, UTC)
STANDBY_SECONDS = 2.0
STOP_SECONDS = 8.0
"""A job that lasts longer after the order to end is broken off: it is safe to do again."""
THREADS = 4


class Worker:
    """One process that leads, or waits to lead."""

    def __init__(self, database: Database, leadership: Leadership, jobs: Sequence[Job]) -> None:
        self.database = database
        self.leadership = leadership
        self.jobs = tuple(jobs)
        self.leader = uuid.uuid4().hex
        self.stopping = threading.Event()
        self._running: set[str] = set()
        self._guard = threading.Lock()

    def run(self) -> bool:
        """Lead whenever nobody else does, until :meth:`stop`; whether every job came to its end."""
        is_calm = True
        while is_calm and not self.stopping.is_set():
            if self.leadership.take():
                try:
                    is_calm = self._lead()
                finally:
                    self.leadership.give_up()
            self.stopping.wait(STANDBY_SECONDS)
        return is_calm

    def stop(self) -> None:
        """End after the jobs now running."""
        self.stopping.set()

    def _lead(self) -> bool:
        self.leader = uuid.uuid4().hex
        since = clock.now()
        log.info("this worker leads", extra={"facts": {"jobs": len(self.jobs)}})
        self._beat(since)
        scheduler = self._make_clock()
        scheduler.start()
        gc.collect()
        gc.freeze()  # what is loaded by now stays: the collector need not look at it again
        try:
            while not self.stopping.wait(rules.PULSE_SECONDS) and self.leadership.holds():
                self._beat(since)
        finally:
            scheduler.shutdown(wait=False)
            is_calm = self._wait_for_jobs()
            self._end_pulse()
        return is_calm

    def _make_clock(self) -> Any:
        background = import_module("apscheduler.schedulers.background")
        pool = import_module("apscheduler.executors.pool")
        scheduler = background.BackgroundScheduler(
            executors={"default": pool.ThreadPoolExecutor(THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        for job in self.jobs:
            # Ticks stand at the beginnings of slots; the first comes at once, for what was missed.
            scheduler.add_job(
                self.tick, "interval", args=[job], id=job.name, seconds=job.every_seconds,
                start_date=EPOCH, next_run_time=datetime.now(UTC),
            )  # fmt: skip
        return scheduler

    def tick(self, job: Job) -> None:
        """One tick of one job: claim its slot, run it, keep what came of it. Never raises."""
        with self._guard:
            self._running.add(job.name)
        try:
            self._tick(job, clock.now())
        except OperationalError as error:  # gone for a while: the next tick asks again
            log.warning("the database does not answer: %s", str(error).splitlines()[0])
        except Exception:
            log.exception("a tick broke", extra={"facts": {"job": job.name}})
        finally:
            with self._guard:
                self._running.discard(job.name)

    def _tick(self, job: Job, now: datetime) -> None:
        if job.has_work is not None:
            with self.database.read_session() as session:
                if not job.has_work(session, now):
                    return
        slot = rules.slot_of(now, job.every_seconds)
        with self._writing(now) as session:
            run = service.claim(session, job=job.name, slot=slot, leader=self.leader, at=now)
        if run is not None:
            self._run(job, run, now)

    def _run(self, job: Job, run: int, now: datetime) -> None:
        began, rows, error = time.perf_counter(), 0, ""
        try:
            with self._writing(now) as session:
                rows = job.run(session, now=now)
        except Exception as broken:
            error = f"{type(broken).__name__}: {broken}"
            log.exception("a job broke", extra={"facts": {"job": job.name}})
        spent = round((time.perf_counter() - began) * 1000)
        if rows:
            log.info("job", extra={"facts": {"job": job.name, "rows": rows, "ms": spent}})
        at = clock.now()
        with self._writing(at) as session:
            service.finish(session, run, rows=rows, milliseconds=spent, error=error, at=at)

    @contextmanager
    def _writing(self, at: datetime) -> Iterator[Session]:
        with self.database.write_session() as session, transaction(session, by=SYSTEM, at=at):
            yield session

    def _beat(self, since: datetime) -> None:
        now, host = clock.now(), socket.gethostname()[:80]
        try:
            with self._writing(now) as session:
                service.beat(
                    session, leader=self.leader, host=host, process_id=os.getpid(),
                    since=since, at=now,
                )  # fmt: skip
        except SQLAlchemyError as error:
            log.warning("the worker's pulse was not written: %s", str(error).splitlines()[0])

    def _end_pulse(self) -> None:
        try:
            with self._writing(clock.now()) as session:
                service.stop_pulse(session, leader=self.leader)
        except SQLAlchemyError as error:
            log.warning("the worker's pulse was not ended: %s", str(error).splitlines()[0])

    def _wait_for_jobs(self) -> bool:
        until = time.monotonic() + STOP_SECONDS
        while time.monotonic() < until:
            with self._guard:
                if not self._running:
                    return True
            time.sleep(0.05)
        log.warning("broken off", extra={"facts": {"jobs": sorted(self._running)}})
        return False


@click.command("worker")
def work() -> None:
    """Do timed work (deliveries, papers, deadlines) until stopped."""
    found = database()
    config = current_app.extensions["house_config"]
    logging.getLogger("apscheduler").setLevel("ERROR")  # a tick left out is no news
    worker = Worker(found, leadership_of(found.engine, config.data_dir), registry.JOBS)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    threading.Thread(target=render.warm_up, daemon=True).start()
    if not worker.run():
        logging.shutdown()
        os._exit(0)  # a thread would keep the process; its transaction ends with its connection


def init_app(app: Flask) -> None:
    """Register the command."""
    app.cli.add_command(work)
