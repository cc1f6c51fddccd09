"""When a missed deadline is told of: people hear of it in working hours."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UNTOLD = {
    "sqlite_where": sa.text("told_at IS NULL"),
    "postgresql_where": sa.text("told_at IS NULL"),
}


def upgrade() -> None:
    op.add_column("order_clock", sa.Column("tell_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE order_clock SET tell_at = due_at")
    op.drop_index("ix_order_clock_untold", "order_clock")
    op.create_index("ix_order_clock_untold", "order_clock", ["tell_at"], **UNTOLD)


def downgrade() -> None:
    op.drop_index("ix_order_clock_untold", "order_clock")
    op.create_index("ix_order_clock_untold", "order_clock", ["due_at"], **UNTOLD)
    with op.batch_alter_table("order_clock") as batch:
        batch.drop_column("tell_at")
