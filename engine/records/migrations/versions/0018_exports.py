"""Remember what left the unit, to whom and why."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables of exports and of what was in them."""
    op.create_table(
        "exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("exported_by_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("with_media", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("exported_at", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_exports_referral_id_referrals"),
        sa.ForeignKeyConstraint(["exported_by_id"], ["users.id"], name="fk_exports_exported_by_id_users"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_exports_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        sqlite_autoincrement=True,
    )
    for column in ("referral_id", "sha256", "unit_id"):
        op.create_index(f"ix_exports_{column}", "exports", [column], unique=False)
    op.create_table(
        "export_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["exports.id"], name="fk_export_items_export_id_exports", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_export_items"),
        sa.UniqueConstraint("export_id", "item", "sha256", name="uq_export_items_export_id_item_sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_export_items_item", "export_items", ["item"], unique=False)


def downgrade() -> None:
    """Drop the tables: who has copies is then known from the ledger's keyed hashes alone."""
    op.drop_table("export_items")
    op.drop_table("exports")
