"""Chances of being late, as they were counted."""

import sqlalchemy as sa
from alembic import op

from service_app.core.db import Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "risk_model",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promises", sa.Integer, nullable=False),
        sa.Column("tables", Json, nullable=False),
        sa.Column("cut_at", sa.DateTime(timezone=True)),
        sa.Column("trial", Json),
        sa.PrimaryKeyConstraint("id", name="pk_risk_model"),
    )
    op.create_index("ix_risk_model_fitted_at", "risk_model", ["fitted_at"])


def downgrade() -> None:
    op.drop_table("risk_model")
