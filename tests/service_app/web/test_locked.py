"""The only writer of SQLite is busy, with a long import perhaps: readers go on, writers wait."""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.config import Config
from service_app.core.actor import SYSTEM
from service_app.core.db import Database, transaction
from service_app.customers.models import Company
from service_app.factory import create_app
from service_app.transfers import jobs
from service_app.transfers.models import ImportRun
from service_app.transfers.rules import RunState
from service_app.transfers.service import Report
from tests.conftest import NOW
from tests.databases import new_sqlite

COMPANY = {"name": "ООО «Гранит»", "short_name": "Гранит", "language": "ru", "is_payer": "y"}
PATIENCE = 10
"""Seconds a writer waits, as core.db says."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = new_sqlite(tmp_path)
    role = UserRole(role=Role.ADMINISTRATOR.value)
    with made.write_session() as session, transaction(session, by=SYSTEM, at=NOW):
        session.add(User(login="admin", family_name="Белова", first_name="Нина", role_rows=[role]))
    yield made
    made.engine.dispose()


@pytest.fixture
def app(database: Database, config: Config) -> Flask:
    made = create_app(config, database)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(_user_id="1.0", _fresh=True)
    return client


@contextmanager
def writer_at_work(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process in the middle of its transaction."""
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE user_account SET phone = '1'")
    try:
        yield other
    finally:
        other.rollback()
        other.close()


def impatient(database: Database) -> None:
    database.engine.dispose()

    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout=300")

    event.listen(database.engine, "connect", hurry)


def names(database: Database) -> list[str]:
    with database.read_session() as session:
        return list(session.scalars(select(Company.short_name)))


def test_a_writer_is_patient(database: Database) -> None:
    with database.read_session() as session:
        answer = session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar()
    assert answer == PATIENCE * 1000


def test_a_page_that_writes_waits_for_its_turn(
    database: Database, signed_in: FlaskClient, tmp_path: Path
) -> None:
    with writer_at_work(tmp_path) as other:
        threading.Timer(0.7, other.rollback).start()
        began = time.monotonic()
        answer = signed_in.post("/customers/new", data=COMPANY)
        assert time.monotonic() - began > 0.5
    assert answer.status_code == 302
    assert names(database) == ["Гранит"]


def test_readers_go_on(database: Database, signed_in: FlaskClient, tmp_path: Path) -> None:
    with writer_at_work(tmp_path):
        for address in ("/customers", "/machines", "/board", "/health", "/ready"):
            began = time.monotonic()
            assert signed_in.get(address).status_code == 200
            assert time.monotonic() - began < PATIENCE / 2


@pytest.mark.parametrize("who", ["signed_in", "client"])
def test_one_who_waited_too_long_is_told_and_may_try_again(
    database: Database, who: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    client = request.getfixturevalue(who)
    impatient(database)
    address, sent = ("/customers/new", COMPANY) if who == "signed_in" else (
        "/login", {"login": "admin", "password": "secret"},
    )  # fmt: skip
    with writer_at_work(tmp_path):
        began = time.monotonic()
        answer = client.post(address, data=sent)
        assert time.monotonic() - began < 0.3 * 2 + 1  # asked once, not again for the page
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Nothing was half-saved" in answer.text
        assert re.search(r"<h1[^>]*>[^<]+</h1>", answer.text)
        told = client.post(address, data=sent, headers={"Accept": "application/json"})
        assert (told.status_code, told.mimetype) == (503, "application/json")
        assert "Try again" in told.json["error"]
    assert names(database) == []
    assert client.post(address, data=sent).status_code in (302, 422)


def test_the_worker_reads_a_file_before_it_takes_the_writers_place(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ImportRun(
        kind="readings", file_name="r.csv", sha256="0" * 64, state=RunState.WAITING.value,
        asked_at=NOW, by_user_id=1, by_name="Белова",
    )  # fmt: skip
    with database.write_session() as session, transaction(session, by=SYSTEM, at=NOW):
        session.add(run)

    def somebody_writes_meanwhile(*_args: Any, **_rest: Any) -> Report:
        with sqlite3.connect(tmp_path / "test.db", timeout=0) as other:
            other.execute("UPDATE user_account SET phone = '2'")
        other.close()
        return Report("0" * 64, is_stored=True)

    monkeypatch.setattr(jobs, "take_in", somebody_writes_meanwhile)
    monkeypatch.setattr("service_app.transfers.uploads.Teller", lambda _uid: None)
    with database.write_session() as session, transaction(session, by=SYSTEM, at=NOW):
        assert jobs.run({"readings": None}, session, now=NOW) == 1  # type: ignore[dict-item]
    with database.read_session() as session:
        assert session.get_one(ImportRun, run.id).state == RunState.FINISHED
