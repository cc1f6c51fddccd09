"""Every migration goes up and down on both databases, with rows in the tables, and says what the
models say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from service_app import registry  # noqa: F401 - every table
from service_app.accounts.models import User, UserRole
from service_app.cli import alembic_config
from service_app.core.actor import SYSTEM
from service_app.core.db import Base, Database, transaction
from service_app.customers.models import Company
from service_app.organisation.models import Branch, LegalEntity
from tests.conftest import POSTGRES, drop_postgres, make_postgres, worker_name


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        found = Database(f"sqlite:///{tmp_path / 'm.db'}")
        yield found
        found.engine.dispose()
        return
    name = f"service_migrate_{worker_name()}"
    try:
        make_postgres(name)
    except Exception as error:
        pytest.skip(f"POSTGRESQL WAS NOT THERE: {error.__class__.__name__}")
    found = Database(f"{POSTGRES}/{name}")
    yield found
    found.engine.dispose()
    drop_postgres(name)


def config_of(database: Database):
    config = alembic_config(str(database.engine.url))
    config.attributes["engine"] = database.engine
    return config


def test_up_with_rows_down_and_up_again(empty: Database) -> None:
    config = config_of(empty)
    command.upgrade(config, "head")
    at = datetime(2026, 11, 24, tzinfo=UTC)
    with empty.write_session() as session, transaction(session, by=SYSTEM, at=at):
        entity = LegalEntity(brand="M", name="M")
        session.add_all(
            [
                Branch(legal_entity=entity, name="Main"),
                Company(name="Карьер", short_name="Карьер"),
                User(
                    login="x",
                    family_name="X",
                    first_name="Y",
                    role_rows=[UserRole(role="engineer")],
                ),
            ]
        )
    command.downgrade(config, "base")
    with empty.engine.connect() as connection:
        left = set(Base.metadata.tables) & set(
            connection.dialect.get_table_names(connection)  # type: ignore[attr-defined]
        )
    assert left == set()
    command.upgrade(config, "head")
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM company")).scalar() == 0


def test_the_migrations_make_what_the_models_say(empty: Database) -> None:
    command.upgrade(config_of(empty), "head")
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": _is_ours}
        )
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def _is_ours(thing, name: str | None, kind: str, *_: object) -> bool:
    is_text_index = bool(name) and ("_text" in name or name.endswith("_search_words"))
    return not (is_text_index and kind in ("table", "index"))
