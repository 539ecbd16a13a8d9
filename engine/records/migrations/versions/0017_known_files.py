"""Keep lists of known files with their hits, pictures that look alike, and the rules that order referrals."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables; files that are there get their hashes when a list is imported."""
    _priorities()
    _lists()
    _of_media()


def downgrade() -> None:
    """Drop the tables; referrals keep the places that the rules gave them."""
    for table in (
        "viral_files",
        "near_pictures",
        "picture_hashes",
        "known_files",
        "file_hashes",
        "known_pictures",
        "known_hashes",
        "hash_lists",
        "referral_priorities",
        "rule_sets",
    ):
        op.drop_table(table)


def _priorities() -> None:
    op.create_table(
        "rule_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_rule_sets_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_sets"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rule_sets_unit_id", "rule_sets", ["unit_id"])
    op.create_table(
        "referral_priorities",
        sa.Column("referral_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referrals.id"], name="fk_referral_priorities_referral_id_referrals", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("referral_id", name="pk_referral_priorities"),
    )
    op.create_index("ix_referral_priorities_digest", "referral_priorities", ["digest"])


def _lists() -> None:
    op.create_table(
        "hash_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("meaning", sa.String(length=24), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("lawful_basis", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=24), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_hash_lists_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_hash_lists"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hash_lists_unit_id", "hash_lists", ["unit_id"])
    op.create_table(
        "known_hashes",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("list_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("series", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["hash_lists.id"], name="fk_known_hashes_list_id_hash_lists"),
        sa.PrimaryKeyConstraint("kind", "value", "list_id", name="pk_known_hashes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "known_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("pdq", sa.LargeBinary(), nullable=False),
        sa.Column("series", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["hash_lists.id"], name="fk_known_pictures_list_id_hash_lists"),
        sa.PrimaryKeyConstraint("id", name="pk_known_pictures"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_known_pictures_list_id", "known_pictures", ["list_id"])


def _of_media() -> None:
    op.create_table(
        "file_hashes",
        sa.Column("media_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("md5", sa.LargeBinary(), nullable=False),
        sa.Column("sha1", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        _of("media_id", "file_hashes"),
        sa.PrimaryKeyConstraint("media_id", name="pk_file_hashes"),
    )
    op.create_table(
        "known_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=24), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        _of("media_id", "known_files"),
        sa.ForeignKeyConstraint(["list_id"], ["hash_lists.id"], name="fk_known_files_list_id_hash_lists"),
        sa.PrimaryKeyConstraint("id", name="pk_known_files"),
        sa.UniqueConstraint("media_id", "list_id", name="uq_known_files_media_id_list_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_known_files_list_id", "known_files", ["list_id"])
    op.create_table(
        "picture_hashes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("pdq", sa.LargeBinary(), nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        _of("media_id", "picture_hashes"),
        sa.PrimaryKeyConstraint("id", name="pk_picture_hashes"),
        sa.UniqueConstraint("media_id", name="uq_picture_hashes_media_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "near_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        _of("earlier_id", "near_pictures"),
        _of("media_id", "near_pictures"),
        sa.PrimaryKeyConstraint("id", name="pk_near_pictures"),
        sa.UniqueConstraint("media_id", "earlier_id", name="uq_near_pictures_media_id_earlier_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_near_pictures_earlier_id", "near_pictures", ["earlier_id"])
    op.create_table(
        "viral_files",
        sa.Column("media_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("referrals", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        _of("media_id", "viral_files"),
        sa.PrimaryKeyConstraint("media_id", name="pk_viral_files"),
    )


def _of(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["media.id"], name=f"fk_{table}_{column}_media", ondelete="CASCADE")
