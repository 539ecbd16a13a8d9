"""Let users be known by SSH keys."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the table of keys."""
    op.create_table(
        "user_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_keys_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_user_keys"),
        sa.UniqueConstraint("fingerprint", name="uq_user_keys_fingerprint"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_user_keys_user_id", "user_keys", ["user_id"], unique=False)


def downgrade() -> None:
    """Drop the table; whoever was known by a key alone can no longer act."""
    op.drop_table("user_keys")
