"""What Alembic runs: the steps, on the connection and in the transaction that `upgrade.py` hands over."""

from alembic import context

from engine.records.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # The caller's transaction covers all steps, so that a crash leaves the old tables or the new ones.
    transactional_ddl=False,
)
context.run_migrations()
