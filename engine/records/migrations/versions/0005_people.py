"""The first tables: persons, galleries and references."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "galleries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("purpose_text", sa.Text(), nullable=False),
        sa.Column("lawful_basis", sa.Text(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_galleries_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_galleries"),
        sa.UniqueConstraint("name", name="uq_galleries_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_galleries_unit_id", "galleries", ["unit_id"], unique=False)
    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_persons_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_persons_name", "persons", ["name"], unique=False)
    op.create_index("ix_persons_unit_id", "persons", ["unit_id"], unique=False)
    op.create_table(
        "gallery_references",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["gallery_id"], ["galleries.id"], name="fk_gallery_references_gallery_id_galleries"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_gallery_references_person_id_persons"),
        sa.PrimaryKeyConstraint("id", name="pk_gallery_references"),
        sa.UniqueConstraint("gallery_id", "person_id", name="uq_gallery_references_gallery_id_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_gallery_references_expiry", "gallery_references", ["gallery_id", "expires_at"], unique=False)
    op.create_index("ix_gallery_references_person_id", "gallery_references", ["person_id"], unique=False)
    op.create_table(
        "person_relations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=80), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["persons.id"], name="fk_person_relations_other_id_persons"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_person_relations_person_id_persons"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name="fk_person_relations_recorded_by_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_person_relations"),
        sa.UniqueConstraint("person_id", "other_id", name="uq_person_relations_person_id_other_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_person_relations_other_id", "person_relations", ["other_id"], unique=False)
    op.create_index("ix_person_relations_person_id", "person_relations", ["person_id"], unique=False)
    op.create_table(
        "reference_faces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_reference_faces_face_id_faces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["gallery_references.id"],
            name="fk_reference_faces_reference_id_gallery_references",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reference_faces"),
        sa.UniqueConstraint("reference_id", "face_id", name="uq_reference_faces_reference_id_face_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reference_faces_face_id", "reference_faces", ["face_id"], unique=False)
