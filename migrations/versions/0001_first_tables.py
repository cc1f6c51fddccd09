"""first tables."""

import sqlalchemy as sa
from alembic import op

from service_app.core import text_index
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=80), nullable=False),
        sa.Column("is_operating", sa.Boolean(), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("is_payer", sa.Boolean(), nullable=False),
        sa.Column("is_supplier", sa.Boolean(), nullable=False),
        sa.Column("is_maker", sa.Boolean(), nullable=False),
        sa.Column("inn", sa.String(length=12), nullable=False),
        sa.Column("kpp", sa.String(length=9), nullable=False),
        sa.Column("ogrn", sa.String(length=15), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("bank_name", sa.String(length=200), nullable=False),
        sa.Column("bik", sa.String(length=9), nullable=False),
        sa.Column("account", sa.String(length=20), nullable=False),
        sa.Column("correspondent_account", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("allows_guest_reports", sa.Boolean(), nullable=False),
        sa.Column("contract_note", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column(
            "sort_key",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("uid", name=op.f("uq_company_uid")),
    )
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.create_index("ix_company_inn", ["inn", "kpp"], unique=False)
        batch_op.create_index("ix_company_sort_key", ["is_active", "sort_key", "id"], unique=False)

    op.create_table(
        "guest_try",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_try")),
    )
    with op.batch_alter_table("guest_try", schema=None) as batch_op:
        batch_op.create_index("ix_guest_try_subject", ["subject", "at"], unique=False)

    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column(
            "mapping",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "constants",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("skip_rejected", sa.Boolean(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column(
            "report",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "error",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("uid", name=op.f("uq_import_run_uid")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index("ix_import_run_state", ["state", "id"], unique=False)

    op.create_table(
        "job_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("leader", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        sa.UniqueConstraint("job", "slot", name=op.f("uq_job_run_job_slot")),
    )
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.create_index("ix_job_run_started_at", ["started_at"], unique=False)

    op.create_table(
        "journal_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("change", sa.String(length=20), nullable=False),
        sa.Column("table", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column(
            "changes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_line")),
    )
    with op.batch_alter_table("journal_line", schema=None) as batch_op:
        batch_op.create_index("ix_journal_line_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_journal_line_by_user_id", ["by_user_id", "id"], unique=False)
        batch_op.create_index(
            "ix_journal_line_table_record_id", ["table", "record_id", "id"], unique=False
        )

    op.create_table(
        "machine_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("english_name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("maker", sa.String(length=120), nullable=False),
        sa.Column("meter_unit", sa.String(length=10), nullable=False),
        sa.Column("max_per_day", sa.BigInteger(), nullable=True),
        sa.Column("typical_per_day", sa.BigInteger(), nullable=True),
        sa.Column(
            "technical_data",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "sort_key",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_model")),
        sa.UniqueConstraint("uid", name=op.f("uq_machine_model_uid")),
    )
    with op.batch_alter_table("machine_model", schema=None) as batch_op:
        batch_op.create_index("ix_machine_model_sort_key", ["sort_key", "id"], unique=False)
        batch_op.create_index("uq_machine_model_maker_name", ["maker", "name"], unique=True)

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_address", sa.String(length=200), nullable=False),
        sa.Column(
            "subject",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "body",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_next_try_at", ["next_try_at", "id"], unique=False)
        batch_op.create_index("ix_outbox_message_state", ["state", "id"], unique=False)

    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempt_subject", ["subject", "at"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("thumbnail_key", sa.String(length=120), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("key", name=op.f("uq_stored_file_key")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("middle_name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.String(length=120), nullable=False),
        sa.Column("signing_ground", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("theme", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("are_keys_on", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=True),
        sa.Column(
            "sort_key",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
        sa.UniqueConstraint("uid", name=op.f("uq_user_account_uid")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index("ix_user_account_sort_key", ["sort_key", "id"], unique=False)

    op.create_table(
        "work_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_calendar")),
        sa.UniqueConstraint("name", name=op.f("uq_work_calendar_name")),
    )
    op.create_table(
        "worker_pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("leader", sa.String(length=32), nullable=False),
        sa.Column("host", sa.String(length=80), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_pulse")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column(
            "intervals",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["work_calendar.id"],
            name=op.f("fk_calendar_day_calendar_id_work_calendar"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("calendar_id", "on", name=op.f("uq_calendar_day_calendar_id_on")),
    )
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column(
            "week",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["work_calendar.id"],
            name=op.f("fk_calendar_version_calendar_id_work_calendar"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
    )
    with op.batch_alter_table("calendar_version", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calendar_version_calendar_id"), ["calendar_id"], unique=False
        )

    op.create_table(
        "company_membership",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("decides_on_price", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_company_membership_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_company_membership_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("user_id", "company_id", name=op.f("pk_company_membership")),
    )
    with op.batch_alter_table("company_membership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_company_membership_company_id"), ["company_id"], unique=False
        )

    op.create_table(
        "legal_entity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("brand", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("english_name", sa.String(length=200), nullable=False),
        sa.Column("inn", sa.String(length=12), nullable=False),
        sa.Column("kpp", sa.String(length=9), nullable=False),
        sa.Column("ogrn", sa.String(length=15), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("english_address", sa.String(length=300), nullable=False),
        sa.Column("bank_name", sa.String(length=200), nullable=False),
        sa.Column("bik", sa.String(length=9), nullable=False),
        sa.Column("account", sa.String(length=20), nullable=False),
        sa.Column("correspondent_account", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_vat_payer", sa.Boolean(), nullable=False),
        sa.Column("logo_id", sa.Integer(), nullable=True),
        sa.Column("service_rules", sa.Text(), nullable=False),
        sa.Column("english_service_rules", sa.Text(), nullable=False),
        sa.Column("simple_signature_agreement", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["logo_id"], ["stored_file.id"], name=op.f("fk_legal_entity_logo_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_entity")),
        sa.UniqueConstraint("uid", name=op.f("uq_legal_entity_uid")),
    )
    op.create_table(
        "letter_preference",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("wants_letters", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_letter_preference_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_letter_preference")),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column(
            "text",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("link_kind", sa.String(length=20), nullable=True),
        sa.Column("link_ref", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notification_user_id_key")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("ix_notification_at", ["at"], unique=False)
        batch_op.create_index("ix_notification_unread", ["user_id", "read_at"], unique=False)
        batch_op.create_index("ix_notification_user_id", ["user_id", "id"], unique=False)

    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "limits",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "stops",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "priorities",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["work_calendar.id"],
            name=op.f("fk_policy_version_calendar_id_work_calendar"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "reset_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_reset_link_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_reset_link_token_sha256")),
    )
    with op.batch_alter_table("reset_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reset_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("access_notes", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_site_company_id_company")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("uid", name=op.f("uq_site_uid")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_company_id"), ["company_id"], unique=False)

    op.create_table(
        "trip",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notes", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["user_account.id"], name=op.f("fk_trip_leader_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
    )
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_role_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
    )
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.create_index("ix_user_role_role", ["role", "user_id"], unique=False)

    op.create_table(
        "branch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("legal_entity_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("number_prefix", sa.String(length=6), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["legal_entity_id"],
            ["legal_entity.id"],
            name=op.f("fk_branch_legal_entity_id_legal_entity"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
        sa.UniqueConstraint("number_prefix", name=op.f("uq_branch_number_prefix")),
        sa.UniqueConstraint("uid", name=op.f("uq_branch_uid")),
    )
    with op.batch_alter_table("branch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_branch_legal_entity_id"), ["legal_entity_id"], unique=False
        )

    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("middle_name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("signing_ground", sa.String(length=200), nullable=False),
        sa.Column("decides_on_price", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("search_words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_contact_company_id_company")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_contact_site_id_site")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_contact_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("uid", name=op.f("uq_contact_uid")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_user_id"), ["user_id"], unique=False)

    op.create_table(
        "machine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("model_words", sa.String(length=120), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("inventory_number", sa.String(length=40), nullable=False),
        sa.Column("operating_company_id", sa.Integer(), nullable=False),
        sa.Column("owner_company_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("manufactured_on", sa.Date(), nullable=True),
        sa.Column("shipped_on", sa.Date(), nullable=True),
        sa.Column("commissioned_on", sa.Date(), nullable=True),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("warranty_hours", sa.Integer(), nullable=True),
        sa.Column("warranty_ends_on", sa.Date(), nullable=True),
        sa.Column("criticality", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column(
            "technical_data",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("qr_token", sa.String(length=32), nullable=False),
        sa.Column(
            "sort_key",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("search_words", sa.Text(), nullable=False),
        sa.Column("company_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "model_id IS NOT NULL OR model_words <> ''", name=op.f("ck_machine_model")
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["machine_model.id"], name=op.f("fk_machine_model_id_machine_model")
        ),
        sa.ForeignKeyConstraint(
            ["operating_company_id"],
            ["company.id"],
            name=op.f("fk_machine_operating_company_id_company"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_company_id"], ["company.id"], name=op.f("fk_machine_owner_company_id_company")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_machine_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine")),
        sa.UniqueConstraint("qr_token", name=op.f("uq_machine_qr_token")),
        sa.UniqueConstraint("uid", name=op.f("uq_machine_uid")),
    )
    with op.batch_alter_table("machine", schema=None) as batch_op:
        batch_op.create_index(
            "ix_machine_operating_company_id",
            ["operating_company_id", "sort_key", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_machine_owner_company_id", ["owner_company_id", "sort_key", "id"], unique=False
        )
        batch_op.create_index("ix_machine_serial", ["serial"], unique=False)
        batch_op.create_index(batch_op.f("ix_machine_site_id"), ["site_id"], unique=False)
        batch_op.create_index("ix_machine_sort_key", ["sort_key", "id"], unique=False)
        batch_op.create_index("ix_machine_status", ["status", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_machine_warranty_ends_on", ["warranty_ends_on"], unique=False)
        batch_op.create_index(
            "uq_machine_model_id_serial",
            ["model_id", "serial"],
            unique=True,
            sqlite_where=sa.text("serial <> ''"),
            postgresql_where=sa.text("serial <> ''"),
        )

    op.create_table(
        "fault",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=15), nullable=False),
        sa.Column("symptom", sa.String(length=500), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("running_hours", sa.BigInteger(), nullable=True),
        sa.Column("reporter", sa.String(length=200), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["fault.id"], name=op.f("fk_fault_duplicate_of_id_fault")
        ),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machine.id"], name=op.f("fk_fault_machine_id_machine")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault")),
        sa.UniqueConstraint("uid", name=op.f("uq_fault_uid")),
    )
    with op.batch_alter_table("fault", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fault_duplicate_of_id"), ["duplicate_of_id"], unique=False
        )
        batch_op.create_index(
            "ix_fault_machine_id", ["machine_id", "happened_at", "id"], unique=False
        )
        batch_op.create_index("ix_fault_status", ["status", "machine_id"], unique=False)

    op.create_table(
        "issued_document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("ground_kind", sa.String(length=20), nullable=False),
        sa.Column("ground_ref", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("template", sa.String(length=100), nullable=False),
        sa.Column("template_version", sa.String(length=16), nullable=False),
        sa.Column(
            "snapshot",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_issued_document_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_issued_document_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["pdf_id"], ["stored_file.id"], name=op.f("fk_issued_document_pdf_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_document")),
        sa.UniqueConstraint("number", name=op.f("uq_issued_document_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_issued_document_uid")),
    )
    with op.batch_alter_table("issued_document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_issued_document_branch_id"), ["branch_id"], unique=False
        )
        batch_op.create_index("ix_issued_document_company_id", ["company_id", "id"], unique=False)
        batch_op.create_index(
            "ix_issued_document_ground", ["ground_kind", "ground_ref", "id"], unique=False
        )
        batch_op.create_index("ix_issued_document_state", ["state", "id"], unique=False)

    op.create_table(
        "machine_company",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_machine_company_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machine.id"], name=op.f("fk_machine_company_machine_id_machine")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_company")),
    )
    with op.batch_alter_table("machine_company", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_machine_company_company_id"), ["company_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_machine_company_machine_id"), ["machine_id"], unique=False
        )

    op.create_table(
        "machine_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("running_hours", sa.BigInteger(), nullable=True),
        sa.Column(
            "text",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("ground_document", sa.String(length=200), nullable=False),
        sa.Column("ground_number", sa.String(length=60), nullable=False),
        sa.Column("ground_on", sa.Date(), nullable=True),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machine.id"], name=op.f("fk_machine_event_machine_id_machine")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_event")),
        sa.UniqueConstraint("uid", name=op.f("uq_machine_event_uid")),
    )
    with op.batch_alter_table("machine_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_machine_event_machine_id", ["machine_id", "happened_on", "id"], unique=False
        )

    op.create_table(
        "machine_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column(
            "text",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("ground_kind", sa.String(length=40), nullable=False),
        sa.Column("ground_id", sa.Integer(), nullable=False),
        sa.Column("ground_number", sa.String(length=40), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machine.id"], name=op.f("fk_machine_hold_machine_id_machine")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_hold")),
    )
    with op.batch_alter_table("machine_hold", schema=None) as batch_op:
        batch_op.create_index("ix_machine_hold_ground", ["ground_kind", "ground_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_machine_hold_machine_id"), ["machine_id"], unique=False
        )

    op.create_table(
        "meter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machine.id"], name=op.f("fk_meter_machine_id_machine")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter")),
        sa.UniqueConstraint("machine_id", name=op.f("uq_meter_machine_id")),
    )
    op.create_table(
        "number_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_number_series_branch_id_branch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_series")),
        sa.UniqueConstraint(
            "kind", "branch_id", "year", name=op.f("uq_number_series_kind_branch_id_year")
        ),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("lead_user_id", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_team_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["lead_user_id"], ["user_account.id"], name=op.f("fk_team_lead_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("uid", name=op.f("uq_team_uid")),
    )
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_branch_id"), ["branch_id"], unique=False)

    op.create_table(
        "fault_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fault_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fault_id"], ["fault.id"], name=op.f("fk_fault_photo_fault_id_fault")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_fault_photo_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_photo")),
        sa.UniqueConstraint("fault_id", "file_id", name=op.f("uq_fault_photo_fault_id_file_id")),
    )
    with op.batch_alter_table("fault_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fault_photo_file_id"), ["file_id"], unique=False)

    op.create_table(
        "meter_segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_value", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("ground", sa.String(length=300), nullable=False),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meter_id"], ["meter.id"], name=op.f("fk_meter_segment_meter_id_meter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_segment")),
        sa.UniqueConstraint("meter_id", "ordinal", name=op.f("uq_meter_segment_meter_id_ordinal")),
    )
    op.create_table(
        "staff_membership",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_staff_membership_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_staff_membership_team_id_team")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_staff_membership_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_membership")),
    )
    with op.batch_alter_table("staff_membership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_staff_membership_branch_id"), ["branch_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_staff_membership_team_id"), ["team_id"], unique=False)

    op.create_table(
        "unread_meter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["meter_id"], ["meter.id"], name=op.f("fk_unread_meter_meter_id_meter")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unread_meter")),
        sa.UniqueConstraint("uid", name=op.f("uq_unread_meter_uid")),
    )
    with op.batch_alter_table("unread_meter", schema=None) as batch_op:
        batch_op.create_index("ix_unread_meter_meter_id", ["meter_id", "seen_at"], unique=False)

    op.create_table(
        "work_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=15), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("symptom", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("machine_id", sa.Integer(), nullable=True),
        sa.Column("machine_words", sa.String(length=200), nullable=False),
        sa.Column("fault_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("reporter_name", sa.String(length=120), nullable=False),
        sa.Column("reporter_phone", sa.String(length=40), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("follow_token", sa.String(length=64), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_day_only", sa.Boolean(), nullable=False),
        sa.Column("dispatcher_id", sa.Integer(), nullable=True),
        sa.Column("engineer_id", sa.Integer(), nullable=True),
        sa.Column("is_finding_cause", sa.Boolean(), nullable=False),
        sa.Column("expectation", sa.String(length=20), nullable=True),
        sa.Column("rules_acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rules_acknowledged_how", sa.String(length=200), nullable=False),
        sa.Column(
            "verdict",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("suggested_coverage", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("term_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_promised_on", sa.Date(), nullable=True),
        sa.Column("call_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_about", sa.String(length=200), nullable=False),
        sa.Column("wait_reason", sa.String(length=10), nullable=True),
        sa.Column("wait_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wait_line_id", sa.Integer(), nullable=True),
        sa.Column("question_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_original_awaited", sa.Boolean(), nullable=False),
        sa.Column("hours_at_intake", sa.BigInteger(), nullable=True),
        sa.Column("hours_at_handover", sa.BigInteger(), nullable=True),
        sa.Column("meter_unread", sa.String(length=12), nullable=True),
        sa.Column("runs_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("papers_to_bring", sa.Text(), nullable=False),
        sa.Column("demonstration", sa.String(length=500), nullable=False),
        sa.Column("end_words", sa.String(length=1000), nullable=False),
        sa.Column(
            "duplicate_of_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("original_received_on", sa.Date(), nullable=True),
        sa.Column("phase_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("is_past", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("past_cost", sa.BigInteger(), nullable=True),
        sa.Column("search_words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("priority BETWEEN 1 AND 4", name=op.f("ck_work_order_priority")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_work_order_branch_id_branch")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_work_order_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["dispatcher_id"],
            ["user_account.id"],
            name=op.f("fk_work_order_dispatcher_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"],
            ["work_order.id"],
            name=op.f("fk_work_order_duplicate_of_id_work_order"),
        ),
        sa.ForeignKeyConstraint(
            ["engineer_id"],
            ["user_account.id"],
            name=op.f("fk_work_order_engineer_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["fault_id"], ["fault.id"], name=op.f("fk_work_order_fault_id_fault")
        ),
        sa.ForeignKeyConstraint(
            ["machine_id"], ["machine.id"], name=op.f("fk_work_order_machine_id_machine")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["company.id"], name=op.f("fk_work_order_payer_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["user_account.id"],
            name=op.f("fk_work_order_reporter_id_user_account"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_work_order_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("external_id", name=op.f("uq_work_order_external_id")),
        sa.UniqueConstraint("follow_token", name=op.f("uq_work_order_follow_token")),
        sa.UniqueConstraint("number", name=op.f("uq_work_order_number")),
        sa.UniqueConstraint("uid", name=op.f("uq_work_order_uid")),
    )
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.create_index("ix_work_order_call_at", ["call_at"], unique=False)
        batch_op.create_index(
            "ix_work_order_company_id", ["company_id", "received_at", "id"], unique=False
        )
        batch_op.create_index("ix_work_order_engineer_id", ["engineer_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_order_fault_id"), ["fault_id"], unique=False)
        batch_op.create_index(
            "ix_work_order_machine_id", ["machine_id", "received_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_work_order_payer_id"), ["payer_id"], unique=False)
        batch_op.create_index("ix_work_order_received_at", ["received_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_order_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            "ix_work_order_status", ["is_past", "status", "received_at"], unique=False
        )

    op.create_table(
        "breach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("clock", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_seconds", sa.Integer(), nullable=False),
        sa.Column("is_running", sa.Boolean(), nullable=False),
        sa.Column(
            "suggested",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "shares",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=500), nullable=False),
        sa.Column("action_owner_id", sa.Integer(), nullable=True),
        sa.Column("action_on", sa.Date(), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "withdrawn_why",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_owner_id"],
            ["user_account.id"],
            name=op.f("fk_breach_action_owner_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_breach_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"],
            ["user_account.id"],
            name=op.f("fk_breach_reviewed_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
        sa.UniqueConstraint("order_id", "clock", name=op.f("uq_breach_order_id_clock")),
    )
    with op.batch_alter_table("breach", schema=None) as batch_op:
        batch_op.create_index("ix_breach_breached_at", ["breached_at", "id"], unique=False)
        batch_op.create_index(
            "ix_breach_state", ["state", "reviewed_at", "breached_at"], unique=False
        )

    op.create_table(
        "order_clock",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("clock", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allowed_seconds", sa.Integer(), nullable=False),
        sa.Column("used_seconds", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_seconds", sa.Integer(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_breach_changed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_order_clock_order_id_work_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_clock")),
        sa.UniqueConstraint("order_id", "clock", name=op.f("uq_order_clock_order_id_clock")),
    )
    with op.batch_alter_table("order_clock", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_clock_changed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("is_breach_changed = 1"),
            postgresql_where=sa.text("is_breach_changed"),
        )
        batch_op.create_index("ix_order_clock_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "ix_order_clock_kept", ["clock", "met_at", "breached_at", "order_id"], unique=False
        )
        batch_op.create_index(
            "ix_order_clock_missed",
            ["clock", "breached_at"],
            unique=False,
            sqlite_where=sa.text("breached_at IS NOT NULL"),
            postgresql_where=sa.text("breached_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_clock_untold",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.create_index(
            "ix_order_clock_unwarned",
            ["warn_at"],
            unique=False,
            sqlite_where=sa.text("warned_at IS NULL"),
            postgresql_where=sa.text("warned_at IS NULL"),
        )

    op.create_table(
        "order_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("is_customer", sa.Boolean(), nullable=False),
        sa.Column("is_for_customer", sa.Boolean(), nullable=False),
        sa.Column("from_status", sa.String(length=15), nullable=True),
        sa.Column("to_status", sa.String(length=15), nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=True),
        sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "data",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_order_event_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["order_event.id"], name=op.f("fk_order_event_undoes_id_order_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
        sa.UniqueConstraint("uid", name=op.f("uq_order_event_uid")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_order_event_undoes_id")),
    )
    with op.batch_alter_table("order_event", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_event_order_id", ["order_id", "happened_at", "id"], unique=False
        )

    op.create_table(
        "order_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("coverage", sa.String(length=10), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("article", sa.String(length=60), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("net_price", sa.BigInteger(), nullable=False),
        sa.Column("discount_percent", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate", sa.String(length=6), nullable=False),
        sa.Column("is_quoted", sa.Boolean(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("is_off_books", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "discount_percent BETWEEN 0 AND 10000", name=op.f("ck_order_line_discount")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_order_line_order_id_work_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("uid", name=op.f("uq_order_line_uid")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_order_id"), ["order_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("vat_amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "lines",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("term_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column(
            "document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("answered_how", sa.String(length=12), nullable=False),
        sa.Column("answer_words", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_proposal_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["issued_document.id"],
            name=op.f("fk_proposal_document_id_issued_document"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_proposal_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["stored_file.id"], name=op.f("fk_proposal_photo_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("order_id", "ordinal", name=op.f("uq_proposal_order_id_ordinal")),
        sa.UniqueConstraint("uid", name=op.f("uq_proposal_uid")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index("ix_proposal_answer", ["answer", "asked_at"], unique=False)

    op.create_table(
        "reading",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=True),
        sa.Column("meter_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("by_user_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("is_correction", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=300), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.String(length=200), nullable=False),
        sa.Column("void_reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["meter_id"], ["meter.id"], name=op.f("fk_reading_meter_id_meter")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["meter_segment.id"], name=op.f("fk_reading_segment_id_meter_segment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("uid", name=op.f("uq_reading_uid")),
    )
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.create_index("ix_reading_meter_id", ["meter_id", "read_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_segment_id"), ["segment_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trip_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("planned_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("planned_to > planned_from", name=op.f("ck_visit_planned")),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["user_account.id"], name=op.f("fk_visit_leader_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_visit_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(["trip_id"], ["trip.id"], name=op.f("fk_visit_trip_id_trip")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("uid", name=op.f("uq_visit_uid")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_leader_id", ["leader_id", "planned_from"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_visit_planned_from", ["planned_from"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_trip_id"), ["trip_id"], unique=False)

    op.create_table(
        "handover_act",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=14), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "giver",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "taker",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("giver_signature_id", sa.Integer(), nullable=True),
        sa.Column("taker_signature_id", sa.Integer(), nullable=True),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.Column("outside_number", sa.String(length=80), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("demonstration", sa.Text(), nullable=False),
        sa.Column(
            "document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("original_received_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["issued_document.id"],
            name=op.f("fk_handover_act_document_id_issued_document"),
        ),
        sa.ForeignKeyConstraint(
            ["giver_signature_id"],
            ["stored_file.id"],
            name=op.f("fk_handover_act_giver_signature_id_stored_file"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_handover_act_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["stored_file.id"], name=op.f("fk_handover_act_scan_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["taker_signature_id"],
            ["stored_file.id"],
            name=op.f("fk_handover_act_taker_signature_id_stored_file"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_handover_act_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_act")),
        sa.UniqueConstraint("uid", name=op.f("uq_handover_act_uid")),
    )
    with op.batch_alter_table("handover_act", schema=None) as batch_op:
        batch_op.create_index("ix_handover_act_order_id", ["order_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_act_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "labour",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("rate", sa.String(length=8), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_labour_minutes")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_labour_order_id_work_order")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_labour_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_labour_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labour")),
        sa.UniqueConstraint("uid", name=op.f("uq_labour_uid")),
    )
    with op.batch_alter_table("labour", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_labour_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_labour_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_labour_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "order_photo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["order_event.id"], name=op.f("fk_order_photo_event_id_order_event")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_order_photo_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["work_order.id"], name=op.f("fk_order_photo_order_id_work_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_photo")),
    )
    with op.batch_alter_table("order_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_photo_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_photo_order_id"), ["order_id"], unique=False)

    op.create_table(
        "visit_person",
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_visit_person_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_visit_person_visit_id_visit")
        ),
        sa.PrimaryKeyConstraint("visit_id", "user_id", name=op.f("pk_visit_person")),
    )
    with op.batch_alter_table("visit_person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_person_user_id"), ["user_id"], unique=False)

    text_index.create(op.get_bind(), "machine")
    text_index.create(op.get_bind(), "work_order")


def downgrade() -> None:
    text_index.drop(op.get_bind(), "work_order")
    text_index.drop(op.get_bind(), "machine")
    with op.batch_alter_table("visit_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_person_user_id"))

    op.drop_table("visit_person")
    with op.batch_alter_table("order_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_photo_order_id"))
        batch_op.drop_index(batch_op.f("ix_order_photo_event_id"))

    op.drop_table("order_photo")
    with op.batch_alter_table("labour", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_labour_visit_id"))
        batch_op.drop_index(batch_op.f("ix_labour_user_id"))
        batch_op.drop_index(batch_op.f("ix_labour_order_id"))

    op.drop_table("labour")
    with op.batch_alter_table("handover_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_act_visit_id"))
        batch_op.drop_index("ix_handover_act_order_id")

    op.drop_table("handover_act")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_trip_id"))
        batch_op.drop_index("ix_visit_planned_from")
        batch_op.drop_index(batch_op.f("ix_visit_order_id"))
        batch_op.drop_index("ix_visit_leader_id")

    op.drop_table("visit")
    with op.batch_alter_table("reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_segment_id"))
        batch_op.drop_index("ix_reading_meter_id")

    op.drop_table("reading")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_proposal_answer")

    op.drop_table("proposal")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_line_order_id"))

    op.drop_table("order_line")
    with op.batch_alter_table("order_event", schema=None) as batch_op:
        batch_op.drop_index("ix_order_event_order_id")

    op.drop_table("order_event")
    with op.batch_alter_table("order_clock", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_order_clock_unwarned",
            sqlite_where=sa.text("warned_at IS NULL"),
            postgresql_where=sa.text("warned_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_order_clock_untold",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_order_clock_missed",
            sqlite_where=sa.text("breached_at IS NOT NULL"),
            postgresql_where=sa.text("breached_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_order_clock_kept")
        batch_op.drop_index("ix_order_clock_due_at")
        batch_op.drop_index(
            "ix_order_clock_changed",
            sqlite_where=sa.text("is_breach_changed = 1"),
            postgresql_where=sa.text("is_breach_changed"),
        )

    op.drop_table("order_clock")
    with op.batch_alter_table("breach", schema=None) as batch_op:
        batch_op.drop_index("ix_breach_state")
        batch_op.drop_index("ix_breach_breached_at")

    op.drop_table("breach")
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.drop_index("ix_work_order_status")
        batch_op.drop_index(batch_op.f("ix_work_order_site_id"))
        batch_op.drop_index("ix_work_order_received_at")
        batch_op.drop_index(batch_op.f("ix_work_order_payer_id"))
        batch_op.drop_index("ix_work_order_machine_id")
        batch_op.drop_index(batch_op.f("ix_work_order_fault_id"))
        batch_op.drop_index("ix_work_order_engineer_id")
        batch_op.drop_index("ix_work_order_company_id")
        batch_op.drop_index("ix_work_order_call_at")

    op.drop_table("work_order")
    with op.batch_alter_table("unread_meter", schema=None) as batch_op:
        batch_op.drop_index("ix_unread_meter_meter_id")

    op.drop_table("unread_meter")
    with op.batch_alter_table("staff_membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_membership_team_id"))
        batch_op.drop_index(batch_op.f("ix_staff_membership_branch_id"))

    op.drop_table("staff_membership")
    op.drop_table("meter_segment")
    with op.batch_alter_table("fault_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fault_photo_file_id"))

    op.drop_table("fault_photo")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_branch_id"))

    op.drop_table("team")
    op.drop_table("number_series")
    op.drop_table("meter")
    with op.batch_alter_table("machine_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_machine_hold_machine_id"))
        batch_op.drop_index("ix_machine_hold_ground")

    op.drop_table("machine_hold")
    with op.batch_alter_table("machine_event", schema=None) as batch_op:
        batch_op.drop_index("ix_machine_event_machine_id")

    op.drop_table("machine_event")
    with op.batch_alter_table("machine_company", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_machine_company_machine_id"))
        batch_op.drop_index(batch_op.f("ix_machine_company_company_id"))

    op.drop_table("machine_company")
    with op.batch_alter_table("issued_document", schema=None) as batch_op:
        batch_op.drop_index("ix_issued_document_state")
        batch_op.drop_index("ix_issued_document_ground")
        batch_op.drop_index("ix_issued_document_company_id")
        batch_op.drop_index(batch_op.f("ix_issued_document_branch_id"))

    op.drop_table("issued_document")
    with op.batch_alter_table("fault", schema=None) as batch_op:
        batch_op.drop_index("ix_fault_status")
        batch_op.drop_index("ix_fault_machine_id")
        batch_op.drop_index(batch_op.f("ix_fault_duplicate_of_id"))

    op.drop_table("fault")
    with op.batch_alter_table("machine", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_machine_model_id_serial",
            sqlite_where=sa.text("serial <> ''"),
            postgresql_where=sa.text("serial <> ''"),
        )
        batch_op.drop_index("ix_machine_warranty_ends_on")
        batch_op.drop_index("ix_machine_status")
        batch_op.drop_index("ix_machine_sort_key")
        batch_op.drop_index(batch_op.f("ix_machine_site_id"))
        batch_op.drop_index("ix_machine_serial")
        batch_op.drop_index("ix_machine_owner_company_id")
        batch_op.drop_index("ix_machine_operating_company_id")

    op.drop_table("machine")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_user_id"))
        batch_op.drop_index(batch_op.f("ix_contact_site_id"))
        batch_op.drop_index(batch_op.f("ix_contact_company_id"))

    op.drop_table("contact")
    with op.batch_alter_table("branch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_branch_legal_entity_id"))

    op.drop_table("branch")
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.drop_index("ix_user_role_role")

    op.drop_table("user_role")
    op.drop_table("trip")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_company_id"))

    op.drop_table("site")
    with op.batch_alter_table("reset_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reset_link_user_id"))

    op.drop_table("reset_link")
    op.drop_table("policy_version")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index("ix_notification_user_id")
        batch_op.drop_index("ix_notification_unread")
        batch_op.drop_index("ix_notification_at")

    op.drop_table("notification")
    op.drop_table("letter_preference")
    op.drop_table("legal_entity")
    with op.batch_alter_table("company_membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_company_membership_company_id"))

    op.drop_table("company_membership")
    with op.batch_alter_table("calendar_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_version_calendar_id"))

    op.drop_table("calendar_version")
    op.drop_table("calendar_day")
    op.drop_table("worker_pulse")
    op.drop_table("work_calendar")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_index("ix_user_account_sort_key")

    op.drop_table("user_account")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_sha256"))

    op.drop_table("stored_file")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_subject")

    op.drop_table("sign_in_attempt")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_state")
        batch_op.drop_index("ix_outbox_message_next_try_at")

    op.drop_table("outbox_message")
    with op.batch_alter_table("machine_model", schema=None) as batch_op:
        batch_op.drop_index("uq_machine_model_maker_name")
        batch_op.drop_index("ix_machine_model_sort_key")

    op.drop_table("machine_model")
    with op.batch_alter_table("journal_line", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_line_table_record_id")
        batch_op.drop_index("ix_journal_line_by_user_id")
        batch_op.drop_index("ix_journal_line_at")

    op.drop_table("journal_line")
    with op.batch_alter_table("job_run", schema=None) as batch_op:
        batch_op.drop_index("ix_job_run_started_at")

    op.drop_table("job_run")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index("ix_import_run_state")

    op.drop_table("import_run")
    with op.batch_alter_table("guest_try", schema=None) as batch_op:
        batch_op.drop_index("ix_guest_try_subject")

    op.drop_table("guest_try")
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.drop_index("ix_company_sort_key")
        batch_op.drop_index("ix_company_inn")

    op.drop_table("company")
