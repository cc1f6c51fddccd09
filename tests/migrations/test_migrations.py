"""Every migration goes up and down on both databases, with rows in the tables, and says what the
models say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from assets.faults.models import Fault
from assets.machines.models import Machine
from service_app import registry  # noqa: F401 - every table
from service_app.accounts.models import User, UserRole
from service_app.cli import alembic_config
from service_app.core.actor import SYSTEM
from service_app.core.db import Base, Database, transaction
from service_app.customers.models import Company
from service_app.organisation.models import Branch, LegalEntity
from tests.databases import POSTGRES, drop_postgres, make_postgres, worker_name
from workorders.orders.models import OrderEvent, WorkOrder


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


def test_faults_find_their_orders(empty: Database) -> None:
    """Rows from before: one that came with an order, one found by its work, one alone."""
    config, at = config_of(empty), datetime(2026, 11, 24, tzinfo=UTC)
    command.upgrade(config, "head")
    with empty.write_session() as session, transaction(session, by=SYSTEM, at=at):
        company = Company(name="Карьер", short_name="Карьер")
        branch = Branch(legal_entity=LegalEntity(brand="M", name="M"), name="Main")
        machine = Machine(model_words="Пресс", company=company, owner=company)
        machine.make_findable()
        session.add_all([branch, machine])
        session.flush()
        came, found, alone = (
            Fault(
                machine_id=machine.id, severity="minor", symptom=symptom, happened_at=at,
                recorded_at=at,
            )
            for symptom in ("came", "found", "alone")
        )  # fmt: skip
        session.add_all([came, found, alone])
        session.flush()
        order = WorkOrder(
            number="26-0007", branch_id=branch.id, kind="repair", place="on_site",
            status="received", symptom="came", source="phone", machine=machine, fault=came,
            zone="Europe/Moscow", received_at=at, phase_since=at,
        )  # fmt: skip
        session.add(order)
        session.add(
            OrderEvent(
                uid=found.uid, order=order, kind="fault_found", happened_at=at, recorded_at=at,
                by_name="x",
            )
        )  # fmt: skip
    command.downgrade(config, "0001")
    command.upgrade(config, "head")
    with empty.read_session() as session:
        faults = {f.symptom: f for f in session.scalars(select(Fault))}
        assert faults["alone"].ground is None
        for symptom, detection in (("came", "report"), ("found", "work")):
            ground = faults[symptom].ground
            assert ground is not None
            assert (ground.kind, ground.number) == ("order", "26-0007")
            assert faults[symptom].detection == detection


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
