"""Keep how far later material was searched for in the unmatched subjects, and whom it brought back."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables; every mark is missing at first, so that what came before is searched for too."""
    op.create_table(
        "standing_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.String(length=16), nullable=False),
        sa.Column("gallery_id", sa.Integer(), nullable=True),
        sa.Column("seen_row", sa.Integer(), nullable=False),
        sa.Column("behind_since", sa.DateTime(), nullable=True),
        sa.Column("blocked", sa.Text(), nullable=True),
        sa.Column("retry_at", sa.DateTime(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_standing_marks_space_id_spaces"),
        sa.ForeignKeyConstraint(["gallery_id"], ["galleries.id"], name="fk_standing_marks_gallery_id_galleries"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_standing_marks_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_standing_marks"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_standing_marks_unit_id", "standing_marks", ["unit_id"], unique=False)
    op.create_table(
        "recalls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("rarity", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("baseline_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("search_id", sa.Integer(), nullable=True),
        sa.Column("after_conclusion_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name="fk_recalls_subject_id_subjects", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["spaces.id"], name="fk_recalls_space_id_spaces"),
        sa.ForeignKeyConstraint(
            ["baseline_id"], ["searches.id"], name="fk_recalls_baseline_id_searches", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name="fk_recalls_search_id_searches", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["after_conclusion_id"],
            ["conclusions.id"],
            name="fk_recalls_after_conclusion_id_conclusions",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_recalls_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_recalls"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recalls_state", "recalls", ["unit_id", "state"], unique=False)
    op.create_index("ix_recalls_subject_id", "recalls", ["subject_id"], unique=False)
    op.create_index("ix_recalls_unit_id", "recalls", ["unit_id"], unique=False)
    op.create_table(
        "recall_owners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=True),
        sa.Column("linked_subject_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["recalls.id"], name="fk_recall_owners_recall_id_recalls", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["gallery_references.id"],
            name="fk_recall_owners_reference_id_gallery_references",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["linked_subject_id"],
            ["subjects.id"],
            name="fk_recall_owners_linked_subject_id_subjects",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recall_owners"),
        sqlite_autoincrement=True,
    )
    for column in ("recall_id", "reference_id", "linked_subject_id"):
        op.create_index(f"ix_recall_owners_{column}", "recall_owners", [column], unique=False)


def downgrade() -> None:
    """Drop the tables; conclusions and lists stay, and nobody is open again for the sake of what came later."""
    op.drop_table("recall_owners")
    op.drop_table("recalls")
    op.drop_table("standing_marks")
