"""The demo company loaded once on each database, for every test that wants a whole company.

Such tests stand in the group ``demo``, so that one process loads it for all of them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from service_app.config import Config
from service_app.core import clock
from service_app.core.db import Base, Database
from service_app.demo import service
from service_app.factory import create_app
from service_app.files import store
from tests.databases import POSTGRES, drop_postgres, make_postgres, new_sqlite, worker_name

LOADED_AT = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application in demo mode over a loaded demo company."""
    folder = tmp_path_factory.mktemp("demo")
    name = f"service_demo_{worker_name()}"
    if request.param == "sqlite":
        database = new_sqlite(folder)
    else:
        try:
            make_postgres(name)
        except Exception as error:
            pytest.skip(f"POSTGRESQL WAS NOT THERE: {error.__class__.__name__}")
        database = Database(f"{POSTGRES}/{name}")
        Base.metadata.create_all(database.engine)
    app = create_app(demo_config(folder), database)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with database.write_session() as session:
        service.load(session, at=LOADED_AT)
    with clock.frozen(LOADED_AT):
        yield app
    database.engine.dispose()
    if request.param == "postgresql":
        drop_postgres(name)


@pytest.fixture(autouse=True)
def own_files(request: pytest.FixtureRequest) -> None:
    """Another test's application may have named another folder of files since."""
    if "demo" in request.fixturenames:
        made = request.getfixturevalue("demo")
        if isinstance(made, Flask):
            store.configure(made.extensions["house_config"].files_dir)


def demo_config(folder: Path, mode: str = "demo") -> Config:
    return Config(
        mode=mode,
        database_url="unused",
        data_dir=folder,
        secret_key="0" * 40,
        public_url="http://localhost",
        log_level="ERROR",
    )
