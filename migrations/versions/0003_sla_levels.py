"""Named levels with versions, exceptions and own clocks; several clocks of one kind an order."""

import sqlalchemy as sa
from alembic import op

from service_app.core.db import BigId, Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW_CLOCKS = "clock IN ('update', 'call', 'price', 'visit', 'part', 'own')"


def upgrade() -> None:
    op.create_table(
        "sla_policy",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sla_policy"),
        sa.UniqueConstraint("name", name="uq_sla_policy_name"),
    )
    op.execute(
        "INSERT INTO sla_policy (name, is_default, version)"
        " SELECT name, number = (SELECT max(number) FROM policy_version), 1 FROM policy_version"
        " WHERE number IN (SELECT max(number) FROM policy_version GROUP BY name)"
    )
    with op.batch_alter_table("policy_version") as batch:
        batch.add_column(sa.Column("policy_id", sa.Integer))
        batch.add_column(sa.Column("specials", Json, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("own", Json, nullable=False, server_default="[]"))
    op.execute(
        "UPDATE policy_version SET policy_id ="
        " (SELECT p.id FROM sla_policy p WHERE p.name = policy_version.name)"
    )
    with op.batch_alter_table("policy_version") as batch:
        batch.drop_column("name")
        batch.alter_column("policy_id", existing_type=sa.Integer, nullable=False)
        batch.alter_column("specials", existing_type=Json, server_default=None)
        batch.alter_column("own", existing_type=Json, server_default=None)
        batch.create_foreign_key(
            "fk_policy_version_policy_id_sla_policy", "sla_policy", ["policy_id"], ["id"]
        )
        batch.create_unique_constraint(
            "uq_policy_version_policy_id_number", ["policy_id", "number"]
        )
        batch.create_index("ix_policy_version_calendar_id", ["calendar_id"])
    for table in ("order_clock", "breach"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("number", BigId, nullable=False, server_default="0"))
            batch.add_column(sa.Column("label", sa.String(60), nullable=False, server_default=""))
            batch.drop_constraint(f"uq_{table}_order_id_clock", type_="unique")
            batch.create_unique_constraint(
                f"uq_{table}_order_id_clock_number", ["order_id", "clock", "number"]
            )
        with op.batch_alter_table(table) as batch:
            batch.alter_column("number", existing_type=BigId, server_default=None)
            batch.alter_column("label", existing_type=sa.String(60), server_default=None)
    with op.batch_alter_table("order_clock") as batch:
        batch.add_column(
            sa.Column("policy_version", sa.Integer, nullable=False, server_default="0")
        )
    op.execute(
        "UPDATE order_clock SET policy_version ="
        " (SELECT o.policy_version FROM work_order o WHERE o.id = order_clock.order_id)"
    )
    with op.batch_alter_table("order_clock") as batch:
        batch.alter_column("policy_version", existing_type=sa.Integer, server_default=None)


def downgrade() -> None:
    for table in ("breach", "order_clock"):
        op.execute(f"DELETE FROM {table} WHERE {_NEW_CLOCKS}")
    with op.batch_alter_table("order_clock") as batch:
        batch.drop_column("policy_version")
    for table in ("breach", "order_clock"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"uq_{table}_order_id_clock_number", type_="unique")
            batch.create_unique_constraint(f"uq_{table}_order_id_clock", ["order_id", "clock"])
            batch.drop_column("label")
            batch.drop_column("number")
    with op.batch_alter_table("policy_version") as batch:
        batch.add_column(sa.Column("name", sa.String(80), nullable=False, server_default=""))
    op.execute(
        "UPDATE policy_version SET name ="
        " (SELECT p.name FROM sla_policy p WHERE p.id = policy_version.policy_id)"
    )
    with op.batch_alter_table("policy_version") as batch:
        batch.alter_column("name", existing_type=sa.String(80), server_default=None)
        batch.drop_index("ix_policy_version_calendar_id")
        batch.drop_constraint("uq_policy_version_policy_id_number", type_="unique")
        batch.drop_constraint("fk_policy_version_policy_id_sla_policy", type_="foreignkey")
        for name in ("own", "specials", "policy_id"):
            batch.drop_column(name)
    op.drop_table("sla_policy")
