"""Contracts, their machines, people, hours and story; price lists; the contract of an order."""

import sqlalchemy as sa
from alembic import op

from service_app.core.db import BigId, Json

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = (
    "contract_reminder", "contract_use", "contract_event", "contract_contact",
    "contract_machine", "contract", "price_item", "price_list",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "price_list",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_price_list"),
        sa.UniqueConstraint("name", name="uq_price_list_name"),
        sa.UniqueConstraint("uid", name="uq_price_list_uid"),
    )
    op.create_table(
        "price_item",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("price_list_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("article", sa.String(60), nullable=False),
        sa.Column("description", sa.String(300), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("net_price", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_price_item"),
        sa.ForeignKeyConstraint(["price_list_id"], ["price_list.id"], name="fk_price_item_price_list_id_price_list"),
        sa.CheckConstraint("net_price >= 0", name=op.f("ck_price_item_net_price")),
    )
    op.create_index("ix_price_item_price_list_id", "price_item", ["price_list_id"])
    op.create_table(
        "contract",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("uid", sa.Uuid, nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("company_id", sa.Integer, nullable=False),
        sa.Column("payer_id", sa.Integer),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("site_id", sa.Integer),
        sa.Column("signed_on", sa.Date),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("ended_on", sa.Date),
        sa.Column("first_months", sa.Integer),
        sa.Column("renewal", sa.String(10), nullable=False),
        sa.Column("renewal_months", sa.Integer, nullable=False),
        sa.Column("remind_days", sa.Integer, nullable=False),
        sa.Column("policy_id", sa.Integer),
        sa.Column("works", sa.String(10), nullable=False),
        sa.Column("covers_labour", sa.Boolean, nullable=False),
        sa.Column("covers_material", sa.Boolean, nullable=False),
        sa.Column("covers_travel", sa.Boolean, nullable=False),
        sa.Column("price_list_id", sa.Integer),
        sa.Column("parts_discount_percent", sa.BigInteger, nullable=False),
        sa.Column("fee", sa.BigInteger),
        sa.Column("fee_per", sa.String(8), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("included_hours", sa.BigInteger),
        sa.Column("included_per", sa.String(8), nullable=False),
        sa.Column("counts_travel", sa.Boolean, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("search_words", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contract"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_contract_company_id_company"),
        sa.ForeignKeyConstraint(["payer_id"], ["company.id"], name="fk_contract_payer_id_company"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_contract_site_id_site"),
        sa.ForeignKeyConstraint(["policy_id"], ["sla_policy.id"], name="fk_contract_policy_id_sla_policy"),
        sa.ForeignKeyConstraint(["price_list_id"], ["price_list.id"], name="fk_contract_price_list_id_price_list"),
        sa.CheckConstraint("included_hours IS NULL OR included_hours > 0", name=op.f("ck_contract_included_hours")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_contract_period")),
        sa.UniqueConstraint("company_id", "number", name="uq_contract_company_id_number"),
        sa.UniqueConstraint("uid", name="uq_contract_uid"),
    )
    op.create_index("ix_contract_payer_id", "contract", ["payer_id"])
    op.create_index("ix_contract_policy_id", "contract", ["policy_id"])
    op.create_index("ix_contract_price_list_id", "contract", ["price_list_id"])
    op.create_index("ix_contract_site_id", "contract", ["site_id"])
    op.create_index("ix_contract_starts_on", "contract", ["starts_on", "id"])
    op.create_index("ix_contract_state", "contract", ["state", "ends_on", "id"])
    op.create_table(
        "contract_machine",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("contract_id", sa.Integer, nullable=False),
        sa.Column("machine_id", sa.Integer, nullable=False),
        sa.Column("since_on", sa.Date, nullable=False),
        sa.Column("until_on", sa.Date),
        sa.PrimaryKeyConstraint("id", name="pk_contract_machine"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_contract_machine_contract_id_contract"),
        sa.ForeignKeyConstraint(["machine_id"], ["machine.id"], name="fk_contract_machine_machine_id_machine"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= since_on", name=op.f("ck_contract_machine_period")),
    )
    op.create_index("ix_contract_machine_contract_id", "contract_machine", ["contract_id"])
    op.create_index("ix_contract_machine_machine_id", "contract_machine", ["machine_id"])
    op.create_table(
        "contract_contact",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("contract_id", sa.Integer, nullable=False),
        sa.Column("contact_id", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contract_contact"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_contract_contact_contract_id_contract"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_contract_contact_contact_id_contact"),
        sa.UniqueConstraint("contract_id", "contact_id", name="uq_contract_contact_contract_id_contact_id"),
    )
    op.create_index("ix_contract_contact_contact_id", "contract_contact", ["contact_id"])
    op.create_table(
        "contract_event",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("contract_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("about", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contract_event"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_contract_event_contract_id_contract"),
    )
    op.create_index("ix_contract_event_contract_id", "contract_event", ["contract_id"])
    op.create_table(
        "contract_use",
        sa.Column("id", BigId, nullable=False),
        sa.Column("uid", sa.Uuid, nullable=False),
        sa.Column("contract_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("used_on", sa.Date, nullable=False),
        sa.Column("cause", sa.Uuid),
        sa.Column("ground_kind", sa.String(40), nullable=False),
        sa.Column("ground_id", sa.Integer),
        sa.Column("ground_number", sa.String(40), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contract_use"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_contract_use_contract_id_contract"),
        sa.UniqueConstraint("uid", name="uq_contract_use_uid"),
    )
    op.create_index("ix_contract_use_cause", "contract_use", ["cause"])
    op.create_index("ix_contract_use_contract_id", "contract_use", ["contract_id", "used_on", "id"])
    op.create_index("ix_contract_use_ground", "contract_use", ["ground_kind", "ground_id"])
    op.create_table(
        "contract_reminder",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("contract_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contract_reminder"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_contract_reminder_contract_id_contract"),
        sa.UniqueConstraint("contract_id", "key", name="uq_contract_reminder_contract_id_key"),
    )
    with op.batch_alter_table("work_order") as batch:
        batch.add_column(sa.Column("contract_id", sa.Integer))
        batch.add_column(sa.Column("payers", Json, nullable=False, server_default="{}"))
        batch.add_column(
            sa.Column("is_contract_open", sa.Boolean, nullable=False, server_default=sa.false())
        )
        batch.create_foreign_key(
            "fk_work_order_contract_id_contract", "contract", ["contract_id"], ["id"]
        )
    with op.batch_alter_table("work_order") as batch:
        batch.alter_column("payers", existing_type=Json, server_default=None)
        batch.alter_column("is_contract_open", existing_type=sa.Boolean, server_default=None)
    op.create_index(
        "ix_work_order_contract_id", "work_order", ["contract_id", "received_at", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_work_order_contract_id", "work_order")
    with op.batch_alter_table("work_order") as batch:
        batch.drop_constraint("fk_work_order_contract_id_contract", type_="foreignkey")
        for name in ("is_contract_open", "payers", "contract_id"):
            batch.drop_column(name)
    for name in _TABLES:
        op.drop_table(name)
