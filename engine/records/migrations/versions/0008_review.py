"""The first tables: leases, conclusions, exhibits and attributions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "leases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("resource", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("acquired_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_leases"),
        sa.UniqueConstraint("kind", "resource", name="uq_leases_kind_resource"),
    )
    op.create_table(
        "exhibits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("probe_face_id", sa.Integer(), nullable=True),
        sa.Column("face_id", sa.Integer(), nullable=True),
        sa.Column("probe_crop", sa.String(length=64), nullable=True),
        sa.Column("crop", sa.String(length=64), nullable=True),
        sa.Column("rendering", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_exhibits_face_id_faces", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["probe_face_id"], ["faces.id"], name="fk_exhibits_probe_face_id_faces", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_exhibits_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_exhibits"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exhibits_unit_id", "exhibits", ["unit_id"], unique=False)
    op.create_table(
        "conclusions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("examiner_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=True),
        sa.Column("reference_id", sa.Integer(), nullable=True),
        sa.Column("linked_subject_id", sa.Integer(), nullable=True),
        sa.Column("search_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("exhibit_id", sa.Integer(), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name="fk_conclusions_candidate_id_candidates", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["examiner_id"], ["users.id"], name="fk_conclusions_examiner_id_users"),
        sa.ForeignKeyConstraint(["exhibit_id"], ["exhibits.id"], name="fk_conclusions_exhibit_id_exhibits"),
        sa.ForeignKeyConstraint(
            ["linked_subject_id"], ["subjects.id"], name="fk_conclusions_linked_subject_id_subjects"
        ),
        sa.ForeignKeyConstraint(
            ["reference_id"], ["gallery_references.id"], name="fk_conclusions_reference_id_gallery_references"
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_conclusions_referral_id_referrals"),
        sa.ForeignKeyConstraint(["search_id"], ["searches.id"], name="fk_conclusions_search_id_searches"),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name="fk_conclusions_subject_id_subjects"),
        sa.ForeignKeyConstraint(["supersedes_id"], ["conclusions.id"], name="fk_conclusions_supersedes_id_conclusions"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_conclusions_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_conclusions"),
        sa.UniqueConstraint("supersedes_id", name="uq_conclusions_supersedes_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_conclusions_examiner_id", "conclusions", ["examiner_id"], unique=False)
    op.create_index("ix_conclusions_linked_subject_id", "conclusions", ["linked_subject_id"], unique=False)
    op.create_index("ix_conclusions_referral_id", "conclusions", ["referral_id"], unique=False)
    op.create_index("ix_conclusions_subject_id", "conclusions", ["subject_id"], unique=False)
    op.create_index("ix_conclusions_unit_id", "conclusions", ["unit_id"], unique=False)
    op.create_table(
        "attributions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("conclusion_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conclusion_id"], ["conclusions.id"], name="fk_attributions_conclusion_id_conclusions"
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["users.id"], name="fk_attributions_ended_by_id_users"),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name="fk_attributions_made_by_id_users"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_attributions_person_id_persons"),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name="fk_attributions_subject_id_subjects"),
        sa.PrimaryKeyConstraint("id", name="pk_attributions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attributions_conclusion_id", "attributions", ["conclusion_id"], unique=False)
    op.create_index("ix_attributions_person_id", "attributions", ["person_id"], unique=False)
    op.create_index("ix_attributions_subject_id", "attributions", ["subject_id"], unique=False)
    op.create_table(
        "excluded_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conclusion_id", sa.Integer(), nullable=False),
        sa.Column("probe_face_id", sa.Integer(), nullable=False),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conclusion_id"], ["conclusions.id"], name="fk_excluded_pairs_conclusion_id_conclusions"
        ),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_excluded_pairs_face_id_faces", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["probe_face_id"], ["faces.id"], name="fk_excluded_pairs_probe_face_id_faces", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_excluded_pairs"),
        sa.UniqueConstraint(
            "conclusion_id", "probe_face_id", "face_id", name="uq_excluded_pairs_conclusion_id_probe_face_id_face_id"
        ),
    )
    op.create_index("ix_excluded_pairs_conclusion_id", "excluded_pairs", ["conclusion_id"], unique=False)
    op.create_index("ix_excluded_pairs_probe_face_id", "excluded_pairs", ["probe_face_id"], unique=False)
