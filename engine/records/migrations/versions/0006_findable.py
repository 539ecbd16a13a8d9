"""The first tables: the rows that make faces findable."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "index_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.String(length=16), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=True),
        sa.Column("reference_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_index_rows_face_id_faces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["gallery_id"], ["galleries.id"], name="fk_index_rows_gallery_id_galleries"),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["gallery_references.id"],
            name="fk_index_rows_reference_id_gallery_references",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_index_rows_space_id_spaces"),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name="fk_index_rows_subject_id_subjects", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_index_rows_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_index_rows"),
        sa.UniqueConstraint("space_id", "face_id", "reference_id", name="uq_index_rows_space_id_face_id_reference_id"),
        sa.UniqueConstraint("space_id", "face_id", "subject_id", name="uq_index_rows_space_id_face_id_subject_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_index_rows_face_id", "index_rows", ["face_id"], unique=False)
    op.create_index("ix_index_rows_reference_id", "index_rows", ["reference_id"], unique=False)
    op.create_index("ix_index_rows_scope", "index_rows", ["space_id", "gallery_id", "id"], unique=False)
    op.create_index("ix_index_rows_subject_id", "index_rows", ["subject_id"], unique=False)
    op.create_index("ix_index_rows_unit_id", "index_rows", ["unit_id"], unique=False)
