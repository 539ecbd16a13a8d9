"""The first tables: the vault's objects and the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "ledger_heads",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_heads"),
    )
    op.create_table(
        "vault_objects",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_vault_objects"),
        sa.UniqueConstraint("file", name="uq_vault_objects_file"),
    )
    op.create_table(
        "ledger_events",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_ledger_events_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_events"),
    )
    op.create_index("ix_ledger_events_action", "ledger_events", ["action"], unique=False)
    op.create_index("ix_ledger_events_target", "ledger_events", ["target"], unique=False)
    op.create_index("ix_ledger_events_unit_id", "ledger_events", ["unit_id"], unique=False)
    op.create_table(
        "vault_owners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["address"], ["vault_objects.address"], name="fk_vault_owners_address_vault_objects"),
        sa.PrimaryKeyConstraint("id", name="pk_vault_owners"),
        sa.UniqueConstraint("address", "owner", name="uq_vault_owners_address_owner"),
    )
    op.create_index("ix_vault_owners_address", "vault_owners", ["address"], unique=False)
    op.create_index("ix_vault_owners_owner", "vault_owners", ["owner"], unique=False)
