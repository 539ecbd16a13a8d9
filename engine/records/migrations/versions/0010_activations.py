"""Keep who put a model to work, why, and on which evaluation."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "activations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.String(length=16), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evaluation", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name="fk_activations_decided_by_id_users"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_activations_space_id_spaces"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_activations_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_activations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_activations_unit_id", "activations", ["unit_id"], unique=False)
