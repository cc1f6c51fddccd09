"""What a day that differs is called: a holiday of a file brings its name."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calendar_day") as batch:
        batch.add_column(sa.Column("name", sa.String(120), nullable=False, server_default=""))
    with op.batch_alter_table("calendar_day") as batch:
        batch.alter_column("name", existing_type=sa.String(120), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("calendar_day") as batch:
        batch.drop_column("name")
