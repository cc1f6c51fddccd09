"""Alembic's entry: the house's engine, foreign keys off on SQLite while tables are remade."""

from alembic import context
from sqlalchemy import Engine

from service_app import registry  # noqa: F401 - every table
from service_app.core.db import Base, make_engine

config = context.config
engine: Engine = config.attributes.get("engine") or make_engine(config.attributes["url"])
is_sqlite = engine.dialect.name == "sqlite"

with engine.connect() as connection:
    if is_sqlite:
        connection.rollback()
        connection.connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
        user_module_prefix="db.",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if is_sqlite:
        connection.rollback()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"rows point nowhere after the migration: {broken[:5]}")
        connection.rollback()
        connection.connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]
