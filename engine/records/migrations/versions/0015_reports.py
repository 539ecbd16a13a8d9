"""Keep what reports say as facts, the documents they were read from, and a text to search."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables, and the text to search of what is there."""
    op.create_table(
        "report_facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_report_facts_media_id_media"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_report_facts_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_report_facts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_facts_media_id", "report_facts", ["media_id"], unique=False)
    op.create_index("ix_report_facts_referral_id", "report_facts", ["referral_id"], unique=False)
    op.create_table(
        "media_facts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_media_facts_media_id_media"),
        sa.PrimaryKeyConstraint("id", name="pk_media_facts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_media_facts_media_id", "media_facts", ["media_id"], unique=False)
    op.create_table(
        "report_originals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_report_originals_referral_id_referrals"),
        sa.PrimaryKeyConstraint("id", name="pk_report_originals"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_originals_referral_id", "report_originals", ["referral_id"], unique=False)
    op.create_table(
        "report_texts",
        sa.Column("referral_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_report_texts_referral_id_referrals"),
        sa.PrimaryKeyConstraint("referral_id", name="pk_report_texts"),
    )
    _fill()


def _fill() -> None:
    connection = op.get_bind()
    names: dict[int, list[str]] = {}
    for referral, name in connection.execute(sa.text("SELECT referral_id, name FROM referral_media ORDER BY id")):
        names.setdefault(referral, []).append(name)
    told = sa.text("SELECT id, source, report_number, narrative FROM referrals WHERE state <> 'erased'")
    for referral, *texts in connection.execute(told).all():
        lines = [folded for one in (*texts, *names.get(referral, ())) if (folded := _fold(one or ""))]
        connection.execute(
            sa.text("INSERT INTO report_texts (referral_id, folded) VALUES (:referral, :folded)"),
            {"referral": referral, "folded": "\n".join(dict.fromkeys(lines))},
        )


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
