"""Rows and people for every test, on SQLite and on PostgreSQL.

A test that asks for ``session`` or ``client`` runs once on each database; everything it does is
undone afterwards (an outer transaction rolled back; commits inside are savepoints).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.config import Config
from service_app.core import clock
from service_app.core.actor import SYSTEM, Actor
from service_app.core.db import Base, Database, transaction
from service_app.customers.models import Company, CompanyMembership, Site
from service_app.customers.queries import actor_for
from service_app.factory import create_app
from service_app.organisation.models import Branch, LegalEntity, StaffMembership
from tests.databases import POSTGRES, drop_postgres, make_postgres, new_sqlite, worker_name
from tests.demo_company import demo, own_files
from workorders.calendars import queries as calendar_queries
from workorders.risk import queries as risk_queries
from workorders.sla import queries as sla_queries

__all__ = ["demo", "own_files"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
NOW = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)
"""Tuesday 24 November 2026, 10:42 in Moscow: the moment of the design's pictures."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-browser-tests", action="store_true", help="leave Chromium alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    absent = not CHROMIUM.exists()
    if not (config.getoption("--no-browser-tests") or absent):
        return
    why = "Chromium is not installed" if absent else "--no-browser-tests"
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database with every table and no row, one per worker and kind."""
    if request.param == "sqlite":
        found = new_sqlite(tmp_path_factory.mktemp("db"))
        yield found
        found.engine.dispose()
        return
    name = f"service_test_{worker_name()}"
    try:
        make_postgres(name)
    except Exception as error:
        pytest.skip(f"POSTGRESQL WAS NOT THERE: {error.__class__.__name__}")
    found = Database(f"{POSTGRES}/{name}")
    Base.metadata.create_all(found.engine)
    yield found
    found.engine.dispose()
    drop_postgres(name)


class OneConnection(Database):
    """A database whose every session shares one connection and is undone at the end."""

    def __init__(self, base: Database) -> None:
        self.engine = base.engine
        self.connection = base.engine.connect()
        self.outer = self.connection.begin()
        self._make = sessionmaker(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )

    def write_session(self) -> Session:
        return self._make()

    def read_session(self) -> Session:
        return self._make(info={"read_only": True})

    def undo(self) -> None:
        self.outer.rollback()
        self.connection.close()
        calendar_queries._kept.clear()  # a test's rows were never true for the next one
        sla_queries._kept.clear()
        risk_queries._kept.clear()


@pytest.fixture
def database(engine_database: Database) -> Iterator[Database]:
    shared = OneConnection(engine_database)
    yield shared
    shared.undo()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session; use ``transaction(session, by=…, at=NOW)`` or set info for plain rows."""
    with database.write_session() as opened:
        yield opened


@pytest.fixture
def now() -> Iterator[datetime]:
    """The fixed moment, as services and pages see it."""
    with clock.frozen(NOW):
        yield NOW


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        mode="test",
        database_url="unused",
        data_dir=tmp_path,
        secret_key="0" * 40,
        public_url="http://localhost",
    )


@dataclass(frozen=True)
class People:
    """Six named people, the administrator, and the two companies they belong to or serve."""

    administrator: Actor
    manager: Actor
    dispatcher: Actor
    engineer: Actor
    storekeeper: Actor
    operator: Actor
    outsider: Actor
    company: Company
    other_company: Company
    site: Site
    branch: Branch

    def all(self) -> dict[str, Actor]:
        """Name → actor, for walks over everybody."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in values if isinstance(value, Actor)}


NAMES = {
    "administrator": ("Белова", "Нина", Role.ADMINISTRATOR),
    "manager": ("Дроздова", "Марина", Role.MANAGER),
    "dispatcher": ("Смирнова", "Ольга", Role.DISPATCHER),
    "engineer": ("Ковалёв", "Андрей", Role.ENGINEER),
    "storekeeper": ("Юдина", "Вера", Role.STOREKEEPER),
    "operator": ("Петров", "Иван", Role.OPERATOR),
    "outsider": ("Чужой", "Пётр", Role.OPERATOR),
}


@pytest.fixture
def people(session: Session, now: datetime) -> People:
    """Rows for :class:`People`. Operator and outsider belong to different companies."""
    with transaction(session, by=SYSTEM, at=now):
        entity = LegalEntity(brand="Meridian Service", name="ООО «Меридиан-Сервис»")
        branch = Branch(legal_entity=entity, name="Main", city="Moscow")
        company = Company(name="АО «Карьер Северный»", short_name="Карьер Северный")
        other = Company(name="ООО «Чужое»", short_name="Чужое")
        site = Site(company=company, name="Участок 2")
        users = {
            name: User(
                login=name,
                email=f"{name}@example.org",
                family_name=family,
                first_name=first,
                language="en",
                role_rows=[UserRole(role=role.value)],
            )
            for name, (family, first, role) in NAMES.items()
        }
        session.add_all([entity, branch, company, other, site, *users.values()])
        session.flush()
        session.add_all(
            [
                CompanyMembership(user_id=users["operator"].id, company_id=company.id),
                CompanyMembership(user_id=users["outsider"].id, company_id=other.id),
                *(
                    StaffMembership(user_id=user.id, branch_id=branch.id)
                    for user in users.values()
                    if user.is_staff
                ),
            ]
        )
    actors = {name: actor_for(session, user) for name, user in users.items()}
    return People(**actors, company=company, other_company=other, site=site, branch=branch)


@pytest.fixture
def app(database: OneConnection, config: Config) -> Flask:
    """The application over the test's one connection. Forms need no token here."""
    made = create_app(config, database)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


SignInAs = Callable[[Actor], FlaskClient]


@pytest.fixture
def sign_in_as(app: Flask) -> SignInAs:
    """``sign_in_as(people.engineer)`` gives a client with that person's session."""

    def make(actor: Actor) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = f"{actor.user_id}.0"
            cookie["_fresh"] = True
        return client

    return make


@contextmanager
def counted_queries(database: OneConnection | Database) -> Iterator[list[str]]:
    """Collects the statements run inside the block; ``len()`` is how many."""
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def count_queries(database: OneConnection) -> Callable[[], AbstractContextManager[list[str]]]:
    """``with count_queries() as seen:`` … ``assert len(seen) <= 12``."""
    return lambda: counted_queries(database)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The one Chromium of this process; Playwright suffers no second one beside it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()
