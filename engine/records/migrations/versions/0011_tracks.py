"""Keep how far a video has been watched, and the faces that were followed in it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables and columns."""
    op.add_column("media", sa.Column("duration_ms", sa.Integer(), nullable=True))
    op.add_column("media", sa.Column("watched_ms", sa.Integer(), nullable=True))
    op.create_table(
        "tracks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_ms", sa.Integer(), nullable=False),
        sa.Column("last_ms", sa.Integer(), nullable=False),
        sa.Column("sightings", sa.Integer(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_tracks_media_id_media"),
        sa.PrimaryKeyConstraint("id", name="pk_tracks"),
        sa.UniqueConstraint("media_id", "number", name="uq_tracks_media_id_number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "track_faces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_track_faces_face_id_faces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_track_faces_track_id_tracks"),
        sa.PrimaryKeyConstraint("id", name="pk_track_faces"),
        sa.UniqueConstraint("face_id", name="uq_track_faces_face_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_track_faces_track_id", "track_faces", ["track_id"], unique=False)
