"""The first tables: permits, searches and candidates."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "permits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("lawful_basis", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("material", sa.Boolean(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name="fk_permits_approved_by_id_users"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_permits_case_id_cases"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_permits_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_permits"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_permits_unit_id", "permits", ["unit_id"], unique=False)
    op.create_table(
        "permit_galleries",
        sa.Column("permit_id", sa.Integer(), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["gallery_id"], ["galleries.id"], name="fk_permit_galleries_gallery_id_galleries"),
        sa.ForeignKeyConstraint(["permit_id"], ["permits.id"], name="fk_permit_galleries_permit_id_permits"),
        sa.PrimaryKeyConstraint("permit_id", "gallery_id", name="pk_permit_galleries"),
    )
    op.create_table(
        "searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("permit_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("run_by", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("space_id", sa.String(length=16), nullable=False),
        sa.Column("detector", sa.Text(), nullable=True),
        sa.Column("probe", sa.JSON(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("scanned", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("eligible_owners", sa.Integer(), nullable=False),
        sa.Column("excluded_owners", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("superseded_by_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_searches_case_id_cases"),
        sa.ForeignKeyConstraint(["permit_id"], ["permits.id"], name="fk_searches_permit_id_permits"),
        sa.ForeignKeyConstraint(["requested_by_id"], ["users.id"], name="fk_searches_requested_by_id_users"),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_searches_space_id_spaces"),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name="fk_searches_subject_id_subjects"),
        sa.ForeignKeyConstraint(["superseded_by_id"], ["searches.id"], name="fk_searches_superseded_by_id_searches"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_searches_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_searches"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_searches_permit_id", "searches", ["permit_id"], unique=False)
    op.create_index("ix_searches_subject_id", "searches", ["subject_id"], unique=False)
    op.create_index("ix_searches_unit_id", "searches", ["unit_id"], unique=False)
    op.create_table(
        "candidates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=True),
        sa.Column("linked_subject_id", sa.Integer(), nullable=True),
        sa.Column("probe_face_id", sa.Integer(), nullable=True),
        sa.Column("face_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("rarity", sa.Double(), nullable=True),
        sa.Column("rarity_low", sa.Double(), nullable=True),
        sa.Column("rarity_high", sa.Double(), nullable=True),
        sa.Column("rarity_basis", sa.Integer(), nullable=False),
        sa.Column("cautions", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["face_id"], ["faces.id"], name="fk_candidates_face_id_faces"),
        sa.ForeignKeyConstraint(
            ["linked_subject_id"], ["subjects.id"], name="fk_candidates_linked_subject_id_subjects"
        ),
        sa.ForeignKeyConstraint(["probe_face_id"], ["faces.id"], name="fk_candidates_probe_face_id_faces"),
        sa.ForeignKeyConstraint(
            ["reference_id"], ["gallery_references.id"], name="fk_candidates_reference_id_gallery_references"
        ),
        sa.ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name="fk_candidates_search_id_searches", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_candidates"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_candidates_linked_subject_id", "candidates", ["linked_subject_id"], unique=False)
    op.create_index("ix_candidates_reference_id", "candidates", ["reference_id"], unique=False)
    op.create_index("ix_candidates_search", "candidates", ["search_id", "rank"], unique=False)
    op.create_table(
        "search_scopes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=True),
        sa.Column("snapshot", sa.String(length=64), nullable=True),
        sa.Column("seen_row", sa.Integer(), nullable=False),
        sa.Column("scanned", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["gallery_id"], ["galleries.id"], name="fk_search_scopes_gallery_id_galleries"),
        sa.ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name="fk_search_scopes_search_id_searches", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_scopes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_search_scopes_search_id", "search_scopes", ["search_id"], unique=False)
