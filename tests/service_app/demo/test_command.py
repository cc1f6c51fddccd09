"""``flask demo load``: once, where it may, the same on the same day, and away without a trace."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from service_app.accounts.models import User
from service_app.accounts.rules import DEMO_LOGINS
from service_app.core.actor import SYSTEM
from service_app.core.db import Base, Database, transaction
from service_app.core.errors import NotAllowed
from service_app.demo import pictures, service
from service_app.demo.stage import Stage
from service_app.factory import create_app
from service_app.files import service as files
from service_app.files import store
from tests.databases import new_sqlite
from tests.demo_company import LOADED_AT, demo_config
from workorders.orders.models import WorkOrder

pytestmark = pytest.mark.xdist_group("demo")


def counts(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_a_second_loading_changes_nothing(demo: Flask, loaded: Session) -> None:
    before = counts(loaded)
    loaded.rollback()
    result = demo.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    assert "nothing was changed" in result.stderr
    rows = [line.split() for line in result.stdout.splitlines()]
    assert [row[1] for row in rows[:6]] == list(DEMO_LOGINS)
    assert rows[:6] == [[login, login, "demo"] for login in DEMO_LOGINS]
    assert counts(loaded) == before


def story(session: Session) -> list[tuple[str, str, str, str]]:
    found = session.execute(
        select(WorkOrder.number, WorkOrder.symptom, WorkOrder.status, Machine.serial)
        .join(Machine, Machine.id == WorkOrder.machine_id)
        .order_by(WorkOrder.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in found]


@pytest.mark.parametrize("demo", ["sqlite"], indirect=True)
def test_the_same_day_gives_the_same_orders(demo: Flask, loaded: Session, tmp_path: Path) -> None:
    other = new_sqlite(tmp_path)
    store.configure(tmp_path / "files")
    with other.write_session() as session:
        service.load(session, at=LOADED_AT + timedelta(hours=6, minutes=11))
        assert story(session) == story(loaded)
    other.engine.dispose()


@pytest.fixture
def small(tmp_path: Path) -> Database:
    """A database with somebody, and a file."""
    database = new_sqlite(tmp_path)
    store.configure(tmp_path / "files")
    with database.write_session() as session, transaction(session, by=SYSTEM, at=LOADED_AT):
        session.add(User(login="own", family_name="Свой", first_name="Пётр"))
        files.store(session, pictures.photo("gauge"), by=SYSTEM, at=LOADED_AT)
    return database


def test_people_of_somebody_else_are_not_touched(small: Database) -> None:
    with small.write_session() as session:
        with pytest.raises(NotAllowed):
            service.load(session, at=LOADED_AT)
        assert session.scalars(select(User.login)).all() == ["own"]


def test_emptying_leaves_no_row_and_no_file(small: Database) -> None:
    with small.write_session() as session:
        service.empty(session, at=LOADED_AT)
        assert set(counts(session).values()) == {0}
    assert list(store.root().iterdir()) == []


@pytest.mark.parametrize("mode", ["production", "test"])
def test_it_is_refused_outside_the_demo(small: Database, tmp_path: Path, mode: str) -> None:
    app = create_app(demo_config(tmp_path, mode), small)
    result = app.test_cli_runner().invoke(args=["demo", "load", "--reset"])
    assert result.exit_code == 1
    assert "in demo or development only" in result.stderr
    with small.read_session() as session:
        assert session.scalars(select(User.login)).all() == ["own"]


@pytest.mark.parametrize(
    ("moment", "minutes", "expected"),
    [
        ("2026-11-24T10:42:00+03:00", 60, "2026-11-24T09:42:00+03:00"),
        ("2026-11-24T14:30:00+03:00", 60, "2026-11-24T12:30:00+03:00"),
        ("2026-11-24T09:20:00+03:00", 60, "2026-11-23T17:20:00+03:00"),
        ("2026-11-22T12:00:00+03:00", 30, "2026-11-20T17:30:00+03:00"),
        ("2026-01-12T09:30:00+03:00", 60, "2025-12-30T17:30:00+03:00"),
    ],
)
def test_time_goes_back_over_lunch_nights_and_holidays(
    session: Session, moment: str, minutes: int, expected: str
) -> None:
    at = datetime.fromisoformat(moment)
    assert Stage(session, at).back(at, minutes) == datetime.fromisoformat(expected)
