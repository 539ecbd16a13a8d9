"""The first tables: spaces, faces and subjects."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "spaces",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=16), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("activated_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_spaces"),
    )
    op.create_table(
        "faces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=24), nullable=False),
        sa.Column("time_ms", sa.Integer(), nullable=True),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("landmarks", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("eye_distance", sa.Double(), nullable=False),
        sa.Column("sharpness", sa.Double(), nullable=False),
        sa.Column("brightness", sa.Double(), nullable=False),
        sa.Column("contrast", sa.Double(), nullable=False),
        sa.Column("yaw", sa.Double(), nullable=False),
        sa.Column("pitch", sa.Double(), nullable=False),
        sa.Column("roll", sa.Double(), nullable=False),
        sa.Column("crop", sa.String(length=64), nullable=False),
        sa.Column("crop_box", sa.JSON(), nullable=False),
        sa.Column("crop_scale", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_faces_media_id_media"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_faces_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_faces"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_faces_media_id", "faces", ["media_id"], unique=False)
    op.create_index("ix_faces_unit_id", "faces", ["unit_id"], unique=False)
    op.create_table(
        "embeddings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.String(length=16), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_embeddings_face_id_faces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_embeddings_space_id_spaces"),
        sa.PrimaryKeyConstraint("id", name="pk_embeddings"),
        sa.UniqueConstraint("face_id", "space_id", name="uq_embeddings_face_id_space_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subjects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("shaped_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("not_searched", sa.Text(), nullable=True),
        sa.Column("standing", sa.String(length=24), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into_id"], ["subjects.id"], name="fk_subjects_merged_into_id_subjects"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_subjects_referral_id_referrals"),
        sa.ForeignKeyConstraint(["shaped_by_id"], ["users.id"], name="fk_subjects_shaped_by_id_users"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_subjects_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_subjects"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subjects_referral_id", "subjects", ["referral_id"], unique=False)
    op.create_index("ix_subjects_unit_id", "subjects", ["unit_id"], unique=False)
    op.create_table(
        "subject_faces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_subject_faces_face_id_faces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name="fk_subject_faces_subject_id_subjects", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subject_faces"),
        sa.UniqueConstraint("subject_id", "face_id", name="uq_subject_faces_subject_id_face_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subject_faces_face_id", "subject_faces", ["face_id"], unique=False)
