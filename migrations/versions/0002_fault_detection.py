"""How a fault was found, and the order it belongs to."""

import sqlalchemy as sa
from alembic import op

from service_app.core.db import BigId

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FOUND_DURING_WORK = """
    UPDATE fault SET detection = 'work', ground_kind = 'order',
        ground_id = (SELECT e.order_id FROM order_event e WHERE e.uid = fault.uid),
        ground_number = (SELECT o.number FROM order_event e JOIN work_order o ON o.id = e.order_id
                         WHERE e.uid = fault.uid)
    WHERE uid IN (SELECT uid FROM order_event WHERE kind = 'fault_found')
"""
CAME_WITH_AN_ORDER = """
    UPDATE fault SET ground_kind = 'order',
        ground_id = (SELECT min(o.id) FROM work_order o WHERE o.fault_id = fault.id),
        ground_number = (SELECT o.number FROM work_order o WHERE o.id =
                         (SELECT min(p.id) FROM work_order p WHERE p.fault_id = fault.id))
    WHERE id IN (SELECT fault_id FROM work_order WHERE fault_id IS NOT NULL)
"""


def upgrade() -> None:
    with op.batch_alter_table("fault") as batch:
        batch.add_column(
            sa.Column("detection", sa.String(12), nullable=False, server_default="report")
        )
        batch.add_column(
            sa.Column("ground_kind", sa.String(20), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("ground_id", BigId))
        batch.add_column(
            sa.Column("ground_number", sa.String(40), nullable=False, server_default="")
        )
    op.execute(FOUND_DURING_WORK)
    op.execute(CAME_WITH_AN_ORDER)
    with op.batch_alter_table("fault") as batch:
        batch.create_index("ix_fault_severity", ["severity", "status", "machine_id"])
        for name in ("detection", "ground_kind", "ground_number"):
            batch.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("fault") as batch:
        batch.drop_index("ix_fault_severity")
        for name in ("detection", "ground_kind", "ground_id", "ground_number"):
            batch.drop_column(name)
