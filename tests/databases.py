"""Databases of a test's own: fresh ones on the local PostgreSQL server, fresh files for SQLite."""

import os
from pathlib import Path

from sqlalchemy import create_engine, text

from service_app.core.db import Base, Database

POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432"


def worker_name() -> str:
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}_{os.getpid()}"


def new_sqlite(folder: Path, name: str = "test.db") -> Database:
    """A file with every table."""
    found = Database(f"sqlite:///{folder / name}")
    Base.metadata.create_all(found.engine)
    return found


def make_postgres(name: str) -> None:
    """A fresh empty database on the local server."""
    drop_postgres(name)
    admin = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING UTF8'))
    admin.dispose()


def drop_postgres(name: str) -> None:
    admin = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()
