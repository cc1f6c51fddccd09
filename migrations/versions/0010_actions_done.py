"""A corrective action is done by somebody, at a moment, with a word of what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TO_DO = {
    "sqlite_where": sa.text("action_on IS NOT NULL AND action_done_at IS NULL"),
    "postgresql_where": sa.text("action_on IS NOT NULL AND action_done_at IS NULL"),
}


def upgrade() -> None:
    with op.batch_alter_table("breach") as batch:
        batch.add_column(sa.Column("action_done_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("action_done_by_id", sa.Integer()))
        batch.add_column(
            sa.Column("action_result", sa.String(500), nullable=False, server_default="")
        )
        batch.create_foreign_key(
            op.f("fk_breach_action_done_by_id_user_account"), "user_account",
            ["action_done_by_id"], ["id"],
        )  # fmt: skip
    with op.batch_alter_table("breach") as batch:
        batch.alter_column("action_result", existing_type=sa.String(500), server_default=None)
    op.create_index("ix_breach_action", "breach", ["action_on", "id"], **TO_DO)


def downgrade() -> None:
    op.drop_index("ix_breach_action", "breach")
    with op.batch_alter_table("breach") as batch:
        batch.drop_constraint(
            op.f("fk_breach_action_done_by_id_user_account"), type_="foreignkey"
        )
        batch.drop_column("action_result")
        batch.drop_column("action_done_by_id")
        batch.drop_column("action_done_at")
