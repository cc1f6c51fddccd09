"""Promises decided in a stretch of time are found whatever their clock."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MISSED = {
    "sqlite_where": sa.text("breached_at IS NOT NULL"),
    "postgresql_where": sa.text("breached_at IS NOT NULL"),
}


def upgrade() -> None:
    op.drop_index("ix_order_clock_kept", "order_clock")
    op.drop_index("ix_order_clock_missed", "order_clock")
    op.create_index(
        "ix_order_clock_kept", "order_clock", ["met_at", "breached_at", "clock", "order_id"]
    )
    op.create_index(
        "ix_order_clock_missed", "order_clock", ["breached_at", "clock", "order_id"], **_MISSED
    )


def downgrade() -> None:
    op.drop_index("ix_order_clock_missed", "order_clock")
    op.drop_index("ix_order_clock_kept", "order_clock")
    op.create_index(
        "ix_order_clock_kept", "order_clock", ["clock", "met_at", "breached_at", "order_id"]
    )
    op.create_index("ix_order_clock_missed", "order_clock", ["clock", "breached_at"], **_MISSED)
