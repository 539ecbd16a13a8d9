"""The first tables: batches, referrals, media and cases."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("inputs", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_batches_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_batches_unit_id", "batches", ["unit_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_cases_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("name", name="uq_cases_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cases_unit_id", "cases", ["unit_id"], unique=False)
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("format", sa.String(length=24), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("captured_at", sa.DateTime(), nullable=True),
        sa.Column("finding", sa.String(length=24), nullable=False),
        sa.Column("finding_reason", sa.Text(), nullable=True),
        sa.Column("detector", sa.Text(), nullable=True),
        sa.Column("passes", sa.JSON(), nullable=False),
        sa.Column("analysed_at", sa.DateTime(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_media_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
        sa.UniqueConstraint("unit_id", "address", name="uq_media_unit_id_address"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_media_sha256", "media", ["sha256"], unique=False)
    op.create_index("ix_media_unit_id", "media", ["unit_id"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("state_since", sa.DateTime(), nullable=False),
        sa.Column("lane", sa.String(length=24), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("report_number", sa.String(length=80), nullable=True),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("ready_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_referrals_batch_id_batches"),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["referrals.id"], name="fk_referrals_duplicate_of_id_referrals"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_referrals_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_referrals"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referrals_batch_id", "referrals", ["batch_id"], unique=False)
    op.create_index("ix_referrals_content", "referrals", ["content"], unique=False)
    op.create_index("ix_referrals_queue", "referrals", ["unit_id", "state", "priority", "received_at"], unique=False)
    op.create_index("ix_referrals_report_number", "referrals", ["report_number"], unique=False)
    op.create_index("ix_referrals_unit_id", "referrals", ["unit_id"], unique=False)
    op.create_table(
        "case_referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("linked_by_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("unlinked_by_id", sa.Integer(), nullable=True),
        sa.Column("unlinked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_referrals_case_id_cases"),
        sa.ForeignKeyConstraint(["linked_by_id"], ["users.id"], name="fk_case_referrals_linked_by_id_users"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_case_referrals_referral_id_referrals"),
        sa.ForeignKeyConstraint(["unlinked_by_id"], ["users.id"], name="fk_case_referrals_unlinked_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_case_referrals"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_referrals_case_id", "case_referrals", ["case_id"], unique=False)
    op.create_index("ix_case_referrals_referral_id", "case_referrals", ["referral_id"], unique=False)
    op.create_table(
        "referral_media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_referral_media_media_id_media"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_referral_media_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_referral_media"),
        sa.UniqueConstraint("referral_id", "media_id", "name", name="uq_referral_media_referral_id_media_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referral_media_media_id", "referral_media", ["media_id"], unique=False)
    op.create_index("ix_referral_media_referral_id", "referral_media", ["referral_id"], unique=False)
    op.create_table(
        "referral_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_referral_versions_batch_id_batches"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_referral_versions_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_referral_versions"),
        sa.UniqueConstraint("referral_id", "number", name="uq_referral_versions_referral_id_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referral_versions_batch_id", "referral_versions", ["batch_id"], unique=False)
    op.create_index("ix_referral_versions_referral_id", "referral_versions", ["referral_id"], unique=False)
    op.create_table(
        "refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_refusals_batch_id_batches"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_refusals_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_refusals"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_refusals_batch_id", "refusals", ["batch_id"], unique=False)
    op.create_index("ix_refusals_referral_id", "refusals", ["referral_id"], unique=False)
