"""Let the database itself refuse to change or delete events of the ledger and conclusions."""

from alembic import op

revision = "0009"
down_revision = "0008"

_SQLITE = """
CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {condition}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH ROW {condition} EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """Make the triggers."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if not on_sqlite:
        op.execute(_POSTGRESQL_FUNCTION)
    trigger = _SQLITE if on_sqlite else _POSTGRESQL
    for table in ("ledger_events", "conclusions"):
        op.execute(trigger.format(table=table, name="stays", event="DELETE", condition=""))
    op.execute(trigger.format(table="ledger_events", name="unchanged", event="UPDATE", condition=""))
    # A conclusion outlives the candidate that it was about: only that link may be emptied.
    condition = _anything_else("IS NOT" if on_sqlite else "IS DISTINCT FROM")
    op.execute(trigger.format(table="conclusions", name="unchanged", event="UPDATE", condition=condition))


def _anything_else(differs: str) -> str:
    kept = (
        "id",
        "unit_id",
        "referral_id",
        "subject_id",
        "kind",
        "examiner_id",
        "reference_id",
        "linked_subject_id",
        "search_id",
        "note",
        "exhibit_id",
        "supersedes_id",
        "made_at",
    )
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in kept)
    return f"WHEN (NEW.candidate_id IS NOT NULL OR {changed})"
