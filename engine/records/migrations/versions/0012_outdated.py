"""Keep the permit of each collection a search went through, and why a subject has to be searched again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns; until now one permit covered all of a search."""
    op.add_column("subjects", sa.Column("outdated", sa.Text(), nullable=True))
    with op.batch_alter_table("search_scopes") as table:
        table.add_column(sa.Column("permit_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE search_scopes SET permit_id = "
        "(SELECT permit_id FROM searches WHERE searches.id = search_scopes.search_id)"
    )
    # SQLite can change no column in place, so its table is made anew; nothing refers to this one.
    with op.batch_alter_table("search_scopes", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("permit_id", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key("fk_search_scopes_permit_id_permits", "permits", ["permit_id"], ["id"])
    op.create_index("ix_search_scopes_permit_id", "search_scopes", ["permit_id"], unique=False)


def downgrade() -> None:
    """Drop the columns; what a scope was covered by is then said by its search alone."""
    op.drop_index("ix_search_scopes_permit_id", "search_scopes")
    with op.batch_alter_table("search_scopes", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint("fk_search_scopes_permit_id_permits", type_="foreignkey")
        table.drop_column("permit_id")
    op.drop_column("subjects", "outdated")
