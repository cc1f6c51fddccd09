"""Escalation steps of a policy version, and the next one of every running clock."""

import sqlalchemy as sa
from alembic import op

from service_app.core.db import Json

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NEXT = {
    "sqlite_where": sa.text("step_at IS NOT NULL"),
    "postgresql_where": sa.text("step_at IS NOT NULL"),
}


def upgrade() -> None:
    for table, name in (("policy_version", "steps"), ("order_clock", "steps_taken")):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(name, Json, nullable=False, server_default="[]"))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, existing_type=Json, server_default=None)
    with op.batch_alter_table("order_clock") as batch:
        batch.add_column(sa.Column("step_at", sa.DateTime(timezone=True)))
    op.create_index("ix_order_clock_step", "order_clock", ["step_at"], **_NEXT)


def downgrade() -> None:
    op.drop_index("ix_order_clock_step", "order_clock")
    with op.batch_alter_table("order_clock") as batch:
        batch.drop_column("step_at")
        batch.drop_column("steps_taken")
    with op.batch_alter_table("policy_version") as batch:
        batch.drop_column("steps")
