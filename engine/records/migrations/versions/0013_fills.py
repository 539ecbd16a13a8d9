"""Keep which spaces are filled beside the one at work, and which faces cannot be had there."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "fills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("upto_face_id", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_fills_space_id_spaces"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_fills_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_fills"),
        sa.UniqueConstraint("space_id", name="uq_fills_space_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fills_unit_id", "fills", ["unit_id"], unique=False)
    op.create_table(
        "unfilled_faces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.String(length=16), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_unfilled_faces_face_id_faces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_unfilled_faces_space_id_spaces"),
        sa.PrimaryKeyConstraint("id", name="pk_unfilled_faces"),
        sa.UniqueConstraint("space_id", "face_id", name="uq_unfilled_faces_space_id_face_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_unfilled_faces_face_id", "unfilled_faces", ["face_id"], unique=False)


def downgrade() -> None:
    """Drop the tables; nothing but progress is in them."""
    op.drop_table("unfilled_faces")
    op.drop_table("fills")
